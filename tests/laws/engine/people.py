"""What people did to the systems: which values they gave where, and which lines they removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.laws.engine.systems import EPOCH, Entity, Fields, Line, Text


@dataclass(frozen=True)
class Removed:
    """A line that a person removed from a record of an entity; ``partners`` are the lines that were linked with it then."""

    entity: str
    id: str
    line: str
    partners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Edit:
    """What a person last gave one field of a record or line."""

    entity: str
    id: str
    field: str
    value: str
    line: str = ""
    at: datetime = EPOCH


@dataclass(frozen=True)
class Replaced:
    """A value that a person found in a record or line, and put another one in its place."""

    id: str
    field: str
    value: str
    at: datetime


@dataclass
class People:
    """Their edits so far; values are unique, so that one can be told wherever it comes to.

    :param edits: (record, line, field) to the last value that was given there.
    :param touched: (record or line, field) that a person has given anything at all, emptied and referring fields too.
    """

    edits: dict[tuple[str, str, str], Edit] = field(default_factory=dict)
    touched: set[tuple[str, str]] = field(default_factory=set)
    removed: list[Removed] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    may_delete: bool = True
    has_deleted: bool = False
    _words: int = 0

    def word(self, stem: str) -> str:
        self._words += 1
        return f"{stem[:4]}{self._words}"

    def create(self, entity: Entity, fields: Fields, lines: list[Line]) -> str | None:
        """None where the system refuses it."""
        if entity.is_taken(fields):
            return None
        id = entity.create(fields, lines)
        self.gave(entity, id, fields)
        for line_id, line in entity.present[id].lines.items():
            self.gave(entity, id, line.fields, line_id)
        return id

    def update(self, entity: Entity, id: str, fields: Fields, lines: Mapping[str, Line | None] | None = None) -> None:
        """What the system refuses does not happen."""
        if entity.present[id].locked or entity.is_taken(fields, id):
            return
        entity.update(id, fields, lines or {})
        self.gave(entity, id, fields)

    def gave(self, entity: Entity, id: str, fields: Fields, line: str = "") -> None:
        now, before = entity.clock.now, _before(entity, id, line)
        for name, text in fields.items():
            if (old := before.get(name)) is not None:
                self.replaced.append(Replaced(line or id, name, old, now))
            self.edits.pop((id, line, name), None)
            self.touched.add((line or id, name))
            formed: Text = entity.form(name, text)
            if formed is not None and name not in ("customer", "kind"):
                self.edits[id, line, name] = Edit(entity.name, id, name, formed, line, now)

    def remove(self, entity: Entity, id: str, line: str, partners: frozenset[str]) -> None:
        entity.update(id, {}, {line: None})
        self.edits = {key: edit for key, edit in self.edits.items() if edit.line != line}
        self.removed.append(Removed(entity.name, id, line, partners))


def _before(entity: Entity, id: str, line: str) -> Fields:
    """What a record or line held before it was last written."""
    state = entity.past[id][-2][1] if len(entity.past[id]) > 1 else None
    if state is None:
        return {}
    return state.lines[line].fields if line in state.lines else {} if line else state.fields
