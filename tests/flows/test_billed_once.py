"""Nobody is billed twice, and nobody is there twice: orders made again or invoiced early, lost replies, matches by other spellings."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from lenke.runtime.windows import Window
from sandbox.poweroffice_go.order_lines import OrderLines
from sandbox.poweroffice_go.orders import Orders
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation
from tests.flows.strange import answer, change_replies, new_order

FULL = Window("full")
NUMBER = 77_001


def billed(few: Installation, number: int) -> int:
    """How many orders and invoices carry the shop's order number."""
    found = [body for entity in ("SalesOrders", "OutgoingInvoices") for body in few.systems.records(OFFICE, entity)]
    return [body["ImportedOrderNo"] for body in found].count(number)


def invoice(few: Installation, right: str) -> None:
    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    few.systems.invoice(right)


@pytest.mark.parametrize("invoiced", [False, True])
def test_an_order_deleted_and_made_again_with_its_number(few: Installation, invoiced: bool) -> None:
    id, right = min(few.engine.right_of(ORDERS).items())
    number = few.left(ORDERS, id)["number"]
    if invoiced:
        invoice(few, right)
        few.engine.run()
    few.systems.delete(SHOP, "Order", id)
    few.engine.run(FULL)
    new_order(few, number=number)
    few.engine.run()
    few.engine.run(FULL)
    assert billed(few, number) == 1


def test_an_order_that_was_invoiced_before_it_was_first_read(few: Installation) -> None:
    customer = next(iter(few.engine.right_of(CUSTOMERS).values()))
    fields = {"ImportedOrderNo": NUMBER, "CustomerId": int(customer), "SalesOrderLines": []}
    invoice(few, few.systems.create(OFFICE, "SalesOrders", fields))
    new_order(few, number=NUMBER)
    few.engine.run()
    few.engine.run(FULL)
    assert billed(few, NUMBER) == 1


def test_an_order_whose_reply_was_lost_and_that_was_invoiced_meanwhile(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server looks for a marker among orders only, not among invoices: it would take the order a second time."""
    new_order(few, number=NUMBER)

    def lose(flow: Any, _: object) -> None:
        if flow.name == ORDERS:
            few.systems.fault(OFFICE, "drop_reply", match={"method": "POST", "path": "/SalesOrders/Complete"})
            few.systems.fault(OFFICE, "5xx", match={"method": "GET", "path": "/SalesOrders"})

    few.engine.before_load = lose
    few.engine.run(strict=False)
    few.engine.before_load = None
    few.systems.clear_faults()
    invoice(few, next(body["Id"] for body in few.systems.records(OFFICE, "SalesOrders") if body["ImportedOrderNo"] == NUMBER))
    check = Orders._check
    monkeypatch.setattr(Orders, "_check", lambda self, body, touched: check(self, body, touched - {"ExternalImportReference"}))
    few.engine.run(strict=False)
    few.engine.run(strict=False)
    assert billed(few, NUMBER) == 1


@pytest.mark.parametrize("unique", [True, False], ids=["server refuses a marker twice", "server takes a marker twice"])
def test_lines_of_a_new_order_that_its_answer_leaves_out(few: Installation, monkeypatch: pytest.MonkeyPatch, unique: bool) -> None:
    def forget(request: requests.PreparedRequest, reply: requests.Response) -> None:
        if request.method == "POST" and str(request.url).endswith("/SalesOrders/Complete") and reply.ok:
            answer(reply, {name: value for name, value in reply.json().items() if name != "SalesOrderLines"})

    change_replies(monkeypatch, OFFICE, forget)
    if not unique:
        check, marker = OrderLines.check, {"ExternalImportReference"}
        monkeypatch.setattr(OrderLines, "check", lambda self, line, others, touched: check(self, line, others, touched - marker))
    id = new_order(few)
    few.engine.run()
    few.asked()
    few.engine.run()
    few.engine.run()
    assert few.asked() == []
    assert len(few.right(ORDERS, id)["SalesOrderLines"]) == 2


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            {"IsPerson": True, "FirstName": "Kari", "LastName": "Ny", "EmailAddress": "Kari.Ny@Example.org"},
            {"type": "person", "first_name": "Kari", "last_name": "Ny", "email": "kari.ny@example.org"},
        ),
        (
            {"IsPerson": False, "Name": "Ny AS", "OrganizationNumber": "NO 923 609 016 MVA", "EmailAddress": "post@ny.example.org"},
            {"type": "company", "company_name": "Ny AS", "org_number": "923609016", "email": "post@ny.example.org"},
        ),
        (
            {"IsPerson": False, "Name": "Ny AS", "OrganizationNumber": "923 609 016", "InvoiceDeliveryType": "Print"},
            {"type": "company", "company_name": "Ny AS", "org_number": "923609016"},
        ),
    ],
    ids=["e-mail", "organisation number", "organisation number without an e-mail"],
)
def test_a_chosen_customer_is_matched_in_another_spelling(few: Installation, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    few.systems.create(OFFICE, "Customers", theirs)
    id = few.systems.create(SHOP, "Customer", ours)
    before = len(few.systems.records(OFFICE, "Customers"))
    few.engine.run(Window("records", records=(id,), moves_cursor=False))
    assert len(few.systems.records(OFFICE, "Customers")) == before


def test_a_product_deleted_and_made_again_waits_for_a_person(few: Installation) -> None:
    old = min(few.engine.right_of(PRODUCTS))
    sku = few.left(PRODUCTS, old)["sku"]
    few.systems.delete(SHOP, "Product", old)
    few.engine.run(FULL)
    new = few.systems.create(SHOP, "Product", {"sku": sku, "name": "Ny", "price": "10.00"})
    few.engine.run()
    assert new in few.engine.parked(PRODUCTS)
    assert [product["Code"] for product in few.systems.records(OFFICE, "Products")].count(sku) == 1
