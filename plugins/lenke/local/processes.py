"""The processes of one local run: started, recorded, watched, ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import psutil

from lenke.core.errors import LenkeError
from lenke.local import sessions
from lenke.local.interrupts import Interrupts
from lenke.local.places import Places
from lenke.local.sessions import Leader

_TAIL = 20


class ProcessError(LenkeError):
    """A process that Lenke started has ended or did not become ready; the message holds the end of its log."""


class Processes(AbstractContextManager["Processes"]):
    """All children of this run. Leaving the context ends every one of them, with all that they started.

    :param patience: seconds that a child has to end by itself.
    :param interrupts: held while a process is started and recorded.
    """

    def __init__(self, places: Places, *, patience: float = 5.0, interrupts: Interrupts | None = None) -> None:
        self._places = places
        self._interrupts = interrupts or Interrupts()
        self._patience = patience
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._leaders: list[Leader] = []
        self._watchdog: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Processes:
        sessions.write(self._places.processes, [])
        command = [sys.executable, "-m", "lenke.local.watchdog", str(self._places.processes)]
        self._watchdog = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()
        if self._watchdog and self._watchdog.stdin:
            self._watchdog.stdin.close()
            self._watchdog.wait()

    def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], rank: int = 1, signal: int = signal.SIGTERM
    ) -> subprocess.Popen[bytes]:
        """Start a child in a session of its own, its output in ``<logs>/<name>.log``.

        :param rank: lower ranks are ended first.
        :param signal: what asks it to end.
        """
        with self._interrupts.held(), self.log(name).open("ab") as log:
            child = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=self._places.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._children[name] = child
            self._record(name, child.pid, rank=rank, number=signal)
        return child

    def _record(self, name: str, pid: int, *, rank: int, number: int) -> None:
        self._leaders.append(Leader(name, pid, psutil.Process(pid).create_time(), rank, number))
        sessions.write(self._places.processes, self._leaders)

    def run(self, name: str, command: Sequence[str], *, environment: Mapping[str, str]) -> None:
        """Start a child and wait for its end; ProcessError unless it succeeds."""
        child = self.start(name, command, environment=environment, rank=0)
        while child.poll() is None:
            self.check(but=name)
            time.sleep(0.05)
        if child.returncode:
            raise ProcessError(self._told(name, child.returncode))
        del self._children[name]

    def check(self, *, but: str | None = None) -> None:
        """ProcessError if a child has ended that should be running."""
        for name, child in self._children.items():
            if name != but and child.poll() is not None:
                raise ProcessError(self._told(name, child.returncode))

    def log(self, name: str) -> Path:
        """Where a child's output goes."""
        return self._places.logs / f"{name}.log"

    def end(self) -> int:
        """End all children; returns how many processes had to be killed."""
        killed = sessions.end(self._leaders, patience=self._patience)
        for child in self._children.values():
            child.wait()
        self._children.clear()
        self._leaders.clear()
        sessions.write(self._places.processes, [])
        return killed

    def _told(self, name: str, code: int | None) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
        return "\n".join([f"{name} ended with code {code}; the end of {self.log(name)}:", *lines])


def end_stale(places: Places) -> tuple[str, ...]:
    """End what an interrupted run left behind; returns the names of what was still there."""
    left = tuple(leader for leader in sessions.read(places.processes) if sessions.members(leader))
    sessions.end(left, patience=2.0)
    places.processes.unlink(missing_ok=True)
    return tuple(leader.name for leader in left)
