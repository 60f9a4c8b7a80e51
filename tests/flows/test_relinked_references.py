"""A customer or product that is linked anew: the orders that name the right record of before stay in sync."""

from __future__ import annotations

import pytest

from lenke.runtime.windows import Window
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation

FULL = Window("full")


def relink(few: Installation, flow: str, left: str, new: str) -> None:
    few.engine.desk(flow).relink(left, new)
    few.engine.run()
    few.engine.run()
    assert few.engine.right_of(flow)[left] == new


def carries_a_quantity(few: Installation, order: str, line: str, quantity: int) -> bool:
    few.systems.edit_line(SHOP, "Order", order, line, {"quantity": str(quantity)})
    few.engine.run()
    return quantity in [one["Quantity"] for one in few.right(ORDERS, order)["SalesOrderLines"]]


def silent(few: Installation) -> None:
    few.engine.run(FULL)
    few.written()
    few.engine.run(FULL)
    assert few.written() == []


@pytest.fixture
def order(few: Installation) -> str:
    """The left id of a linked order."""
    return min(few.engine.right_of(ORDERS))


def test_orders_of_a_relinked_customer(few: Installation, order: str) -> None:
    customer = str(few.left(ORDERS, order)["customer_id"])
    old = few.engine.right_of(CUSTOMERS)[customer]
    twin = {name: value for name, value in few.right(CUSTOMERS, customer).items() if name in ("IsPerson", "FirstName", "LastName", "Name")}
    new = few.systems.create(OFFICE, "Customers", twin | {"EmailAddress": "tvilling@example.org"})
    few.edit(OFFICE, "Customers", old, {"ExternalNumber": 900001})
    before = few.right(ORDERS, order)["CustomerId"]
    relink(few, CUSTOMERS, customer, new)
    few.engine.run(FULL)
    assert few.engine.parked(ORDERS) == {}
    assert few.left(ORDERS, order)["customer_id"] == int(customer)
    assert few.right(ORDERS, order)["CustomerId"] == before, "nobody has asked for another customer of an order that is there"
    line = next(line for line in few.left(ORDERS, order)["lines"] if line["kind"] == "product")
    assert carries_a_quantity(few, order, str(line["id"]), 17)
    few.edit(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order], {"CustomerReference": "Kari"})
    few.engine.run()
    assert few.engine.parked(ORDERS) == {}
    silent(few)


def test_orders_with_a_relinked_product(few: Installation, order: str) -> None:
    first, second = [line for line in few.left(ORDERS, order)["lines"] if line["kind"] == "product"][:2]
    product = str(first["product_id"])
    new = few.systems.create(OFFICE, "Products", {"Code": "TVILLING-1", "Name": "Tvilling", "ProductType": "Product"})
    few.edit(OFFICE, "Products", few.engine.right_of(PRODUCTS)[product], {"Code": "GAMMEL-1", "Gtin": None})
    relink(few, PRODUCTS, product, new)
    assert carries_a_quantity(few, order, str(second["id"]), 17)
    assert carries_a_quantity(few, order, str(second["id"]), 18)
    assert few.engine.parked(ORDERS) == {}
    assert {str(line["product_id"]) for line in few.left(ORDERS, order)["lines"]} >= {product}
    silent(few)
