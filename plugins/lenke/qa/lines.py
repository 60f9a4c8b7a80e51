"""Lines of a composite record: one added and one removed on either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.apply import PutProblem
from lenke.core.mapping.model import Lines
from lenke.qa.item import Item
from lenke.qa.pairs import Pair, Values
from lenke.qa.session import Session
from lenke.qa.sheet import Tick
from lenke.qa.values import candidates


@dataclass(frozen=True)
class _Change:
    """A line that a person added or removed; ``line`` is its id on that side."""

    side: Side
    left: str
    line: str
    verb: str


def added_and_removed(session: Session, items: Sequence[Item]) -> dict[str, Tick]:
    """What became of lines added and removed on each side, by check."""
    flow = items[0].flow
    assert flow.lines is not None
    done: dict[str, _Change | str] = {}
    pairs = session.desk.read(flow, session.free(flow))
    for side in SIDES:
        for verb, act in (("added", _add), ("removed", _remove)):
            found = _first(session, items, side, pairs, act)
            done[f"line {verb} {side}"] = found
            if isinstance(found, _Change):
                del pairs[found.left]
    session.run()
    ticks = {name: _tick(session, items, change) for name, change in done.items()}
    if any(tick.state == "no" for tick in ticks.values()):
        session.run()
        ticks = {name: _tick(session, items, change) for name, change in done.items()}
    for change in done.values():
        if isinstance(change, _Change) and any(tick.state == "no" for tick in ticks.values()):
            session.spoiled.add((flow.name, change.left))
    return ticks


def _first(session: Session, items: Sequence[Item], side: Side, pairs: Mapping[str, Pair], act: Any) -> _Change | str:
    complaint = "no record has lines for it"
    for left, pair in list(pairs.items())[:20]:
        try:
            line = act(session, items, side, pair)
        except (ValueError, PutProblem, KeyError) as problem:
            complaint = f"{items[0].flow.entity(side).system} refused: {problem}"
            continue
        if line is not None:
            return _Change(side, left, line, "added" if act is _add else "removed")
    return complaint


def _linked(items: Sequence[Item], pair: Pair) -> list[tuple[str, str]]:
    """The linked lines that name a record, not freight or a fee."""
    to = [item.spec.name for item in items if item.spec.to]
    lines = [line for line in pair.lines if line[0] in pair.left.lines and line[1] in pair.right.lines]
    return [line for line in lines if not any((pair.left.lines[line[0]].texts.get(name) or "").startswith("@") for name in to)]


def _add(session: Session, items: Sequence[Item], side: Side, pair: Pair) -> str | None:
    """A second line like one that is there, at the end, of another quantity."""
    linked, half = _linked(items, pair), pair.half(side)
    if not linked or half.locked or len(pair.lines) != len(half.lines):
        return None
    like = pair.values(side, linked[0])
    assert like is not None
    texts = {item.spec.name: _text(session, item, side, like, half.lines) for item in items if _is_told(session, item, side, like)}
    fields = session.pen(items[0].flow).fields(items[0], side, texts, like, None)
    return session.add_line(items[0].flow, side, half.values.id, fields)


def _is_told(session: Session, item: Item, side: Side, like: Values) -> bool:
    spec, field = item.spec, item.spec.field(side)
    if session.is_given(item, side):
        return False
    told = spec.travels_to(side) or spec.travels_to(OTHER[side]) or _is_rate(item, side)
    return field is not None and told and like.texts.get(spec.name) is not None


def _is_rate(item: Item, side: Side) -> bool:
    """A VAT rate beside a price that holds VAT: without it the price would be another one."""
    field = item.spec.field(side)
    return any(other.rate and field and other.rate == field.path for spec in item.properties if (other := spec.field(side)))


def _text(session: Session, item: Item, side: Side, like: Values, lines: Mapping[str, Values]) -> str | None:
    spec: Lines | None = item.flow.lines
    field = item.spec.field(side)
    text = like.texts.get(item.spec.name)
    if spec and field and field.path == spec.side(side).order:
        return str(max(int(line.texts.get(item.spec.name) or 0) for line in lines.values()) + 1)
    if "quantity" in item.spec.name:
        return candidates(item.spec, next(session.numbers), now=text)[0]
    return text


def _remove(session: Session, items: Sequence[Item], side: Side, pair: Pair) -> str | None:
    linked, half = _linked(items, pair), pair.half(side)
    if len(linked) < 2 or half.locked:
        return None
    line, place = linked[-1][SIDES.index(side)], items[0].flow.entity(side)
    session.everybody[0].edit_line(place.system, place.entity, half.values.id, line, None)
    return line


def _tick(session: Session, items: Sequence[Item], change: _Change | str) -> Tick:
    if isinstance(change, str):
        return Tick("no", change)
    flow = items[0].flow
    pair = session.desk.read(flow, [change.left]).get(change.left)
    if pair is None:
        return Tick("no", "the record is gone or not linked any more")
    counts = {len(pair.lines), len(pair.left.lines), len(pair.right.lines)}
    if len(counts) > 1:
        note = session.desk.parked(flow).get(change.left)
        why = f", parked: {note.get('reason')} {note.get('property', '')} {note.get('text', '')}".rstrip() if note else ""
        return Tick("no", f"{len(pair.left.lines)} lines left, {len(pair.right.lines)} right, {len(pair.lines)} linked{why}")
    wrong = sorted({name for line in pair.lines for name in _different(items, pair, line)})
    if wrong:
        return Tick("no", f"the lines' {', '.join(wrong)} are not the same")
    return Tick("yes", f"{change.verb} on the other side, too")


def _different(items: Sequence[Item], pair: Pair, line: tuple[str, str]) -> list[str]:
    left, right = pair.values("left", line), pair.values("right", line)
    if left is None or right is None:
        return ["links"]
    names = [item.spec.name for item in items if item.spec.direction == "two_way"]
    return [name for name in names if name in left.known & right.known and left.texts.get(name) != right.texts.get(name)]
