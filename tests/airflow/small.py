"""A small sandbox: some of the seed's records, whole and with all that they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.seed import Seed, build

Records = Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]
SHOP, OFFICE = "custom_webshop", "poweroffice_go"
LINES_AT_MOST = 2


def records(*, orders: int, customers: int = 0) -> Records:
    """Orders of one or two lines with their customers and products, more customers up to ``customers``; nothing that parks.

    PowerOffice holds its settings and the products for freight, fee and rounding lines, and no counterpart of any record.
    """
    seed = build(1)
    chosen = _orders(seed)[:orders]
    people = {order["customer_id"] for order in chosen}
    goods = {line["product_id"] for order in chosen for line in order["lines"] if line["product_id"]}
    shop = seed.records[SHOP]
    good = [body for body in shop["Customer"] if ("Customer", str(body["id"])) not in seed.parked()]
    named = [body for body in good if body["id"] in people]
    others = [body for body in good if body["id"] not in people][: max(0, customers - len(named))]
    return {
        SHOP: {"Customer": named + others, "Product": [body for body in shop["Product"] if body["id"] in goods], "Order": chosen},
        OFFICE: _settings(seed),
    }


def _orders(seed: Seed) -> list[dict[str, Any]]:
    parked = seed.parked()
    return [
        order
        for order in seed.records[SHOP]["Order"]
        if len(order["lines"]) <= LINES_AT_MOST and order["customer_id"] and ("Order", str(order["id"])) not in parked
    ]


def _settings(seed: Seed) -> dict[str, Sequence[dict[str, Any]]]:
    office = seed.records[OFFICE]
    kept = {entity: bodies for entity, bodies in office.items() if entity not in ("Customers", "Products", "SalesOrders")}
    return {
        **kept,
        "Customers": [],
        "SalesOrders": [],
        "Products": [one for one in office["Products"] if one["Code"] in ("FRAKT", "GEBYR", "AVRUND")],
    }
