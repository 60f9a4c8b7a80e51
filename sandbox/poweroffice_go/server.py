"""PowerOffice GO as a sandbox system: who is let in, what is written down, and what people do in its own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sandbox.poweroffice_go.access import Access
from sandbox.poweroffice_go.api import Api
from sandbox.poweroffice_go.people import People
from sandbox.poweroffice_go.problems import problem
from sandbox.poweroffice_go.resources import Resources
from sandbox.poweroffice_go.tenant import REFERENCE, found, keep_reference
from sandbox.store import AuditRow, Store
from sandbox.system import SandboxSystem
from sandbox.wire import Json, RefusedError, Reply, Request

_ENTITIES = {name.lower(): name for name in ("Customers", "Products", "SalesOrders", "OutgoingInvoices", *REFERENCE)}
_VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "remove"}


class PowerOfficeGo(SandboxSystem):
    """One client (tenant) of PowerOffice GO, API v2."""

    name = "poweroffice_go"
    base = "/v2"
    tokens = True
    # Filters that are newer than the published document; off, they are ignored in silence like any name that is not known.
    switches: ClassVar[Mapping[str, bool]] = {
        "externalImportReferences": True,
        "emailAddresses": True,
        "organizationNumbers": True,
        "phoneNumbers": True,
        "salesOrderNos": True,
        "importedOrderNos": True,
        "line_edits_bump": True,
        "write_privileges": True,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._access = Access(store)
        self._resources = Resources(store, line_edits_bump=lambda: self.on("line_edits_bump"))
        self._people = People(self._resources)
        self._api = Api(self._resources, ignored=lambda name: name in self.switches and not self.on(name), reads_at=self.reads_at)

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the records as they come, reference records first; make up the tenant's keys and what it lacks."""
        for entity in REFERENCE:
            keep_reference(self.store, entity, list(records.get(entity, ())))
        found(self.store)
        for entity in ("Customers", "Products", "SalesOrders"):
            resource, _ = self._resources.of(entity)
            for body in records.get(entity, ()):
                resource.seed(body)
        for body in records.get("OutgoingInvoices", ()):
            self._resources.invoices.seed(body)

    def connection(self, url: str, rate: float) -> Json:
        """Application key, client key, and the rest in ``extra``."""
        extra = {
            "application_key": self.store.meta("application_key"),
            "subscription_key": self.store.meta("subscription_key"),
            "token_url": f"{url}/OAuth/Token",
            "requests_per_second": rate,
            "read_lag_seconds": 0,
            "sandbox": True,
        }
        keys = {"password": self.store.meta("client_key")}
        return {"conn_type": self.name, "host": f"{url}{self.base}", **keys, "extra": extra}

    def handle(self, request: Request) -> Reply:
        """The gateway first (keys, token), then the path; writes that get through are noted."""
        path = request.path.rstrip("/")
        if path.lower() == "/oauth/token":
            return self._access.token(request)
        if not path.lower().startswith(self.base + "/"):
            return Reply(404, {"statusCode": 404, "message": "Resource not found"})
        refusal = self._access.refusal(request)
        if refusal:
            return refusal
        parts = path[len(self.base) + 1 :].split("/")
        reply = self._answer(request, [parts[0].lower(), *parts[1:]])
        if request.method != "GET":
            self.store.note(_noted(request, parts, reply))
        return reply

    def _answer(self, request: Request, parts: list[str]) -> Reply:
        writable = self.on("write_privileges")
        if (request.method, parts) == ("GET", ["clientintegrationinformation"]):
            return Reply(200, self._access.information(writable=writable))
        try:
            if request.method != "GET" and not writable:
                raise problem(403, "Forbidden", "The integration lacks the privilege for this call.")
            return self._api.route(request, parts)
        except RefusedError as refused:
            return refused.reply

    def throttled(self, seconds: float) -> Reply:
        """429; no Retry-After, for the vendor promises none."""
        return Reply(429, {"statusCode": 429, "message": f"Rate limit is exceeded. Try again in {seconds:g} seconds."})

    def expire_tokens(self) -> None:
        """Every token so far is refused from now on."""
        self._access.expire()

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change members as in the pages; dates move as through the API."""
        self._people.edit(entity, key, fields)

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change an order's line; only SalesOrders have any."""
        if entity != "SalesOrders":
            raise ValueError(f"{entity} have no lines")
        return self._people.edit_line(key, line, fields)

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record from POST members."""
        return self._people.create(entity, fields)

    def delete(self, entity: str, key: str) -> None:
        """Delete a record that nothing refers to."""
        self._people.delete(entity, key)

    def invoice(self, key: str) -> None:
        """The order leaves SalesOrders and becomes an outgoing invoice."""
        self._people.invoice(key)


def _noted(request: Request, parts: list[str], reply: Reply) -> AuditRow:
    entity = _ENTITIES.get(parts[0].lower(), parts[0])
    key: str | None = parts[1] if len(parts) > 1 and parts[1].lower() != "complete" else None
    if key is None and reply.status < 300 and isinstance(reply.body, dict):
        key = str(reply.body["Id"])
    # A line is part of its order: whatever happens to it is an update of the order.
    verb = _VERBS.get(request.method, "update") if len(parts) < 3 else "update"
    text = request.body.decode("utf-8", "replace")
    if verb == "update" and _archives(text):
        verb = "archive"
    return AuditRow(request.method, request.path, entity, key, verb, text, reply.status, request.content_type)


def _archives(text: str) -> bool:
    try:
        operations = [(item["op"], item["path"].lower(), item.get("value")) for item in Request("PATCH", "", body=text.encode()).json()]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    changes = [operation for operation in operations if operation[0] != "test"]
    return bool(changes) and all(path == "/isarchived" and value is True for _, path, value in changes)
