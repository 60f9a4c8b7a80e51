"""Finds records of a described system by id or by key; whatever the server answers, nothing else comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lenke.core.errors import ConfigurationError, FatalError, RecordNotFoundError, RejectedRecordError
from lenke.systems.described.dialect import Entity
from lenke.systems.described.lists import Lists
from lenke.systems.described.paging import Row
from lenke.systems.http import Session
from lenke.systems.jsontext import loads, part
from lenke.systems.paths import look, segment, text_of

_WORTH_A_LIST = 20


class Lookups:
    """Look-ups, with one index per entity where a key has no filter that works."""

    def __init__(self, session: Session, lists: Lists) -> None:
        self._session = session
        self._lists = lists
        self._ignored: set[str] = set()
        self._indexes: dict[str, list[Row]] = {}

    def by_id(self, entity: Entity, ids: Sequence[str]) -> Iterator[Row]:
        """The whole records with these ids; one that is not there is left out."""
        wanted = list(dict.fromkeys(ids))
        if entity.ids is None or not entity.whole or entity.ids.parameter in self._ignored:
            yield from (row for one in wanted for row in self._one(entity, one))
            return
        for at in range(0, len(wanted), entity.ids.most):
            group = wanted[at : at + entity.ids.most]
            rows = self._obeyed(entity, entity.ids.parameter, entity.ids.separator.join(group), entity.id.path, group)
            if rows is None:
                rows = [row for one in group for row in self._one(entity, one)]
            yield from (row for row in rows if text_of(look(row[1], entity.id.path)) in group)

    def by_key(self, entity: Entity, path: str, values: Sequence[str]) -> Iterator[Row]:
        """The records whose ``path`` holds one of ``values``, whatever the case where the key is caseless.

        :raises ConfigurationError: the path is no key.
        """
        marker = entity.marker if entity.marker and entity.marker.path == path else None
        if path not in entity.keys and marker is None:
            raise ConfigurationError(f"{entity.address}: cannot look up by {path}; keys are {', '.join(entity.keys)}")
        wanted = {value for value in values if value.strip()}
        found = self._filtered(entity, entity.keys.get(path) or (marker.parameter if marker else ""), path, sorted(wanted))
        if found is None:
            found = self._index(entity, fresh=marker is not None)
        form = _folded if path in entity.caseless else str
        forms = {form(value) for value in wanted}
        for row in found:
            text = text_of(look(row[1], path))
            if text is not None and form(text) in forms:
                yield row

    def exists(self, entity: Entity, id: str) -> bool:
        """Whether a read by id brings the record."""
        return any(True for _ in self._one(entity, id))

    def _one(self, entity: Entity, id: str) -> Iterator[Row]:
        try:
            reply = self._session.read(f"{entity.address}/{segment(id)}")
        except RecordNotFoundError:
            return
        yield record_in(reply.text, entity.record)

    def _filtered(self, entity: Entity, parameter: str, path: str, values: Sequence[str]) -> list[Row] | None:
        """The filter's answers; None where there is none, it is not obeyed, or a list costs less."""
        if not parameter or parameter in self._ignored or len(values) > _WORTH_A_LIST:
            return None
        found: list[Row] = []
        for value in values:
            rows = self._obeyed(entity, parameter, value, path, [value])
            if rows is None:
                return None
            found += rows
        return found

    def _obeyed(self, entity: Entity, parameter: str, value: str, path: str, wanted: Sequence[str]) -> list[Row] | None:
        """The rows that a filter lets through; None, from then on, where others come as well: the server ignores it."""
        close = {_folded(text) for text in wanted}
        rows: list[Row] = []
        try:
            for row in self._lists.query(entity, {parameter: value}):
                if _folded(text_of(look(row[1], path)) or "") not in close:
                    self._ignored.add(parameter)
                    return None
                rows.append(row)
        except RejectedRecordError:
            return None
        return rows

    def _index(self, entity: Entity, *, fresh: bool) -> list[Row]:
        if fresh or entity.address not in self._indexes:
            self._indexes[entity.address] = list(self._lists.walk(entity))
        return self._indexes[entity.address]


def _folded(text: str) -> str:
    return text.casefold().strip()


def record_in(text: str, path: str) -> Row:
    """The record at ``path`` of a reply; raises FatalError where the reply holds none there."""
    try:
        own = part(text, path)
        value = loads(own)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise FatalError(f"the reply holds no record at {path or 'its top'}; see the description's record")
    return own, value
