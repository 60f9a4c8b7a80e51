from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.callers import OFFICE, Json, Office

CHANGED = "LastChangedDateTimeOffset"


@pytest.fixture
def order(office: Office) -> Json:
    """A draft of two lines: two lamps and one at half price."""
    product = office.product(Code="A1")
    half = {"ProductCode": "A1", "Quantity": 1, "Allowance": 50, "ExternalImportReference": "l2"}
    return office.order({"ProductId": product["Id"], "Quantity": 2, "ExternalImportReference": "l1"}, half)


def test_only_complete_creates(office: Office) -> None:
    assert office.post("/SalesOrders", {"CustomerId": office.company()["Id"]}).status_code == 404


def test_complete_answers_201_with_every_member_and_amount(order: Json) -> None:
    assert len(order) == 45
    assert [len(line) for line in order["SalesOrderLines"]] == [36, 36]
    assert (order["NetAmount"], order["TotalAmount"], order["LineCount"]) == (250, 312.5, 2)
    assert [line["NetAmount"] for line in order["SalesOrderLines"]] == [200, 50]
    assert (order["SalesOrderStatus"], order["CurrencyCode"], order["CurrencyExchangeRate"]) == ("Draft", "NOK", 1)


def test_lists_show_headers_without_lines(office: Office, order: Json) -> None:
    header = {name: value for name, value in order.items() if name != "SalesOrderLines"}
    assert office.get("/SalesOrders").json() == [header]
    assert office.get(f"/SalesOrders/{order['Id']}").json() == header
    assert office.get(f"/SalesOrders/{order['Id']}/Complete").json() == order


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"CustomerId": None}, 400),
        ({"CustomerId": 99}, 404),
        ({"CurrencyCode": "CHF"}, 400),
        ({"SalesOrderNo": 5}, 400),
        ({"NetAmount": 5}, 400),
        ({"SalesOrderDate": "2026-11-20T10:00:00Z"}, 400),
        ({"SalesOrderDate": "20261120"}, 400),
        ({"SalesOrderStatus": "Invoiced"}, 400),
        ({"SalesOrderLines": [{"Quantity": 1}]}, 400),
        ({"SalesOrderLines": [{"ProductId": 99, "Quantity": 1}]}, 404),
        ({"SalesOrderLines": [{"ProductCode": "A1"}]}, 400),
        ({"SalesOrderLines": [{"ProductCode": "A1", "Quantity": 1, "VatRate": 0.25}]}, 400),
        ({"SalesOrderLines": [{"ProductCode": "A1", "Quantity": 1, "Allowance": 101}]}, 400),
    ],
)
def test_complete_refuses(office: Office, body: Json, status: int) -> None:
    office.product(Code="A1")
    answer = office.post("/SalesOrders/Complete", {"CustomerId": office.company()["Id"]} | body)
    assert answer.status_code == status
    assert office.get("/SalesOrders").status_code == 204


def test_a_line_takes_price_cost_unit_and_text_from_its_product_at_creation(office: Office) -> None:
    product = office.product(UnitCost=60, UnitOfMeasureCode="HUR")
    order = office.order({"ProductId": product["Id"], "Quantity": 1})
    office.set(f"/Products/{product['Id']}", "/UnitPrice", 500)
    line = office.get(f"/SalesOrders/{order['Id']}/Lines").json()[0]
    taken = [line[name] for name in ("ProductUnitPrice", "ProductUnitCost", "UnitOfMeasureCode", "Description")]
    assert taken == [100, 60, "HUR", "Lamp"]


def test_vat_follows_the_products_sales_account_as_a_fraction(office: Office) -> None:
    account = office.get("/GeneralLedgerAccounts", accountNos="3010").json()[0]
    product = office.product(StandardSalesAccount=3010)
    line = office.order({"ProductId": product["Id"], "Quantity": 1})["SalesOrderLines"][0]
    assert (product["StandardSalesAccountId"], line["VatCode"]) == (account["Id"], account["VatCode"])
    assert (line["VatRate"], line["VatAmount"]) == (0.15, 15)


def test_a_vat_free_customer_pays_none_unless_the_line_says_so(office: Office) -> None:
    product = office.product()
    customer = office.company(IsVatFree=True)
    lines = [{"ProductId": product["Id"], "Quantity": 1}, {"ProductId": product["Id"], "Quantity": 1, "UseStandardSalesAccount": True}]
    order = office.order(*lines, CustomerId=customer["Id"])
    assert [line["VatRate"] for line in order["SalesOrderLines"]] == [0, 0.25]


def test_external_import_reference_is_unique_also_after_the_invoice(office: Office) -> None:
    order = office.order(ExternalImportReference="lk-1")
    body = {"CustomerId": order["CustomerId"], "ExternalImportReference": "lk-1"}
    assert office.post("/SalesOrders/Complete", body).status_code == 400
    office.running.invoice(order["Id"])
    assert office.post("/SalesOrders/Complete", body).status_code == 400


def test_a_lines_reference_is_unique_within_its_order(office: Office, order: Json) -> None:
    line = {"ProductCode": "A1", "Quantity": 1, "ExternalImportReference": "l1"}
    assert office.post(f"/SalesOrders/{order['Id']}/Lines", line).status_code == 400
    assert office.order(line)["Id"]


@pytest.mark.parametrize("pointer", ["/SalesOrderNo", "/NetAmount", "/CustomerNo", "/SalesOrderLines", "/DepartmentCode"])
def test_header_patch_takes_neither_lines_nor_codes(office: Office, order: Json, pointer: str) -> None:
    assert office.set(f"/SalesOrders/{order['Id']}", pointer, 1).status_code == 400


def test_lines_can_be_added_changed_and_taken_away(office: Office, order: Json) -> None:
    path = f"/SalesOrders/{order['Id']}"
    first = order["SalesOrderLines"][0]
    added = office.post(f"{path}/Lines", {"ProductCode": "A1", "Quantity": 4})
    assert (added.status_code, added.json()["SortOrder"]) == (201, 2)
    assert office.set(f"{path}/Lines/{first['Id']}", "/Quantity", 3).json()["NetAmount"] == 300
    office.call("DELETE", f"{path}/Lines/{order['SalesOrderLines'][1]['Id']}")
    after = office.get(f"{path}/Complete").json()
    assert [line["Quantity"] for line in after["SalesOrderLines"]] == [3, 4]
    assert (after["NetAmount"], after["LineCount"]) == (700, 2)


def test_line_edits_move_the_orders_date_unless_switched_off(office: Office, order: Json) -> None:
    path = f"/SalesOrders/{order['Id']}"
    line = f"{path}/Lines/{order['SalesOrderLines'][0]['Id']}"
    office.set(line, "/Quantity", 3)
    moved = office.get(path).json()[CHANGED]
    assert moved > order[CHANGED]
    office.running.switch(OFFICE, "line_edits_bump", on=False)
    office.set(line, "/Quantity", 4)
    assert office.get(path).json()[CHANGED] == moved


def test_no_lines_are_204(office: Office) -> None:
    order = office.order()
    assert office.get(f"/SalesOrders/{order['Id']}/Lines").status_code == 204


def _changes(office: Office, order: Json) -> dict[str, Any]:
    path = f"/SalesOrders/{order['Id']}"
    line = f"{path}/Lines/{order['SalesOrderLines'][0]['Id']}"
    return {
        "header": office.set(path, "/ContractNo", "K1"),
        "status and more": office.patch(path, ("replace", "/SalesOrderStatus", "Draft"), ("replace", "/ContractNo", "K1")),
        "line": office.set(line, "/Quantity", 9),
        "new line": office.post(f"{path}/Lines", {"ProductCode": "A1", "Quantity": 1}),
        "no line": office.call("DELETE", line),
    }


def test_a_confirmed_order_is_locked_until_it_is_a_draft_again(office: Office, order: Json) -> None:
    path = f"/SalesOrders/{order['Id']}"
    office.set(path, "/SalesOrderStatus", "Confirmed")
    before = office.get(f"{path}/Complete").json()
    assert {name: answer.status_code for name, answer in _changes(office, order).items()} == dict.fromkeys(_changes(office, order), 400)
    assert office.get(f"{path}/Complete").json() == before
    assert office.set(path, "/SalesOrderStatus", "Draft").status_code == 200
    assert office.set(path, "/ContractNo", "K1").json()["ContractNo"] == "K1"


def test_an_invoiced_order_moves_to_the_invoices_with_its_id_and_new_line_ids(office: Office, order: Json) -> None:
    office.running.invoice(order["Id"])
    assert office.get(f"/SalesOrders/{order['Id']}").status_code == 404
    assert office.get("/SalesOrders").status_code == 204
    invoice = office.get("/OutgoingInvoices", invoiceIds=f"{order['Id']},00000000-0000-0000-0000-000000000000").json()[0]
    assert (invoice["Id"], invoice["OrderNo"], invoice["Balance"]) == (order["Id"], order["SalesOrderNo"], 312.5)
    assert office.get(f"/OutgoingInvoices/{order['Id']}").json() == invoice
    stored = office.running.record(OFFICE, "OutgoingInvoiceLines", order["Id"])
    assert stored
    assert not {line["Id"] for line in stored["Lines"]} & {line["Id"] for line in order["SalesOrderLines"]}


def test_reference_lists(office: Office) -> None:
    assert {row["Rate"] for row in office.get("/VatCodes").json()} == {0.25, 0.15, 0.12, 0}
    assert {row["Code"] for row in office.get("/Currencies", isActive="false").json()} == {"ISK", "CHF"}
    assert {row["VatCode"] for row in office.get("/GeneralLedgerAccounts").json()} == {"3", "31", "33", "5"}
