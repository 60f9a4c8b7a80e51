"""Which reads may be believed: one proves nothing while it may be older than our last write, or than what was read before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import SIDES, Link, Pending, Side
from lenke.core.plan import recheck
from lenke.core.plan.draft import Draft
from lenke.core.plan.lines import LinePlan, LineSet
from lenke.core.plan.written import put_pending


def believed(draft: Draft, side: Side, at: int, link: Link) -> int:
    """The position of a side's record, or -1: not read, a list entry only, or stale (which parks the pair)."""
    if at < 0 or not draft.reads[side].whole[at]:
        return -1
    lines = draft.line_links(link.left)
    if all(_is_over(draft, side, one.pending(side)) for one in (link, *lines)):
        return at
    if _is_stale(draft, side, at, link, lines):
        draft.park(link.left, "stale", text=f"the {side} side answered from before the last write")
        return -1
    return at


def accepted(draft: Draft, link: Link, before: Link, lines: LinePlan | None, at: Mapping[Side, int], *, is_new: bool = False) -> Link:
    """The link that remembers what was taken over from a side whose next read may be older than this one; its lines likewise.

    :param before: the link as it was; :param lines: changed in place; :param at: the records' positions in the reads, or -1.
    :param is_new: all of the records is taken over.
    """
    for side in SIDES:
        if draft.context.read_lag[side] and at[side] >= 0:
            row, removed = draft.reads[side].row(at[side]), _accepted_lines(draft, before, lines, side, at[side])
            replaced = _taken_over(link, before, side, row)
            if replaced or removed or is_new:
                modified = row.modified.isoformat() if row.modified else ""
                link = put_pending(link, side, Pending(draft.context.now.isoformat(), modified, replaced, removed))
    return link


def _accepted_lines(draft: Draft, before: Link, lines: LinePlan | None, side: Side, at: int) -> tuple[str, ...]:
    """Let the lines remember, too; returns the ids of those that are gone from this side."""
    shown = draft.line_set(side, at)
    if lines is None or shown is None:
        return ()
    known = {line.id(side): line for line in draft.line_links(before.left)}
    lines.links = [_accepted_line(draft, line, known.get(line.id(side)), side, shown) for line in lines.links]
    dropped = {line.id(side) for line in lines.dropped}
    return tuple(id for id in known if id not in shown.rows and id in dropped)


def _accepted_line(draft: Draft, line: Link, before: Link | None, side: Side, shown: LineSet) -> Link:
    row = shown.rows.get(line.id(side))
    if row is None:
        return line
    replaced = _taken_over(line, before, side, row) if before is not None else {}
    is_new = before is None and bool(line.id(side))
    return put_pending(line, side, Pending(draft.context.now.isoformat(), "", replaced)) if replaced or is_new else line


def _taken_over(link: Link, before: Link, side: Side, row: Row) -> dict[int, int]:
    """Property position to the digest that an edit on this side replaced."""
    held = {at: before.stored(side, at) for at in range(len(link.base)) if at < len(row.digests)}
    return {at: old for at, old in held.items() if old != UNKNOWN and link.stored(side, at) == row.digests[at] != old}


def shown_before(draft: Draft, side: Side, pending: Pending | None) -> Mapping[int, int]:
    """What a read may still show that our last write on a side has replaced: property position to digest."""
    return {} if pending is None or _is_over(draft, side, pending) else pending.replaced


def is_too_soon(draft: Draft, old: Link) -> bool:
    """Whether reads may be older than the write whose answer was lost, by its recheck entry.

    Those of the other side, too: a line that was added, or created with its record, would look like a new one beside a read that does not
    show yet what it was made for.
    """
    age = draft.context.as_of - datetime.fromisoformat(recheck.sent_at(old))
    return old.is_unanswered and any(age < lag for lag in draft.context.read_lag.values())


def _is_over(draft: Draft, side: Side, pending: Pending | None) -> bool:
    return pending is None or draft.context.as_of - datetime.fromisoformat(pending.at) >= draft.context.read_lag[side]


def _is_stale(draft: Draft, side: Side, at: int, link: Link, lines: Sequence[Link]) -> bool:
    pending = link.pending(side)
    found = draft.line_set(side, at)
    if not _is_over(draft, side, pending) and pending is not None:
        row = draft.reads[side].row(at)
        if _is_older(row, pending) or _shows_replaced(row, pending) or _shows_removed(found, pending):
            return True
    return any(_lacks(draft, side, one, found) for one in lines) if found is not None else False


def _is_older(row: Row, pending: Pending) -> bool:
    return row.modified is not None and bool(pending.modified) and row.modified < datetime.fromisoformat(pending.modified)


def _shows_replaced(row: Row, pending: Pending) -> bool:
    return any(row.digests[position] == digest for position, digest in pending.replaced.items())


def _shows_removed(lines: LineSet | None, pending: Pending) -> bool:
    return lines is not None and any(id in lines.rows for id in pending.removed)


def _lacks(draft: Draft, side: Side, line: Link, lines: LineSet) -> bool:
    """The line was written or added lately, and the read does not show it, or not as it is: whether that is an edit, a later read tells."""
    pending = line.pending(side)
    if pending is None or _is_over(draft, side, pending):
        return False
    row = lines.rows.get(line.id(side))
    return row is None or _shows_replaced(row, pending) or (not pending.replaced and _is_unlike(row, line, side))


def _is_unlike(row: Row, line: Link, side: Side) -> bool:
    held = [line.stored(side, at) for at in range(len(row.digests))]
    return any(UNKNOWN not in (now, then) and now != then for now, then in zip(row.digests, held, strict=True))
