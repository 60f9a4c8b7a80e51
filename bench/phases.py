"""The work that is measured, as a task does it: through the ledger's store, XCom keys, asset witness and backups."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from bench import memory, sample
from lenke.core.links.table import Table
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.opened import COMPACT_SHARE
from lenke.runtime.ledger.store import Identity, Store, Witness

DATAFLOW = "bench"
REPEATS = 3
CHANGED = 1_000


class Figures(TypedDict):
    """What a phase took.

    :param seconds: the median of the repeats; ``all`` holds every one.
    :param before: MB that the process held when the work began, ``peak`` the most it held meanwhile.
    :param faults: what was not as it should be; empty if all was.
    """

    seconds: float
    all: list[float]
    before: float
    peak: float
    faults: list[str]


def flow(count: int) -> str:
    """The flow that holds ``count`` links."""
    return f"links_{count}"


def store(count: int, backups: Path, keys: Callable[[int], Keys], witness: Witness) -> Store:
    """The store of one flow."""
    return Store(Identity(DATAFLOW, flow(count), sample.SHAPE, "bench"), keys, witness, Backups(backups / flow(count)))


def write(given: Store, count: int) -> Figures:
    """The first commit: every link is new."""
    links = sample.links(count)
    return _measure([lambda: given.open().commit(links, at=datetime.now(UTC))])


def read(given: Store, count: int) -> Figures:
    """Open with every check, and make the one table; then, untimed, compare it with what was written."""
    kept: list[Table] = []

    def once() -> None:
        kept.clear()
        kept.append(given.open().table)

    figures = _measure([once] * REPEATS)
    return {**figures, "faults": _faults(kept[0], count)}


def change(given: Store, count: int) -> Figures:
    """Commit 1,000 changed links, spread over the whole ledger, to the opened ledger."""
    ledger = given.open()
    works: list[Callable[[], Any]] = []
    for at in range(REPEATS):
        positions = np.linspace(at, count - 1, num=min(CHANGED, count // 10), dtype=np.int64).tolist()
        rows = sample.edited(ledger.table.links(positions), at=datetime.now(UTC).isoformat(), seed=at)
        works.append(partial(ledger.commit, rows, at=datetime.now(UTC)))
    return _measure(works)


def rewrite(given: Store, count: int) -> Figures:
    """A commit of so many changes that the ledger is written anew: its dearest commit."""
    ledger = given.open()
    positions = list(range(int(count * COMPACT_SHARE * 1.2)))
    rows = sample.edited(ledger.table.links(positions), at=datetime.now(UTC).isoformat(), seed=REPEATS)
    return _measure([lambda: ledger.commit(rows, at=datetime.now(UTC))])


PHASES: Mapping[str, Callable[[Store, int], Figures]] = {
    "write": write,
    "read": read,
    "change": change,
    "read again": read,
    "rewrite": rewrite,
}


def _measure(works: list[Callable[[], Any]]) -> Figures:
    before = memory.begin()
    seconds = []
    for work in works:
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return Figures(seconds=statistics.median(seconds), all=seconds, before=before, peak=memory.peak(), faults=[])


def _faults(table: Table, count: int) -> list[str]:
    """A ledger that is quick because it forgets must not pass."""
    faults = [] if len(table) == count else [f"{len(table)} rows instead of {count}"]
    if table.base.dtype.itemsize * 8 < 64:
        faults.append(f"digests of {table.base.dtype.itemsize * 8} bits")
    written = {link.left: link for link in sample.links(count)}
    for row, base in zip(table.rows.select(["left", "right"]).to_pylist(), table.base[:, 1:].tolist(), strict=True):
        link = written.get(row["left"])
        if link is None or link.right != row["right"] or list(link.base[1:]) != base:
            return [*faults, "a row is not as it was written"]
    return faults
