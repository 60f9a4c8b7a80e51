"""What every check of a dataflow works with: the runner, the people, pairs to edit, and how an edit is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.apply import PutProblem
from lenke.core.mapping.model import Dataflow, Flow
from lenke.qa.item import Item, Pen, with_what_it_needs
from lenke.qa.pairs import Desk, Pair, Values
from lenke.qa.people import People
from lenke.qa.reasons import NOBODY, Entered
from lenke.qa.runner import DELTA, Runner
from lenke.qa.sheet import without_ids
from lenke.qa.values import candidates
from lenke.runtime.windows import Window

T = TypeVar("T")
POOL = 80
LineId = tuple[str, str] | None


@dataclass(frozen=True)
class Edit:
    """A person's edit that was made.

    :param line: the linked line's ids; None for the header. :param fields: what was written; :param before: what stood there.
    """

    item: Item
    side: Side
    left: str
    line: LineId
    text: str
    fields: Mapping[str, Any]
    before: Mapping[str, str | None]


@dataclass
class Session:
    """One dataflow under test.

    :param everybody: who edits: people in the pages first, then others through the API.
    :param pool: by flow the left ids of linked pairs in good order; :param locked: those that are locked from the start;
        :param spoiled: those that an edit left in doubt.
    :param remarks: by section: property and trouble to the (made up) value that met it.
    :param entered: (section, property, side) to what a person edits there, where it is not the one that is read.
    :param made: by flow, the left id of the record that a person made.
    :param examples: (section, property) to canonical texts to try first.
    """

    runner: Runner
    everybody: Sequence[People]
    desk: Desk
    pool: dict[str, list[str]] = field(default_factory=dict)
    locked: dict[str, list[str]] = field(default_factory=dict)
    spoiled: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[tuple[str, bool], dict[str, list[str]]] = field(default_factory=dict)
    remarks: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    entered: Mapping[tuple[str, str, Side], Entered] = field(default_factory=dict)
    examples: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def dataflow(self) -> Dataflow:
        """The dataflow."""
        return self.runner.dataflow

    def is_given(self, item: Item, side: Side) -> bool:
        """Whether a system gives the property by itself, so that nobody enters it."""
        entered = self.entered.get((item.section, item.spec.name, side))
        return entered is not None and entered.path == NOBODY

    def run(self, window: Window = DELTA) -> int:
        """One run of the dataflow; how many records it wrote."""
        reports = [committed["report"] for committed in self.runner.run(window).values()]
        return sum(report[name] for report in reports for name in ("created_left", "created_right", "updated_left", "updated_right"))

    def settle(self, *, at_most: int = 4) -> bool:
        """Runs until one writes nothing."""
        return any(self.run() == 0 for _ in range(at_most))

    def choose(self, flow: Flow) -> None:
        """Find the pairs of a flow that can be edited, and the values that its records hold."""
        ids = sorted(self.desk.linked(flow))
        step = max(1, len(ids) // POOL)
        pairs = self.desk.read(flow, ids[::step][:POOL])
        self.pool[flow.name] = [id for id, pair in pairs.items() if _is_good(pair)]
        self.locked[flow.name] = [id for id, pair in pairs.items() if any(pair.half(side).locked for side in SIDES)]
        for is_line in (False, True):
            found: dict[str, list[str]] = {}
            for pair in pairs.values():
                for values in pair.left.lines.values() if is_line else [pair.left.values]:
                    for name, text in values.texts.items():
                        if text is not None and text not in found.setdefault(name, []):
                            found[name].append(text)
            self.seen[flow.name, is_line] = found

    def free(self, flow: Flow) -> list[str]:
        """Left ids of pairs that can be edited."""
        return [id for id in self.pool[flow.name] if (flow.name, id) not in self.spoiled]

    def pen(self, flow: Flow) -> Pen:
        """How edits of a flow's records are written."""
        references = self.runner.flow_run(flow).references
        return Pen(self.runner.settings, self.desk.constants(flow), lambda to, text: references[to].on_right(text))

    def edit(self, item: Item, side: Side, pair: Pair, line: LineId) -> Edit | None:
        """Edit a property to a new value that both sides can hold; None where no value was taken (see remarks)."""
        own, other = pair.values(side, line), pair.values(OTHER[side], line)
        assert own is not None
        assert other is not None
        pen = self.pen(item.flow)
        for text in self.offers(item, own):
            if not pen.can_hold(item, OTHER[side], text, other, own):
                continue
            texts = with_what_it_needs(item, text, own, lambda spec: candidates(spec, next(self.numbers))[0])
            try:
                fields = self._as_entered(item, side, text, pen.fields(item, side, texts, own, other))
            except (PutProblem, KeyError) as problem:
                self.remark(item, f"{item.flow.entity(side).system} cannot hold it: {problem}", text)
                continue
            if self._enter(item, side, pair, line, text, fields):
                return Edit(item, side, pair.left.values.id, line, text, fields, {name: own.texts.get(name) for name in texts})
        return None

    def _enter(self, item: Item, side: Side, pair: Pair, line: LineId, text: str, fields: Mapping[str, Any]) -> bool:
        """Whether the value stands there now, entered in the pages or, where they have no such field, through the API."""
        place, id = item.flow.entity(side), pair.half(side).values.id
        own = pair.values(side, line)
        problems: list[str] = []
        for people in self.everybody:
            try:
                if line is None or own is None:
                    people.edit(place.system, place.entity, id, fields)
                else:
                    people.edit_line(place.system, place.entity, id, own.id, fields)
            except (ValueError, KeyError) as problem:
                problems.append(f"refused by {place.system}: {problem}")
                continue
            now = self.desk.value(item.flow, side, id, own.id if own and line else None)
            if now is None or own is None or now.texts.get(item.spec.name) != own.texts.get(item.spec.name):
                return True
            problems.append(f"{place.system} kept what it had")
        for told in problems:
            self.remark(item, told, text)
        return False

    def offers(self, item: Item, own: Values) -> list[str]:
        """At most six values to try."""
        seen = self.seen[item.flow.name, item.is_line].get(item.spec.name, [])
        if item.spec.to is not None:
            seen = [*self._linked_ids(item.spec.to), *(text for text in seen if not text.startswith("@"))]
        now = own.texts.get(item.spec.name)
        first = [text for text in self.examples.get((item.section, item.spec.name), ()) if text != now]
        return [*first, *candidates(item.spec, next(self.numbers), seen=seen, now=now)][:6]

    def write(self, flow: Flow, side: Side, id: str, line: str | None, fields: Mapping[str, Any]) -> None:
        """A person's edit of fields; raises ValueError where the system refuses."""
        place = flow.entity(side)
        if line is None:
            self._one_of(lambda people: people.edit(place.system, place.entity, id, fields))
        else:
            self._one_of(lambda people: people.edit_line(place.system, place.entity, id, line, fields))

    def add_line(self, flow: Flow, side: Side, id: str, fields: Mapping[str, Any]) -> str:
        """A person's new line; its id, where the system tells it."""
        place = flow.entity(side)
        return str(self._one_of(lambda people: people.edit_line(place.system, place.entity, id, None, fields)))

    def _one_of(self, act: Callable[[People], T]) -> T:
        """In the pages, else through the API; raises ValueError with the last refusal."""
        refusals: list[Exception] = []
        for people in self.everybody:
            try:
                return act(people)
            except (ValueError, KeyError) as problem:
                refusals.append(problem)
        raise ValueError(str(refusals[-1]))

    def undo(self, edit: Edit, pair: Pair) -> None:
        """Put back what stood there, as far as the system lets it; the pair is not used again."""
        self.spoiled.add((edit.item.flow.name, edit.left))
        own, other = pair.values(edit.side, edit.line), pair.values(OTHER[edit.side], edit.line)
        if own is None or other is None:
            return
        try:
            fields = self.pen(edit.item.flow).fields(edit.item, edit.side, edit.before, own, other)
            fields = self._as_entered(edit.item, edit.side, edit.before[edit.item.spec.name] or "", fields)
            self.write(edit.item.flow, edit.side, pair.half(edit.side).values.id, own.id if edit.line else None, fields)
        except (PutProblem, ValueError, KeyError):
            return

    def remark(self, item: Item, problem: str, value: str) -> None:
        """Keep what became of a value that was entered; the same trouble of the same property once."""
        self.remarks.setdefault(item.section, {}).setdefault((item.spec.name, without_ids(problem.replace(value, "it"))), value)

    def _as_entered(self, item: Item, side: Side, text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        field, entered = item.spec.field(side), self.entered.get((item.section, item.spec.name, side))
        if entered is None or field is None:
            return dict(fields)
        value = entered.values.get(text, fields.get(field.path))
        return {**{name: one for name, one in fields.items() if name != field.path}, entered.path: value}

    def _linked_ids(self, to: str) -> Sequence[str]:
        return [id for flow in self.dataflow.targets(to) for id in self.free(flow)[:3]]


def _is_good(pair: Pair) -> bool:
    return not any(pair.half(side).locked or pair.half(side).troubled for side in SIDES)
