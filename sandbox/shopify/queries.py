"""The query root: lists by the search index, which lags, and reads by id, which do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.shopify.customers import Customers
from sandbox.shopify.graph import Args, GraphError, Node
from sandbox.shopify.orders import Orders
from sandbox.shopify.pages import connection
from sandbox.shopify.products import Products
from sandbox.shopify.search import Search
from sandbox.shopify.shop import LOCATION, Shop, digits, metafield_filters
from sandbox.wire import Json

_VISIBLE = timedelta(days=60)
_PLAIN = {
    "id": lambda body: body["legacyResourceId"],
    "updated_at": lambda body: body["updatedAt"],
    "created_at": lambda body: body["createdAt"],
}
_FILTERS: Mapping[str, Mapping[str, Callable[[Json], Any]]] = {
    "Customer": {
        "email": lambda body: (body["defaultEmailAddress"] or {}).get("emailAddress"),
        "phone": lambda body: (body["defaultPhoneNumber"] or {}).get("phoneNumber"),
        "state": lambda body: body["state"],
    },
    "Product": {"title": lambda body: body["title"], "status": lambda body: body["status"], "vendor": lambda body: body["vendor"]},
    "ProductVariant": {"sku": lambda body: body["sku"], "barcode": lambda body: body["barcode"]},
    "InventoryItem": {"sku": lambda body: body["sku"]},
    "Order": {
        "name": lambda body: body["name"],
        "source_identifier": lambda body: body["sourceIdentifier"],
        "po_number": lambda body: body["poNumber"],
    },
}
_SORTS = {"ID": "legacyResourceId", "UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "PROCESSED_AT": "processedAt"}


class Queries:
    """The root's fields.

    :param scopes: what the app may do. :param index_at: the moment whose state the search index shows, None for the present.
    """

    def __init__(
        self,
        shop: Shop,
        views: tuple[Customers, Products, Orders],
        *,
        scopes: Callable[[], Sequence[str]],
        index_at: Callable[[], datetime | None],
    ) -> None:
        self._shop = shop
        self._customers, self._products, self._orders = views
        self._scopes = scopes
        self._index_at = index_at
        self.warnings: list[Json] = []

    def root(self) -> Node:
        """``QueryRoot``, for one request."""
        self.warnings = []
        shop, app = self._shop.node(self._scopes())
        views = {"Customer": self._customers.view, "Product": self._products.product, "ProductVariant": self._products.variant}
        location = Node("Location", {"id": LOCATION, "legacyResourceId": digits(LOCATION), "name": "Hovedlager", "isActive": True})
        places: list[Json] = [{"legacyResourceId": digits(LOCATION)}]
        fields: dict[str, Any] = {
            "shop": shop,
            "currentAppInstallation": app,
            "locations": lambda args: connection("Location", places, args, lambda _: location),
            "customers": lambda args: self._list("Customer", args, self._shop.all("Customer"), views["Customer"]),
            "products": lambda args: self._list("Product", args, self._shop.all("Product"), views["Product"]),
            "productVariants": lambda args: self._list("ProductVariant", args, self._shop.all("ProductVariant"), views["ProductVariant"]),
            "inventoryItems": lambda args: self._list(
                "InventoryItem", args, self._products.items(), lambda row: self._products.item(row["of"])
            ),
            "orders": lambda args: self._list("Order", args, self._seen(), self._orders.view, sort="PROCESSED_AT"),
            "nodes": lambda args: [self.node(gid) for gid in args["ids"]],
            "node": lambda args: self.node(args["id"]),
            "order": lambda args: self.node(args["id"]),
            "customer": lambda args: self.node(args["id"]),
            "customerByIdentifier": lambda args: _view(self._customers.by_identifier(args["identifier"]), self._customers.view),
            "productVariantByIdentifier": lambda args: self._identified("PRODUCTVARIANT", args, self._products.variant),
            "orderByIdentifier": lambda args: self._identified("ORDER", args, self._orders.view),
        }
        return Node("QueryRoot", fields)

    def node(self, gid: Any) -> Node | None:
        """A record by its global id; null where there is none, or where the app may not see it."""
        kind = str(gid).split("/")[-2] if str(gid).startswith("gid://shopify/") else ""
        if not kind or not digits(gid).isdecimal():
            raise GraphError(f"Invalid global id '{gid}'", "INVALID_VARIABLE")
        views = {
            "Customer": self._customers.view,
            "Product": self._products.product,
            "ProductVariant": self._products.variant,
            "Order": self._orders.view,
        }
        if kind == "InventoryItem":
            return _view(self._products.variant_of(gid), self._products.item)
        body = self._shop.get(kind, gid) if kind in views else None
        return None if body is None or (kind == "Order" and body not in self._seen([body])) else views[kind](body)

    def _identified(self, owner: str, args: Args, view: Callable[[Json], Node]) -> Node | None:
        identifier = args["identifier"]
        if "customId" in identifier:
            return _view(self._shop.by_metafield(owner, identifier["customId"]), view)
        return self.node(identifier["id"])

    def _seen(self, orders: Sequence[Json] | None = None) -> list[Json]:
        """Without read_all_orders only what was made in the last 60 days."""
        found = list(self._shop.all("Order") if orders is None else orders)
        if "read_all_orders" in self._scopes():
            return found
        oldest = datetime.now(UTC) - _VISIBLE
        return [body for body in found if datetime.fromisoformat(body["processedAt"]) >= oldest]

    def _list(self, entity: str, args: Args, rows: Sequence[Json], view: Callable[[Json], Node], *, sort: str = "ID") -> Node:
        query = args.get("query")
        if query:
            rows = self._found(entity, str(query), rows)
        member = _SORTS[str(args.get("sortKey") or sort)]
        key = (lambda row: int(row[member])) if member == "legacyResourceId" else (lambda row: row[member])
        return connection(entity, rows, args, view, by=key)

    def _found(self, entity: str, query: str, rows: Sequence[Json]) -> list[Json]:
        """What the index finds, in the present state: the index lags, the rows that it names do not."""
        at = self._index_at()
        kept = "ProductVariant" if entity == "InventoryItem" else entity
        index = {digits(body["id"]): body for body in (self._shop.store.all(kept, at=at) if at else self._shop.all(kept))}
        search = Search(query, {**_PLAIN, **_FILTERS[entity], **dict(metafield_filters(list(index.values())))})
        if search.warnings:
            self.warnings.append({"path": [entity], "query": query, "warnings": search.warnings})
        return [row for row in rows if (known := index.get(digits(row["id"]))) is not None and search.matches(_as(entity, known))]


def _as(entity: str, body: Json) -> Json:
    """An indexed body in the shape that the list's filters look at."""
    if entity != "InventoryItem":
        return body
    item = body["inventoryItem"]
    return {**body, "legacyResourceId": item["legacyResourceId"], "updatedAt": item["updatedAt"]}


def _view(body: Json | None, view: Callable[[Json], Node]) -> Node | None:
    return None if body is None else view(body)
