"""Ending processes with all their descendants.

Every child is started in a session of its own and nothing in Airflow leaves it, so that what belongs to a child can be
found even after it died and its own children were handed to init - where a walk from parent to child finds nothing.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from lenke.local.keys import replace


@dataclass(frozen=True, slots=True)
class Leader:
    """The first process of a session that we started.

    :param pid: its process id, which is the session's id, too.
    :param started: its start time as psutil tells it (seconds since 1970); tells a reused pid.
    :param rank: lower ranks are ended first.
    :param signal: what asks it to end.
    """

    name: str
    pid: int
    started: float
    rank: int
    signal: int = signal.SIGTERM


def read(path: Path) -> tuple[Leader, ...]:
    """The record of started processes; empty if there is none (or a crash left half of one)."""
    try:
        return tuple(Leader(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return ()


def write(path: Path, leaders: Sequence[Leader]) -> None:
    """Keep the record."""
    replace(path, json.dumps([asdict(leader) for leader in leaders]))


def members(leader: Leader) -> list[psutil.Process]:
    """Every living process of a leader's session."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) != leader.pid:
                continue
            process = psutil.Process(pid)
            # A session's id is not given away while it has members, so one that is older than ours is another's.
            if process.create_time() >= leader.started - 0.01 and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return found


def end(leaders: Iterable[Leader], *, patience: float) -> int:
    """End the sessions, rank by rank: ask the leaders, wait ``patience`` seconds, kill what is left.

    Returns how many processes had to be killed.
    """
    waiting = sorted(leaders, key=lambda leader: leader.rank)
    killed = 0
    for rank in sorted({leader.rank for leader in waiting}):
        killed += _end([leader for leader in waiting if leader.rank == rank], patience=patience)
    return killed


def _end(leaders: Sequence[Leader], *, patience: float) -> int:
    for leader in leaders:
        if _alive(leader):
            _send(leader.pid, leader.signal)
    limit = time.monotonic() + patience
    while any(_alive(leader) for leader in leaders) and time.monotonic() < limit:
        time.sleep(0.05)
    return sum(_kill(leader) for leader in leaders)


def _kill(leader: Leader) -> int:
    killed: set[int] = set()
    # A process may fork while it is being looked for: look until nothing is found.
    for _ in range(50):
        found = members(leader)
        if not found:
            break
        for process in found:
            _send(process.pid, signal.SIGKILL)
            killed.add(process.pid)
        time.sleep(0.02)
    return len(killed)


def _alive(leader: Leader) -> bool:
    try:
        process = psutil.Process(leader.pid)
        return abs(process.create_time() - leader.started) < 0.01 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
