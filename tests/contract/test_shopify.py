"""Shopify keeps the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lenke.core.ports import LineWrite
from sandbox import Running
from tests.contract.suite import Case, SystemContract

# Everything is a POST: the document tells reads from writes.
READS = {"method": "POST", "path": "/graphql.json", "body": '^{"query":"query '}
WRITES = {"method": "POST", "path": "/graphql.json", "body": '^{"query":"mutation '}
WIRE: dict[str, Any] = {
    "address": "/graphql.json",
    "reads": READS,
    "writes": WRITES,
    "id": "legacyResourceId",
    "compares": False,
    "selected": True,
}


_TOTALS = ("currentTotalPriceSet", "currentTotalTaxSet")


class TestCustomer(SystemContract):
    case: ClassVar = Case(
        system="shopify",
        entity="Customer",
        new=lambda n: {
            "lastName": f"Prøve {n}",
            "defaultEmailAddress.emailAddress": f"post@prove{n}.example",
            "defaultAddress.city": "Bodø",
        },
        edited=("note", "Ny merknad"),
        other=("firstName", "Kåre"),
        key="defaultEmailAddress.emailAddress",
        unique="defaultEmailAddress.emailAddress",
        archived="tags",
        archive_value=["archived"],
        shaped=frozenset({"metafields", "archived"}),
        moving=frozenset({"updatedAt"}),
        **WIRE,
    )


class TestSesamproduct(SystemContract):
    case: ClassVar = Case(
        system="shopify",
        entity="Sesamproduct",
        new=lambda n: {"sku": f"PRV-{n}", "name": f"Prøve {n}", "price": "129.90", "inventoryItem.tracked": True, "stock": 4},
        edited=("barcode", "7031234567890"),
        other=("name", "Ny tekst"),
        key="sku",
        archived="archived",
        shaped=frozenset({"metafields", "product", "inventoryItem", "displayName", "description"}),
        moving=frozenset({"updatedAt", "product"}),
        **WIRE,
    )

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        body = sandbox.record("shopify", "ProductVariant", id)
        assert body is not None
        product = sandbox.record("shopify", "Product", body["productId"].rpartition("/")[2])
        assert product is not None
        own = {"name": product["title"], "archived": product["status"] == "ARCHIVED", "stock": sum(body["levels"].values())}
        return {**body, **own, "inventoryItem": {**body["inventoryItem"], "updatedAt": ""}}

    def ids(self, sandbox: Running) -> list[str]:
        return [body["legacyResourceId"] for body in sandbox.records("shopify", "ProductVariant")]


class TestOrder(SystemContract):
    case: ClassVar = Case(
        system="shopify",
        entity="Order",
        new=lambda n: {"sourceIdentifier": n, "metafields.lenke.customer_reference": "Ref"},
        edited=("poNumber", "PO-7"),
        other=("note", "Ny tekst"),
        key="sourceIdentifier",
        shaped=frozenset({"metafields", "lines", "lastLine", "customer", "merchantEditable", "merchantEditableErrors", *_TOTALS}),
        moving=frozenset({"updatedAt"}),
        **WIRE,
    )

    def lines(self, sandbox: Running, number: int) -> tuple[LineWrite, ...]:
        variant = sandbox.records("shopify", "ProductVariant")[0]["legacyResourceId"]
        return (LineWrite("create", None, {"variant.legacyResourceId": variant, "exactQuantity": "2", "unitPrice": "99.00"}),)

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        body = super().stored(sandbox, id)
        counted = sum(line["currentQuantity"] for line in body["lineItems"])
        return {**body, "currentSubtotalLineItemsQuantity": counted}
