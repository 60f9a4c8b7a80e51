"""Edits that meet an order that is confirmed, invoiced, deleted or locked: shown as parked, or carried out later, never lost silently."""

from __future__ import annotations

import pytest
import requests

from lenke.runtime.windows import Window
from tests.flows.installation import OFFICE, ORDERS, SHOP, Installation
from tests.flows.strange import answer, change_replies

FULL = Window("full")
QUANTITY = 23


@pytest.fixture
def order(few: Installation) -> str:
    return min(few.engine.right_of(ORDERS))


def edit_first_line(few: Installation, order: str) -> None:
    line = few.left(ORDERS, order)["lines"][0]
    few.systems.edit_line(SHOP, "Order", order, str(line["id"]), {"quantity": str(QUANTITY)})


def close(few: Installation, right: str, how: str) -> None:
    if how == "invoiced":
        few.systems.invoice(right)
    else:
        few.systems.delete(OFFICE, "SalesOrders", right)


@pytest.mark.parametrize("how", ["invoiced", "deleted"])
def test_a_line_edit_that_waits_when_its_order_is_closed(few: Installation, order: str, how: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    edit_first_line(few, order)
    few.engine.run()
    close(few, right, how)
    few.engine.run()
    assert few.engine.parked(ORDERS)
    few.engine.run(FULL)
    assert few.engine.parked(ORDERS)


def test_a_line_edit_after_the_invoice(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    close(few, right, "invoiced")
    few.engine.run()
    edit_first_line(few, order)
    few.engine.run()
    assert few.engine.parked(ORDERS)
    few.engine.run(FULL)
    assert few.engine.parked(ORDERS)


def test_an_edit_of_an_order_that_the_shop_locks_arrives_once_it_is_open(few: Installation, order: str) -> None:
    few.edit(SHOP, "Order", order, {"status": "locked"})
    few.edit(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order], {"CustomerReference": "Kari"})
    few.engine.run()
    few.edit(SHOP, "Order", order, {"status": "open"})
    few.engine.run()
    assert few.left(ORDERS, order)["customer_reference"] == "Kari"


def test_a_text_line_holds_no_other_edit_back(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    text = {"LineType": "Text", "Description": "Leveres etter avtale", "SortOrder": 9}
    few.systems.edit_line(OFFICE, "SalesOrders", right, None, text)
    few.engine.run()
    few.edit(OFFICE, "SalesOrders", right, {"CustomerReference": "Kari"})
    edit_first_line(few, order)
    few.engine.run()
    few.engine.run()
    assert few.left(ORDERS, order)["customer_reference"] == "Kari"
    assert QUANTITY in [line["Quantity"] for line in few.right(ORDERS, order)["SalesOrderLines"]]


@pytest.mark.parametrize("status", [403, 404])
def test_without_access_to_invoices_other_orders_go_on(few: Installation, order: str, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    def refuse(request: requests.PreparedRequest, reply: requests.Response) -> None:
        if "/OutgoingInvoices" in str(request.url):
            answer(reply, {"title": "No"}, status)

    change_replies(monkeypatch, OFFICE, refuse)
    other = max(few.engine.right_of(ORDERS))
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.edit(SHOP, "Order", other, {"customer_reference": "Kari"})
    few.engine.run(strict=False)
    assert few.right(ORDERS, other)["CustomerReference"] == "Kari"
