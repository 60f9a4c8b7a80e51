"""Edits that people make on a synced pair of systems: on the shop's side, on PowerOffice GO's, and on both at once.

Ids on the right are known only after the first sync, so every edit names its record by the *left* id (and a line by its left
id and position); whoever applies it looks up the right id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

from sandbox.seed.assembly import build
from sandbox.seed.model import OFFICE, SHOP, Body, Seed
from sandbox.seed.numbers import net
from sandbox.seed.office_products import UNIT

Kind = Literal["left", "right", "both_apart", "both_same", "line_add", "line_remove", "line_change"]
_ENTITY = {SHOP: {"customer": "Customer", "order": "Order"}, OFFICE: {"customer": "Customers", "order": "SalesOrders"}}


@dataclass(frozen=True, slots=True)
class LineChange:
    """What happens to one order line.

    :param line_id: the left id of the line; None for one that is added.
    :param position: its place in the order, counted from 0 (``position`` on the left, ``SortOrder`` on the right).
    :param product_id: the left id of an added line's product; its right id is to be looked up and added to ``fields``.
    :param fields: member -> value in the words of the edited system.
    """

    action: Literal["add", "remove", "change"]
    line_id: str | None
    position: int
    product_id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit by a person in one system.

    :param system: where it is made. :param entity: that system's name of the entity.
    :param id: the *left* id of the record, whichever system is edited.
    :param fields: dotted path -> value in the words of the edited system; empty where ``line`` says what changes.
    """

    system: str
    entity: str
    id: str
    kind: Kind
    fields: Mapping[str, Any] = field(default_factory=dict)
    line: LineChange | None = None


def edits(seed: int) -> list[Edit]:
    """50 customers on the left, 50 others on the right, 20 on both sides apart, 5 on both in one property, lines of 30 orders."""
    built = build(seed)
    rng = Random(f"edits of {seed}")
    customers = _editable_customers(built)
    rng.shuffle(customers)
    made: list[Edit] = []
    for n, body in enumerate(customers[:50]):
        made.append(_customer_edit(SHOP, body, "left", _LEFT[n % len(_LEFT)](n)))
    for n, body in enumerate(customers[50:100]):
        made.append(_customer_edit(OFFICE, body, "right", _RIGHT[n % len(_RIGHT)](1000 + n)))
    for n, body in enumerate(customers[100:120]):
        made.append(_customer_edit(SHOP, body, "both_apart", _LEFT[n % len(_LEFT)](2000 + n)))
        made.append(_customer_edit(OFFICE, body, "both_apart", _RIGHT[(n + 1) % len(_RIGHT)](3000 + n)))
    for n, body in enumerate(customers[120:125]):
        made.append(_customer_edit(SHOP, body, "both_same", _LEFT[n](4000 + n)))
        made.append(_customer_edit(OFFICE, body, "both_same", _RIGHT[n](5000 + n)))
    return made + list(_line_edits(rng, built))


# The same place in both lists is the same property.
_LEFT: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda n: {"phone": f"+47 22{800000 + n}"},
    lambda n: {"billing.line1": f"Ny Strandvei {n + 1}"},
    lambda n: {"website": f"https://ny-{n}.example.com/butikk"},
    lambda n: {"invoice_email": f"ny.faktura.{n}@firma.example.org"},
    lambda n: {"billing.postal_code": "7030", "billing.city": "Trondheim – Øya", "billing.line2": f"Inngang {n}"},
    lambda n: {"email": f"ny.adresse.{n}@epost.example.net"},
)
_RIGHT: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda n: {"PhoneNumber": f"+4722{900000 + n}"},
    lambda n: {"MailAddress.AddressLine1": f"Regnskapsgata {n + 1}"},
    lambda n: {"WebsiteUrl": f"https://regnskap-{n}.example.net"},
    lambda n: {"InvoiceEmailAddress": f"regnskap.{n}@firma.example.com"},
    lambda n: {"MailAddress.ZipCode": "3110", "MailAddress.City": "Tønsberg", "MailAddress.AddressLine2": f"Lager {n}"},
    lambda n: {"EmailAddress": f"rettet.{n}@kontor.example.org"},
)


def _customer_edit(system: str, body: Body, kind: Kind, fields: dict[str, Any]) -> Edit:
    return Edit(system, _ENTITY[system]["customer"], str(body["id"]), kind, fields)


def _editable_customers(built: Seed) -> list[Body]:
    """Customers that will be linked, with an address on both sides and a number that names the pair after any edit."""
    parked = {key for entity, key in built.parked() if entity == "Customer"}
    return [
        body
        for body in built.records[SHOP]["Customer"]
        if str(body["id"]) not in parked
        and not body["archived"]
        and body["customer_number"] is not None
        and (body.get("billing") or {}).get("city")
    ]


def _editable_orders(built: Seed) -> list[Body]:
    """Orders that will be linked and are not locked, with two product lines at least and no product twice."""
    parked = {key for entity, key in built.parked() if entity == "Order"}
    locked = {body["ImportedOrderNo"] for body in built.records[OFFICE]["SalesOrders"] if body["SalesOrderStatus"] == "Confirmed"}
    orders = [body for body in built.records[SHOP]["Order"] if str(body["id"]) not in parked and body["number"] not in locked]
    return [body for body in orders if len(ids := _product_ids(body)) > 1 and len(set(ids)) == len(ids)]


def _product_ids(order: Body) -> list[int]:
    return [line["product_id"] for line in order["lines"] if line["kind"] == "product"]


def _line_edits(rng: Random, built: Seed) -> Iterator[Edit]:
    parked = {key for entity, key in built.parked() if entity == "Product"}
    products = [
        body
        for body in built.records[SHOP]["Product"]
        if str(body["id"]) not in parked and not body["archived"] and body.get("cost") and Decimal(body["vat_rate"]) == 25
    ]
    for n, order in enumerate(rng.sample(_editable_orders(built), 30)):
        system = (SHOP, OFFICE)[n % 2]
        kind: Kind = ("line_add", "line_remove", "line_change")[n // 2 % 3]
        if kind == "line_add":
            change = _added(system, order, rng.choice([body for body in products if body["id"] not in _product_ids(order)]))
        else:
            change = _touched(system, rng.choice([line for line in order["lines"] if line["kind"] == "product"]), kind, n)
        yield Edit(system, _ENTITY[system]["order"], str(order["id"]), kind, line=change)


def _touched(system: str, line: Body, kind: Kind, n: int) -> LineChange:
    quantity = Decimal(line["quantity"]) + 2 + n
    fields: dict[str, Any] = {}
    if kind == "line_change":
        fields = {"quantity": f"{quantity:f}"} if system == SHOP else {"Quantity": float(quantity)}
    return LineChange("change" if fields else "remove", str(line["id"]), line["position"], None, fields)


def _added(system: str, order: Body, product: Body) -> LineChange:
    place, name = len(order["lines"]), f"{product['name'].strip()} (ettersendt)"
    if system == SHOP:
        fields = {"kind": "product", "product_id": product["id"], "description": name, "quantity": "3", "unit_price": product["price"]}
        fields |= {"discount_percent": "5", "unit_cost": product["cost"], "unit": product["unit"], "vat_rate": "25", "position": place}
    else:
        fields = {"Description": name, "Quantity": 3, "ProductUnitPrice": float(net(product["price"], "25")), "SortOrder": place}
        fields |= {
            "Allowance": 5,
            "ProductUnitCost": float(product["cost"]),
            "UnitOfMeasureCode": UNIT[product["unit"]],
            "LineType": "Normal",
        }
    return LineChange("add", None, place, str(product["id"]), fields)
