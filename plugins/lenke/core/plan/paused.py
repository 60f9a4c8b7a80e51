"""Records that a person paused: whatever a run would do to them waits on the recheck list, and goes once the pause is over."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from lenke.core.links.rows import Link
from lenke.core.plan import recheck
from lenke.core.plan.model import Parked, Plan


def pause(plan: Plan, ids: Set[str], old: Mapping[tuple[str, str], Link], now: datetime) -> None:
    """Take all writes and all changed ledger rows of some left records out of a plan.

    :param old: recheck entries of the ledger by (side, id).
    """
    held = {action.left for action in plan.actions if action.left in ids} | {_of(row) for row in plan.rows if _touches(row, ids)}
    plan.actions = [action for action in plan.actions if action.left not in ids]
    plan.rows = [row for row in plan.rows if not _touches(row, ids)]
    plan.conflicts = [one for one in plan.conflicts if one[0] not in ids]
    # An entry that is there already keeps its reason: what an uncertain write may have done must not be forgotten.
    known = {_of(row) for row in plan.rows if row.kind == "recheck"} | {id for side, id in old if side == "left"}
    parked = [Parked("left", id, "paused") for id in sorted(held - known)]
    plan.parked += parked
    plan.rows += [recheck.entry(one, None, now) for one in parked]


def _touches(row: Link, ids: Set[str]) -> bool:
    # A recheck entry that comes or stays says why the record waits.
    return _of(row) in ids and row.kind != "recheck"


def _of(row: Link) -> str:
    return row.parent or row.left
