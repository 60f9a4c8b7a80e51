"""A handful of the seed's records, for tests that run a sync many times over, and what must hold of them after any fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from sandbox.seed import build
from tests.flows.installation import CUSTOMERS, LEFT, OFFICE, ORDERS, PRODUCTS, RIGHT, SHOP, Installation
from tests.oracle import agreement, words
from tests.oracle.databases import Database, read
from tests.oracle.pairing import Pairs, pair

LINE_PRODUCTS = ("FRAKT", "GEBYR", "AVRUND")
ORDER_COUNT = 6

Body = dict[str, Any]


@cache
def records() -> dict[str, dict[str, list[Body]]]:
    """Six orders with two product lines or more, their customers and products, and the products for freight and the like."""
    seed = build(1)
    parked = {key for _, key in seed.parked()}
    shop, office = seed.records[SHOP], seed.records[OFFICE]
    known = {order["ImportedOrderNo"] for order in office["SalesOrders"]}
    orders = [order for order in shop["Order"] if str(order["id"]) not in parked and order["number"] not in known]
    chosen = [order for order in orders if len(_products(order)) > 1 and order["customer_id"]][:ORDER_COUNT]
    customers = {order["customer_id"] for order in chosen}
    products = {id for order in chosen for id in _products(order)}
    return {
        SHOP: {
            "Customer": [body for body in shop["Customer"] if body["id"] in customers],
            "Product": [body for body in shop["Product"] if body["id"] in products],
            "Order": chosen,
        },
        OFFICE: {
            **{entity: bodies for entity, bodies in office.items() if entity not in ("Customers", "SalesOrders", "OutgoingInvoices")},
            "Products": [body for body in office["Products"] if body["Code"] in LINE_PRODUCTS],
        },
    }


def _products(order: Body) -> set[int]:
    return {line["product_id"] for line in order["lines"] if line["kind"] == "product"}


def complaints(installation: Installation, flows: Sequence[str] = (CUSTOMERS, PRODUCTS, ORDERS)) -> list[str]:
    """What is wrong with both databases: a left record without its right one, or with two; a pair that does not agree; an orphan."""
    shop, office = read(installation.home / f"{SHOP}.sqlite"), read(installation.home / f"{OFFICE}.sqlite")
    pairs = {flow: pair(LEFT[flow], shop.of(LEFT[flow]), _made(office, flow)) for flow in (CUSTOMERS, PRODUCTS, ORDERS)}
    codes = {body["Code"]: key for key, body in office.of("Products").items()}
    kinds = {kind: codes[code] for kind, code in words.LINE_PRODUCT.items() if code in codes}
    references = agreement.References(pairs[CUSTOMERS].right_of, pairs[PRODUCTS].right_of, kinds)
    found: list[str] = []
    for flow in flows:
        found += _lone(flow, pairs[flow], _made(office, flow)) + _unlike_the_ledger(installation, flow, pairs[flow].right_of)
        for left_id, right_id in pairs[flow].right_of.items():
            ours, theirs = shop.of(LEFT[flow])[left_id], office.of(RIGHT[flow])[right_id]
            plain = agreement.PLAIN.get(LEFT[flow])
            rows = plain(ours, theirs) if plain else agreement.orders(ours, theirs, references)
            found += [f"{LEFT[flow]} {left_id} {one.property}: {one.left!r} / {one.right!r}" for one in rows if not one.check]
    return found


def _made(office: Database, flow: str) -> dict[str, Body]:
    return {key: body for key, body in office.of(RIGHT[flow]).items() if body.get("Code") not in LINE_PRODUCTS}


def _lone(flow: str, pairs: Pairs, right: dict[str, Body]) -> list[str]:
    markers = Counter(marker for body in right.values() if (marker := body.get("ExternalImportReference")))
    return [
        *(f"{LEFT[flow]} {id} has no right record, or several" for id in pairs.lone_left),
        *(f"{RIGHT[flow]} {id} belongs to nobody, or is one of several" for id in pairs.lone_right),
        *(f"{RIGHT[flow]}: marker {marker} {times} times" for marker, times in markers.items() if times > 1),
    ]


def _unlike_the_ledger(installation: Installation, flow: str, right_of: dict[str, str]) -> list[str]:
    linked = installation.engine.right_of(flow)
    return [
        f"{flow}: the ledger links {id} with {linked.get(id)}, the databases with {right}"
        for id, right in right_of.items()
        if linked.get(id) != right
    ]
