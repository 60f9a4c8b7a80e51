"""Products and variations: one series of ids, one name space of SKUs, a trash in which a SKU stays taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.store import Store
from sandbox.wire import Json
from sandbox.woocommerce.refusals import invalid, not_found, refuse, sku_taken
from sandbox.woocommerce.shapes import blank, markup, merged_meta, moment_of, paragraphs, price, rendered, stamp

ENTITY = "Product"
_HIDDEN = frozenset({"trash", "auto-draft"})
_STATUSES = ("draft", "pending", "private", "publish", "future", "auto-draft", "trash")
_TYPES = ("simple", "grouped", "external", "variable")
_TEXTS = ("name", "description", "short_description", "global_unique_id", "tax_class", "tax_status", "weight")
_PRICES = ("regular_price", "sale_price")
_FLAGS = ("virtual", "manage_stock", "featured")
_FOR_EDITING = ("generated_slug", "permalink_template")
_ATTRIBUTE: Json = {"id": 0, "name": "", "slug": ""}
_CHOICE: Json = {"position": 0, "visible": False, "variation": False, "options": []}


class Products:
    """The shop's goods; methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, query: Mapping[str, str], at: datetime | None) -> list[Json]:
        """Products that a list's own filters let through. Variations are among them only where a SKU is asked for."""
        status, skus = query.get("status") or "any", [part.strip().lower() for part in (query.get("sku") or "").split(",") if part.strip()]
        found, kind = [], query.get("type")
        for row in self._store.all(ENTITY, at=at):
            if row["status"] != status if status != "any" else row["status"] in _HIDDEN:
                continue
            if kind and row["type"] != kind:
                continue
            if row["sku"].lower() in (*skus, (query.get("sku") or "").lower()) if skus else row["type"] != "variation":
                found.append(self.as_product(row, query))
        return found

    def variations(self, query: Mapping[str, str], parent: str | None, at: datetime | None) -> list[Json]:
        """Variations, of one product or of all."""
        if parent is not None:
            self.one(parent)
        rows = [row for row in self._store.all(ENTITY, at=at) if row["type"] == "variation" and row["status"] not in _HIDDEN]
        return [self.as_variation(row) for row in rows if parent is None or str(row["parent_id"]) == parent]

    def one(self, key: str, at: datetime | None = None, *, status: int = 404) -> Json:
        """The stored body; raises RefusedError."""
        body = self._store.get(ENTITY, key, at=at)
        if body is None:
            raise not_found(ENTITY, status=status)
        return body

    def as_product(self, row: Json, query: Mapping[str, str]) -> Json:
        """How ``/products`` shows a row; a description is wrapped for reading, and bare for editing."""
        shown = dict(row)
        if row["type"] == "variation":
            parent = self._store.get(ENTITY, str(row["parent_id"])) or {}
            shown = blank(ENTITY) | row | {"name": f"{parent.get('name', '')} - {row['name']}"}
        if query.get("context", "view") != "view":
            return shown
        shown |= {name: paragraphs(shown[name]) for name in ("description", "short_description")}
        return {name: value for name, value in shown.items() if name not in _FOR_EDITING}

    def as_variation(self, row: Json) -> Json:
        """How the variations' lists show a row."""
        parent = self._store.get(ENTITY, str(row["parent_id"])) or row
        return row | {"description": paragraphs(rendered(row["description"])), "tax_status": parent["tax_status"]}

    def add(self, values: Json, *, checked: bool, parent: str | None = None) -> Json:
        """A new product; nothing is needed, an empty body makes a published product called Product."""
        now = datetime.now(UTC)
        body = blank("Variation" if parent else ENTITY)
        if parent:
            self.one(parent)
            body["parent_id"] = int(parent)
        sku = str(values.get("sku") or "").strip()
        holder = self._holder(sku, None)
        if holder and holder["status"] == "trash":
            text = f"The product with SKU ({sku}) you are trying to insert is already present in the lookup table"
            raise refuse(400, "woocommerce_rest_product_not_created", text)
        body = self._merged(body, values, checked=checked)
        head: Json = {"id": self._store.next_number("post", 10)}
        stamp(head, "date_created", now)
        body = head | body
        if not parent:
            body["slug"] = body["slug"] or str(body["name"]).lower().replace(" ", "-")
        return self._keep(body, now)

    def change(self, key: str, values: Json, *, checked: bool, parent: str | None = None) -> Json:
        """A changed product; its date moves even where nothing differs, and a variation's parent's with it."""
        before = self.one(key, status=404 if checked else 400)
        if before["type"] == "variation" and parent is None:
            raise refuse(404, "woocommerce_rest_invalid_product_id", "To manipulate product variations use the variations endpoint.")
        return self._keep(self._merged(before, values, checked=checked), datetime.now(UTC))

    def remove(self, key: str, *, force: bool) -> Json:
        """Into the trash, with its variations, or for good; answers what was there before."""
        before = self.one(key)
        if force or before["type"] == "variation":
            self._store.remove(ENTITY, key)
            return before
        now = datetime.now(UTC)
        self._keep(before | {"status": "trash", "slug": f"{before['slug']}__trashed"}, now)
        for variation in before["variations"]:
            self._keep(self.one(str(variation)) | {"status": "trash"}, now)
        return before

    def seed(self, given: Json) -> None:
        """Store a product or variation as it comes."""
        body = blank("Variation" if given.get("type") == "variation" else ENTITY) | given
        body["price"] = body["sale_price"] or body["regular_price"]
        self._store.reserve("post", body["id"])
        at = moment_of(body["date_modified_gmt"])
        self._store.put(ENTITY, str(body["id"]), body, modified=at, at=at)

    def sell(self, key: str, quantity: int) -> None:
        """Take pieces out of stock, as an order does; below nought, too."""
        body = self._store.get(ENTITY, key)
        if body and body["manage_stock"] is True:
            self._keep(body | {"stock_quantity": (body["stock_quantity"] or 0) - quantity}, datetime.now(UTC))

    def _merged(self, before: Json, values: Json, *, checked: bool) -> Json:
        if checked:
            _check(values)
        body = dict(before)
        body |= {name: markup(str(values[name])) for name in _TEXTS if values.get(name) is not None and name in before}
        body |= {name: price(values[name]) for name in _PRICES if values.get(name) is not None}
        body |= {name: bool(values[name]) for name in _FLAGS if values.get(name) is not None and name in before}
        if values.get("status") is not None:
            body["status"] = values["status"] if values["status"] in _STATUSES else "draft"
        if values.get("type") in _TYPES and before["type"] != "variation":
            body["type"] = values["type"]
        if "attributes" in values:
            shape = _ATTRIBUTE | ({"option": ""} if body["type"] == "variation" else _CHOICE)
            body["attributes"] = [shape | {"slug": item.get("name", "")} | item for item in values["attributes"]]
        self._sku(body, values)
        self._stock(body, values)
        body["price"] = body["sale_price"] or body["regular_price"]
        if body["type"] == "variation":
            body["name"] = ", ".join(str(item.get("option")) for item in body["attributes"])
        body["meta_data"] = merged_meta(before["meta_data"], values.get("meta_data"), lambda: self._store.next_number("meta", 1))
        return body

    def _sku(self, body: Json, values: Json) -> None:
        if values.get("sku") is None:
            return
        sku = str(values["sku"]).strip()
        holder = self._holder(sku, body.get("id"))
        if holder:
            raise sku_taken(holder["id"], sku)
        body["sku"] = sku

    def _stock(self, body: Json, values: Json) -> None:
        if "stock_quantity" in values and body["manage_stock"]:
            given = values["stock_quantity"]
            body["stock_quantity"] = None if given is None else int(float(given))
            body["stock_status"] = "instock" if (body["stock_quantity"] or 0) > 0 else "outofstock"
        if not body["manage_stock"]:
            body["stock_quantity"] = None
        elif body["stock_quantity"] is None:
            body["stock_quantity"] = 0

    def _holder(self, sku: str, own: Any) -> Json | None:
        rows = self._store.all(ENTITY) if sku else []
        return next((row for row in rows if row["sku"].lower() == sku.lower() and row["id"] != own), None)

    def _keep(self, body: Json, now: datetime) -> Json:
        stamp(body, "date_modified", now)
        self._store.put(ENTITY, str(body["id"]), body, modified=now)
        if body["type"] == "variation":
            parent = dict(self.one(str(body["parent_id"])))
            stamp(parent, "date_modified", now)
            ids = parent["variations"]
            parent["variations"] = ids if body["id"] in ids else [*ids, body["id"]]
            self._store.put(ENTITY, str(parent["id"]), parent, modified=now)
        return body


def _check(values: Json) -> None:
    """The schema, which a batch does not look at."""
    for name in (*_PRICES, *_TEXTS, "sku"):
        if name in values and not isinstance(values[name], str):
            raise invalid(name, "rest_invalid_type", f"{name} is not of type string.")
    stock = values.get("stock_quantity", 0)
    if not isinstance(stock, (int, float)) or isinstance(stock, bool) or stock % 1:
        raise invalid("stock_quantity", "rest_invalid_type", "stock_quantity is not of type integer.")
    for name, known in (("status", _STATUSES), ("type", _TYPES)):
        if name in values and values[name] not in known:
            raise invalid(name, "rest_not_in_enum", f"{name} is not one of {', '.join(known[:-1])}, and {known[-1]}.")
