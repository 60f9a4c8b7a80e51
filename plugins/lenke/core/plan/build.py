"""From two reads and the ledger to the plan of one flow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lenke.core.links.rows import SIDES, Link, Positions, Side, has_heard
from lenke.core.links.table import Table
from lenke.core.plan import changes, closed, recheck
from lenke.core.plan.context import Context
from lenke.core.plan.draft import Draft
from lenke.core.plan.fresh import is_too_soon
from lenke.core.plan.model import Parked, Plan
from lenke.core.plan.pairs import linked
from lenke.core.plan.reads import SideRead
from lenke.core.plan.standing import Standing
from lenke.core.plan.unlinked import unlinked

Key = tuple[str, str]


def build(table: Table, left: SideRead, right: SideRead, context: Context) -> Plan:
    """Decide what becomes of every record that was read.

    :param table: the flow's ledger.
    """
    plan = Plan(rows=list(context.decided.rows), decided=dict(context.decided.outcomes))
    plan.counts.read_left, plan.counts.read_right = len(left), len(right)
    lines = changes.LineLinks(table) if context.flow.lines else None
    draft = Draft(lines, left, right, context, plan)
    links = _Links.of(table, "link", draft)
    plan.linked = len(links.rows)
    _linked(links, draft)
    tombstones = _Links.of(table, "tombstone", draft)
    for link, l_at, r_at in tombstones.each(np.arange(len(tombstones.rows))):
        closed.bar(draft, link, l_at, r_at)
        closed.returned(draft, link, l_at)
    known = set(links.ids["left"]) | set(tombstones.ids["left"])
    for at, id in enumerate(left.ids):
        if id not in known:
            unlinked(draft, at)
    _recheck(draft, links, known)
    return plan


@dataclass(frozen=True)
class _Links:
    """Header rows of one kind, and where their records stand in the reads (-1: not read)."""

    table: Table
    rows: Positions
    ids: Mapping[Side, NDArray[Any]]
    at: Mapping[Side, Positions]

    @classmethod
    def of(cls, table: Table, kind: Any, draft: Draft) -> _Links:
        rows = table.headers(kind)
        ids = {side: table.column(side, rows) for side in SIDES}
        return cls(table, rows, ids, {side: changes.positions(draft.reads[side], ids[side]) for side in SIDES})

    def each(self, chosen: NDArray[np.int64]) -> list[tuple[Link, int, int]]:
        """Links as values with their two positions."""
        links = self.table.links(self.rows[chosen].tolist())
        return list(zip(links, self.at["left"][chosen].tolist(), self.at["right"][chosen].tolist(), strict=True))


def _linked(links: _Links, draft: Draft) -> None:
    look = _flagged(links, draft)
    seen = (links.at["left"] >= 0) | (links.at["right"] >= 0)
    draft.plan.counts.unchanged += int(np.sum(seen & ~look))
    for link, l_at, r_at in links.each(np.flatnonzero(look)):
        linked(draft, link, l_at, r_at)


def _flagged(links: _Links, draft: Draft) -> changes.Mask:
    """Links with something to decide: an edit, a problem, a verified deletion, another version, changed lines, a write that was lost."""
    context = draft.context
    lost = [id for (side, id), row in context.recheck.items() if side == "left" and row.note.get("sent")]
    look: changes.Mask = np.isin(links.ids["left"], lost) if lost else np.zeros(len(links.rows), dtype=np.bool_)
    if context.lost_elsewhere:
        look |= np.isin(links.ids["left"], list(context.lost_elsewhere)) & (links.at["left"] >= 0)
    right_of = dict(zip(links.ids["left"], links.ids["right"], strict=True)) if context.flow.lines else {}
    for side, read in draft.reads.items():
        at = links.at[side]
        held = links.table.stored(links.rows, side)
        look |= changes.differing(held, read.digests, at, changes.watched(context.flow.properties, side))
        look |= np.append(pd.notna(read.problems), False)[at]
        if gone := context.gone.get(side):
            look |= np.isin(links.ids[side], list(gone))
        look |= _version_moved(links, side, read)
        if context.flow.lines and read.lines is not None:
            watched = changes.watched(context.flow.lines.properties, side)
            whole = set(read.ids[read.with_lines])
            changed = changes.changed_lines(links.table, read.lines, side, whole, right_of, watched)
            look |= np.fromiter((id in changed for id in links.ids[side]), np.bool_, len(look)) if changed else False
    return look


def _version_moved(links: _Links, side: Side, read: SideRead) -> changes.Mask:
    then = links.table.rows.column(f"{side}_version").to_numpy()[links.rows]
    now = np.append(read.versions, np.uint64(0))[links.at[side]]
    whole = np.append(read.whole, False)[links.at[side]]
    return np.asarray((now != 0) & (now != then) & whole, dtype=np.bool_)


def _recheck(draft: Draft, links: _Links, known: set[str]) -> None:
    """Turn parked records into recheck rows, and take those off the list that were looked at and not parked again."""
    plan, old = draft.plan, draft.context.recheck
    standing = Standing(draft, links.ids)
    parked = _by_record(plan.parked)
    rows = [_entry(draft, standing, key, many) for key, many in parked.items()]
    plan.recorded |= {left for key, left in draft.open.items() if _is_recorded(parked.get(key, ()), old.get(key), rows)}
    still = {recheck.key(row) for row in rows}
    plan.rows.extend(row for row in rows if row is not old.get(recheck.key(row)))
    for at, action in enumerate(plan.actions):
        key = ("left", action.left)
        plan.actions[at] = replace(action, rechecked=key in old and key not in still)
    planned = {("left", action.left) for action in plan.actions}
    looked_at = _looked_at(draft, links, known) if old or draft.context.decided.choices else set()
    plan.rows.extend(old[key].dropped() for key in old if key in looked_at and key not in still and key not in planned)
    standing.outcomes(looked_at, still)


def _is_recorded(parked: Sequence[Parked], old: Link | None, rows: list[Link]) -> bool:
    """An open conflict that is as it was when it was recorded."""
    return old is not None and any(one.values for one in parked) and any(row is old for row in rows)


def _by_record(parked: list[Parked]) -> dict[Key, list[Parked]]:
    found: dict[Key, list[Parked]] = defaultdict(list)
    for one in parked:
        found[one.side, one.id].append(one)
    return found


def _chosen(many: list[Parked], old: Link | None) -> Parked:
    """One reason per record: a conflict that a person must decide, else the one that it is on the list for already, else the first."""
    return min(many, key=lambda one: (not one.values, not recheck.is_same(old, one)))


def _entry(draft: Draft, standing: Standing, key: Key, many: list[Parked]) -> Link:
    chosen = _chosen(many, draft.context.recheck.get(key))
    doubt = draft.plan.doubt.get(key[1]) if key[0] == "left" else None
    old, context = standing.woken(key), draft.context
    return standing.entered(recheck.entry(chosen, old, context.now, again=context.record_again, doubt=doubt))


def _looked_at(draft: Draft, links: _Links, known: set[str]) -> set[Key]:
    """Recheck entries that this run could judge: both sides of a link were read whole, an unlinked record was, or it is gone, or in
    this flow no more.
    """
    reads = draft.reads
    whole = {side: np.append(read.whole, False)[links.at[side]] for side, read in reads.items()}
    both = whole["left"] & whole["right"]
    judged: set[Key] = {("left", id) for id in links.ids["left"][both]} | {("right", id) for id in reads["right"].ids}
    judged |= {("left", row.left) for row in draft.plan.rows if row.kind == "tombstone"}
    linked_ids = set(links.ids["left"])
    judged |= {("left", id) for id in reads["left"].ids if id not in linked_ids}
    judged |= {("left", id) for id in draft.context.left_behind if id not in known and _is_let_go(draft, id)}
    if reads["left"].complete:
        judged |= {("left", id) for _, id in draft.context.recheck if _is_gone(draft, id, known)}
    return judged


def _is_let_go(draft: Draft, id: str) -> bool:
    """A record that is not the flow's any more; what may have been written of it counts until a sibling has linked it and knows of it."""
    old = draft.old(id)
    if old is None:
        return True
    if old.note.get("sent") or recheck.in_doubt(old) is not None:
        theirs = draft.context.linked_elsewhere.get(id)
        return theirs is not None and not is_too_soon(draft, old) and (not old.note.get("sent") or has_heard(theirs, old))
    return _is_past_lag(draft, old)


def _is_gone(draft: Draft, id: str, known: set[str]) -> bool:
    """A parked left record that was never linked and is not there any more, by a read that is newer than its entry."""
    old = draft.old(id)
    if old is None or id in known or id in draft.reads["left"].position:
        return False
    if old.note.get("reason") == "unknown_outcome" and recheck.has_sent(old) and not old.is_let_go:
        return False  # a person looks what became of it
    return _is_past_lag(draft, old)


def _is_past_lag(draft: Draft, old: Link) -> bool:
    return draft.context.as_of - datetime.fromisoformat(old.note["since"]) >= draft.context.read_lag["left"]
