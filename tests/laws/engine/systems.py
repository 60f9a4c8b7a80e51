"""Business systems in memory, with the vices of real ones.

Own ids, values stored in a form of their own, no-op writes that bump, modified times that are equal for many records, reads that lag,
filters that are silently ignored, unique values, locks, lines that do not bump their record, writes of which only a part succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

Text = str | None
Fields = Mapping[str, Text]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Clock:
    """Moves only when it is told to."""

    now: datetime = EPOCH

    def tick(self, seconds: float = 1) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@dataclass(frozen=True)
class Line:
    fields: Fields
    marker: Text = None


@dataclass(frozen=True)
class State:
    """A record at some time."""

    fields: Fields
    modified: datetime
    version: int
    lines: Mapping[str, Line] = field(default_factory=dict)
    marker: Text = None
    locked: bool = False


@dataclass
class Entity:
    """The records of one entity with all that they ever were.

    :param form: what the system makes of a text that it is given.
    :param gives: fields that the system fills by itself at creation.
    :param bumps_on_lines: a change of a line alone moves version and modified time.
    :param coarse: modified times are whole multiples of this.
    :param ignores_filter: a read of what changed brings everything.
    :param unique: fields of which no two records hold the same value.
    :param shown: dataflow and record to the times of which a run that came to its commit has read it.
    :param unseen: records that were deleted before a dataflow that may have made them knew that it had.
    """

    name: str
    clock: Clock
    form: Callable[[str, Text], Text]
    gives: Callable[[int, Fields], Fields] = lambda number, fields: {}
    bumps_on_lines: bool = True
    coarse: timedelta = timedelta(seconds=1)
    ignores_filter: bool = False
    unique: frozenset[str] = frozenset()
    past: dict[str, list[tuple[datetime, State | None]]] = field(default_factory=dict)
    ever: dict[tuple[str, str], set[Text]] = field(default_factory=dict)
    shown: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    present: dict[str, State] = field(default_factory=dict)
    _last: int = 0

    def at(self, when: datetime) -> dict[str, State]:
        """All records as they were."""
        if when >= self.clock.now:
            return dict(self.present)
        found = {id: next((state for time, state in reversed(past) if time <= when), None) for id, past in self.past.items()}
        return {id: state for id, state in found.items() if state is not None}

    def has_returned(self, id: str, name: str, between: Text) -> bool:
        """Whether a field held another value in between, and what it holds now before that."""
        held = [state.fields.get(name) for _, state in self.past[id] if state is not None]
        return between in held and held[-1] in held[: len(held) - 1 - held[::-1].index(between)]

    def held_before(self, id: str, name: str, text: Text, when: datetime) -> bool:
        """Whether a field of a record held a text at some time before another."""
        return any(state is not None and state.fields.get(name) == text for time, state in self.past[id] if time < when)

    def is_unread(self, reader: str, id: str, name: str, text: Text, when: datetime) -> bool:
        """Whether a dataflow read nothing of what a field held between the last time that it held a text and another time."""
        held = [(time, state is not None and state.fields.get(name) == text) for time, state in self.past[id] if time < when]
        between = [time for time, _ in takewhile(lambda one: not one[1], reversed(held))]
        return not any(between[-1] <= time < when for time in self.shown.get((reader, id), ())) if between else True

    def former(self, id: str, name: str, line: str = "") -> Text:
        """What a field of a record, or of one of its lines, held before it was given what it holds; None if it never was another."""
        states = [state for _, state in self.past[id] if state is not None and (not line or line in state.lines)]
        held = [(state.lines[line] if line else state).fields.get(name) for state in states]
        return next((text for text in reversed(held) if text != held[-1]), None)

    def is_taken(self, fields: Fields, but: str = "") -> bool:
        """Whether another record holds a value that must be unique."""
        given = {name: self.form(name, fields[name]) for name in self.unique if fields.get(name) is not None}
        return any(state.fields.get(name) == text for id, state in self.present.items() if id != but for name, text in given.items())

    def create(self, fields: Fields, lines: list[Line], marker: Text = None) -> str:
        self._last += 1
        id = f"{self.name}-{self._last}"
        own = {line_id: self._line(line) for line in lines for line_id in [self.next_line()]}
        formed = self._formed(fields)
        self.put(id, State({**formed, **self.gives(self._last, formed)}, self.time(), 1, own, marker))
        return id

    def next_line(self) -> str:
        self._last += 1
        return f"{self.name}/l{self._last}"

    def time(self) -> datetime:
        """The modified time of a write that happens now."""
        return EPOCH + (self.clock.tick() - EPOCH) // self.coarse * self.coarse

    def update(self, id: str, fields: Fields, lines: Mapping[str, Line | None]) -> State:
        """Change some fields and lines (None removes one); the version moves even where nothing changes."""
        old = self.present[id]
        merged = {line_id: line for line_id, line in {**old.lines, **{k: v and self._line(v) for k, v in lines.items()}}.items() if line}
        bumps = bool(fields) or self.bumps_on_lines
        now = self.time()
        state = replace(old, fields={**old.fields, **self._formed(fields)}, lines=merged)
        if bumps:
            state = replace(state, modified=now, version=old.version + 1)
        self.put(id, state)
        return state

    def delete(self, id: str) -> None:
        self.put(id, None)

    def put(self, id: str, state: State | None) -> None:
        self.past.setdefault(id, []).append((self.clock.tick(), state))
        if state is None:
            self.present.pop(id, None)
            return
        self.present[id] = state
        for name, text in state.fields.items():
            self.ever.setdefault((id, name), set()).add(text)
        for line_id, line in state.lines.items():
            for name, text in line.fields.items():
                self.ever.setdefault((line_id, name), set()).add(text)

    def _formed(self, fields: Fields) -> dict[str, Text]:
        return {name: self.form(name, text) for name, text in fields.items()}

    def _line(self, line: Line) -> Line:
        return Line(self._formed(line.fields), line.marker)
