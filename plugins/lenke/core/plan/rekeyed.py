"""Lines that got new ids although they are the same lines: a new version of a quote is a copy with ids of its own.

A line link whose line is gone on one side, and an unlinked line there that equals it in the match properties, are the same
line: the link moves to the new id and keeps its base, so that nothing is removed and created again on the other side. So are they where
the new line equals what the other side holds by now: an edit of a match property that was carried by taking the line away and adding
another one, without an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.mapping.model import Lines

Rows = Mapping[str, Row]


def rekeyed(spec: Lines, links: Sequence[Link], sets: Mapping[Side, Rows | None]) -> tuple[list[Link], list[Link]]:
    """The line links with their present ids, and the rows that take the old ones out of the ledger.

    :param sets: per side, the lines as read by id; None where that side was not read.
    """
    found = list(links)
    for side in SIDES:
        rows = sets[side]
        if rows is not None and spec.match:
            found = _on(spec, found, side, rows, sets[OTHER[side]] or {})
    dropped = [old.dropped() for old, new in zip(links, found, strict=True) if old.key != new.key]
    return found, dropped


def _on(spec: Lines, links: list[Link], side: Side, rows: Rows, others: Rows) -> list[Link]:
    known = {link.id(side) for link in links}
    new: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for id, row in rows.items():
        if id not in known:
            new[_of_row(spec, row)].append(id)
    if not new:
        return links
    agreed = [link if link.id(side) in rows else _moved(link, side, new[_of_link(spec, link, side)]) for link in links]
    return [link if link.id(side) in rows else _moved(link, side, new[_of_other(spec, link, side, others)]) for link in agreed]


def _moved(link: Link, side: Side, ids: list[str]) -> Link:
    if not ids:
        return link
    id = ids.pop(0)
    return replace(link, left=id) if side == "left" else replace(link, right=id)


def _of_row(spec: Lines, row: Row) -> tuple[int, ...]:
    return tuple(int(row.digests[at]) for at in _places(spec))


def _of_link(spec: Lines, link: Link, side: Side) -> tuple[int, ...]:
    return _told(tuple(link.stored(side, at) for at in _places(spec)))


def _of_other(spec: Lines, link: Link, side: Side, others: Rows) -> tuple[int, ...]:
    row = others.get(link.id(OTHER[side]))
    return _told(_of_row(spec, row)) if row is not None else ()


def _told(values: tuple[int, ...]) -> tuple[int, ...]:
    """What was never agreed, or is not told, equals nothing."""
    return () if UNKNOWN in values else values


def _places(spec: Lines) -> list[int]:
    return [at for at, p in enumerate(spec.properties) if p.name in spec.match]
