"""The client of every described system: :class:`lenke.core.ports.System`, driven by its description alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests

from lenke.core.errors import ConfigurationError, FatalError, LenkeError
from lenke.core.ports import Outcome, Record, Spelling, Traits, Write
from lenke.systems.connection import Connection
from lenke.systems.described.access import auth_of
from lenke.systems.described.bodies import is_id
from lenke.systems.described.changes import Changes
from lenke.systems.described.dialect import Dialect, Entity
from lenke.systems.described.lists import Lists
from lenke.systems.described.load import load
from lenke.systems.described.lookups import Lookups
from lenke.systems.described.paging import Row
from lenke.systems.described.replies import explain
from lenke.systems.described.times import instant
from lenke.systems.described.writes import Result, Writer
from lenke.systems.http import Session
from lenke.systems.include import description
from lenke.systems.limits import TokenBucket
from lenke.systems.paths import look, text_of
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.problems import outcome_of


def connect(system: str, connection: Mapping[str, Any], **transport: Any) -> DescribedClient:
    """The client of ``system`` as include/systems/<system>.yaml describes it; raises MappingError where that is wrong.

    ``transport`` as in :class:`DescribedClient`.
    """
    return DescribedClient(load(description(system)), Connection.of(connection), **transport)


class DescribedClient:
    """Any entity of one described system.

    :param patience: how often and how long to try.
    :param adapter: replaces the transport.
    """

    def __init__(
        self,
        dialect: Dialect,
        connection: Connection,
        *,
        patience: Patience = PATIENCE,
        adapter: requests.adapters.BaseAdapter | None = None,
    ) -> None:
        if not connection.base_url:
            raise ConfigurationError(f"connection {dialect.system}: host is missing")
        base = connection.base_url if urlsplit(connection.base_url).path else connection.base_url + dialect.base_path
        self._dialect = dialect
        self._host = urlsplit(base).netloc
        rate = connection.number("requests_per_second", dialect.requests_per_second)
        self._session = Session(
            base,
            auth=auth_of(dialect, connection, base, self._token),
            limiter=TokenBucket(rate, clock=patience.clock, sleep=patience.sleep),
            explain=partial(explain, dialect.errors),
            patience=patience,
            adapter=adapter,
        )
        paging = dialect.paging
        size = min(paging.size_most, int(connection.number("page_size", paging.size_most)))
        self._lists = Lists(self._session, replace(paging, size_most=size))
        self._lookups = Lookups(self._session, self._lists)
        self._changes = Changes(Writer(self._session, dialect), self._lookups)
        self._read_lag = timedelta(seconds=connection.number("read_lag_seconds", dialect.read_lag_seconds))

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, token requests included."""
        return self._session.calls

    def tenant(self) -> str:
        """What the description's ``tenant`` names, else the host."""
        told = self._dialect.tenant
        if told is None:
            return self._host
        value = text_of(look(self._session.read(told.address).body, told.path))
        if not value:
            raise ConfigurationError(f"{self._dialect.system}: {told.address} holds no {told.path}")
        return value

    def traits(self, entity: str) -> Traits:
        """As described."""
        kind = self._entity(entity)
        marker = kind.marker
        return Traits(
            changes="filter" if kind.modified and kind.modified.since else "walk",
            interval=bool(kind.modified and kind.modified.until),
            created=kind.created or None,
            trustworthy_modified=bool(kind.modified and kind.modified.trustworthy),
            read_lag=self._read_lag,
            marker=marker.path if marker else None,
            line_marker=(kind.lines.marker if kind.lines else "") or None,
            marker_length=marker.length if marker else 0,
            marker_unique=bool(marker and marker.unique),
            keys=frozenset(kind.keys),
            overlooks=dict.fromkeys(kind.caseless, Spelling.CASE),
            batch=kind.batch.most if kind.batch else 1,
            compares=kind.check is not None,
        )

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Every record changed from ``since`` on; one that changes on the way may come twice, its last state last."""
        kind = self._entity(entity)
        for row in self._lists.walk(kind, since=since, until=until):
            yield _record(kind, row, whole=kind.whole)

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The whole records with these ids."""
        kind = self._entity(entity)
        for row in self._lookups.by_id(kind, ids):
            yield _record(kind, row)

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``; of a caseless key whatever the case."""
        kind = self._entity(entity)
        for row in self._lookups.by_key(kind, path, values):
            yield _record(kind, row, whole=kind.whole)

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """In batches where the dialect has them; a stale target is read again, compared, and sent once more if it has not moved."""
        kind = self._entity(entity)
        return [_outcome(kind, write, result) for write, result in zip(writes, self._changes.apply(kind, writes), strict=True)]

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """``deleted`` for each id that a read answers with 404."""
        kind = self._entity(entity)
        there = {text_of(look(value, kind.id.path)) for _, value in self._lookups.by_id(kind, ids)} if kind.ids else set()
        return {one: "deleted" for one in ids if one not in there and not self._lookups.exists(kind, one)}

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Nothing: a description knows of no entity that a record goes on as."""
        return {}

    def close(self) -> None:
        """End the HTTP session."""
        self._session.close()

    def _token(self, url: str, form: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
        return self._session.token(url, form, headers)

    def _entity(self, name: str) -> Entity:
        if name not in self._dialect.entities:
            known = ", ".join(self._dialect.entities)
            raise ConfigurationError(f"include/systems/{self._dialect.system}.yaml: entities: no {name}; there are {known}")
        return self._dialect.entities[name]


def _outcome(kind: Entity, write: Write, result: Result) -> Outcome:
    if isinstance(result, LenkeError):
        return outcome_of(write, result)
    record = _record(kind, result)
    return Outcome(write.key, "done", record.id, record)


def _record(kind: Entity, row: Row, *, whole: bool = True) -> Record:
    text, value = row
    id = look(value, kind.id.path)
    if not is_id(id):
        raise FatalError(f"{kind.address}: a record holds no id at {kind.id.path}; correct id.path in the system's description")
    modified = instant(kind.modified, look(value, kind.modified.path)) if kind.modified else None
    return Record(str(id), text_of(look(value, kind.version)) if kind.version else None, modified, text, whole)
