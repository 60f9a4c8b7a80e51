"""From two reads and the ledger to the plan of one flow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lenke.core.links.rows import Link, Side, Table
from lenke.core.plan import changes, recheck
from lenke.core.plan.context import Context
from lenke.core.plan.model import Parked, Plan
from lenke.core.plan.pairs import Pairs
from lenke.core.plan.reads import SideRead


def build(table: Table, left: SideRead, right: SideRead, context: Context) -> Plan:
    """Decide what becomes of every record that was read.

    :param table: the flow's ledger.
    """
    plan = Plan()
    plan.counts.read_left, plan.counts.read_right = len(left), len(right)
    pairs = Pairs(table, left, right, context, plan)
    linked = changes.headers(table, "link")
    plan.linked = len(linked)
    _linked(table, linked, left, right, pairs)
    _tombstones(table, left, pairs)
    _unlinked(table, left, pairs)
    _recheck(plan, left, right, context)
    return plan


def _linked(table: Table, linked: changes.Positions, left: SideRead, right: SideRead, pairs: Pairs) -> None:
    ids = {side: changes.column(table, side, linked) for side in ("left", "right")}
    at = {"left": changes.positions(left, ids["left"]), "right": changes.positions(right, ids["right"])}
    look = _flagged(table, linked, ids, at, left, right, pairs)
    seen = (at["left"] >= 0) | (at["right"] >= 0)
    pairs.plan.counts.unchanged += int(np.sum(seen & ~look))
    rows = np.flatnonzero(look)
    for link, l_at, r_at in zip(table.links(linked[rows].tolist()), at["left"][rows], at["right"][rows], strict=True):
        pairs.linked(link, int(l_at), int(r_at))


def _flagged(
    table: Table,
    linked: changes.Positions,
    ids: dict[str, np.ndarray],
    at: dict[str, changes.Positions],
    left: SideRead,
    right: SideRead,
    pairs: Pairs,
) -> changes.Mask:
    """Links with something to decide: an edit, a problem, a waiting write, a verified deletion, changed lines."""
    context = pairs.context
    extra = changes.column(table, "extra", linked)
    look: changes.Mask = np.asarray([bool(text) for text in extra], dtype=np.bool_) & ((at["left"] >= 0) | (at["right"] >= 0))
    reads: tuple[tuple[Side, SideRead], ...] = (("left", left), ("right", right))
    for side, read in reads:
        look |= changes.differing(table.base[linked], read.digests, at[side], changes.watched(context.flow.properties, side))
        look |= _has(read.problems, at[side]) | np.isin(ids[side], list(context.gone.get(side, {})))
        look |= _version_moved(table, linked, side, read, at[side])
    if context.flow.lines:
        look |= _line_changes(table, ids, left, right, context)
    return look


def _has(values: np.ndarray, at: changes.Positions) -> changes.Mask:
    filled = np.asarray([value is not None for value in values] + [False], dtype=np.bool_)
    return np.asarray(filled[at], dtype=np.bool_)


def _version_moved(table: Table, linked: changes.Positions, side: Side, read: SideRead, at: changes.Positions) -> changes.Mask:
    then = table.rows.column(f"{side}_version").to_numpy()[linked]
    now = np.append(read.versions, np.uint64(0))[at]
    whole = np.append(read.whole, False)[at]
    return np.asarray((now != 0) & (now != then) & whole, dtype=np.bool_)


def _line_changes(table: Table, ids: dict[str, np.ndarray], left: SideRead, right: SideRead, context: Context) -> changes.Mask:
    assert context.flow.lines is not None
    right_of = dict(zip(ids["left"], ids["right"], strict=True))
    result = np.zeros(len(ids["left"]), dtype=np.bool_)
    reads: tuple[tuple[Side, SideRead], ...] = (("left", left), ("right", right))
    for side, read in reads:
        if read.lines is not None:
            watched = changes.watched(context.flow.lines.properties, side)
            changed = changes.changed_lines(table, read.lines, side, set(read.ids[read.whole]), right_of, watched)
            result |= np.isin(ids[side], list(changed))
    return result


def _tombstones(table: Table, left: SideRead, pairs: Pairs) -> None:
    for link in table.links(changes.headers(table, "tombstone").tolist()):
        pairs.tombstone(link, left.position.get(link.left, -1))


def _unlinked(table: Table, left: SideRead, pairs: Pairs) -> None:
    known = set(changes.column(table, "left", changes.headers(table, "link")))
    known |= set(changes.column(table, "left", changes.headers(table, "tombstone")))
    for at, id in enumerate(left.ids):
        if id not in known:
            pairs.unlinked(at)


def _recheck(plan: Plan, left: SideRead, right: SideRead, context: Context) -> None:
    """Turn parked records into recheck rows, and take those off the list that went."""
    rows = []
    for (side, id), parked in _once(plan.parked).items():
        rows.append(recheck.entry(parked, context.recheck.get((side, id)), context.now))
    plan.rows.extend(row for row in rows if row is not context.recheck.get(_key(row)))
    parked = {_key(row) for row in rows}
    for at, action in enumerate(plan.actions):
        key = ("left", action.left)
        plan.actions[at] = replace(action, rechecked=key in context.recheck and key not in parked)
    planned = {("left", action.left) for action in plan.actions}
    evaluated = [("left", id) for id in left.ids] + [("right", id) for id in right.ids]
    plan.rows.extend(recheck.settled(context.recheck, rows, (key for key in evaluated if key not in planned)))


def _once(parked: list[Parked]) -> dict[tuple[str, str], Parked]:
    """The first reason per record."""
    first: dict[tuple[str, str], Parked] = {}
    for one in parked:
        first.setdefault((one.side, one.id), one)
    return first


def _key(row: Link) -> tuple[str, str]:
    return ("left", row.left) if row.left else ("right", row.right)
