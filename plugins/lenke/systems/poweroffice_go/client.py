"""The client of PowerOffice GO's API v2: :class:`lenke.core.ports.System` in the vendor's dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from lenke.core.errors import (
    AuthenticationError,
    ConfigurationError,
    FatalError,
    LenkeError,
    NotUniqueError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
)
from lenke.core.ports import Outcome, Record, Traits, Write
from lenke.systems.auth import ClientCredentials, basic
from lenke.systems.connection import Connection
from lenke.systems.http import Session
from lenke.systems.limits import TokenBucket
from lenke.systems.paths import nested, segment
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.poweroffice_go import inherited, rules
from lenke.systems.poweroffice_go.entities import MARKER_LENGTH, NAMES, SALES_ORDERS, Entity, entity_of
from lenke.systems.poweroffice_go.orders import OrderUpdate, creation
from lenke.systems.poweroffice_go.pages import Pages, Row
from lenke.systems.poweroffice_go.problem_details import explain
from lenke.systems.poweroffice_go.settings import Settings
from lenke.systems.poweroffice_go.updates import Updater
from lenke.systems.problems import outcome_of

_WORTH_A_LIST = 30
_INVOICES_AT_ONCE = 50


def connect(connection: Mapping[str, Any], **transport: Any) -> PowerOfficeClient:
    """The client that a plain connection opens; ``transport`` as in :class:`PowerOfficeClient`."""
    return PowerOfficeClient(Settings.of(Connection.of(connection)), **transport)


class PowerOfficeClient:
    """Customers, Products and SalesOrders of one PowerOffice GO client (tenant).

    :param patience: how often and how long to try.
    :param adapter: replaces the transport.
    """

    def __init__(self, settings: Settings, *, patience: Patience = PATIENCE, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        self._settings = settings
        subscription = {"Ocp-Apim-Subscription-Key": settings.subscription_key}
        self._session = Session(
            settings.base_url,
            auth=ClientCredentials(self._token, fixed=subscription, hidden=(settings.application_key, settings.client_key)),
            limiter=TokenBucket(settings.requests_per_second, clock=patience.clock, sleep=patience.sleep),
            explain=explain,
            names=NAMES,
            patience=patience,
            adapter=adapter,
        )
        self._pages = Pages(self._session, page_size=settings.page_size)
        self._inherited = inherited.Inherited(self._pages)
        self._updater = Updater(self._session, tests=settings.json_patch_test)
        self._invoices: list[Mapping[str, Any]] | None = None

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, token requests included."""
        return self._session.calls

    def tenant(self) -> str:
        """ClientId of ``GET /ClientIntegrationInformation``, which needs no privilege."""
        body = self._session.read("/ClientIntegrationInformation").body
        members = {str(key).lower(): value for key, value in body.items()} if isinstance(body, Mapping) else {}
        if not members.get("clientid"):
            raise ConfigurationError("PowerOffice GO does not tell its ClientId; is the connection's host the API's base URL?")
        return str(members["clientid"])

    def traits(self, entity: str) -> Traits:
        """Nothing tells of every change: addresses, stock and (on some servers) order lines do not bump LastChanged."""
        kind = entity_of(entity)
        return Traits(
            changes="walk",
            created=kind.created,
            read_lag=self._settings.read_lag,
            marker=kind.marker,
            marker_length=MARKER_LENGTH if kind.marker else 0,
            marker_unique=kind.marker is not None,
            keys=frozenset(kind.keys) - {kind.marker},
            compares=self._settings.json_patch_test,
        )

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Every record; orders as headers. ``since`` narrows only together with ``until`` (a backfill's interval)."""
        kind = entity_of(entity)
        for row in self._pages.walk(kind.path):
            record = self._record(kind, row, whole=kind is not SALES_ORDERS)
            if until is None or record.modified is None or (record.modified <= until and (since is None or record.modified > since)):
                yield record

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The records with these ids, orders with their lines."""
        kind = entity_of(entity)
        left = dict.fromkeys(ids)
        if kind is not SALES_ORDERS and len(left) > _WORTH_A_LIST:
            for row in self._pages.walk(kind.path):
                if str(row[1].get("Id")) in left:
                    del left[str(row[1].get("Id"))]
                    yield self._record(kind, row)
        tail = "/Complete" if kind is SALES_ORDERS else ""
        for one in left:
            yield from (self._record(kind, row) for row in self._pages.one(f"{kind.path}/{segment(one)}{tail}"))

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``; orders as headers."""
        kind = entity_of(entity)
        if path not in kind.keys:
            raise ConfigurationError(f"PowerOffice GO {entity}: cannot look up by {path}; there are {', '.join(kind.keys)}")
        for row in self._pages.find(kind, path, values):
            yield self._record(kind, row, whole=kind is not SALES_ORDERS)

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Each write in a call of its own; the vendor has no batches."""
        kind = entity_of(entity)
        return [self._write(kind, write) for write in writes]

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """``invoiced`` for orders that went on as invoices (which keep the order's id), else ``deleted`` after a 404.

        Where the invoices cannot be read, an order's absence tells nothing.
        """
        kind = entity_of(entity)
        try:
            reasons = dict.fromkeys(self._invoiced(ids), "invoiced") if kind is SALES_ORDERS else {}
        except (AuthenticationError, FatalError, RecordNotFoundError):
            return {}
        for one in ids:
            if one not in reasons and not any(True for _ in self._pages.one(f"{kind.path}/{segment(one)}")):
                reasons[one] = "deleted"
        return reasons

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Orders that went on as invoices. Invoices have no such filters, so all are listed once in the client's life.

        A tenant that does not let the integration read invoices, or has none, tells nothing.
        """
        if entity_of(entity) is not SALES_ORDERS:
            return {}
        if self._invoices is None:
            try:
                self._invoices = [invoice for _, invoice in self._pages.walk("/OutgoingInvoices", {})]
            except (AuthenticationError, FatalError, RecordNotFoundError):
                self._invoices = []
        found = {str(invoice[path]): str(invoice["Id"]) for invoice in self._invoices if invoice.get(path) is not None}
        return {value: (found[value], "invoiced") for value in values if value in found}

    def close(self) -> None:
        """End the HTTP session."""
        self._session.close()

    def _token(self) -> Mapping[str, Any]:
        keys = self._settings
        headers = {
            "Authorization": basic(keys.application_key, keys.client_key),
            "Ocp-Apim-Subscription-Key": keys.subscription_key,
        }
        return self._session.token(keys.token_url, "grant_type=client_credentials", headers)

    def _invoiced(self, ids: Sequence[str]) -> Iterator[str]:
        for at in range(0, len(ids), _INVOICES_AT_ONCE):
            asked = ids[at : at + _INVOICES_AT_ONCE]
            for _, invoice in self._pages.walk("/OutgoingInvoices", {"invoiceIds": ",".join(asked)}):
                if str(invoice.get("Id")) in asked:
                    yield str(invoice["Id"])

    def _write(self, kind: Entity, write: Write) -> Outcome:
        try:
            if write.verb == "create":
                return self._create(kind, write)
            if kind is SALES_ORDERS and write.verb == "update":
                outcome, row = OrderUpdate(self._session, self._updater, write).run()
                return self._with(kind, outcome, row)
            return self._update(kind, write)
        except LenkeError as error:
            return outcome_of(write, error)

    def _create(self, kind: Entity, write: Write) -> Outcome:
        body = creation(write) if kind is SALES_ORDERS else self._body(kind, write)
        try:
            reply = self._session.send("POST", kind.create, body)
        except NotUniqueError:
            raise
        except RecordNotFoundError as error:
            raise RejectedRecordError(f"names a record that is not there: {error}") from None
        except RejectedRecordError as error:
            self._refuse_taken(kind, write)
            raise error
        if not isinstance(reply.body, Mapping) or reply.body.get("Id") is None:
            return Outcome(write.key, "unknown", reason=f"POST {kind.create}: the answer does not name the record")
        return self._with(kind, Outcome(write.key, "done", str(reply.body["Id"])), (reply.text, reply.body))

    def _body(self, kind: Entity, write: Write) -> dict[str, Any]:
        fields, _ = _ruled(kind, write)
        if write.marker and kind.marker:
            fields[kind.marker] = write.marker
        kind.refuse_unknown(fields, known=kind.post, verb="POST")
        return nested({path: kind.value(path, value) for path, value in fields.items()})

    def _refuse_taken(self, kind: Entity, write: Write) -> None:
        """A refused create whose marker is there already was refused for that, whatever words the server chose."""
        if write.marker and kind.marker:
            try:
                taken = any(True for _ in self._pages.find(kind, kind.marker, [write.marker]))
            except RetriableError:
                return
            if taken:
                raise NotUniqueError(f"POST {kind.create}: the marker is taken", property=kind.marker)

    def _update(self, kind: Entity, write: Write) -> Outcome:
        fields, told = _ruled(kind, write)
        before = inherited.before(told, write.current)
        row = self._updater.change(kind, f"{kind.path}/{segment(write.id)}", fields, before, write.current)
        if row is None:
            row = next(self._pages.one(f"{kind.path}/{segment(write.id)}"), None)
        return self._with(kind, Outcome(write.key, "done", write.id), row)

    def _with(self, kind: Entity, outcome: Outcome, row: Row | None) -> Outcome:
        if row is None or (kind is SALES_ORDERS and row[1].get("SalesOrderLines") is None):
            return outcome  # an answer without the lines tells too little: the caller reads it back
        self._pages.remember(kind, row)
        record = self._record(kind, row)
        return Outcome(outcome.key, outcome.status, outcome.id, record, outcome.reason, outcome.delay, outcome.partial)

    def _record(self, kind: Entity, row: Row, *, whole: bool = True) -> Record:
        text, value = self._inherited.shown(kind, row)
        return Record(str(value.get("Id")), kind.version_of(value), _instant(value.get("LastChangedDateTimeOffset")), text, whole)


def _ruled(kind: Entity, write: Write) -> tuple[dict[str, Any], dict[str, Any]]:
    if write.verb == "archive":
        if "IsArchived" not in kind.patch:
            raise RejectedRecordError(f"PowerOffice GO {kind.path} has no archive")
        return rules.archive(write)
    return rules.customer(write) if kind.path == "/Customers" else rules.product(write)


def _instant(text: Any) -> datetime | None:
    """An ISO 8601 time with offset; the vendor writes up to seven decimals, of which six are kept."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):  # DateTimeOffset.MinValue and MaxValue with an offset
        return None
