"""The undo of a run within the flow tests, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lenke.core.ports import System
from lenke.runtime.undo.judging import Row, What
from lenke.runtime.undo.undo import Undo
from tests.flows.harness import DELTA, Harness
from tests.flows.installation import CUSTOMERS, SHOP, Installation
from tests.flows.small import complaints


def idle() -> None:
    """No run is active."""


def undo(engine: Harness, of: str = "", *, apply: bool = False, as_: str = "undo__1", quiet: Callable[[], None] = idle) -> list[Row]:
    """The rows of an undo of a run (the last one, if none is named), over all flows."""
    clients: dict[str, System] = {}
    try:
        runs = [replace(engine.flow_run(flow, DELTA, {}, clients), run_id=as_) for flow in reversed(engine.dataflow.ordered())]
        return [row for run in runs for row in Undo(run, of or f"run-{engine.runs}", quiet).rows(apply=apply)]
    finally:
        for client in clients.values():
            client.close()


def told(rows: list[Row]) -> list[tuple[str, str, str, What]]:
    """Side, id, property and what becomes of it, sorted."""
    return sorted((row.change.side, row.id, row.change.property, row.what) for row in rows)


# The number before the run, what a person makes it, and what it is made again.
OLD, NEW, NEWER = "+4722700100", "+4722700101", "+4722700102"
PATCHES = {"method": "PATCH"}


def someone(few: Installation) -> tuple[str, str]:
    """Left and right id of a linked customer who has a telephone number that both sides write alike."""
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"phone": OLD, "website": "https://for.example.org"})
    few.engine.run()
    return left, right


def phones(few: Installation, left: str) -> tuple[str, str]:
    return few.left(CUSTOMERS, left)["phone"], few.right(CUSTOMERS, left)["PhoneNumber"]


def comes_to_rest(few: Installation) -> None:
    """Two runs, then silence, and both databases agree."""
    few.engine.run()
    few.engine.run()
    assert few.engine.quiet()
    assert complaints(few) == []
