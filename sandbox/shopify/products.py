"""Products, their variants, inventory items and stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.shopify.graph import Args, Node
from sandbox.shopify.pages import connection
from sandbox.shopify.shop import LOCATION, Shop, UserError, digits, metafield, now
from sandbox.wire import Json

_DEFAULT = {"name": "Title", "value": "Default Title"}
_ITEM = ("tracked", "requiresShipping")


class Products:
    """Views and mutations."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    # What is read.

    def product(self, body: Json) -> Node:
        """A product as the API serves it."""
        variants = self.variants(body["id"])
        plain = {name: value for name, value in body.items() if name != "metafields"}
        return Node(
            "Product",
            plain
            | {
                "hasOnlyDefaultVariant": len(variants) == 1 and variants[0]["selectedOptions"] == [_DEFAULT],
                "variantsCount": Node("Count", {"count": len(variants), "precision": "EXACT"}),
                "variants": lambda args: connection("ProductVariant", variants, args, self.variant),
                "metafield": metafield(body),
            },
        )

    def variant(self, body: Json) -> Node:
        """A variant as the API serves it."""
        product = self._shop.get("Product", body["productId"])
        assert product is not None
        plain = {name: value for name, value in body.items() if name not in ("metafields", "levels", "productId", "inventoryItem")}
        alone = body["selectedOptions"] == [_DEFAULT]
        return Node(
            "ProductVariant",
            plain
            | {
                "displayName": f"{product['title']} - {body['title']}",
                "title": "Default Title" if alone else body["title"],
                "selectedOptions": [Node("SelectedOption", option) for option in body["selectedOptions"]],
                "inventoryQuantity": sum(body["levels"].values()),
                "product": lambda _: self.product(product),
                "inventoryItem": lambda _: self.item(body),
                "metafield": metafield(body),
            },
        )

    def item(self, variant: Json) -> Node:
        """A variant's inventory item."""
        item = variant["inventoryItem"]

        def level(args: Args) -> Node | None:
            if args["locationId"] not in variant["levels"]:
                return None
            count = variant["levels"][args["locationId"]]
            return Node(
                "InventoryLevel",
                {
                    "id": f"gid://shopify/InventoryLevel/{digits(item['id'])}",
                    "quantities": lambda given: _quantities(given["names"], count),
                },
            )

        cost = None if item["unitCost"] is None else Node("MoneyV2", {"amount": item["unitCost"], "currencyCode": self._shop.currency})
        return Node(
            "InventoryItem",
            {
                **{name: item[name] for name in ("id", "legacyResourceId", "createdAt", "updatedAt", *_ITEM)},
                "sku": variant["sku"],
                "unitCost": cost,
                "inventoryLevel": level,
                "variants": lambda args: connection("ProductVariant", [variant], args, self.variant),
            },
        )

    def variants(self, product: str) -> list[Json]:
        """A product's variants in their order."""
        found = [body for body in self._shop.all("ProductVariant") if body["productId"] == product]
        return sorted(found, key=lambda body: int(body["position"]))

    def items(self) -> list[Json]:
        """Every variant in the shape of its inventory item's row: with the item's id and time."""
        return [
            {
                **body,
                "legacyResourceId": body["inventoryItem"]["legacyResourceId"],
                "updatedAt": body["inventoryItem"]["updatedAt"],
                "of": body,
            }
            for body in self._shop.all("ProductVariant")
        ]

    # What is written.

    def set_product(self, given: Mapping[str, Any]) -> Json:
        """``productSet`` of a new product; raises UserError. One that exists is not taken: the real one deletes what it is not given."""
        if not given.get("title"):
            raise UserError(["input", "title"], "Title can't be blank", "INVALID_PRODUCT")
        if not given.get("productOptions"):
            raise UserError(["input"], "Product options input is required when updating variants", "PRODUCT_OPTIONS_INPUT_MISSING")
        if not given.get("variants"):
            raise UserError(["input"], "Variants input is required when updating product options", "VARIANTS_INPUT_MISSING")
        body = blank_product(self._shop.new_id("Product"))
        self._lay_product(body, given, ["input"])
        self._shop.put("Product", body)
        for at, one in enumerate(given["variants"]):
            self._add_variant(body, one, at)
        return body

    def _add_variant(self, product: Json, given: Mapping[str, Any], at: int) -> None:
        body = blank_variant(self._shop.new_id("ProductVariant"), self._shop.new_id("InventoryItem"), product["id"])
        options = [{"name": one.get("optionName"), "value": one.get("name")} for one in given.get("optionValues") or ()]
        body |= {"position": at + 1, "selectedOptions": options, "title": " / ".join(str(one["value"]) for one in options)}
        self._lay_variant(body, given, ["input", "variants", str(at)], "INVALID_METAFIELD")
        for level in given.get("inventoryQuantities") or ():
            body["levels"][level["locationId"]] = int(level["quantity"])
        self._shop.put("ProductVariant", body)

    def update_product(self, given: Mapping[str, Any]) -> Json:
        """``productUpdate``; raises UserError."""
        body = self._shop.get("Product", given.get("id"))
        if body is None:
            raise UserError(["id"], "Product does not exist")
        self._lay_product(body, given, ["product"])
        return self._shop.put("Product", body)

    def update_variants(self, args: Args) -> Json:
        """``productVariantsBulkUpdate``: all or none; raises UserError."""
        product = self._shop.get("Product", args["productId"])
        if product is None:
            raise UserError(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        for at, given in enumerate(args["variants"]):
            body = self._shop.get("ProductVariant", given.get("id"))
            if body is None or body["productId"] != product["id"]:
                raise UserError(["variants", str(at), "id"], "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
            if "inventoryQuantities" in given:
                text = "Inventory quantities can only be provided during create"
                raise UserError(["variants", str(at)], text, "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE")
            self._lay_variant(body, given, ["variants", str(at)], "INVALID_VALUE")
            self._shop.put("ProductVariant", body)
        return self._shop.put("Product", product)

    def set_stock(self, given: Mapping[str, Any]) -> None:
        """``inventorySetQuantities``; raises UserError."""
        for at, one in enumerate(given["quantities"]):
            place = ["input", "quantities", str(at)]
            body = self.variant_of(one["inventoryItemId"])
            if body is None:
                raise UserError([*place, "inventoryItemId"], "The specified inventory item could not be found.", "INVALID_INVENTORY_ITEM")
            if one["locationId"] not in body["levels"]:
                raise UserError([*place, "locationId"], "The specified location could not be found.", "INVALID_LOCATION")
            expected = one["changeFromQuantity"]
            if expected is not None and expected != body["levels"][one["locationId"]]:
                text = "The changeFromQuantity argument no longer matches the persisted quantity."
                raise UserError([*place, "changeFromQuantity"], text, "CHANGE_FROM_QUANTITY_STALE")
            body["levels"][one["locationId"]] = int(one["quantity"])
            self.moved(body)

    def activate(self, args: Args) -> Json:
        """``inventoryActivate``: stock the item at a location."""
        body = self.variant_of(args["inventoryItemId"])
        if body is None or args["locationId"] != LOCATION:
            raise UserError(["inventoryItemId"], "The product couldn't be stocked because it wasn't found")
        body["levels"].setdefault(args["locationId"], int(args.get("available") or 0))
        self.moved(body)
        return body

    def moved(self, body: Json) -> None:
        """Store a variant whose stock changed: only its item's time moves."""
        body["inventoryItem"]["updatedAt"] = now()
        self._shop.put("ProductVariant", body, bump=False)

    def variant_of(self, item: Any) -> Json | None:
        """The variant of an inventory item, to be changed."""
        found = next((body for body in self._shop.all("ProductVariant") if body["inventoryItem"]["id"] == item), None)
        return None if found is None else self._shop.get("ProductVariant", found["id"])

    def _lay_product(self, body: Json, given: Mapping[str, Any], place: Sequence[str]) -> None:
        if "title" in given and not str(given["title"] or "").strip():
            raise UserError([*place, "title"], "Title can't be blank", "INVALID_PRODUCT")
        if len(str(given.get("title") or "")) > 255:
            raise UserError([*place, "title"], "Title is too long (maximum is 255 characters)", "INVALID_PRODUCT")
        body |= {name: given[name] for name in ("title", "status", "vendor", "productType") if given.get(name) is not None}
        body["title"] = body["title"].strip()
        if "descriptionHtml" in given:
            body["descriptionHtml"] = given["descriptionHtml"] or ""

    def _lay_variant(self, body: Json, given: Mapping[str, Any], place: Sequence[str], code: str) -> None:
        item = given.get("inventoryItem") or {}
        body |= {name: given[name] for name in ("barcode", "taxable") if name in given}
        for name in ("price", "compareAtPrice"):
            if name in given:
                body[name] = _price(given[name], [*place, name])
        if "sku" in item or "sku" in given:
            body["sku"] = item.get("sku", given.get("sku")) or ""
        body["inventoryItem"] |= {name: bool(item[name]) for name in _ITEM if item.get(name) is not None}
        if "cost" in item:
            body["inventoryItem"]["unitCost"] = None if item["cost"] is None else str(Decimal(str(item["cost"])).quantize(Decimal("0.01")))
        if item:
            body["inventoryItem"]["updatedAt"] = now()
        self._shop.set_metafields("PRODUCTVARIANT", body, given.get("metafields") or (), [*place, "metafields"], code)


def _quantities(names: Sequence[str], count: int) -> list[Node]:
    return [Node("InventoryQuantity", {"name": name, "quantity": count}) for name in names]


def blank_product(id: str) -> Json:
    """An empty product."""
    head = {"id": f"gid://shopify/Product/{id}", "legacyResourceId": id, "title": "", "descriptionHtml": "", "status": "ACTIVE"}
    return {**head, "vendor": "Fjellbua", "productType": "", "tags": [], "metafields": {}, "createdAt": now(), "updatedAt": now()}


def blank_variant(id: str, item: str, product: str) -> Json:
    """A variant without anything, not stocked yet but for none of it."""
    return {
        "id": f"gid://shopify/ProductVariant/{id}",
        "legacyResourceId": id,
        "productId": product,
        "sku": "",
        "barcode": None,
        "title": _DEFAULT["value"],
        "price": "0.00",
        "compareAtPrice": None,
        "taxable": True,
        "position": 1,
        "selectedOptions": [_DEFAULT],
        "inventoryItem": {
            "id": f"gid://shopify/InventoryItem/{item}",
            "legacyResourceId": item,
            "tracked": False,
            "requiresShipping": True,
            "unitCost": None,
            "createdAt": now(),
            "updatedAt": now(),
        },
        "levels": {LOCATION: 0},
        "metafields": {},
        "createdAt": now(),
        "updatedAt": now(),
    }


def _price(value: Any, place: Sequence[str]) -> str | None:
    if value is None:
        return None
    try:
        price = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise UserError(place, "Price is invalid", "INVALID_VALUE") from None
    if price < 0:
        raise UserError(place, "Price must be greater than or equal to 0", "NEGATIVE_PRICE_VALUE")
    return f"{price:f}"
