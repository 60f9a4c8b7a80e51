"""A WooCommerce shop as a sandbox system: its keys, and what people do in its own pages."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from sandbox.store import Store
from sandbox.system import SandboxSystem
from sandbox.wire import Json, RefusedError, Reply, Request
from sandbox.woocommerce.access import Access
from sandbox.woocommerce.api import Api
from sandbox.woocommerce.order_lines import LISTS
from sandbox.woocommerce.refusals import no_route
from sandbox.woocommerce.shapes import gmt, local, moment_of

T = TypeVar("T")
_PAGE = b"<!DOCTYPE html><html><head><title>Shop</title></head><body><h1>Not found</h1></body></html>"
_WARNING = b"<br />\n<b>Warning</b>:  Undefined array key in <b>/plugins/some.php</b> on line <b>7</b><br />\n"


class WooCommerce(SandboxSystem):
    """One shop: plain http, Norwegian, prices with VAT.

    Records: Customer, Product (variations among them, ``type`` variation) and Order, as the API would serve them, lines' amounts
    with all their decimals.
    """

    name = "woocommerce"
    base = "/wp-json/wc/v3"
    # hpos: orders in tables of their own; off, edited lines and addresses move no date. packs: an extension has an order status of its own.
    # php_warnings: rubbish before the JSON.
    switches: ClassVar[Mapping[str, bool]] = {
        "hpos": True,
        "pretty_permalinks": True,
        "lists_variations": True,
        "filters_dates": True,
        "batches": True,
        "prices_hold_vat": True,
        "charges_taxes": True,
        "keys_may_write": True,
        "packs": True,
        "php_warnings": False,
        "over_tls": False,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._access = Access(store, over_tls=lambda: self.on("over_tls"))
        self._api = Api(store, on=self.on, reads_at=self.reads_at)

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the shop's records as they come and make its keys."""
        self.store.keep("consumer_key", f"ck_{secrets.token_hex(20)}")
        self.store.keep("consumer_secret", f"cs_{secrets.token_hex(20)}")
        self.store.keep("currency", "NOK")
        # Who the shop is, wherever it is served: ports differ from start to start.
        self.store.keep("home", f"http://shop-{secrets.token_hex(4)}.example")
        for body in records.get("Product", ()):
            self._api.products.seed(_dated(body))
        for body in records.get("Customer", ()):
            self._api.customers.seed(_dated(body))
        for body in records.get("Order", ()):
            self._api.orders.seed(_dated(body))

    def connection(self, url: str, rate: float) -> Json:
        """The keys are login and password."""
        self._access.home = self._api.home = url
        keys = {"login": self.store.meta("consumer_key"), "password": self.store.meta("consumer_secret")}
        return {"conn_type": self.name, "host": url, **keys, "extra": {"requests_per_second": rate, "sandbox": True}}

    def handle(self, request: Request) -> Reply:
        """The address first, then the keys, then the path."""
        if request.path == "/wp-json/" or request.query.get("rest_route") == "/":
            return Reply(200, {"home": self._access.home})
        parts = self._parts(request)
        if parts is None:
            return Reply(404, _PAGE, content_type="text/html")
        try:
            self._access.check(request)
            reply = self._api.route(request, parts)
        except RefusedError as refused:
            reply = refused.reply
        reply = Reply(reply.status, reply.body, self._headers(request, reply), "application/json; charset=UTF-8")
        if self.on("php_warnings"):
            return Reply(reply.status, _WARNING + reply.payload(), reply.headers, "text/html; charset=UTF-8")
        return reply

    def _headers(self, request: Request, reply: Reply) -> Mapping[str, str]:
        created = request.method == "POST" and reply.status == 201
        place = {"Location": f"{self._api.home}{urlsplit(request.target).path}/{reply.body['id']}"} if created else {}
        return {"Link": f'<{self._api.home}/wp-json/>; rel="https://api.w.org/"'} | place | dict(reply.headers)

    def _parts(self, request: Request) -> list[str] | None:
        path = request.query.get("rest_route", "").rstrip("/")
        if not path and self.on("pretty_permalinks"):
            path = request.path.rstrip("/").removeprefix("/wp-json") if request.path.startswith("/wp-json/") else ""
        if not path:
            return None
        root = "/wc/v3"
        return path[len(root) + 1 :].split("/") if path.startswith(f"{root}/") else ["-"]

    def switch(self, name: str, *, on: bool) -> None:
        """``prices_hold_vat`` and ``charges_taxes`` are settings of the shop's own, ``keys_may_write`` the key's permission."""
        super().switch(name, on=on)
        if name == "prices_hold_vat":
            self.store.keep("prices_include_tax", str(int(on)))
        if name == "keys_may_write":
            self.store.keep("permissions", "read_write" if on else "read")
        if name == "charges_taxes":
            self.store.keep("calc_taxes", "yes" if on else "no")

    def throttled(self, seconds: float) -> Reply:
        """The shop has no limit of its own: its host says so, in HTML."""
        return Reply(429, b"<html><body>Too many requests</body></html>", {"Retry-After": str(math.ceil(seconds))}, "text/html")

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """``meta_data.<key>`` sets a meta value; an account's ``role`` is what the API lets nobody change."""
        if entity == "Customer" and "role" in fields:
            _plain(lambda: self._api.customers.appoint(key, str(fields["role"])))
        _plain(lambda: self._keeper(entity).change(key, _nested(fields), checked=False, **self._below(entity, key)))

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """``line`` as ``line_items/5``; a new line goes to ``fields["list"]``, else to the goods."""
        if entity != "Order":
            raise ValueError(f"{entity} has no lines")
        name, _, number = (line or f"{(fields or {}).get('list', 'line_items')}/").partition("/")
        given = {member: value for member, value in (fields or {}).items() if member != "list"}
        if fields is None:
            given = {"quantity": 0}
        known = {row["id"] for row in (self.store.get(entity, key) or {}).get(name, ())}
        change = given | ({"id": int(number)} if number else {})
        order = _plain(lambda: self._api.orders.change(key, {name: [change]}, checked=False))
        return line or f"{name}/{next(row['id'] for row in order[name] if row['id'] not in known)}"

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """The pages take the same members as the API."""
        body = _nested({name: value for name, value in fields.items() if name not in LISTS}) | {
            name: value for name, value in fields.items() if name in LISTS
        }
        parent = {"parent": str(fields["parent_id"])} if entity == "Product" and fields.get("parent_id") else {}
        return str(_plain(lambda: self._keeper(entity).add(body, checked=False, **parent))["id"])

    def delete(self, entity: str, key: str) -> None:
        """Goods and orders go into the trash, and from there for good; accounts go at once."""
        thrown = (self.store.get(entity, key) or {}).get("status") == "trash"
        _plain(lambda: self._keeper(entity).remove(key, force=thrown or entity == "Customer"))

    def _keeper(self, entity: str) -> Any:
        keepers = {"Customer": self._api.customers, "Product": self._api.products, "Order": self._api.orders}
        if entity not in keepers:
            raise ValueError(f"there is no {entity}")
        return keepers[entity]

    def _below(self, entity: str, key: str) -> Json:
        body = self.store.get(entity, key) or {}
        return {"parent": str(body["parent_id"])} if body.get("type") == "variation" else {}


def _dated(body: Json) -> Json:
    """Both forms of the dates of a seeded body, which holds the UTC ones."""
    dates: Json = {}
    for name in ("date_created", "date_modified", "date_paid"):
        at = body.get(f"{name}_gmt")
        if at:
            moment = moment_of(at)
            dates |= {name: local(moment), f"{name}_gmt": gmt(moment)}
    return body | dates


def _nested(fields: Mapping[str, Any]) -> Json:
    body: Json = {}
    for path, value in fields.items():
        head, dot, rest = path.partition(".")
        if head == "meta_data" and dot:
            body.setdefault("meta_data", []).append({"key": rest, "value": value})
        elif dot:
            body.setdefault(head, {})[rest] = value
        else:
            body[head] = value
    return json.loads(json.dumps(body))  # type: ignore[no-any-return]


def _plain(act: Callable[[], T]) -> T:
    try:
        return act()
    except RefusedError as refused:
        raise ValueError(str(refused.reply.body["message"])) from None


__all__ = ["WooCommerce", "no_route"]
