"""The client of SuperOffice CRM Online: :class:`lenke.core.ports.System` over REST and the Quote agents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import requests

from lenke.core.errors import (
    ConfigurationError,
    LenkeError,
    MovedError,
    NotUniqueError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
)
from lenke.core.ports import Outcome, Record, Traits, Write
from lenke.systems.connection import Connection
from lenke.systems.jsontext import dumps, loads
from lenke.systems.odd import readable
from lenke.systems.paths import look, segment, text_of
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.problems import outcome_of
from lenke.systems.superoffice import contacts, persons, products
from lenke.systems.superoffice.archive import Archive, changed_after, instant
from lenke.systems.superoffice.entities import CONTACT, LINE_MARKER, PRODUCT, SALE, Entity, entity_of
from lenke.systems.superoffice.foreign_keys import ForeignKeys
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.sale_writes import SaleUpdate
from lenke.systems.superoffice.sales import Sales
from lenke.systems.superoffice.settings import Settings
from lenke.systems.superoffice.tenant import JSON_PATCH, Tenant

Body = Mapping[str, Any]
# Not of the record: rights of the one who reads, and addresses.
_META = frozenset({"TableRight", "FieldProperties", "_Links"})


def connect(connection: Mapping[str, Any], **transport: Any) -> SuperofficeClient:
    """The client that a plain connection opens; ``transport`` as in :class:`SuperofficeClient`."""
    return SuperofficeClient(Settings.of(Connection.of(connection)), **transport)


class SuperofficeClient:
    """Contact, Product and Sale of one tenant; a sale holds its offer (:mod:`lenke.systems.superoffice.entities`).

    :param patience: how often and how long to try.
    :param adapter: replaces the transport.
    """

    def __init__(self, settings: Settings, *, patience: Patience = PATIENCE, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        self._tenant = Tenant(settings, patience=patience, adapter=adapter)
        self._archive = Archive(self._tenant, page_size=settings.page_size)
        self._lists = Lists(self._tenant, self._archive, settings.currency)
        self._sales = Sales(self._tenant, self._archive, self._lists)
        self._foreign_keys = ForeignKeys(self._tenant, self._archive)

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, those for tickets and addresses included."""
        return self._tenant.calls

    def tenant(self) -> str:
        """The tenant's context identifier, as the one who is signed in is told it."""
        body = self._tenant.read("/User/currentPrincipal").body
        found = body.get("DatabaseContextIdentifier") if isinstance(body, Mapping) else None
        if not found:
            raise ConfigurationError("SuperOffice does not tell which tenant the credentials open")
        return str(found)

    def traits(self, entity: str) -> Traits:
        """Sales are walked: a quote's changes move no date of its sale."""
        kind = entity_of(entity)
        return Traits(
            changes="walk" if kind is SALE else "filter",
            interval=False,  # the archives filter by day, from a day on
            created=kind.created,
            trustworthy_modified=kind is CONTACT,
            read_lag=timedelta(0),
            marker=kind.marker,
            marker_length=kind.marker_length,
            line_marker=LINE_MARKER if kind is SALE else None,
            keys=frozenset(kind.keys),
            reckons=kind is SALE,
            compares=kind is CONTACT,
        )

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Records changed after ``since``; sales as list entries, all of them but for a backfill's interval."""
        kind = entity_of(entity)
        records = self._sales.walk() if kind is SALE else self._changed(kind, since)
        for record in records:
            if (kind is SALE and until is None) or _within(record.modified, since, until):
                yield record

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The whole records with these ids."""
        kind = entity_of(entity)
        if kind is SALE:
            yield from self._sales.whole(ids)
            return
        dates = self._dates(kind, ids) if kind is PRODUCT else {}
        for id in dict.fromkeys(ids):
            yield from self._one(kind, id, dates.get(id))

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``: by the archive, for a contact's marker by foreign keys."""
        kind = entity_of(entity)
        if path not in {*kind.keys, kind.marker}:
            raise ConfigurationError(f"SuperOffice {entity}: cannot look up by {path}; there are {', '.join(kind.keys)}")
        wanted = {value for value in values if value.strip()}
        ids = dict.fromkeys(id for value in sorted(wanted) for id in self._ids(kind, path, value))
        for record in self.get(entity, list(ids)) if ids else ():
            if text_of(look(_parsed(record), path)) in wanted:
                yield record

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Each write by itself, one after the other."""
        kind = entity_of(entity)
        return [self._write(kind, write) for write in writes]

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """``deleted`` for ids that are not there: a contact in the recycle bin is gone, too."""
        kind = entity_of(entity)
        return {id: "deleted" for id in ids if self._entity(kind, id) is None}

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Nothing goes on as something else."""
        entity_of(entity)
        return {}

    def close(self) -> None:
        """End the HTTP sessions."""
        self._tenant.close()

    def _changed(self, kind: Entity, since: datetime | None) -> Iterator[Record]:
        """The list tells ids and dates only: what is new enough is read by id."""
        filter = changed_after(since) if since else ""
        for row in self._archive.walk(kind.path, (kind.column, "updatedDate"), filter=filter):
            moment = instant(row.get("updatedDate"))
            # Dates are told by the second: what changed in the second of ``since`` may have changed after it.
            if since is None or moment is None or moment + timedelta(seconds=1) > since:
                yield from self._one(kind, str(row[kind.column]), moment)

    def _dates(self, kind: Entity, ids: Sequence[str]) -> dict[str, datetime | None]:
        """Changed times of entities that do not hold their own."""
        found: dict[str, datetime | None] = {}
        for id in dict.fromkeys(ids) if len(ids) <= 3 else ():
            rows = self._archive.equal(kind.path, (kind.column, "updatedDate"), kind.column, id)
            found[id] = instant(rows[0].get("updatedDate")) if rows else None
        return found

    def _one(self, kind: Entity, id: str, modified: datetime | None) -> Iterator[Record]:
        body = self._entity(kind, id)
        if body is not None:
            yield self._record(kind, body, modified)

    def _entity(self, kind: Entity, id: str) -> Body | None:
        try:
            body = self._tenant.read(f"{kind.path}/{segment(id)}").body
        except RecordNotFoundError:
            return None
        # A 200 with null is how the services below REST tell it.
        if not isinstance(body, Mapping) or not body.get(kind.id) or body.get("Deleted"):
            return None
        return body

    def _record(self, kind: Entity, body: Body, modified: datetime | None = None) -> Record:
        return readable(f"SuperOffice {kind.name}", body[kind.id], partial(self._made, kind, body, modified))

    def _made(self, kind: Entity, body: Body, modified: datetime | None) -> Record:
        whole = products.read(body, self._lists) if kind is PRODUCT else {**body, "Private": contacts.private(body)}
        moment = modified or instant(body.get("UpdatedDate"))
        return Record(str(body[kind.id]), _version(whole), moment, dumps(whole, finite=False))

    def _ids(self, kind: Entity, path: str, value: str) -> Iterable[str]:
        if path == kind.marker and kind is CONTACT:
            return self._foreign_keys.find("contact", value)
        if kind is SALE:
            return self._sales.found(kind.keys[path], value)
        column = "erpProductKey" if path == kind.marker else kind.keys[path]
        return [str(row[kind.column]) for row in self._archive.equal(kind.path, (kind.column, column), column, value)]

    def _write(self, kind: Entity, write: Write) -> Outcome:
        try:
            if write.verb == "archive":
                return self._archived(kind, write)
            if kind is SALE:
                if write.verb == "create":
                    raise RejectedRecordError("sales are made in SuperOffice only")
                return SaleUpdate(self._tenant, self._lists, self._sales, write).run()
            return self._create(kind, write) if write.verb == "create" else self._update(kind, write)
        except LenkeError as error:
            return outcome_of(write, error)

    def _create(self, kind: Entity, write: Write) -> Outcome:
        self._refuse_taken(kind, write)
        default = self._tenant.read(f"{kind.path}/default").body or {}
        body = contacts.body_of(write, default, self._lists) if kind is CONTACT else products.body_of(write, default)
        stored = self._tenant.send("POST", kind.path, body).body
        if not isinstance(stored, Mapping) or not stored.get(kind.id):
            return Outcome(write.key, "unknown", reason=f"POST {kind.path}: the answer does not name the record")
        if write.marker and kind is CONTACT:
            self._foreign_keys.mirror("contact", str(stored[kind.id]), write.marker)
        self._lists.forget_products()
        return self._done(kind, write, stored)

    def _refuse_taken(self, kind: Entity, write: Write) -> None:
        """SuperOffice lets two records have one key, so an earlier try of this very create is looked for."""
        if write.marker and kind.marker and any(True for _ in self.find(kind.name, kind.marker, [write.marker])):
            raise NotUniqueError(f"POST {kind.path}: the marker is taken", property=kind.marker)

    def _update(self, kind: Entity, write: Write) -> Outcome:
        if kind is CONTACT:
            stored = self._contact(write)
        else:
            now = self._entity(kind, str(write.id))
            if now is None:
                raise RecordNotFoundError(f"{kind.name} {write.id}: not there")
            stored = self._tenant.send("PUT", f"{kind.path}/{segment(write.id)}", products.body_of(write, products.plain(now))).body
        return self._done(kind, write, stored)

    def _contact(self, write: Write) -> Body | None:
        """The contact as stored; None where the answer does not tell. The name of its one person is written before it."""
        current = write.current or self._entity(CONTACT, str(write.id)) or {}
        named = persons.naming(write, current, contacts.private(current))
        patch = contacts.patch_of(write, self._lists, named)
        if named is not None:
            named.write(self._tenant)
        try:
            reply = self._tenant.send("PATCH", f"{CONTACT.path}/{segment(write.id)}", patch, content_type=JSON_PATCH)
        except (MovedError, RejectedRecordError, RecordNotFoundError, RetriableError):
            if named is not None:
                named.undo(self._tenant)
            raise
        return reply.body if isinstance(reply.body, Mapping) else None

    def _archived(self, kind: Entity, write: Write) -> Outcome:
        """A product leaves the assortment; contacts and sales have no archive."""
        if kind is not PRODUCT:
            raise RejectedRecordError(f"SuperOffice {kind.name} has no archive")
        return self._update(kind, Write(write.key, "update", write.id, {"InAssortment": False}))

    def _done(self, kind: Entity, write: Write, stored: Body | None) -> Outcome:
        if not isinstance(stored, Mapping) or not stored.get(kind.id):
            stored = None  # written, and answered with something else than the record
        try:
            id = str(stored[kind.id]) if stored else str(write.id)
            record = self._record(kind, stored) if stored else next(iter(self.get(kind.name, [id])), None)
        except RetriableError:
            record = None  # it was written all the same: the caller reads it back
        return Outcome(write.key, "done", id, record)


def _within(moment: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    if moment is None:
        return True
    return (since is None or moment + timedelta(seconds=1) > since) and (until is None or moment <= until)


def _parsed(record: Record) -> Any:
    return loads(record.raw)


def _version(body: Body) -> str:
    """A digest of the content: dates are told by the second, and products have none."""
    return hashlib.sha256(dumps({name: value for name, value in body.items() if name not in _META}, finite=False).encode()).hexdigest()[:24]
