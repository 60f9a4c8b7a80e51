"""What stands now where a run has written: both systems' records, the same with the before-images put back, and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import OTHER, Link, Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.columns import Json, parse_object
from lenke.core.mapping.model import ARCHIVED, Property
from lenke.core.plan.reads import SideRead
from lenke.core.ports import Record
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.records import read_records
from lenke.runtime.undo.changes import Change
from lenke.runtime.undo.recording import line_of
from lenke.systems.jsontext import dumps

Links = Mapping[tuple[str, str], Link]


@dataclass(frozen=True)
class Spot:
    """Where one change stands: the record or line that it is in.

    :param id: the line's present id, or the record's; :param raw: it as read, and :param record: the whole record as read.
    :param now: its digests and texts, and :param back: the same with the before-image put back.
    :param other: of the other side, or None where that is not there.
    :param link: the ledger's row, or None.
    """

    id: str
    raw: Json
    record: Json
    now: Row
    back: Row
    other: Row | None
    link: Link | None
    properties: Sequence[Property]

    def place(self, name: str) -> int | None:
        """A property's place among the digests, or None where it is not mapped (any more)."""
        return next((at for at, spec in enumerate(self.properties) if spec.name == name), None)


@dataclass(frozen=True)
class Ledger:
    """The rows of a flow's ledger: header links by id, line links by header's left id and line id, rechecks by left id.

    :param closed: closed links by id: what a run has archived for them can be brought back.
    """

    links: Links
    closed: Links
    lines: Links
    waiting: Mapping[str, Link]
    right_of: Mapping[str, str]

    @classmethod
    def of(cls, rows: Sequence[Link], side: Side) -> Ledger:
        """As a side's ids find them."""
        linked = [link for link in rows if link.kind == "link"]
        return cls(
            {("", link.id(side)): link for link in linked if not link.parent},
            {("", link.id(side)): link for link in rows if link.kind == "tombstone"},
            {(link.parent, link.id(side)): link for link in linked if link.parent},
            {link.left: link for link in rows if link.kind == "recheck"},
            {link.left: link.right for link in linked if not link.parent},
        )


@dataclass(frozen=True)
class Standing:
    """One side of a flow as it stands, for the records that some changes are in."""

    run: FlowRun
    side: Side
    changes: Sequence[Change]
    ledger: Ledger
    now: SideRead
    back: SideRead
    other: SideRead

    def spot(self, change: Change) -> Spot | None:
        """Where a change stands; None where its record or line is not there, or not in the flow any more."""
        at, back_at = self.now.position.get(change.id, -1), self.back.position.get(change.id, -1)
        if at < 0 or back_at < 0:
            return None
        record = parse_object(self.now.raws[at]) or {}
        link = self.ledger.links.get(("", change.id)) or (self.ledger.closed.get(("", change.id)) if change.property == ARCHIVED else None)
        if change.line_verb is not None:
            return self._line(change, record, link)
        other_at = self.other.position.get(link.id(OTHER[self.side]), -1) if link else -1
        other = self.other.row(other_at) if other_at >= 0 else None
        return Spot(change.id, record, record, self.now.row(at), self.back.row(back_at), other, link, self.run.flow.properties)

    def _line(self, change: Change, record: Json, header: Link | None) -> Spot | None:
        spec, id = self.run.flow.lines, self.line_id(change)
        raw = line_of(record, spec, self.side, id) if spec is not None else None
        now, back = _line_row(self.now, change.id, id), _line_row(self.back, change.id, id)
        if spec is None or raw is None or now is None or back is None:
            return None
        link = self.ledger.lines.get((change.left, id)) if header else None
        other = _line_row(self.other, header.id(OTHER[self.side]), link.id(OTHER[self.side])) if header and link else None
        return Spot(id, raw, record, now, back, other, link, spec.properties)

    def line_id(self, change: Change) -> str:
        """A line's present id: a new version of a quote, or an order edit, may have given it another one."""
        if not change.other_line or (change.left, change.line) in self.ledger.lines:
            return change.line
        links = [link for (left, _), link in self.ledger.lines.items() if left == change.left]
        return next((link.id(self.side) for link in links if link.id(OTHER[self.side]) == change.other_line), change.line)

    def beside(self, change: Change) -> set[str]:
        """The properties of the same record or line that the run changed, its own among them."""
        return {one.property for one in self.changes if (one.id, one.line, one.line_verb) == (change.id, change.line, change.line_verb)}

    def locks(self, change: Change, part: str) -> list[str]:
        """The names of the locks that hold for a part of a change's record."""
        held = self.now.locks[self.now.position[change.id]]
        found = [self.run.flow.locks[place] for place in json.loads(held)] if held else []
        return [lock.name for lock in found if lock.covers(part)]

    def raw(self, id: str) -> Json:
        """A record as read."""
        return parse_object(self.now.raws[self.now.position[id]]) or {}


def standing(run: FlowRun, side: Side, changes: Sequence[Change], ledger: Ledger, constants: Constants) -> Standing:
    """Read what the changes of one side stand in, on both sides."""
    ids = list(dict.fromkeys(change.id for change in changes if change.verb == "update"))
    records = list(run.system(side).get(run.entity(side), ids)) if ids else []
    links = [ledger.links[("", id)] for id in ids if ("", id) in ledger.links]
    others = [link.id(OTHER[side]) for link in links]
    told = list(run.system(OTHER[side]).get(run.entity(OTHER[side]), others)) if others else []
    now = read_records(run, side, records, constants)
    found = Standing(run, side, changes, ledger, now, now, read_records(run, OTHER[side], told, constants))
    by_id: dict[str, list[Change]] = {}
    for change in changes:
        by_id.setdefault(change.id, []).append(change)
    back = [_back(found, record, by_id.get(record.id, ())) for record in records]
    return Standing(run, side, changes, ledger, now, read_records(run, side, back, constants), found.other)


def _back(found: Standing, record: Record, changes: Iterable[Change]) -> Record:
    """A record with every before-image in it."""
    raw = parse_object(record.raw)
    if raw is None:
        return record
    for change in changes:
        place: Json | None = raw
        if change.line_verb is not None:
            spec = found.run.flow.lines
            place = line_of(raw, spec, found.side, found.line_id(change)) if spec is not None and change.line_verb == "update" else None
        for path in change.image.sent if place is not None else ():
            _set(place, path.split("."), change.image.before.get(path))
    return Record(record.id, record.version, record.modified, dumps(raw, finite=False), record.whole)


def _set(place: Any, path: list[str], value: Any) -> None:
    """Put a raw value at a path; a parent that is not there is made where there is something to hold."""
    *parents, last = path
    for name in parents:
        below = _member(place, name)
        if below is None and value is not None and isinstance(place, dict):
            below = place[name] = {}
        place = below
    if isinstance(place, dict):
        place[last] = value
    elif isinstance(place, list) and last.isdecimal() and int(last) < len(place):
        place[int(last)] = value


def _member(place: Any, name: str) -> Any:
    if isinstance(place, list):
        return place[int(name)] if name.isdecimal() and int(name) < len(place) else None
    return place.get(name) if isinstance(place, dict) else None


def _line_row(read: SideRead, record: str, id: str) -> Row | None:
    if read.lines is None:
        return None
    return next((read.lines.row(at) for at in read.line_positions(record) if read.lines.ids[at] == id), None)


def is_known(link: Link, side: Side, at: int, digest: int) -> bool:
    """Whether a side holds what the ledger believes; what is absent tells nothing."""
    return digest in (UNKNOWN, link.base[at], link.stored(side, at))
