"""Lines of one composite record: added, changed and removed lines cross both ways with their header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lenke.core.converters.references import NO_MORE
from lenke.core.links.conflicts import CHOSEN, UNCERTAIN, Conflict, Policy, Winner
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row, merge
from lenke.core.links.references import meant
from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.mapping.model import Lines, Property, rates
from lenke.core.plan.model import LineAction
from lenke.core.plan.reads import whole
from lenke.core.plan.rekeyed import rekeyed

# Before the id of a line of the other side (or of any), among what a side was told: it was told to make one for it.
MADE, ANY = "+ ", "*"
# The same before the id of a line that it was told to remove.
REMOVED = "- "
LineMarker = Callable[[Side, str], str]


@dataclass
class LinePlan:
    """What becomes of the lines of one pair.

    :param links: the line links once every write has succeeded; one to be created has "" on the side that lacks it.
    :param dropped: rows that take closed line links out of the ledger.
    :param needs_both: a property cannot be decided before both sides are read.
    """

    links: list[Link] = field(default_factory=list)
    to_left: list[LineAction] = field(default_factory=list)
    to_right: list[LineAction] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    dropped: list[Link] = field(default_factory=list)
    needs_both: bool = False

    def actions(self, side: Side) -> list[LineAction]:
        """The actions of one side."""
        return self.to_left if side == "left" else self.to_right

    def restore(self, links: Sequence[Link]) -> None:
        """Nothing is written, and the line links stay as they were."""
        self.to_left, self.to_right, self.dropped = [], [], []
        self.links = list(links)


@dataclass(frozen=True)
class LineSet:
    """One side's lines of one header as read: rows by line id in their order, and their markers."""

    rows: dict[str, Row]
    markers: Mapping[str, str | None]


@dataclass(frozen=True)
class _Work:
    """The lines of one pair under way; a side is None where it was not read."""

    spec: Lines
    parent: str
    sets: Mapping[Side, LineSet | None]
    policy: Policy
    mark: LineMarker
    plan: LinePlan = field(default_factory=LinePlan)
    freed: set[tuple[Side, str]] = field(default_factory=set)

    def row(self, link: Link, side: Side) -> Row | None:
        lines = self.sets[side]
        found = lines.rows.get(link.id(side)) if lines else None
        return _known(self.spec, side, link, found) if found else None

    def linked(self, link: Link) -> None:
        gone = {side: (lines := self.sets[side]) is not None and link.id(side) not in lines.rows for side in SIDES}
        if gone["left"] and gone["right"]:
            self.plan.dropped.append(link.dropped())
        elif gone["left"] or gone["right"]:
            self.removed(link, "right" if gone["left"] else "left")
        else:
            self.pair(link)

    def removed(self, link: Link, target: Side) -> None:
        """A line is gone on one side; it goes on the other too, unless it was edited there."""
        row = self.row(link, target)
        edited, doubtful = self.edited(link, target, row) if row is not None else ([], [])
        if edited:
            winner = self.chosen(edited)
            reason = CHOSEN if winner != "none" else "deleted / edited"
            self.plan.conflicts.extend(replace(one, winner=winner, reason=reason) for one in edited)
            if winner == "none":
                self.plan.links.append(link)
                return
            if winner == target:  # the line that was edited is a new one of the other side
                # A line of the left keeps its row's key, and the row of the line that is to be created replaces it.
                self.plan.dropped += [link.dropped()] if target == "right" else []
                self.freed.add((target, link.id(target)))
                return
        self.plan.conflicts.extend(doubtful)
        names = [p.name for p in self.spec.properties if p.direction != "check"]
        self.plan.actions(target).append(LineAction("remove", link.id(target), expected=self.held(link, target, names, row)))
        self.plan.dropped.append(link.dropped())

    def held(self, link: Link, side: Side, names: Iterable[str], row: Row | None) -> dict[str, int]:
        """What a line is believed to hold: what was read of it, since what counts as an edit there was decided on by that."""
        position = {p.name: at for at, p in enumerate(self.spec.properties)}
        return {name: int(row.digests[position[name]]) if row else link.stored(side, position[name]) for name in names}

    def chosen(self, edited: Sequence[Conflict]) -> Winner:
        """The side that a person chose for every edited property of a line, or none."""
        found = {self.policy.chosen.get(one.property) for one in edited}
        side = found.pop() if len(found) == 1 else None
        return side or "none"

    def edited(self, link: Link, side: Side, row: Row) -> tuple[list[Conflict], list[Conflict]]:
        """The edits of a line that is gone on the other side, and what either a person or a write without an answer gave it: that goes
        with the line, and is told.
        """
        policy = self.policy.of_line(link)
        names = [p.name for at, p in enumerate(self.spec.properties) if _is_edit(p, side, row, link, at)]
        left, right = (row.texts, {}) if side == "left" else ({}, row.texts)
        edits = [Conflict(name, left.get(name), right.get(name), "none", "deleted / edited", of_lines=True) for name in names]
        told = {one.property for one in edits if policy.is_written(side, one.property)}
        doubtful = [replace(one, winner=OTHER[side], reason=UNCERTAIN) for one in edits if one.property in told]
        return [one for one in edits if one.property not in told], doubtful

    def pair(self, link: Link) -> None:
        """Merge one line pair, linked before or just now."""
        rows = {side: self.row(link, side) for side in SIDES}
        merged = merge(self.spec.properties, link, rows["left"], rows["right"], self.policy.of_line(link))
        self.plan.links.append(merged.link)
        self.plan.conflicts.extend(replace(one, of_lines=True) for one in merged.conflicts)
        self.plan.needs_both |= merged.needs_both
        texts = whole(*(row.texts if row else None for row in rows.values()))
        told: dict[Side, dict[str, str | None]] = {"left": merged.to_left, "right": merged.to_right}
        for target, values in told.items():
            if values:
                self.update(link, target, values, rows[target], texts)

    def update(self, old: Link, target: Side, values: Mapping[str, str | None], row: Row | None, texts: Mapping[str, str | None]) -> None:
        expected = self.held(old, target, values, row)
        action = LineAction("update", old.id(target), old.id(OTHER[target]), values, expected, {**texts, **values})
        self.plan.actions(target).append(action)

    def is_orphan(self, side: Side, id: str) -> bool:
        """Whether a line was made for one of the other side that is gone by now; the answer of the write that made it was lost."""
        lines = self.sets[side]
        marker = lines.markers.get(id) if lines is not None and self.sets[OTHER[side]] is not None else None
        origins = [name.removeprefix(MADE) for name in self.policy.sent.get(side, ()) if name.startswith(MADE)]
        # A line whose origin is still there was paired with it.
        return bool(marker) and (ANY in origins or marker in {self.mark(OTHER[side], origin) for origin in origins})

    def orphan(self, side: Side, id: str, row: Row) -> None:
        """Take it away as its origin was; a person may have edited it, so that its values are told."""
        expected = {p.name: int(digest) for p, digest in zip(self.spec.properties, row.digests, strict=True)}
        self.plan.actions(side).append(LineAction("remove", id, expected=expected))
        for name, text in row.texts.items():
            left, right = (text, None) if side == "left" else (None, text)
            self.plan.conflicts.append(Conflict(name, left, right, OTHER[side], UNCERTAIN, of_lines=True))

    def create(self, target: Side, id: str, row: Row) -> None:
        source = OTHER[target]
        born = rates(self.spec.properties, target)
        travels = [p.travels_to(target) or p.name in born for p in self.spec.properties]
        values = {
            p.name: row.texts[p.name]
            for p, goes in zip(self.spec.properties, travels, strict=True)
            if goes and row.texts.get(p.name) is not None
        }
        base = tuple(int(digest) if goes else UNKNOWN for goes, digest in zip(travels, row.digests, strict=True))
        self.plan.actions(target).append(LineAction("create", "", id, values, {}, row.texts, self.mark(source, id)))
        self.plan.links.append(Link(id if source == "left" else "", id if source == "right" else "", self.parent, base=base))


def plan_lines(
    spec: Lines, parent: str, links: Sequence[Link], left: LineSet | None, right: LineSet | None, policy: Policy, mark: LineMarker
) -> LinePlan:
    """Decide on the lines of one pair.

    :param parent: the left header's id.
    :param links: the line links so far.
    :param left: None where that side was not read; ``right`` likewise.
    :param mark: names a line to be created after its line on the side given.
    """
    work = _Work(spec, parent, {"left": left, "right": right}, policy, mark)
    links, work.plan.dropped = rekeyed(spec, links, {side: _unmarked(work, side, links) for side in SIDES})
    for link in links:
        work.linked(link)
    linked = {side: {link.id(side) for link in links} - {id for of, id in work.freed if of == side} for side in SIDES}
    new: dict[Side, LineSet] = {side: _unlinked(work.sets[side], linked[side]) for side in SIDES}
    for ours, theirs in _pairs(spec, new["left"], new["right"], mark):
        work.pair(Link(ours, theirs, parent, base=(UNKNOWN,) * len(spec.properties)))
        del new["left"].rows[ours], new["right"].rows[theirs]
    for source in SIDES:
        for id, row in new[source].rows.items():
            if work.is_orphan(source, id):
                work.orphan(source, id, row)
            elif source == "left" or _has_reference(spec, row):
                work.create(OTHER[source], id, row)
    return work.plan


def _unmarked(work: _Work, side: Side, links: Sequence[Link]) -> dict[str, Row] | None:
    """A side's lines without unlinked ones that belong to an unlinked line of the other side: one of the two bears the other's marker."""
    lines, other = work.sets[side], work.sets[OTHER[side]]
    if lines is None or other is None:
        return lines.rows if lines is not None else None
    linked = {of: {link.id(of) for link in links} for of in SIDES}
    free = [id for id in other.rows if id not in linked[OTHER[side]]]
    made, borne = {work.mark(OTHER[side], id) for id in free}, {other.markers[id] for id in free if other.markers.get(id)}
    taken = {id for id in lines.rows if lines.markers.get(id) in made or (borne and work.mark(side, id) in borne)}
    return {id: row for id, row in lines.rows.items() if id in linked[side] or id not in taken}


def _known(spec: Lines, side: Side, link: Link, row: Row) -> Row:
    """A linked line whose product is no more keeps the product that it was linked with: that is no edit.

    Only the side that keeps kinds tells so. On the other one a person has chosen the configured product that stands for it.
    """
    kept = [at for at, p in enumerate(spec.properties) if p.to and (field := p.field(side)) and field.kind]
    gone = [at for at in kept if row.texts.get(spec.properties[at].name) == NO_MORE and link.base[at] != UNKNOWN]
    if not any(row.digests[at] != link.base[at] for at in gone):
        return row
    names = {spec.properties[at].name for at in gone}
    digests = [UNKNOWN if at in gone else digest for at, digest in enumerate(row.digests)]
    return replace(row, digests=digests, texts={name: None if name in names else text for name, text in row.texts.items()})


def _has_reference(spec: Lines, row: Row) -> bool:
    """A line of text alone (no product) is the right system's own: every left line needs a right one, not the other way round."""
    return all(row.texts.get(p.name) is not None for p in spec.properties if p.to is not None)


def _unlinked(lines: LineSet | None, linked: set[str]) -> LineSet:
    if lines is None:
        return LineSet({}, {})
    return LineSet({id: row for id, row in lines.rows.items() if id not in linked}, lines.markers)


def _is_edit(spec: Property, side: Side, row: Row, link: Link, at: int) -> bool:
    return spec.travels_to(OTHER[side]) and link.is_edited(side, at, row.digests[at])


def _pairs(spec: Lines, left: LineSet, right: LineSet, mark: LineMarker) -> list[tuple[str, str]]:
    """Unlinked lines that belong together: by marker, else by the match properties, in the order they stand; each once."""
    made_right = {marker: id for id in right.rows if (marker := right.markers.get(id))}
    made_left = {marker: id for id in left.rows if (marker := left.markers.get(id))}
    marked = [(id, made_right[mark("left", id)]) for id in left.rows if mark("left", id) in made_right]
    marked += [(made_left[mark("right", id)], id) for id in right.rows if mark("right", id) in made_left]
    pairs: dict[str, str] = {}
    for ours, theirs in marked:
        if ours not in pairs and theirs not in pairs.values():
            pairs[ours] = theirs
    if spec.match:
        _by_values(spec, left, right, pairs)
    return list(pairs.items())


def _by_values(spec: Lines, left: LineSet, right: LineSet, pairs: dict[str, str]) -> None:
    taken = set(pairs.values())
    offers: dict[tuple[str | None, ...], list[str]] = defaultdict(list)
    for id, row in right.rows.items():
        if id not in taken:
            offers[_key(spec, row)].append(id)
    for id, row in left.rows.items():
        if id not in pairs and (waiting := offers[_key(spec, row)]):
            pairs[id] = waiting.pop(0)


def _key(spec: Lines, row: Row) -> tuple[str | None, ...]:
    return tuple(meant(row.texts.get(name)) for name in spec.match)
