"""Product variants: a product of our own is made whole with productSet; afterwards each mutation changes what was changed.

``productSet`` deletes what it is not given, so a product that is there already is never sent to it. What a product's variants share
(title, description, status) is written to the product only where there is one variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from lenke.core.errors import RejectedRecordError
from lenke.core.ports import Write
from lenke.systems.paths import look, whole_number
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.entities import NAMESPACE, SESAMPRODUCT
from lenke.systems.shopify.shapes import html_of, is_alone
from lenke.systems.shopify.values import amount, deletions, metafields, plain_fields

_OPTION, _VALUE = "Title", "Default Title"
_CREATED = "product { id variants(first: 1) { nodes { id legacyResourceId } } }"
_OWN = ("name", "description", "archived")
_VARIANT = ("barcode", "price", "compareAtPrice", "taxable")
_PRODUCT = {"product.vendor": "vendor", "product.productType": "productType"}
_ITEM = {
    "sku": "sku",
    "inventoryItem.tracked": "tracked",
    "inventoryItem.requiresShipping": "requiresShipping",
    "inventoryItem.unitCost.amount": "cost",
}
_MONEY = {"price", "compareAtPrice", "cost"}

Fields = Mapping[str, Any]


def creation(write: Write, location: str) -> Operation:
    """A product with one variant, its marker, price and stock, in one step."""
    fields = {path: value for path, value in write.fields.items() if value is not None}
    if not fields.get("name"):
        raise RejectedRecordError("a product needs a title", property="name")
    variant = _variant(fields)
    stock = _stock(fields)
    if stock is not None and fields.get("inventoryItem.tracked"):
        variant["inventoryQuantities"] = [{"locationId": location, "name": "available", "quantity": stock}]
    found = metafields(SESAMPRODUCT, fields, write.marker)
    given = {
        **_product(fields),
        "status": "ARCHIVED" if fields.get("archived") else "ACTIVE",
        "productOptions": [{"name": _OPTION, "values": [{"name": _VALUE}]}],
        "variants": [{"optionValues": [{"optionName": _OPTION, "name": _VALUE}], **variant, **({"metafields": found} if found else {})}],
    }
    return Operation("productSet", (("input", "ProductSetInput!", given), ("synchronous", "Boolean", True)), _CREATED)


def created_id(payload: Fields) -> str | None:
    """The variant's id in the answer to a creation."""
    nodes = look(payload, "product.variants.nodes") or [{}]
    return nodes[0].get("legacyResourceId") and str(nodes[0]["legacyResourceId"])


def changes(write: Write, current: Fields, location: str) -> list[Operation]:
    """The mutations of an update."""
    fields = {"archived": True} if write.verb == "archive" else dict(write.fields)
    alone = is_alone(current)
    if not alone:
        fields = {f"metafields.{NAMESPACE}.{path}" if path in _OWN else path: value for path, value in fields.items()}
        if shared := sorted(set(fields) & _PRODUCT.keys()):
            raise RejectedRecordError("several variants share it, so none of them can change it", property=shared[0])
    operations: list[Operation] = []
    product = _product(fields)
    if "archived" in fields:
        product["status"] = "ARCHIVED" if fields["archived"] else "ACTIVE"
    if product:
        given = {"id": look(current, "product.id"), **product}
        operations.append(Operation("productUpdate", (("product", "ProductUpdateInput!", given),), "product { id }", codes=False))
    operations += _variant_update(fields, current)
    if "stock" in fields:
        operations.append(_stocked(fields, write, current, location))
    return operations + deletions(SESAMPRODUCT, str(current["id"]), fields)


def _variant_update(fields: Fields, current: Fields) -> list[Operation]:
    variant, found = _variant(fields, update=True), metafields(SESAMPRODUCT, fields)
    if not variant and not found:
        return []
    given = [{"id": current["id"], **variant, **({"metafields": found} if found else {})}]
    arguments = (("productId", "ID!", look(current, "product.id")), ("variants", "[ProductVariantsBulkInput!]!", given))
    return [Operation("productVariantsBulkUpdate", arguments, "product { id }")]


def _stocked(fields: Fields, write: Write, current: Fields, location: str) -> Operation:
    """The stock, compared by Shopify with what the plan saw; a variant that is not stocked there yet is taken in."""
    item, wanted = look(current, "inventoryItem.id"), _stock(fields)
    if wanted is None:
        raise RejectedRecordError("a stock cannot be emptied, only be 0", property="stock")
    if "stock" not in current:
        arguments: tuple[tuple[str, str, Any], ...] = (
            ("inventoryItemId", "ID!", item), ("locationId", "ID!", location), ("available", "Int", wanted)
        )  # fmt: skip
        return Operation("inventoryActivate", arguments, "inventoryLevel { id }", codes=False, key=str(uuid4()))
    before = write.before.get("stock", current["stock"])
    quantity = {"inventoryItemId": item, "locationId": location, "quantity": wanted, "changeFromQuantity": before}
    given = {"name": "available", "reason": "correction", "quantities": [quantity]}
    # A key of its own for each sending: one made of the content would swallow 5, 6 and 5 again.
    return Operation(
        "inventorySetQuantities", (("input", "InventorySetQuantitiesInput!", given),), "inventoryAdjustmentGroup { id }", key=str(uuid4())
    )


def _stock(fields: Fields) -> int | None:
    value = whole_number(fields.get("stock"))
    if value is None:
        return None
    if value != int(value):
        raise RejectedRecordError("Shopify counts whole pieces", property="stock")
    return int(value)


def _product(fields: Fields) -> dict[str, Any]:
    given = {member: fields[path] for path, member in _PRODUCT.items() if path in fields}
    if "name" in fields:
        given["title"] = fields["name"]
    if "description" in fields:
        given["descriptionHtml"] = html_of(fields["description"] or "")
    return given


def _variant(fields: Fields, *, update: bool = False) -> dict[str, Any]:
    """A variant's input. Only a new one has ``sku`` beside the item; there both are given alike."""
    plain = plain_fields(fields)
    given = {name: _told(name, plain[name]) for name in _VARIANT if name in plain}
    item = {member: _told(member, plain[path]) for path, member in _ITEM.items() if path in plain}
    if "sku" in item and not update:
        given["sku"] = item["sku"]
    return given | ({"inventoryItem": item} if item else {})


def _told(name: str, value: Any) -> Any:
    return amount(value) if name in _MONEY and value is not None else value
