"""Lines of one composite record: added, changed and removed lines cross both ways with their header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Conflict, Policy, Row, merge
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.model import Lines, Property
from lenke.core.plan.model import LineAction

LineMarker = Callable[[Side, str], str]


@dataclass
class LinePlan:
    """What becomes of the lines of one pair; ``links`` are its line links once every write has succeeded."""

    links: list[Link] = field(default_factory=list)
    to_left: list[LineAction] = field(default_factory=list)
    to_right: list[LineAction] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    dropped: list[Link] = field(default_factory=list)

    def actions(self, side: Side) -> list[LineAction]:
        """The actions of one side."""
        return self.to_left if side == "left" else self.to_right


@dataclass(frozen=True)
class LineSet:
    """One side's lines of one header as read: rows by line id in their order, and their markers. None: the side was not read."""

    rows: dict[str, Row]
    markers: Mapping[str, str | None]


def plan_lines(
    spec: Lines, parent: str, links: Sequence[Link], left: LineSet | None, right: LineSet | None, policy: Policy, mark: LineMarker
) -> LinePlan:
    """Decide on the lines of one pair.

    :param parent: the left header's id.
    :param links: the line links so far.
    :param mark: names a line to be created after its line on the side given.
    """
    plan = LinePlan()
    for link in links:
        _linked(spec, link, left, right, policy, plan)
    new_left = _unlinked(left, {link.left for link in links})
    new_right = _unlinked(right, {link.right for link in links})
    for ours, theirs in _pairs(spec, new_left, new_right, mark):
        _first(spec, Link(ours, theirs, parent, base=_blank(spec)), left, right, policy, plan)
        del new_left.rows[ours], new_right.rows[theirs]
    for id, row in new_left.rows.items():
        _create(spec, "right", id, row, parent, mark, plan)
    for id, row in new_right.rows.items():
        _create(spec, "left", id, row, parent, mark, plan)
    return plan


def _blank(spec: Lines) -> tuple[int, ...]:
    return (UNKNOWN,) * len(spec.properties)


def _unlinked(lines: LineSet | None, linked: set[str]) -> LineSet:
    if lines is None:
        return LineSet({}, {})
    return LineSet({id: row for id, row in lines.rows.items() if id not in linked}, lines.markers)


def _linked(spec: Lines, link: Link, left: LineSet | None, right: LineSet | None, policy: Policy, plan: LinePlan) -> None:
    gone = {"left": left is not None and link.left not in left.rows, "right": right is not None and link.right not in right.rows}
    if gone["left"] and gone["right"]:
        plan.dropped.append(link.dropped())
    elif gone["left"]:
        _removed(spec, link, "right", right.rows[link.right] if right else None, plan)
    elif gone["right"]:
        _removed(spec, link, "left", left.rows[link.left] if left else None, plan)
    else:
        _first(spec, link, left, right, policy, plan)


def _removed(spec: Lines, link: Link, target: Side, row: Row | None, plan: LinePlan) -> None:
    """A line is gone on one side; it goes on the other too, unless it was edited there."""
    edited = [
        p.name for at, p in enumerate(spec.properties) if row is not None and _is_edit(p, target, row.digests[at], link.stored(target, at))
    ]
    if edited:
        plan.conflicts.extend(Conflict(name, None, None, "none", "deleted / edited") for name in edited)
        plan.links.append(link)
        return
    plan.actions(target).append(LineAction("remove", _id(link, target), expected=_stored(spec, link, target)))
    plan.dropped.append(link.dropped())


def _is_edit(spec: Property, side: Side, now: int, then: int) -> bool:
    return spec.travels_to("left" if side == "right" else "right") and now not in (UNKNOWN, then) and then != UNKNOWN


def _first(spec: Lines, link: Link, left: LineSet | None, right: LineSet | None, policy: Policy, plan: LinePlan) -> None:
    """Merge one line pair, linked before or just now."""
    rows = (left.rows.get(link.left) if left else None, right.rows.get(link.right) if right else None)
    merged = merge(spec.properties, link, *rows, policy)
    plan.links.append(merged.link)
    plan.conflicts.extend(merged.conflicts)
    whole = _whole(*rows)
    sides: tuple[tuple[Side, dict[str, str | None]], ...] = (("left", merged.to_left), ("right", merged.to_right))
    for target, values in sides:
        row = rows[0] if target == "left" else rows[1]
        if values:
            plan.actions(target).append(_update(spec, link, target, values, row, whole))


def _update(
    spec: Lines, old: Link, target: Side, values: Mapping[str, str | None], row: Row | None, whole: Mapping[str, str | None]
) -> LineAction:
    position = {p.name: at for at, p in enumerate(spec.properties)}
    expected = {name: int(row.digests[position[name]]) if row else old.stored(target, position[name]) for name in values}
    other: Side = "left" if target == "right" else "right"
    return LineAction("update", _id(old, target), _id(old, other), values, expected, {**whole, **values})


def _create(spec: Lines, target: Side, id: str, row: Row, parent: str, mark: LineMarker, plan: LinePlan) -> None:
    source: Side = "left" if target == "right" else "right"
    values = {p.name: row.texts[p.name] for p in spec.properties if p.travels_to(target) and row.texts.get(p.name) is not None}
    base = tuple(int(digest) if p.travels_to(target) else UNKNOWN for p, digest in zip(spec.properties, row.digests, strict=True))
    plan.actions(target).append(LineAction("create", "", id, values, {}, row.texts, mark(source, id)))
    link = Link("", "", parent, base=base)
    plan.links.append(replace(link, left=id) if source == "left" else replace(link, right=id))


def _pairs(spec: Lines, left: LineSet, right: LineSet, mark: LineMarker) -> list[tuple[str, str]]:
    """Unlinked lines that belong together: by marker, else by the match properties, in the order they stand."""
    by_marker = {marker: id for id in right.rows if (marker := right.markers.get(id))}
    pairs = [(id, by_marker[mark("left", id)]) for id in left.rows if mark("left", id) in by_marker]
    backwards = {marker: id for id in left.rows if (marker := left.markers.get(id))}
    pairs += [(backwards[mark("right", id)], id) for id in right.rows if mark("right", id) in backwards]
    if not spec.match:
        return pairs
    taken_left, taken_right = {ours for ours, _ in pairs}, {theirs for _, theirs in pairs}
    offers: dict[tuple[str | None, ...], list[str]] = defaultdict(list)
    for id, row in right.rows.items():
        if id not in taken_right:
            offers[_key(spec, row)].append(id)
    for id, row in left.rows.items():
        if id not in taken_left and (waiting := offers[_key(spec, row)]):
            pairs.append((id, waiting.pop(0)))
    return pairs


def _key(spec: Lines, row: Row) -> tuple[str | None, ...]:
    return tuple(row.texts.get(name) for name in spec.match)


def _stored(spec: Lines, link: Link, side: Side) -> dict[str, int]:
    return {p.name: link.stored(side, at) for at, p in enumerate(spec.properties) if p.direction != "check"}


def _id(link: Link, side: Side) -> str:
    return link.left if side == "left" else link.right


def _whole(left: Row | None, right: Row | None) -> dict[str, str | None]:
    return {**(dict(right.texts) if right else {}), **(dict(left.texts) if left else {})}
