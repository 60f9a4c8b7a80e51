"""Staged plans, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from lenke.core.links.rows import SIDES, Side
from lenke.core.plan.model import ACTION, Action, SideWrite
from lenke.runtime import staging
from lenke.ui.index.ask import PAGE, Row

# Runs that are looked through for a plan that was not swept yet.
LOOKED_AT = 20


@dataclass(frozen=True)
class Plan:
    """A plan as it is staged.

    :param run: the row of its run in the index; :param summary: what ``plan.json`` holds: id, at, sides, properties ...
    """

    run: Row
    summary: Mapping[str, Any]
    place: Any

    @property
    def id(self) -> str:
        """The same for the same writes."""
        return str(self.summary["id"])

    @property
    def waits(self) -> bool:
        """Nothing of it was written."""
        return self.run["state"] in ("dry_run", "braked")


@dataclass(frozen=True)
class Told:
    """One property that one side is told.

    :param text: the canonical text (None empties it).
    """

    side: Side
    name: str
    text: str | None


@dataclass(frozen=True)
class Planned:
    """One action as the page shows it."""

    verb: str
    left: str
    right: str
    told: tuple[Told, ...]
    conflicts: tuple[Mapping[str, Any], ...]


def plans(home: Any, dataflow: str, flow: str, runs: list[Row]) -> Iterator[Plan]:
    """The plans of runs (newest first) whose staging is still there."""
    for run in runs[:LOOKED_AT]:
        place = home / "staging" / dataflow / run["folder"] / flow
        if (place / "plan.json").exists() and (place / "plan.parquet").exists():
            yield Plan(run, json.loads((place / "plan.json").read_text()), place / "plan.parquet")


def actions(plan: Plan, *, record: str = "", start: int = 0, limit: int = PAGE) -> tuple[list[Planned], int | None]:
    """Some of a plan's actions from position ``start`` on, and the next position (None after the last).

    :param record: only those of the record with this left or right id.
    """
    with staging.opened(plan.place) as file:
        parquet = pq.ParquetFile(file)
        positions = _of(parquet, record) if record else range(start, min(start + limit, parquet.metadata.num_rows))
        shown = list(positions)[:limit]
        texts = _texts(parquet, shown)
        more = start + limit if not record and start + limit < parquet.metadata.num_rows else None
    return [_planned(ACTION.validate_json(text)) for text in texts], more


def _of(parquet: Any, record: str) -> list[int]:
    ids = parquet.read(columns=["left", "right"])
    pairs = zip(ids.column("left").to_pylist(), ids.column("right").to_pylist(), strict=True)
    return [at for at, pair in enumerate(pairs) if record in pair]


def _texts(parquet: Any, positions: list[int]) -> list[str]:
    """The JSON of actions, of the row groups alone that hold them."""
    found: list[str] = []
    start = 0
    for group in range(parquet.num_row_groups):
        size = parquet.metadata.row_group(group).num_rows
        mine = [at - start for at in positions if start <= at < start + size]
        if mine:
            found += parquet.read_row_group(group, columns=["action"]).column("action").take(mine).to_pylist()
        start += size
    return found


def _planned(action: Action) -> Planned:
    told = tuple(one for side in SIDES for one in _told(side, action.to(side)))
    conflicts = tuple({"property": one.property, "left": one.left, "right": one.right, "winner": one.winner} for one in action.conflicts)
    return Planned(action.verb, action.left, action.right, told, conflicts)


def _told(side: Side, write: SideWrite) -> Iterator[Told]:
    yield from (Told(side, name, text) for name, text in write.values.items())
    for line in write.lines:
        label = f"{line.verb} line {line.id or 'new'}"
        yield from (Told(side, f"{label}: {name}", text) for name, text in line.values.items())
        if not line.values:
            yield Told(side, label, None)
