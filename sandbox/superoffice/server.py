"""SuperOffice as a sandbox system: one tenant, which signs in at one address and serves its data at another.

Signing in is at ``127.0.0.1``, the data at ``localhost`` below the name of the tenant's node (``/online2/...``); the wrong host or node
answers 421. Entities in the store: Contact, Product, PriceList, Sale, Quote, QuoteVersion, QuoteAlternative, QuoteLine (carriers as
the API serves them; a quote without its versions, a version without its alternatives), RecycleContact, ForeignKey and Stamp (times).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from sandbox.store import AuditRow, Store
from sandbox.superoffice import world
from sandbox.superoffice.access import Access
from sandbox.superoffice.agents import QuoteAgent
from sandbox.superoffice.archive import Archive
from sandbox.superoffice.clocks import told
from sandbox.superoffice.foreign import ForeignApps
from sandbox.superoffice.people import People
from sandbox.superoffice.persons import Persons
from sandbox.superoffice.refusals import not_found, refuse
from sandbox.superoffice.resources import ENTITIES, Resources
from sandbox.superoffice.shapes import ID, NO_DATE, blank, filled
from sandbox.superoffice.tables import FIRST_IDS, OWN_DATES, Tables
from sandbox.system import SandboxSystem
from sandbox.wire import Json, RefusedError, Reply, Request

T = TypeVar("T")
_LISTS = {"contact": "contact", "product": "product", "pricelist": "pricelist", "sale": "findsale"}
_JSON: Mapping[bool | None, bytes] = {None: b"null", True: b"true", False: b"false"}
_SEEDED = ("PriceList", "Contact", "Product", "Sale", "Quote", "QuoteVersion", "QuoteAlternative", "QuoteLine", "ForeignKey")
_TENANT = "Cust26759"


class SuperOffice(SandboxSystem):
    """One tenant of SuperOffice CRM Online.

    Switches: ``copies_erp_keys``: a new version's lines keep their ERPQuoteLineKey (undocumented, so either may be so).
    """

    name = "superoffice"
    base = f"/online2/{_TENANT}/api/v1"
    tokens = True
    switches: ClassVar[Mapping[str, bool]] = {"copies_erp_keys": True}

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._access = Access(store)
        self._tables = Tables(store, self.reads_at)
        self._resources = Resources(store, self._tables)
        self._agent = QuoteAgent(self._tables, lambda: self.on("copies_erp_keys"))
        self._archive = Archive(self._tables)
        self._persons = Persons(self._tables)
        self._foreign = ForeignApps(store, self._tables)
        self.people = People(self._tables, self._resources, self._agent)

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the given carriers, filled up, and make the tenant's keys."""
        self._access.make_keys()
        self.store.keep("tenant", _TENANT)
        if not records.get("PriceList"):
            self._seed(
                "PriceList", blank("PriceList") | {"PriceListId": 1, "ERPPriceListKey": "1", "Name": "Standard NOK", "Currency": "NOK"}
            )
        for entity in _SEEDED:
            for body in records.get(entity, ()):
                self._seed(entity, body)

    def connection(self, url: str, rate: float) -> Json:
        """The tenant as login, the application token as password, the system user's credentials in extra."""
        meta = self.store.meta
        self.store.keep("url", url)
        extra = {
            "system_token": meta("system_token"),
            "private_key": meta("application_key"),
            "requests_per_second": rate or 10_000,
            "sandbox": True,
        }
        return {"conn_type": self.name, "host": url, "login": meta("tenant"), "password": meta("application_token"), "extra": extra}

    def handle(self, request: Request) -> Reply:
        """The environment's own addresses; below the node's, host and ticket first."""
        parts = [part for part in request.path.split("/") if part]
        try:
            if (door := self._door(request, parts)) is not None:
                return door
            return self._inside(request, parts)
        except RefusedError as refused:
            return refused.reply

    def throttled(self, seconds: float) -> Reply:
        """The vendor documents no limit; 429 with Retry-After is what a client must bear all the same."""
        return Reply(429, {"Error": True, "ErrorType": "Throttled", "ErrorMessage": "slow down"}, {"Retry-After": str(math.ceil(seconds))})

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """See :mod:`sandbox.superoffice.people`."""
        _plain(lambda: self.people.edit(entity, key, fields))

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """A quote line of the sale's active version; ``line`` is its id, or its product and occurrence."""
        return _plain(lambda: self.people.edit_line(key, line, fields))

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """From the tenant's defaults."""
        return _plain(lambda: self.people.create(entity, fields))

    def delete(self, entity: str, key: str) -> None:
        """A contact goes to the recycle bin."""
        _plain(lambda: self.people.delete(entity, key))

    def expire_tokens(self) -> None:
        """End every ticket."""
        self._access.expire()

    def move(self, node: str) -> None:
        """Serve the tenant from another node: its old addresses answer 421."""
        self.store.keep("node", node)

    def _seed(self, entity: str, body: Json) -> None:
        id_name = ID.get(entity, f"{entity}Id")
        whole = filled(entity, body) if entity in ID else dict(body)
        whole[id_name] = whole.get(id_name) or self.store.next_number(entity, FIRST_IDS[entity])
        self.store.reserve(entity, whole[id_name])
        told_at = str(body.get("Updated") or body.get("UpdatedDate") or "2026-02-02T08:00:00Z")
        whole |= {name: told_at for name in OWN_DATES.get(entity, ()) if whole[name] == NO_DATE}
        moment = datetime.fromisoformat(told_at)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self.store.put(entity, str(whole[id_name]), whole, modified=moment, at=moment)
        self.store.put("Stamp", f"{entity}:{whole[id_name]}", {"updated": told_at}, modified=moment, at=moment)

    def _door(self, request: Request, parts: list[str]) -> Reply | None:
        match request.method, [part.lower() for part in parts]:
            case "GET", ["api", "state", tenant]:
                url = (self.store.meta("url") or "").replace("127.0.0.1", "localhost")
                return self._access.state(tenant, f"{url}/{self.store.meta('node')}/{self.store.meta('tenant')}/api")
            case "POST", ["login", "api", "partnersystemuser", "authenticate"]:
                return self._access.authenticate(request)
            case "GET", ["login", ".well-known", "jwks"]:
                return self._access.keys()
            case "POST", ["login", "common", "oauth", "tokens"]:
                return self._access.tokens(request)
        return None

    def _inside(self, request: Request, parts: list[str]) -> Reply:
        if len(parts) < 4 or [part.lower() for part in parts[2:4]] != ["api", "v1"]:
            raise not_found()
        is_here = not request.headers.get("host", "").startswith("127.") and parts[0] == self.store.meta("node")
        if not is_here or parts[1].lower() != (self.store.meta("tenant") or "").lower():
            return Reply(421, {"Error": True, "ErrorType": "Misdirected", "ErrorMessage": "Wrong subdomain used to access tenant"})
        if not self._access.admits(request):
            return Reply(401, {"Error": True, "ErrorType": "SoSessionException", "ErrorMessage": "Authentication failed"})
        reply = self._noted(request, parts[4:])
        return Reply(reply.status, told(reply.body, request), reply.headers, reply.content_type)

    def _noted(self, request: Request, rest: list[str]) -> Reply:
        """The answer, with a row in the audit list where the request was to write."""
        written = self._written(request, rest)
        try:
            reply = self._route(request, rest)
        except RefusedError as refused:
            reply = refused.reply
        if written:
            entity, key, verb = written
            made = reply.body if isinstance(reply.body, dict) else {}
            key = key or str(made.get(ID.get(entity, ""), "")) or None
            text = request.body.decode("utf-8", "replace")
            self.store.note(AuditRow(request.method, request.path, entity, key, verb, text, reply.status, request.content_type))
        return reply

    def _route(self, request: Request, rest: list[str]) -> Reply:
        names = [part.lower() for part in rest]
        match request.method, names:
            case "GET", ["user", "currentprincipal"]:
                return Reply(
                    200,
                    {"DatabaseContextIdentifier": self.store.meta("tenant"), "AssociateId": 10, "Associate": "LENKE", "UserName": "LENKE"},
                )
            case "GET", ["list", "country", "items"]:
                spoken = bool(request.headers.get("accept-language"))
                return Reply(200, [world.country(id, translated=spoken) for id in world.COUNTRIES])
            case "GET", ["list", "currency", "items"]:
                return Reply(200, world.currency_items())
            case "GET", ["archive", provider]:
                return Reply(200, self._archive.page(provider, request, self._address(rest)))
            case "GET", [name] if name in _LISTS:
                return Reply(200, self._archive.page(_LISTS[name], request, self._address(rest)))
            case "POST", ["agents", agent, _]:
                return self._agents(agent, rest[2], request)
            case _, ["person", *_]:
                return self._persons.answer(rest[1:], request)
            case _, ["foreignapp", *_]:
                return self._foreign.answer(rest[1:], request)
            case _, [name, *more] if name in ENTITIES:
                return self._resources.answer(ENTITIES[name], more, request)
        raise not_found()

    def _agents(self, agent: str, method: str, request: Request) -> Reply:
        methods = {"quote": self._agent.methods, "archive": self._archive.methods}.get(agent, {})
        if method not in methods:
            raise refuse(404, "SoNotFoundException", "No such method")
        body = request.json() if request.body else {}
        try:
            answer = methods[method](body)
        except KeyError as missing:
            raise refuse(400, "ArgumentException", f"{missing.args[0]} is missing") from None
        if method.startswith("Delete"):
            return Reply(204)
        return Reply(200, _JSON.get(answer, answer) if answer is None or isinstance(answer, bool) else answer)

    def _address(self, rest: list[str]) -> str:
        url = (self.store.meta("url") or "").replace("127.0.0.1", "localhost")
        return f"{url}/{self.store.meta('node')}/{self.store.meta('tenant')}/api/v1/{'/'.join(rest)}"

    def _written(self, request: Request, rest: list[str]) -> tuple[str, str | None, str] | None:
        """Entity, id and verb of a request that is to write."""
        names = [part.lower() for part in rest]
        if names[:2] == ["agents", "quote"]:
            return _agent_write(rest[2]) if rest[2].startswith(("Save", "Delete", "CreateAndSave", "Send", "Place")) else None
        if request.method == "GET" or not names or names[0] not in (*ENTITIES, "person"):
            return None
        verbs = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "remove"}
        return ENTITIES.get(names[0], "Person"), rest[1] if len(rest) > 1 else None, verbs[request.method]


def _agent_write(method: str) -> tuple[str, str | None, str]:
    entity = next((name for name in ("QuoteLine", "QuoteAlternative", "QuoteVersion") if name in method), "Quote")
    return entity, None, "remove" if method.startswith("Delete") else "create" if method.startswith("Create") else "update"


def _plain(act: Callable[[], T]) -> T:
    try:
        return act()
    except RefusedError as refused:
        body = refused.reply.body
        raise ValueError(str(body["ErrorMessage"] if isinstance(body, dict) else refused.reply.status)) from None
