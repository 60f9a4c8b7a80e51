"""What may not be written now: a lock, a reference without a link, a line that lacks something, a write that was refused before.

Whatever is withheld keeps its old base, and its record goes on the recheck list: the change waits and is not lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lenke.core.links.conflicts import Conflict
from lenke.core.links.merge import Merge, read_by
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.apply import Problem, missing_required, unlisted
from lenke.core.mapping.columns import parse_object
from lenke.core.mapping.model import Lock
from lenke.core.mapping.put import counts
from lenke.core.plan import recheck, told
from lenke.core.plan.draft import Draft
from lenke.core.plan.lines import LinePlan
from lenke.core.plan.model import SideWrite
from lenke.core.plan.reads import whole
from lenke.core.plan.written import put_back


@dataclass
class Pair:
    """A linked pair after the merge.

    :ivar withheld: header properties that are not written now; :ivar lines_withheld: the same of the lines, which go as one unit.
    :ivar reckons: sides that may have lines without what they reckon from them, as a write whose answer was lost has left them.
    """

    draft: Draft
    link: Link
    at: Mapping[Side, int]
    merged: Merge
    lines: LinePlan | None
    reckons: frozenset[Side] = frozenset()
    withheld: set[str] = field(default_factory=set)
    lines_withheld: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be sent to either side."""
        return any(self.values(side) or self.touches_lines(side) for side in SIDES)

    def values(self, side: Side) -> dict[str, str | None]:
        """What is to be sent to a side: property to canonical text."""
        return self.merged.to_left if side == "left" else self.merged.to_right

    def touches_lines(self, side: Side) -> bool:
        """Whether lines are to be sent to a side, or what it reckons from them."""
        return side in self.reckons or bool(self.lines and self.lines.actions(side))

    def write(self, side: Side) -> SideWrite:
        """All that is to be sent to a side."""
        row = self.draft.row(side, self.at[side])
        places = {name: self.draft.place(name) for name in self.values(side)}
        expected = {name: int(row.digests[at]) if row else self.link.stored(side, at) for name, at in places.items()}
        current = str(self.draft.reads[side].raws[self.at[side]]) if row else None
        lines = tuple(self.lines.actions(side)) if self.lines else ()
        reckon = side in self.reckons or (bool(lines) and side in self.draft.context.reckons)
        return recheck.seen(self.draft.context.digester, SideWrite(dict(self.values(side)), expected, current, lines, reckon=reckon))

    def restore(self, side: Side, names: Iterable[str] | None = None) -> None:
        """Send nothing of ``names`` (all header properties) to a side; their base stays as it was."""
        values = self.values(side)
        chosen = list(values if names is None else names)
        self.withheld |= set(chosen)
        for name in chosen:
            values.pop(name, None)
        self.merged.link = put_back(self.draft.flow.properties, self.merged.link, self.link, chosen)

    def restore_lines(self) -> None:
        """Lines go as one unit, and what is reckoned from them with them: nothing is sent to either side."""
        if self.lines is not None:
            self.lines_withheld, self.reckons = True, frozenset()
            self.lines.restore(self.draft.line_links(self.link.left))


def withhold(pair: Pair) -> None:
    """Take out of a merge all that may not be written now, and park its record with the reason."""
    for side in SIDES:
        _locked(pair, side)
        _partless(pair, side)
    _unlinked(pair)
    for side in SIDES:
        _switched_off(pair, side)
        _unlisted(pair, side)
    _lacking(pair)
    # What waits on the right may leave of the left's lines only what was refused before, too.
    for side in (*SIDES, SIDES[0]):
        _refused(pair, side)
    _uncertain(pair)


def _locked(pair: Pair, side: Side) -> None:
    flow = pair.draft.flow
    for lock in _locks(pair, side):
        names = [spec.name for spec in flow.properties if spec.name in pair.values(side) and lock.covers(spec.part)]
        lines = bool(flow.lines and lock.covers(flow.lines.part) and pair.touches_lines(side))
        if names or lines:
            pair.draft.park(pair.link.left, "locked", text=lock.name)
        pair.restore(side, names)
        if lines:
            pair.restore_lines()


def _partless(pair: Pair, side: Side) -> None:
    """A record that lacks a part (a sale whose quote has no alternative to follow) has no place for what belongs to it.

    The whole record must have been read; where only a list entry was, the system says so itself when it is written to.
    """
    spec, at, read = pair.draft.flow.lines, pair.at[side], pair.draft.reads[side]
    if spec is None or not spec.part or at < 0:
        return
    members = _members(pair, side)
    raw = (parse_object(read.raws[at]) if members else None) or {}
    names = [name for name, member in members.items() if member not in raw]
    lines = bool(pair.lines and pair.lines.actions(side) and not read.has_lines(at))
    if names or lines:
        lacks = dict.fromkeys([*(members[name] for name in names), *([spec.side(side).path] if lines else [])])
        system = getattr(pair.draft.context.dataflow, side)
        pair.draft.park(pair.link.left, "locked", text=f"the record has no {', '.join(lacks)} in {system} (now)")
    pair.restore(side, names)
    if lines:
        pair.restore_lines()


def _members(pair: Pair, side: Side) -> dict[str, str]:
    """Header properties in a member of the record that is an object: the member by the property."""
    fields = {spec.name: field.path for spec in pair.draft.flow.properties if (field := spec.field(side)) is not None}
    return {name: path.partition(".")[0] for name, path in fields.items() if "." in path and name in pair.values(side)}


def _locks(pair: Pair, side: Side) -> list[Lock]:
    # A list entry shows the lock, too, though it is not whole.
    read = pair.draft.reads[side]
    at = pair.at[side] if pair.at[side] >= 0 else read.position.get(pair.link.id(side), -1)
    held = read.locks[at] if at >= 0 else None
    return [pair.draft.flow.locks[place] for place in json.loads(held)] if held else []


def _unlinked(pair: Pair) -> None:
    draft = pair.draft
    values = {side: pair.values(side) for side in SIDES}
    missing = told.header(draft.context.references, draft.flow.properties, values)
    for one in missing:
        pair.restore(one.side, [one.property])
    if draft.flow.lines and pair.lines and (line := told.lines(draft.context.references, draft.flow.lines.properties, pair.lines)):
        missing.append(line)
        pair.restore_lines()
    if missing:
        draft.park(pair.link.left, "missing_reference", property=missing[0].property, waits_for=missing[0].waits_for)


def _unlisted(pair: Pair, side: Side) -> None:
    draft = pair.draft
    for problem in unlisted(draft.flow.properties, side, pair.values(side), draft.context.constants):
        draft.park(pair.link.left, problem.code, property=problem.property, text=problem.text)
        pair.restore(side, [problem.property, *_priced(pair, side, problem.property)])


def _priced(pair: Pair, side: Side, rate: str) -> list[str]:
    """What is to be sent to a side and has its meaning from a rate, on either side: it waits with it."""
    properties = pair.draft.flow.properties
    return [p.name for p in properties if p.name in pair.values(side) and any(rate in read_by(p, one, properties) for one in SIDES)]


def _switched_off(pair: Pair, side: Side) -> None:
    """What does not count in the merged record is not sent: somebody edited it while the other side switched it off."""
    draft = pair.draft
    rows = {one: draft.row(one, pair.at[one]) for one in SIDES}
    texts = {one: row.texts if row else {} for one, row in rows.items()}
    merged = {**whole(texts["left"], texts["right"]), **pair.values("left"), **pair.values("right")}
    off = [spec.name for spec in draft.flow.properties if spec.name in pair.values(side) and not counts(spec, merged)]
    for name in off:
        conflict = Conflict(name, texts["left"].get(name), texts["right"].get(name), side, "it does not count there any more")
        draft.plan.conflicts.append((pair.link.left, conflict))
    pair.restore(side, off)


def _lacking(pair: Pair) -> None:
    for side in SIDES:
        if pair.lines and (problem := lacking(pair.draft, pair.lines, side)):
            pair.draft.park(pair.link.left, problem.code, property=problem.property, text=problem.text)
            pair.restore_lines()


def lacking(draft: Draft, lines: LinePlan, side: Side) -> Problem | None:
    """What the first line to be created on a side lacks there, if any does."""
    properties = draft.flow.lines.properties if draft.flow.lines else ()
    for action in lines.actions(side):
        if action.verb == "create" and (problems := missing_required(properties, side, action.whole)):
            return problems[0]
    return None


def _refused(pair: Pair, side: Side) -> None:
    old = pair.draft.old(pair.link.left)
    if old is None or not recheck.is_refused(old):
        return
    if recheck.must_wait(old, pair.write(side).seen, pair.draft.context.now):
        pair.draft.keep(old)
        pair.restore(side)
        if pair.touches_lines(side):
            pair.restore_lines()


def _uncertain(pair: Pair) -> None:
    """A write whose answer was lost again and again waits before it is sent once more."""
    old = pair.draft.old(pair.link.left)
    if old is None or old.note.get("reason") != "unknown_outcome":
        return
    if recheck.must_wait(old, recheck.seen_of(pair.write("left"), pair.write("right")), pair.draft.context.now):
        pair.draft.keep(old)
        for side in SIDES:
            pair.restore(side)
        pair.restore_lines()
