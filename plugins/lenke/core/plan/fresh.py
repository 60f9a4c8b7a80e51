"""Which reads may be believed: a read proves nothing while it may be older than our own last write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Pending, Side
from lenke.core.plan.draft import Draft
from lenke.core.plan.lines import LineSet


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


def is_too_soon(draft: Draft, old: Link) -> bool:
    """Whether reads may be older than the write whose answer was lost, by its recheck entry.

    Those of the other side, too: a line that was added would look like a new one beside a read that does not show yet what it was made for.
    """
    age = draft.context.as_of - datetime.fromisoformat(old.note["since"])
    return bool(old.note.get("sent")) and any(age < lag for lag in draft.context.read_lag.values())


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
    """The line was written lately, and the read does not show it, or as it was before."""
    pending = line.pending(side)
    if pending is None or _is_over(draft, side, pending):
        return False
    row = lines.rows.get(line.id(side))
    return row is None or _shows_replaced(row, pending)
