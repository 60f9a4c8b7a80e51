"""Per property: an edit on one side crosses to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.model import Flow
from lenke.qa.item import Item
from lenke.qa.pairs import Pair, Values
from lenke.qa.session import Edit, LineId, Session
from lenke.qa.sheet import Tick, without_ids

Order = Callable[[list[tuple[str, Pair]]], Iterable[tuple[str, Pair]]]
# Another attempt looks for another kind of record: one with few lines, then the last instead of the first.
ORDERS: tuple[Order, ...] = (
    lambda pairs: pairs,
    lambda pairs: sorted(pairs, key=lambda pair: len(pair[1].left.lines)),
    lambda pairs: pairs[::-1],
)
NOT_TAKEN = "no value was taken by"
Key = tuple[str, str, bool]


def key(item: Item) -> Key:
    """An item's name over all flows."""
    return item.section, item.spec.name, item.is_line


@dataclass
class Crossing:
    """The edits of many properties on one side, as many in each run as there are pairs for.

    :param ticks: what became of them so far.
    """

    session: Session
    side: Side
    ticks: dict[Key, Tick] = field(default_factory=dict)

    def judge(self, items: Iterable[Item]) -> dict[Key, Tick]:
        """Edit each property on some pair, run, and look at the other side; what fails is tried again elsewhere."""
        waiting = list(items)
        for order in ORDERS:
            waiting = [item for item in self._attempt(waiting, order) if self.ticks[key(item)].state == "no"]
        return self.ticks

    def _attempt(self, items: Sequence[Item], order: Order) -> list[Item]:
        left = list(items)
        while left:
            edits, left = self._wave(left, order)
            if not edits:
                break
            self._look(edits)
        return list(items)

    def _wave(self, items: Sequence[Item], order: Order) -> tuple[list[Edit], list[Item]]:
        """Edits of different pairs, and the items for which no pair was left."""
        edits: list[Edit] = []
        left: list[Item] = []
        for flow, mine in by_flow(items):
            pairs = dict(order(list(self.session.desk.read(flow, self.session.free(flow)).items())))
            for item in mine:
                left += self._place(item, pairs, edits)
        return edits, left

    def _place(self, item: Item, pairs: dict[str, Pair], edits: list[Edit]) -> list[Item]:
        taken = {edit.left for edit in edits if edit.item.flow.name == item.flow.name}
        place = find(item, self.side, {id: pair for id, pair in pairs.items() if id not in taken})
        if place is None:
            if taken and find(item, self.side, pairs):
                return [item]
            self.ticks[key(item)] = Tick("no", f"no linked pair holds {item.spec.name} on both sides")
            return []
        left, line = place
        edit = self.session.edit(item, self.side, pairs[left], line)
        if edit is None:
            self.ticks[key(item)] = Tick("no", f"{NOT_TAKEN} {item.flow.entity(self.side).system}")
            self.session.spoiled.add((item.flow.name, left))
        else:
            edits.append(edit)
        return []

    def _look(self, edits: Sequence[Edit]) -> None:
        entered = {id(edit): self._entered(edit, pair) for edit, pair in self._read(edits)}
        for _ in range(2):
            self.session.run()
            seen = list(self._read(edits))
            for edit, pair in seen:
                self.ticks[key(edit.item)] = self._tick(edit, pair, entered.get(id(edit)))
            if all(self.ticks[key(edit.item)].state == "yes" for edit in edits):
                return
        for edit, pair in seen:
            if self.ticks[key(edit.item)].state == "no":
                self.session.remark(edit.item, f"edited {self.side}: {self.ticks[key(edit.item)].note}", edit.text)
                self.session.undo(edit, pair)
        self.session.run()

    def _read(self, edits: Sequence[Edit]) -> Iterator[tuple[Edit, Pair]]:
        for flow in self.session.dataflow.flows:
            mine = [edit for edit in edits if edit.item.flow.name == flow.name]
            pairs = self.session.desk.read(flow, [edit.left for edit in mine]) if mine else {}
            yield from ((edit, pairs[edit.left]) for edit in mine if edit.left in pairs)

    def _entered(self, edit: Edit, pair: Pair) -> str | None:
        own = pair.values(edit.side, edit.line)
        return own.texts.get(edit.item.spec.name) if own else None

    def _tick(self, edit: Edit, pair: Pair, entered: str | None) -> Tick:
        name, system = edit.item.spec.name, edit.item.flow.entity(OTHER[edit.side]).system
        own, other = pair.values(edit.side, edit.line), pair.values(OTHER[edit.side], edit.line)
        if own is None or other is None:
            return Tick.of("" if _is_renamed(edit, pair) else "the line is not linked any more", ok=_is_renamed(edit, pair))
        if entered == edit.before[name]:
            return Tick("no", f"{edit.item.flow.entity(edit.side).system} kept what it had")
        if other.texts.get(name) == entered == own.texts.get(name):
            return Tick("yes")
        return Tick("no", self._why(edit) or f"{system} holds {_what(other, name, edit)}")

    def _why(self, edit: Edit) -> str:
        error = self.session.runner.errors.get(edit.item.flow.name)
        if error is not None:
            return f"the flow stopped: {error}"
        note = self.session.desk.parked(edit.item.flow).get(edit.left)
        told = ", ".join(str(note[part]) for part in ("reason", "property", "text") if note.get(part)) if note else ""
        return f"parked: {without_ids(told)}" if told else ""


def _is_renamed(edit: Edit, pair: Pair) -> bool:
    """Where a line is known by what was edited, the edit makes it another line: on both sides, or it did not cross."""
    lines = [(pair.values("left", line), pair.values("right", line)) for line in pair.lines]
    name = edit.item.spec.name
    whole = len(pair.lines) == len(pair.left.lines) == len(pair.right.lines)
    return whole and any(left and right and left.texts.get(name) == right.texts.get(name) == edit.text for left, right in lines)


def _what(values: Values, name: str, edit: Edit) -> str:
    return "the old value" if values.texts.get(name) == edit.before[name] else "another value than was entered"


def find(item: Item, side: Side, pairs: dict[str, Pair], *, locked: bool = False) -> tuple[str, LineId] | None:
    """A pair, and one of its lines for a line's property, that holds the property on both sides; a filled one before an empty one.

    :param locked: locked ones may be taken, too.
    """
    empty: tuple[str, LineId] | None = None
    for left, pair in pairs.items():
        if not locked and any(pair.half(one).locked for one in SIDES):
            continue
        for line in pair.lines if item.is_line else (None,):
            halves = [pair.values(one, line) for one in SIDES]
            if not all(half and item.spec.name in half.known for half in halves) or _is_constant(item, halves[0]):
                continue
            own = pair.values(side, line)
            if own and own.texts.get(item.spec.name) is not None:
                return left, line
            empty = empty or (left, line)
    return empty


def _is_constant(item: Item, line: Values | None) -> bool:
    """Freight, a fee or a rounding: a line that stands for no record is another kind of thing."""
    return item.is_line and line is not None and any((line.texts.get(p.name) or "").startswith("@") for p in item.properties if p.to)


def by_flow(items: Iterable[Item]) -> Iterator[tuple[Flow, list[Item]]]:
    """Items by the flow that carries them."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.flow.name, []).append(item)
    yield from ((mine[0].flow, mine) for mine in found.values())
