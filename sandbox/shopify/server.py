"""The Shopify shop as a sandbox system: tokens, cost bucket, version, and the endpoint."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from sandbox.shopify import cost
from sandbox.shopify.cost import CostBucket
from sandbox.shopify.customers import CONTACT_DETAILS, PRIVATE, Customers
from sandbox.shopify.graph import GraphError, Operation, operation, undefined
from sandbox.shopify.mutations import Mutations
from sandbox.shopify.order_edits import OrderEdits
from sandbox.shopify.orders import Orders
from sandbox.shopify.people import People
from sandbox.shopify.products import Products
from sandbox.shopify.queries import Queries
from sandbox.shopify.shop import Shop, digits
from sandbox.store import Store
from sandbox.system import SandboxSystem
from sandbox.wire import BadJsonError, Json, Reply, Request

VERSION = "2026-10"
LIFETIME = 86_399
SCOPES = (
    "write_customers", "read_customers", "write_products", "read_products", "write_inventory", "read_inventory", "read_locations",
    "write_orders", "read_orders", "write_order_edits", "read_order_edits", "read_all_orders",
)  # fmt: skip
ENTITIES = ("Customer", "Product", "ProductVariant", "Order")


class Shopify(SandboxSystem):
    """One shop, opened by an app of its own organisation: client credentials, or a static token."""

    name = "shopify"
    base = f"/admin/api/{VERSION}"
    tokens = True
    switches: ClassVar[Mapping[str, bool]] = {
        "read_all_orders": True,
        "write_order_edits": True,
        "protected_data": True,
        "contact_details": True,  # telephone and address, beside name and e-mail
        "dev_store": False,  # five orders a minute
        "plain_429": False,  # throttle by HTTP status in place of 200 with THROTTLED
        "version_fell_forward": False,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.shop = Shop(store)
        customers = Customers(self.shop, withheld=self._withheld)
        products = Products(self.shop)
        orders = Orders(self.shop, customers, products)
        views = (customers, products, orders)
        self._queries = Queries(self.shop, views, scopes=self._scopes, index_at=self.reads_at)
        self._mutations = Mutations(self.shop, views, OrderEdits(self.shop, products), too_many=self._too_many)
        self._people = People(self.shop, customers, products, orders)
        self._bucket = CostBucket(0)
        self._made: list[float] = []

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the bodies as they come; make up keys, and Lenke's metafield definitions as `lenke setup shopify` leaves them."""
        self.store.keep("domain", "fjellbua.myshopify.com")
        self.store.keep("currency", "NOK")
        self.store.keep("taxes_included", "1")
        self.store.keep("client_id", secrets.token_hex(16))
        self.store.keep("client_secret", f"shpss_{secrets.token_hex(16)}")
        self.store.keep("static_token", f"shpat_{secrets.token_hex(16)}")
        for definition in records.get("MetafieldDefinition", DEFINITIONS):
            self.shop.define(definition)
        for entity in ENTITIES:
            for body in records.get(entity, ()):
                self._seeded(entity, body)

    def _seeded(self, entity: str, body: Json) -> None:
        self.store.reserve(entity, int(body["legacyResourceId"]))
        if entity == "ProductVariant":
            self.store.reserve("InventoryItem", int(body["inventoryItem"]["legacyResourceId"]))
        if entity == "Order":
            self.store.reserve("OrderName", int(body["number"]))
            for line in body["lineItems"]:
                self.store.reserve("LineItem", int(digits(line["id"])))
        for address in body.get("addresses", ()):
            self.store.reserve("MailingAddress", int(digits(str(address["id"]).partition("?")[0])))
        moment = datetime.fromisoformat(body["updatedAt"])
        self.store.put(entity, str(body["legacyResourceId"]), body, modified=moment, at=moment)

    def connection(self, url: str, rate: float) -> Json:
        """Client credentials; the cost bucket refills with twenty points for each request a second."""
        self._bucket = CostBucket(rate * 20)
        keys = {"login": self.store.meta("client_id"), "password": self.store.meta("client_secret")}
        return {"conn_type": self.name, "host": url, **keys, "extra": {"requests_per_second": rate, "sandbox": True}}

    def handle(self, request: Request) -> Reply:
        """The token first, then the endpoint; any version but the served one is not there."""
        path = request.path.rstrip("/")
        if path == "/admin/oauth/access_token":
            return self._token(request)
        if path != f"{self.base}/graphql.json":
            return Reply(404, {"errors": "Not Found"})
        if not self._is_known(request.headers.get("x-shopify-access-token", "")):
            return Reply(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
        version = "2027-01" if self.on("version_fell_forward") else VERSION
        return Reply(200, self._answer(request), {"X-Shopify-API-Version": version})

    def _answer(self, request: Request) -> Json:
        try:
            body = request.json()
            asked = operation(body.get("query"), body.get("variables"))
        except BadJsonError:
            return {"errors": [{"message": "The request's body is not JSON", "extensions": {"code": "BAD_REQUEST"}}]}
        except GraphError as error:
            return {"errors": [error.error]}
        points = cost.requested(asked)
        if points > cost.MOST:
            text = f"Query cost is {points}, which exceeds the single query max cost limit ({cost.MOST})."
            return {"errors": [{"message": text, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": points, "maxCost": cost.MOST}}]}
        if not self._bucket.take(points):
            return self._too_much(points)
        return self._ran(asked) | {"extensions": {"cost": self._bucket.status(points, ran=True), **self._search()}}

    def _ran(self, asked: Operation) -> Json:
        data: Json = {}
        try:
            for node in asked.fields(asked.selections):
                name = node.name.value
                alias = node.alias.value if node.alias else name
                if asked.kind == "query":
                    data |= asked.project(self._queries.root(), _only(asked, node), [])
                    continue
                if name not in self._mutations.names():
                    raise undefined(name, "Mutation")
                payload = self._mutations.run(name, asked.arguments(node), asked.idempotency_key(node))
                data[alias] = asked.project(payload, node, [alias])
        except GraphError as error:
            return {"errors": [error.error]}
        return {"data": data} | ({"errors": asked.errors} if asked.errors else {})

    def _search(self) -> Json:
        return {"search": self._queries.warnings} if self._queries.warnings else {}

    def _too_much(self, points: int) -> Json:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return {"errors": [error], "extensions": {"cost": self._bucket.status(points, ran=False)}}

    def throttled(self, seconds: float) -> Reply:
        """HTTP 200 with THROTTLED; a plain 429 where that is switched on."""
        if self.on("plain_429"):
            return Reply(429, {"errors": "Exceeded 2 calls per second for api client."}, {"Retry-After": f"{seconds:.1f}"})
        return Reply(200, self._too_much(10), {"X-Shopify-API-Version": VERSION})

    def _token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        known = (self.store.meta("client_id"), self.store.meta("client_secret"))
        if form.get("grant_type") != "client_credentials" or (form.get("client_id"), form.get("client_secret")) != known:
            return Reply(400, {"error": "invalid_request", "error_description": "Could not find Shopify API application"})
        token = f"shpat_{secrets.token_hex(16)}"
        alive = {key: until for key, until in self._alive().items() if until > time.time()}
        self.store.keep("tokens", json.dumps(alive | {token: time.time() + LIFETIME}))
        return Reply(200, {"access_token": token, "scope": ",".join(self._scopes()), "expires_in": LIFETIME})

    def _alive(self) -> dict[str, float]:
        found: dict[str, float] = json.loads(self.store.meta("tokens") or "{}")
        return found

    def _is_known(self, token: str) -> bool:
        return bool(token) and (token == self.store.meta("static_token") or self._alive().get(token, 0) > time.time())

    def expire_tokens(self) -> None:
        """Every token of client credentials ends."""
        self.store.keep("tokens", "{}")

    def _scopes(self) -> list[str]:
        return [scope for scope in SCOPES if scope not in self.switches or self.on(scope)]

    def _withheld(self) -> Collection[str]:
        return PRIVATE if not self.on("protected_data") else CONTACT_DETAILS if not self.on("contact_details") else ()

    def _too_many(self) -> bool:
        if not self.on("dev_store"):
            return False
        self._made = [at for at in self._made if time.monotonic() - at < 60]
        self._made.append(time.monotonic())
        return len(self._made) > 5

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change a record by the paths that its raw has (Customer, Sesamproduct, Order)."""
        self._people.edit(entity, key, fields)

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change an order's line; only orders have any."""
        if entity != "Order":
            raise ValueError(f"{entity} has no lines")
        return self._people.edit_line(key, line, fields)

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record."""
        return self._people.create(entity, fields)

    def delete(self, entity: str, key: str) -> None:
        """Delete a record."""
        self._people.delete(entity, key)


def _only(asked: Operation, node: Any) -> Any:
    """A field whose selection is ``node`` alone: the root as if it were a member."""
    return type("Root", (), {"selection_set": type("Set", (), {"selections": [node]})()})()


_IDS = "payment_term_id delivery_term_id department_id project_id location_id dim1_id dim2_id dim3_id related_invoice_number"


def _definitions() -> list[Json]:
    types = {
        "order_date": "date",
        "delivery_date": "date",
        "exchange_rate": "number_decimal",
        "vat_rate": "number_decimal",
        "archived": "boolean",
    }
    types |= dict.fromkeys(("customer_number", "accounting_number", "imported_order_number"), "number_integer")
    types |= dict.fromkeys(_IDS.split(), "number_integer")
    types |= {"lines": "json", "marker": "id", "description": "multi_line_text_field"}
    keys = {
        "CUSTOMER": "marker org_number invoice_email website currency customer_number accounting_number",
        "PRODUCTVARIANT": "marker name description archived unit vat_rate",
        "ORDER": "marker imported_order_number order_date delivery_date exchange_rate customer_reference contract_number matching_reference"
        f" accounting_status lines {_IDS}",
    }
    return [
        {"ownerType": owner, "namespace": "lenke", "key": key, "type": types.get(key, "single_line_text_field"), "name": key}
        for owner, names in keys.items()
        for key in names.split()
    ]


DEFINITIONS = _definitions()
