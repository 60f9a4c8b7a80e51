"""Order lines whose product lies in the trash, or is sold by its variations only by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lenke.runtime.windows import Window
from sandbox.woocommerce.products import Products
from sandbox.woocommerce.refusals import invalid
from tests.flows.woocommerce.shop import OFFICE, ORDERS, SHOP, Body, Pair

DELTA, FULL = Window("delta"), Window("full")


def ordered(pair: Pair, product: str, **more: int) -> str:
    """An order of one piece."""
    return str(pair.systems.create(SHOP, "Order", {"customer_id": 3, "line_items": [{"product_id": int(product), "quantity": 1, **more}]}))


def code_of(pair: Pair, order: str) -> str:
    """Which product the order's line has in the accounts."""
    (line,) = pair.right(ORDERS, order)["SalesOrderLines"]
    return next(str(one["Code"]) for one in pair.systems.records(OFFICE, "Products") if one["Id"] == line["ProductId"])


def food(pair: Pair) -> str:
    """A product at another rate of VAT than the configured ones."""
    return str(
        pair.systems.create(SHOP, "Product", {"name": "Mat", "sku": "MAT-1", "regular_price": "115.00", "tax_class": "reduced-rate"})
    )


def diverse(pair: Pair) -> int:
    """The id of the configured product for what is no more."""
    return next(int(one["Id"]) for one in pair.systems.records(OFFICE, "Products") if one["Code"] == "DIVERSE")


def edit_right(pair: Pair, order: str, fields: Body) -> None:
    """What an accountant does to the order's line."""
    (line,) = pair.right(ORDERS, order)["SalesOrderLines"]
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)[order], str(line["Id"]), fields)


def test_an_order_of_a_product_in_the_trash_does_not_wait_for_it(pair: Pair) -> None:
    """The line names it until the trash is emptied, which may be never; the accounts never had the product."""
    product = pair.systems.create(SHOP, "Product", {"name": "Mugge", "sku": "MUGGE", "regular_price": "125.00"})
    key = ordered(pair, product)
    pair.systems.delete(SHOP, "Product", product)
    pair.settle()
    assert pair.engine.parked(ORDERS) == {}
    assert code_of(pair, key) == "DIVERSE"


def test_an_order_of_a_variation_in_the_trash_does_not_wait_for_it(pair: Pair) -> None:
    """It went there with its product; the order's line goes on naming both."""
    product = pair.systems.create(SHOP, "Product", {"name": "Mugge", "sku": "MUGGE", "type": "variable"})
    variation = pair.systems.create(SHOP, "Product", {"sku": "MUGGE-1", "regular_price": "125.00", "parent_id": int(product)})
    key = ordered(pair, product, variation_id=int(variation))
    pair.systems.delete(SHOP, "Product", product)
    pair.settle()
    assert pair.left("Order", key)["line_items"][0]["variation_id"] == int(variation)
    assert pair.engine.parked(ORDERS) == {}
    assert code_of(pair, key) == "DIVERSE"


@pytest.mark.parametrize("window", [DELTA, FULL])
def test_an_order_of_a_linked_product_in_the_trash_is_booked_on_it(pair: Pair, window: Window) -> None:
    """It was the last one, sold and thrown away before the run; its VAT is not that of the configured product."""
    product = food(pair)
    pair.engine.run()
    key = ordered(pair, product)
    pair.systems.delete(SHOP, "Product", product)
    pair.engine.run(window)
    pair.settle()
    assert code_of(pair, key) == "MAT-1"
    assert pair.right(ORDERS, key)["TotalAmount"] == float(pair.left("Order", key)["total"])
    edit_right(pair, key, {"ProductUnitPrice": 90})
    pair.settle()
    assert pair.left("Order", key)["line_items"][0]["total"] == "90.00"
    pair.engine.run(FULL)
    pair.written()
    pair.engine.run(FULL)
    assert (pair.written(), pair.engine.parked(ORDERS), code_of(pair, key)) == ([], {}, "MAT-1")


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_line_of_a_product_in_the_trash_may_be_taken_off_it(pair: Pair, is_closed: bool) -> None:
    """The shop has no word for what the accountant did, and takes the order's other edits all the same."""
    product = food(pair)
    key = ordered(pair, product)
    pair.settle()
    pair.systems.delete(SHOP, "Product", product)
    if is_closed:
        pair.engine.run(FULL)
    edit_right(pair, key, {"ProductId": diverse(pair)})
    pair.settle()
    edit_right(pair, key, {"Quantity": 3})
    pair.settle()
    assert pair.engine.parked(ORDERS) == {}
    assert pair.left("Order", key)["line_items"][0]["quantity"] == 3
    pair.engine.run(FULL)
    assert code_of(pair, key) == "DIVERSE"


def test_a_line_whose_variation_was_deleted_keeps_its_product_though_that_of_before_is_linked(pair: Pair) -> None:
    """Product 11 has got variations since it was linked, so a line that names it alone may be of a variation."""
    pair.engine.run()
    pair.systems.edit(SHOP, "Product", "11", {"type": "variable"})
    variation = pair.systems.create(SHOP, "Product", {"sku": "KOPP-RED", "regular_price": "125.00", "parent_id": 11})
    key = ordered(pair, "11", variation_id=int(variation))
    pair.engine.run()
    assert code_of(pair, key) == "KOPP-RED"
    pair.systems.delete(SHOP, "Product", variation)
    pair.systems.edit(SHOP, "Order", key, {"transaction_id": "PAY-3"})
    pair.engine.run()
    assert code_of(pair, key) == "KOPP-RED"


def _refuses(query: Mapping[str, str]) -> Mapping[str, str]:
    if query.get("status") == "trash":
        raise invalid("status", "rest_not_in_enum", "status is not one of any, future, draft, pending, private, and publish.")
    return query


def _ignores(query: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in query.items() if name not in ("status", "type")}


@pytest.mark.parametrize("asked", [_refuses, _ignores])
def test_a_shop_that_does_not_know_the_trash_has_its_orders_read(pair: Pair, monkeypatch: pytest.MonkeyPatch, asked: Any) -> None:
    """It is too old for it, or something before it takes the filter away; the product is not linked yet."""
    product = food(pair)
    key = ordered(pair, product)
    rows = Products.rows
    monkeypatch.setattr(Products, "rows", lambda self, query, at: rows(self, asked(query), at))
    pair.engine.run(flows=(ORDERS,))
    assert pair.engine.parked(ORDERS)[key][0] == "missing_reference"
    pair.settle()
    assert code_of(pair, key) == "MAT-1"


def test_a_line_that_the_accountant_takes_off_its_product_is_told(pair: Pair) -> None:
    """The shop has no line of goods without a product, so the edit waits for a person, and in sight."""
    pair.engine.run()
    edit_right(pair, "500002", {"ProductId": diverse(pair)})
    pair.engine.run()
    assert pair.engine.parked(ORDERS)["500002"][0] == "rejected"
    assert "a line of a product keeps one in WooCommerce" in pair.engine.waiting(ORDERS)["500002"].words
