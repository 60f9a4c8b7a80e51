from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import start
from tests.sandbox.callers import OFFICE, Json, Office

CHANGED = "LastChangedDateTimeOffset"
STOCK_CHANGED = "StockOnHandLastChangedDatetimeOffset"


def test_post_answers_200_with_every_member(office: Office) -> None:
    answer = office.post("/Products", {"Name": "Lamp"})
    assert (answer.status_code, len(answer.json())) == (200, 25)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"Name": None}, "Name"),
        ({"Name": "x" * 401}, "Name"),
        ({"Code": "x" * 101}, "Code"),
        ({"UnitPrice": "100"}, "UnitPrice"),
        ({"UnitOfMeasureCode": "pcs"}, "UnitOfMeasureCode"),
        ({"StockAvailable": 5}, "StockAvailable"),
        ({"VatCode": "3"}, "VatCode"),
        ({"StockOnHand": 5}, "StockOnHand"),
        ({"StandardSalesAccountId": 99}, "StandardSalesAccountId"),
    ],
)
def test_post_refuses_and_names_the_member(office: Office, body: Json, member: str) -> None:
    answer = office.post("/Products", {"Name": "Lamp"} | body)
    assert answer.status_code == 400
    assert member in answer.json()["errors"]


def test_code_is_unique(office: Office) -> None:
    office.product(Code="A1")
    other = office.product()
    assert office.post("/Products", {"Name": "Lamp", "Code": "A1"}).status_code == 400
    assert office.set(f"/Products/{other['Id']}", "/Code", "A1").status_code == 400


def test_a_null_price_stays_null_and_lines_inherit_the_groups(tmp_path: Path) -> None:
    group = {"Id": 4, "Code": "G", "Name": "Group", "UnitPrice": 70, "StandardSalesAccountId": 3}
    with start(tmp_path, port_base=0, rate=0, records={OFFICE: {"ProductGroups": [group]}}) as served:
        office = Office(served)
        product = office.product(UnitPrice=None)
        line = office.order({"ProductId": product["Id"], "Quantity": 1})["SalesOrderLines"][0]
    assert (product["UnitPrice"], product["ProductGroupCode"]) == (None, "G")
    assert (line["ProductUnitPrice"], line["VatRate"]) == (70, 0.12)


def test_stock_has_a_date_of_its_own(office: Office) -> None:
    made = office.product(IsStockItem=True, StockOnHand=5)
    after = office.set(f"/Products/{made['Id']}", "/StockOnHand", 8).json()
    assert (after["StockOnHand"], after["StockAvailable"]) == (8, 8)
    assert after[CHANGED] == made[CHANGED]
    assert after[STOCK_CHANGED] > made[STOCK_CHANGED]
    assert office.get("/Products", lastChangedDateTimeOffsetGreaterThan=made[CHANGED]).status_code == 204
    assert len(office.get("/Products", stockOnHandLastChangedDatetimeOffsetGreaterThan=made[STOCK_CHANGED]).json()) == 1


def test_available_stock_cannot_be_written(office: Office) -> None:
    made = office.product(IsStockItem=True, StockOnHand=5)
    assert office.set(f"/Products/{made['Id']}", "/StockAvailable", 4).status_code == 400


def test_confirmed_orders_reserve_stock_without_moving_any_date(office: Office) -> None:
    made = office.product(IsStockItem=True, StockOnHand=5)
    path = f"/Products/{made['Id']}"
    order = office.order({"ProductId": made["Id"], "Quantity": 2})
    assert office.get(path).json()["StockAvailable"] == 5
    office.set(f"/SalesOrders/{order['Id']}", "/SalesOrderStatus", "Confirmed")
    assert office.get(path).json() == made | {"StockAvailable": 3}
    office.set(f"/SalesOrders/{order['Id']}", "/SalesOrderStatus", "Draft")
    assert office.get(path).json() == made


def test_invoiced_goods_leave_the_stock(office: Office) -> None:
    made = office.product(IsStockItem=True, StockOnHand=5)
    order = office.order({"ProductId": made["Id"], "Quantity": 2}, SalesOrderStatus="Confirmed")
    office.running.invoice(order["Id"])
    after = office.get(f"/Products/{made['Id']}").json()
    assert (after["StockOnHand"], after["StockAvailable"]) == (3, 3)


def test_no_stock_without_a_stock_item(office: Office) -> None:
    made = office.product(IsStockItem=True, StockOnHand=5)
    after = office.set(f"/Products/{made['Id']}", "/IsStockItem", False).json()
    assert (after["StockOnHand"], after["StockAvailable"]) == (None, None)


def test_delete_is_409_while_a_line_names_the_product(office: Office) -> None:
    made = office.product()
    order = office.order({"ProductId": made["Id"], "Quantity": 1})
    assert office.call("DELETE", f"/Products/{made['Id']}").status_code == 409
    line = order["SalesOrderLines"][0]
    assert office.call("DELETE", f"/SalesOrders/{order['Id']}/Lines/{line['Id']}").status_code == 200
    assert office.call("DELETE", f"/Products/{made['Id']}").status_code == 200
    assert [row["verb"] for row in office.running.audit(OFFICE, since=3)] == ["remove", "update", "remove"]
