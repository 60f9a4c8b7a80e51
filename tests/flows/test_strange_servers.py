"""Servers that answer little, null or oddly, or that say yes and change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from requests import PreparedRequest, Response

from lenke.runtime.windows import Window
from sandbox.custom_webshop import lines as shop_lines
from sandbox.poweroffice_go.customers import Customers
from sandbox.poweroffice_go.orders import Orders
from sandbox.poweroffice_go.products import Products
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation
from tests.flows.small import complaints
from tests.flows.stir import stir
from tests.flows.strange import answer, change_replies, store

FULL = Window("full")
PHONE = "+4722700101"


def quiet_after(few: Installation, runs: int) -> bool:
    """Whether two more runs after ``runs`` ask neither system for a write."""
    for _ in range(runs):
        few.engine.run(strict=False)
    few.asked()
    few.engine.run(strict=False)
    few.engine.run(strict=False)
    return few.asked() == []


def test_lines_that_read_null_are_not_deleted(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    before = few.left(ORDERS, order)["lines"]

    def forget(request: PreparedRequest, reply: Response) -> None:
        if request.method == "GET" and str(request.url).endswith("/Complete") and reply.ok:
            answer(reply, reply.json() | {"SalesOrderLines": None})

    change_replies(monkeypatch, OFFICE, forget)
    few.edit(OFFICE, "SalesOrders", right, {"CustomerReference": "Kari"})
    few.engine.run()
    few.engine.run()
    assert few.left(ORDERS, order)["lines"] == before


@pytest.mark.parametrize("little", [True, False], ids=["only the id", "no body"])
def test_writes_that_are_answered_with_next_to_nothing(few: Installation, monkeypatch: pytest.MonkeyPatch, little: bool) -> None:
    def shorten(request: PreparedRequest, reply: Response) -> None:
        if request.method in ("PATCH", "POST") and "OAuth" not in str(request.url) and reply.ok:
            answer(reply, {"Id": reply.json()["Id"]} if little else None, 200 if little else 204)

    change_replies(monkeypatch, OFFICE, shorten)
    stir(few)
    assert quiet_after(few, 3)
    assert complaints(few) == []


@pytest.mark.parametrize(
    ("system", "date"),
    [
        (SHOP, "0001-01-01T00:00:00+01:00"),
        (SHOP, None),
        (OFFICE, "0001-01-01T00:00:00+01:00"),
        (OFFICE, "9999-12-31T23:59:59-01:00"),
        (OFFICE, ""),
    ],
)
def test_a_strange_date_of_one_record_stops_no_other(
    few: Installation, monkeypatch: pytest.MonkeyPatch, system: str, date: str | None
) -> None:
    strange, other, *_ = sorted(few.engine.right_of(CUSTOMERS))

    def redate(request: PreparedRequest, reply: Response) -> None:
        if request.method == "GET" and "/customers" in str(request.url) and reply.ok:
            body = reply.json()
            rows = [row | {"updated_at": date} if str(row["id"]) == strange else row for row in body.get("data", [])]
            answer(reply, body | {"data": rows})

    if system == SHOP:
        change_replies(monkeypatch, SHOP, redate)
    else:
        store(few, OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[strange], LastChangedDateTimeOffset=date)
    few.edit(SHOP, "Customer", other, {"phone": PHONE})
    few.engine.run()
    assert few.right(CUSTOMERS, other)["PhoneNumber"] == PHONE


def test_a_refusal_that_quotes_the_word_privilege_stops_no_other(few: Installation) -> None:
    few.systems.create(OFFICE, "Products", {"Code": "PRIVILEGE", "Name": "Gavekort", "UnitOfMeasureCode": "EA"})
    few.engine.run()
    refused, other, *_ = sorted(few.engine.right_of(PRODUCTS))
    few.edit(SHOP, "Product", refused, {"sku": "PRIVILEGE"})
    few.edit(SHOP, "Product", other, {"description": "Ny tekst"})
    few.engine.run()
    assert few.right(PRODUCTS, other)["Description"] == "Ny tekst"
    assert refused in few.engine.parked(PRODUCTS)


@pytest.mark.parametrize(
    ("kind", "member", "flow", "fields"),
    [
        (Orders, "CustomerId", ORDERS, {}),
        (Customers, "IsArchived", CUSTOMERS, {"archived": True}),
        (Products, "UnitPrice", PRODUCTS, {"price": "999.00"}),
    ],
    ids=["customer of an order", "archived", "price"],
)
def test_a_write_that_is_accepted_and_ignored_is_shown(
    few: Installation, monkeypatch: pytest.MonkeyPatch, kind: Any, member: str, flow: str, fields: dict[str, Any]
) -> None:
    change = kind.change
    monkeypatch.setattr(kind, "change", lambda self, old, new, touched: change(self, old, new | {member: old[member]}, touched))
    id = min(few.engine.right_of(flow))
    if flow == ORDERS:
        now = str(few.left(ORDERS, id)["customer_id"])
        fields = {"customer_id": int(next(other for other in few.engine.right_of(CUSTOMERS) if other != now))}
    few.edit(SHOP, {ORDERS: "Order", CUSTOMERS: "Customer", PRODUCTS: "Product"}[flow], id, fields)
    few.engine.run()
    few.engine.run(FULL)
    assert id in few.engine.parked(flow)


def test_servers_that_both_renumber_lines_fall_silent(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, merged = Orders._counted, shop_lines.merged

    def from_zero(self: Orders, body: Any) -> Any:
        rows = sorted(body["SalesOrderLines"], key=lambda line: line["SortOrder"] or 0)
        return counted(self, {**body, "SalesOrderLines": [line | {"SortOrder": n} for n, line in enumerate(rows)]})

    def from_one(*given: Any) -> Any:
        return [line | {"position": n} for n, line in enumerate(merged(*given), 1)]

    monkeypatch.setattr(Orders, "_counted", from_zero)
    monkeypatch.setattr(shop_lines, "merged", from_one)
    order = min(few.engine.right_of(ORDERS))
    product = next(line["product_id"] for line in few.left(ORDERS, order)["lines"] if line["product_id"])
    few.systems.edit_line(SHOP, "Order", order, None, {"product_id": product, "quantity": "2", "unit_price": "10.00", "position": 0})
    assert quiet_after(few, 5)
