from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.callers import OFFICE, SHOP, Office, Shop


def _control(caller: Office | Shop, system: str, name: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(f"{caller.running.urls[system]}/_sandbox/{name}", json=body, timeout=30)


def test_a_persons_edits_move_dates_and_leave_no_audit_row(office: Office) -> None:
    made = office.company()
    seen = len(office.running.audit(OFFICE))
    answer = _control(office, OFFICE, "edit", {"entity": "Customers", "id": made["Id"], "fields": {"Name": "Ny AS"}})
    after = office.get(f"/Customers/{made['Id']}").json()
    assert answer.status_code == 200
    assert after["Name"] == "Ny AS"
    assert after["LastChangedDateTimeOffset"] > made["LastChangedDateTimeOffset"]
    assert len(office.running.audit(OFFICE)) == seen


def test_a_person_can_fill_an_address_that_is_not_there(office: Office) -> None:
    made = office.company()
    office.running.edit(OFFICE, "Customers", made["Id"], {"MailAddress.City": "Oslo"})
    after = office.get(f"/Customers/{made['Id']}").json()
    assert (after["MailAddress"]["City"], after["MailAddress"]["CountryCode"]) == ("Oslo", "NO")
    assert after["LastChangedDateTimeOffset"] == made["LastChangedDateTimeOffset"]


def test_a_person_is_bound_by_the_systems_rules(office: Office, shop: Shop) -> None:
    order = office.order(SalesOrderStatus="Confirmed")
    refused = _control(office, OFFICE, "edit", {"entity": "SalesOrders", "id": order["Id"], "fields": {"ContractNo": "K1"}})
    assert refused.status_code == 400
    assert "Confirmed" in refused.json()["error"]
    shop.product(sku="A1")
    with pytest.raises(ValueError, match="sku"):
        shop.running.create(SHOP, "Product", {"name": "Lamp", "sku": "A1"})


def test_a_person_edits_lines_in_both_systems(office: Office, shop: Shop) -> None:
    product = office.product()
    order = office.order({"ProductId": product["Id"], "Quantity": 1})
    added = office.running.edit_line(OFFICE, "SalesOrders", order["Id"], None, {"ProductId": product["Id"], "Quantity": 5})
    office.running.edit_line(OFFICE, "SalesOrders", order["Id"], order["SalesOrderLines"][0]["Id"], None)
    left = office.get(f"/SalesOrders/{order['Id']}/Lines").json()
    assert [(line["Id"], line["Quantity"]) for line in left] == [(added, 5)]
    basket = shop.order({"kind": "fee", "unit_price": "10.00"})
    line = shop.running.edit_line(SHOP, "Order", str(basket["id"]), None, {"kind": "fee", "unit_price": "20.00"})
    shop.running.edit_line(SHOP, "Order", str(basket["id"]), line, {"quantity": "2"})
    shop.running.edit_line(SHOP, "Order", str(basket["id"]), str(basket["lines"][0]["id"]), None)
    assert [row["quantity"] for row in shop.get(f"/orders/{basket['id']}").json()["lines"]] == ["2"]


def test_a_person_confirms_and_invoices_an_order(office: Office) -> None:
    order = office.order()
    office.running.edit(OFFICE, "SalesOrders", order["Id"], {"SalesOrderStatus": "Confirmed"})
    assert office.get(f"/SalesOrders/{order['Id']}").json()["SalesOrderStatus"] == "Confirmed"
    assert _control(office, OFFICE, "invoice", {"id": order["Id"]}).status_code == 200
    assert office.get(f"/OutgoingInvoices/{order['Id']}").status_code == 200


def test_create_and_delete_over_http(shop: Shop) -> None:
    made = _control(shop, SHOP, "create", {"entity": "Customer", "fields": {"type": "person", "billing.city": "Oslo"}}).json()
    assert shop.get(f"/customers/{made['id']}").json()["billing"]["city"] == "Oslo"
    _control(shop, SHOP, "delete", {"entity": "Customer", "id": made["id"]})
    assert shop.get(f"/customers/{made['id']}").status_code == 404


def test_a_record_as_it_is(office: Office) -> None:
    url, made = f"{office.running.urls[OFFICE]}/_sandbox/record", office.company()
    assert requests.get(url, params={"entity": "Customers", "id": str(made["Id"])}, timeout=30).json()["Id"] == made["Id"]
    assert requests.get(url, params={"entity": "Customers", "id": "5"}, timeout=30).status_code == 400


def test_audit_since(office: Office) -> None:
    first, second = office.company(), office.company()
    url = f"{office.running.urls[OFFICE]}/_sandbox/audit"
    assert [row["record_id"] for row in requests.get(url, timeout=30).json()] == [str(first["Id"]), str(second["Id"])]
    assert [row["record_id"] for row in requests.get(url, params={"since": 1}, timeout=30).json()] == [str(second["Id"])]


def test_faults_and_lag_and_switches_over_http(office: Office) -> None:
    url = f"{office.running.urls[OFFICE]}/_sandbox"
    assert _control(office, OFFICE, "faults", {"fault": "5xx"}).status_code == 200
    assert office.get("/Customers").status_code == 503
    requests.delete(f"{url}/faults", timeout=30)
    office.company()
    _control(office, OFFICE, "lag", {"seconds": 60})
    assert office.get("/Customers").status_code == 204
    _control(office, OFFICE, "lag", {"seconds": 0})
    _control(office, OFFICE, "switches", {"emailAddresses": False})
    assert len(office.get("/Customers", emailAddresses="no@no.no").json()) == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("edit", {"entity": "Customers"}),
        ("edit", {"entity": "Nothing", "id": 1, "fields": {}}),
        ("edit", {"entity": "Customers", "id": 5, "fields": {}}),
        ("lag", {"seconds": "x"}),
        ("switches", {"nosuch": True}),
        ("invoice", {"id": "x"}),
    ],
)
def test_a_control_call_that_cannot_be_is_400(office: Office, name: str, body: dict[str, Any]) -> None:
    answer = _control(office, OFFICE, name, body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(name)


def test_an_unknown_control_call_is_404(office: Office) -> None:
    assert _control(office, OFFICE, "nosuch", {}).status_code == 404
