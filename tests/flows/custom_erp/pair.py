"""The webshop and the custom ERP with the engine between them, and what they begin with."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sandbox.running import Running
from sandbox.seed import erp
from tests.flows import small
from tests.flows.harness import Harness

SHOP, ERP = "custom_webshop", "custom_erp"
CUSTOMERS, PRODUCTS, ORDERS = "customer_to_customer", "product_to_product", "order_to_order"
ENTITY = {CUSTOMERS: "Customer", PRODUCTS: "Product", ORDERS: "Order"}
KNOWN = {"partnerId": "P000901", "homepage": "https://gammel.example.org", "invoiceEMail": "faktura@gammel.example.org"}


@cache
def records() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Six of the shop's orders with what they name; the ERP has the articles for freight and the like, and one of the customers."""
    shop = small.records()[SHOP]
    articles = [erp.line_article(code, title) | {"articleId": f"A00090{n}"} for n, (code, title) in enumerate(erp.LINE_ARTICLES.items())]
    company = next(body for body in shop["Customer"] if body["type"] == "company" and body["org_number"])
    return {SHOP: shop, ERP: {"Customer": [erp.partner(company) | KNOWN], "Product": articles}}


@dataclass
class Pair:
    """The two systems, and the engine between them."""

    systems: Running
    engine: Harness
    seen: dict[str, int] = field(default_factory=dict)

    def written(self) -> list[dict[str, Any]]:
        """The write requests since this was last asked, refused ones too."""
        rows: list[dict[str, Any]] = []
        for name in (SHOP, ERP):
            new = self.systems.audit(name, self.seen.get(name, 0))
            self.seen[name] = new[-1]["seq"] if new else self.seen.get(name, 0)
            rows += [{**row, "system": name} for row in new]
        return rows

    def left(self, flow: str, id: str) -> dict[str, Any]:
        found = self.systems.record(SHOP, ENTITY[flow], id)
        assert found
        return copy.deepcopy(found)

    def right(self, flow: str, id: str) -> dict[str, Any]:
        found = self.systems.record(ERP, ENTITY[flow], self.right_id(flow, id))
        assert found
        return copy.deepcopy(found)

    def right_id(self, flow: str, id: str) -> str:
        return self.engine.right_of(flow)[id]

    def first(self, flow: str, **like: Any) -> str:
        """The id of the first linked left record that has these values."""
        linked = self.engine.right_of(flow)
        rows = [self.left(flow, id) for id in linked]
        return str(next(row["id"] for row in rows if all(row.get(name) == value for name, value in like.items())))

    def settled(self) -> bool:
        """Two more runs write nothing, and the second finds nothing to remember."""
        self.written()
        self.engine.run()
        return self.engine.quiet() and self.written() == []


def lines(pair: Pair, id: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Both sides' lines of an order."""
    return pair.left(ORDERS, id)["lines"], pair.right(ORDERS, id)["orderLines"]
