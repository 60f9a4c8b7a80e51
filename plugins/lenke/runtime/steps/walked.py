"""Intervals of a system that cannot filter: one walk of all its records serves the intervals of a backfill.

The walk is kept in staging. What it holds grows old while the intervals go by: records are edited, and runs beside the backfill
write. So a kept walk only *chooses*: which records belong to the interval, and which of them differ from the ledger. Those are then
read anew by id; nothing out of a kept walk is ever planned with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from lenke.core.errors import FatalError
from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.columns import parse_object, raw_at
from lenke.core.plan import changes
from lenke.core.ports import Record
from lenke.runtime import staging
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.records import SCHEMA, read_records, to_table


@dataclass(frozen=True)
class Walk:
    """All records of one side.

    :param fresh: read by this very run.
    """

    records: Sequence[Record]
    fresh: bool


def is_needed(run: FlowRun, side: Side) -> bool:
    """The run reads an interval, and the system cannot be asked for one."""
    traits = run.traits(side)
    return run.window.kind == "interval" and (traits.changes == "walk" or not traits.interval)


def open_walk(run: FlowRun, side: Side, tenant: str) -> Walk:
    """The walk that an earlier interval of the backfill kept, if it is young enough and of the same tenant, else a new one."""
    place = run.home / "staging" / run.dataflow.name / "walks" / run.flow.name / side
    if run.window.backfill and (kept := _kept(run, side, place, tenant)) is not None:
        return Walk(kept, fresh=False)
    read_at = run.now()
    records = list(run.system(side).list(run.entity(side)))
    if run.window.backfill:
        staged = staging.write(to_table(records), place / "records.parquet")
        staging.write_json(place / "walk.json", {"staged": staged, "read_at": read_at.isoformat(), "tenant": tenant})
    return Walk(records, fresh=True)


def _kept(run: FlowRun, side: Side, place: Any, tenant: str) -> list[Record] | None:
    note = place / "walk.json"
    if not note.exists():
        return None
    told = json.loads(note.read_text())
    read_at = datetime.fromisoformat(told["read_at"])
    young = run.now() - read_at <= timedelta(minutes=run.settings.walk_minutes)
    # What changed since the walk is in no interval that ended before it.
    covers = run.window.until is not None and run.window.until <= read_at - run.read_lag[side]
    if not (young and covers and told["tenant"] == tenant):
        return None
    try:
        rows = staging.read(told["staged"]).to_pylist()
    except FatalError:
        return None  # swept, or written by another version
    return [Record(*(row[name] for name in SCHEMA.names)) for row in rows]


def created(run: FlowRun, side: Side, record: Record) -> datetime | None:
    """When a record was created (UTC), or None where it does not tell."""
    path = run.traits(side).created
    text = raw_at(parse_object(record.raw), path) if path else None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


def belongs(run: FlowRun, side: Side, record: Record, *, fresh: bool = True) -> bool:
    """Whether a record is of the run's interval.

    :param fresh: a record that tells no time goes with the interval that walked, not with every one.
    """
    by_creation = run.window.by == "created"
    moment = created(run, side, record) if by_creation else record.modified
    if moment is None:
        # A list entry may tell only with its details when it was created.
        return fresh or (by_creation and not record.whole)
    return run.window.holds(moment)


def differing(run: FlowRun, side: Side, records: Sequence[Record], constants: Constants) -> list[str]:
    """The ids of those records that are not as the ledger has them: edited, with a problem, or on the left side not linked."""
    if not records or run.flow.lines:
        return [record.id for record in records]  # lines are compared once they are read anew
    table = run.ledger.table
    rows = table.headers("link")
    ids = table.column(side, rows)
    read = read_records(run, side, records, constants)
    at = changes.positions(read, ids)
    look = changes.differing(table.stored(rows, side), read.digests, at, changes.watched(run.flow.properties, side))
    look |= np.append(pd.notna(read.problems), False)[at]
    known = set(ids) | set(table.column(side, table.headers("tombstone")))
    new = [id for id in read.ids if id not in known] if side == "left" else []
    return [*ids[look].tolist(), *new]
