"""Request bodies in a described dialect, made from writes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import ConfigurationError, RejectedRecordError
from lenke.core.ports import LineWrite, Write
from lenke.systems.described.dialect import Entity, Id, Lines
from lenke.systems.paths import look, nested, whole_number


@dataclass(frozen=True, slots=True)
class Item:
    """One write with the record that it sends."""

    write: Write
    body: Mapping[str, Any]

    @property
    def creates(self) -> bool:
        """Whether it makes a record."""
        return self.write.verb == "create"


def item_of(entity: Entity, write: Write) -> Item:
    """The body of a write.

    Raises RejectedRecordError where the dialect cannot do it to any record of this kind, ConfigurationError where it does
    not describe it.
    """
    if write.verb == "create":
        return Item(write, _creation(entity, write))
    fields = write.fields
    if write.verb == "archive":
        if entity.archive is None:
            raise RejectedRecordError(f"{entity.address} has no archive")
        fields = {entity.archive.path: entity.archive.value}
    body = _whole_parents(entity, write.current, nested(_typed(fields, entity.integers)))
    return Item(write, {**body, **_check(entity, write), **_lines(entity, write)})


def typed_id(kind: Id, id: str | None) -> Any:
    """An id as the JSON value that the system uses."""
    return whole_number(id) if kind.type == "integer" else id


def is_id(value: Any) -> bool:
    """Whether a reply's value can be a record's id."""
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _creation(entity: Entity, write: Write) -> dict[str, Any]:
    fields = {path: value for path, value in write.fields.items() if value is not None}
    if write.marker and entity.marker:
        fields[entity.marker.path] = write.marker
    return {**nested(_typed(fields, entity.integers)), **_lines(entity, write)}


def _whole_parents(entity: Entity, current: Mapping[str, Any] | None, body: dict[str, Any]) -> dict[str, Any]:
    """Where an update replaces nested objects, the part that did not change goes along."""
    if entity.nested == "merge" or current is None:
        return body
    return {key: _overlaid(current.get(key), value) if isinstance(value, dict) else value for key, value in body.items()}


def _overlaid(below: Any, above: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = copy.deepcopy(dict(below)) if isinstance(below, Mapping) else {}
    for key, value in above.items():
        whole[key] = _overlaid(whole.get(key), value) if isinstance(value, dict) else value
    return whole


def _check(entity: Entity, write: Write) -> dict[str, Any]:
    stamp = look(write.current, entity.check.path) if entity.check else None
    return {entity.check.parameter: stamp} if entity.check and stamp is not None else {}


def _lines(entity: Entity, write: Write) -> dict[str, Any]:
    if not write.lines:
        return {}
    if entity.lines is None:
        raise ConfigurationError(f"{entity.address}: the description has no lines, but a write holds some")
    described = entity.lines
    return {described.path: [_line(described, line) for line in write.lines]}


def _line(described: Lines, line: LineWrite) -> dict[str, Any]:
    if line.verb == "remove":
        if not described.removed:
            raise ConfigurationError(f"{described.path}: the description does not say how a line is removed (lines.removed)")
        return {described.id.path: typed_id(described.id, line.id), described.removed: True}
    fields = {path: value for path, value in line.fields.items() if value is not None or line.verb == "update"}
    if line.verb == "update":
        return {described.id.path: typed_id(described.id, line.id), **nested(_typed(fields, described.integers))}
    if line.marker and described.marker:
        fields[described.marker] = line.marker
    return nested(_typed(fields, described.integers))


def _typed(fields: Mapping[str, Any], integers: tuple[str, ...]) -> dict[str, Any]:
    return {path: whole_number(value) if path in integers else value for path, value in fields.items()}
