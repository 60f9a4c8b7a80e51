"""The shop's REST paths below ``wc/v3``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sandbox.store import AuditRow, Store
from sandbox.wire import BadJsonError, Json, RefusedError, Reply, Request
from sandbox.woocommerce import lists
from sandbox.woocommerce.customers import Customers
from sandbox.woocommerce.order_lines import RATES
from sandbox.woocommerce.orders import Orders
from sandbox.woocommerce.products import Products
from sandbox.woocommerce.refusals import no_route, refuse
from sandbox.woocommerce.settings import Settings

ENTITIES = {"customers": "Customer", "products": "Product", "orders": "Order"}
_BATCH = 100


class Api:
    """Routes a request that was let in.

    :param on: whether a switch of the sandbox is on.
    :param reads_at: the moment that reads show, None for the present.
    """

    def __init__(self, store: Store, *, on: Callable[[str], bool], reads_at: Callable[[], datetime | None]) -> None:
        self._store = store
        self._on = on
        self._reads_at = reads_at
        self.products = Products(store)
        self.customers = Customers(store)
        self.orders = Orders(store, self.products, tells_edits=lambda: on("hpos"), packs=lambda: on("packs"))
        self._settings = Settings(store)
        self.home = ""

    def route(self, request: Request, parts: Sequence[str]) -> Reply:
        """The answer for ``parts`` (the path below ``wc/v3``, split); writes are noted in the audit list."""
        match (request.method, *parts):
            case ("GET", "system_status"):
                return Reply(200, self._settings.status(request.query.get("_fields", ""), hpos=self._on("hpos")))
            case ("GET", "settings", group, name):
                return Reply(200, self._settings.one(group, name))
            case ("GET", "taxes"):
                return lists_of_rates(request)
            case ("GET", "variations") if self._on("lists_variations"):
                return self._page(request, "Variation", self.products.variations(request.query, None, self._reads_at()))
            case ("GET", "products", parent, "variations"):
                return self._page(request, "Variation", self.products.variations(request.query, parent, self._reads_at()))
            case ("GET", "products", parent, "variations", key):
                return self._linked("Product", self.products.as_variation(self.products.one(key, self._reads_at())))
            case ("GET", name) if name in ENTITIES:
                return self._page(request, ENTITIES[name], self._rows(ENTITIES[name], request))
            case ("GET", name, key) if name in ENTITIES:
                return self._linked(ENTITIES[name], self._one(ENTITIES[name], key, request))
        return self._write(request, parts)

    def _write(self, request: Request, parts: Sequence[str]) -> Reply:
        match (request.method, *parts):
            case ("POST", name, "batch") if name in ENTITIES:
                return self._batch(request, ENTITIES[name], None)
            case ("POST", "products", parent, "variations", "batch"):
                return self._batch(request, "Product", parent)
            case ("POST", name) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], None, "create", _body(request), parent=None)
            case ("POST", "products", parent, "variations"):
                return self._noted(request, "Product", None, "create", _body(request), parent=parent)
            case ("PUT" | "POST" | "PATCH", name, key) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], key, "update", _body(request), parent=None)
            case ("PUT" | "POST" | "PATCH", "products", parent, "variations", key):
                return self._noted(request, "Product", key, "update", _body(request), parent=parent)
            case ("PUT", "settings", group, name):
                return Reply(200, self._settings.change(group, name, _body(request)))
            case ("POST", "orders", key, "refunds"):
                return Reply(201, self.orders.refund(key, _body(request)))
            case ("DELETE", name, key) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], key, "remove", {}, parent=None)
        raise no_route()

    def _rows(self, entity: str, request: Request) -> list[Json]:
        reader = {"Customer": self.customers, "Product": self.products, "Order": self.orders}[entity]
        return reader.rows(request.query, self._reads_at())  # type: ignore[attr-defined, no-any-return]

    def _one(self, entity: str, key: str, request: Request) -> Json:
        at = self._reads_at()
        if entity == "Customer":
            return self.customers.one(key, at)
        if entity == "Order":
            return self.orders.as_shown(self.orders.one(key, at), request.query)
        return self.products.as_product(self.products.one(key, at), request.query)

    def _page(self, request: Request, entity: str, rows: list[Json]) -> Reply:
        linked = [row | self._links(entity, row) for row in rows]
        return lists.page(entity, linked, request.query, home=self.home, filters_dates=self._on("filters_dates"))

    def _linked(self, entity: str, row: Json) -> Reply:
        return Reply(200, row | self._links(entity, row))

    def _links(self, entity: str, row: Json) -> Json:
        path = {"Customer": "customers", "Order": "orders"}.get(entity, "products")
        here = f"{self.home}/wp-json/wc/v3/{path}"
        return {"_links": {"self": [{"href": f"{here}/{row['id']}"}], "collection": [{"href": here}]}}

    def _batch(self, request: Request, entity: str, parent: str | None) -> Reply:
        if not self._on("batches"):
            raise no_route()
        body = _body(request)
        groups = {name: body.get(name) or [] for name in ("create", "update", "delete")}
        if sum(map(len, groups.values())) > _BATCH:
            text = f"Unable to accept more than {_BATCH} items for this request."
            raise refuse(413, "woocommerce_rest_request_entity_too_large", text)
        done: Json = {}
        if groups["create"]:
            done["create"] = [self._item(request, entity, None, "create", item, parent) for item in groups["create"]]
        if groups["update"]:
            done["update"] = [self._item(request, entity, item.get("id"), "update", item, parent) for item in groups["update"]]
        if groups["delete"]:
            done["delete"] = [self._item(request, entity, key, "remove", {}, parent) for key in groups["delete"]]
        return Reply(200, done)

    def _item(self, request: Request, entity: str, key: Any, verb: str, item: Json, parent: str | None) -> Json:
        values = {name: value for name, value in item.items() if name != "id"}
        reply = self._noted(request, entity, None if verb == "create" else str(key), verb, values, parent=parent, batch=True)
        if reply.status < 300:
            return dict(reply.body)
        return {"id": key if verb != "create" else 0, "error": reply.body}

    def _noted(
        self, request: Request, entity: str, key: str | None, verb: str, values: Any, *, parent: str | None, batch: bool = False
    ) -> Reply:
        try:
            reply = self._written(request, entity, key, verb, values, parent=parent, checked=not batch)
        except RefusedError as refused:
            reply = refused.reply
        key = str(reply.body["id"]) if reply.status == 201 else key
        archives = verb == "update" and isinstance(values, dict) and set(values) == {"status"} and values["status"] in ("draft", "private")
        told = "archive" if archives else verb
        self._store.note(AuditRow(request.method, request.path, entity, key, told, values, reply.status, request.content_type))
        return reply

    def _written(
        self, request: Request, entity: str, key: str | None, verb: str, values: Json, *, parent: str | None, checked: bool
    ) -> Reply:
        keeper: Any = {"Customer": self.customers, "Product": self.products, "Order": self.orders}[entity]
        below = {"parent": parent} if entity == "Product" else {}
        if verb == "remove":
            body = keeper.remove(str(key), force=not checked or request.query.get("force") in ("true", "1"))
        elif key is None:
            body = keeper.add(values, checked=checked, **below)
        else:
            body = keeper.change(key, values, checked=checked, **below)
        if entity == "Order":
            body = self.orders.as_shown(body, request.query)
        elif parent is not None:
            body = self.products.as_variation(body)
        status = 201 if key is None else 200
        return Reply(status, body | self._links(entity, body))


def lists_of_rates(request: Request) -> Reply:
    """The shop's tax rates."""
    rows = [
        {
            "id": number, "country": country, "state": "", "postcode": "", "city": "", "rate": f"{rate}.0000", "name": f"MVA {rate}%",
            "priority": 1, "compound": False, "shipping": True, "order": number, "class": name or "standard",
        }
        for country, classes in RATES.items()
        for name, (number, rate) in classes.items()
    ]  # fmt: skip
    first = request.query.get("page", "1") == "1"
    return Reply(200, rows if first else [], {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1"})


def _body(request: Request) -> Any:
    try:
        body = request.json() if request.body else {}
    except BadJsonError:
        error = {"json_error_code": 4, "json_error_message": "Syntax error"}
        raise refuse(400, "rest_invalid_json", "Invalid JSON body passed.", **error) from None
    return body if isinstance(body, dict) else {}
