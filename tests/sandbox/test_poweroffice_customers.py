from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.callers import OFFICE, Json, Office

ADDRESS = {"AddressLine1": "Storgata 1", "City": "Oslo", "ZipCode": "0150", "CountryCode": "no"}


def _refused(office: Office, body: Json) -> Json:
    answer = office.post("/Customers", {"Name": "Fjord AS", "EmailAddress": "post@fjord.no"} | body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    found: Json = answer.json()
    return found


def test_post_answers_201_with_every_member(office: Office) -> None:
    answer = office.post("/Customers", {"Name": "Fjord AS", "EmailAddress": "post@fjord.no", "MailAddress": ADDRESS})
    assert answer.status_code == 201
    assert len(answer.json()) == 51
    assert answer.json()["MailAddress"]["CountryCode"] == "NO"


def test_members_bind_in_any_case_and_texts_are_trimmed(office: Office) -> None:
    made = office.post("/Customers", {"name": "  Fjord AS ", "emailAddress": "post@fjord.no ", "phoneNumber": " "}).json()
    assert (made["Name"], made["EmailAddress"], made["PhoneNumber"]) == ("Fjord AS", "post@fjord.no", None)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"EmailAdress": "x"}, "EmailAdress"),
        ({"Id": 7}, "Id"),
        ({"Name": None}, "Name"),
        ({"Name": 7}, "Name"),
        ({"IsPerson": True, "FirstName": "Kari"}, "LastName"),
        ({"EmailAddress": "kari@fjord"}, "EmailAddress"),
        ({"InvoiceEmailAddress": "a b@fjord.no"}, "InvoiceEmailAddress"),
        ({"EmailAddress": None}, "InvoiceDeliveryType"),
        ({"InvoiceDeliveryType": "EHF"}, "InvoiceDeliveryType"),
        ({"InvoiceDeliveryType": "AvtaleGiro"}, "InvoiceDeliveryType"),
        ({"MailAddress": {"City": "Oslo"}}, "MailAddress.ZipCode"),
        ({"MailAddress": {"ZipCode": "0150"}}, "MailAddress.City"),
        ({"MailAddress": ADDRESS | {"City": "x" * 101}}, "MailAddress.City"),
        ({"MailAddress": ADDRESS | {"CountryCode": "NOR"}}, "MailAddress.CountryCode"),
        ({"CurrencyCode": "ISK"}, "CurrencyCode"),
        ({"ExternalImportReference": "x" * 51}, "ExternalImportReference"),
        ({"Number": 5}, "Number"),
        ({"ExternalNumber": "5"}, "ExternalNumber"),
    ],
)
def test_post_refuses_and_names_the_member(office: Office, body: Json, member: str) -> None:
    assert member in _refused(office, body)["errors"]
    assert [(row["applied"], row["status"]) for row in office.running.audit(OFFICE)] == [(0, 400)]


@pytest.mark.parametrize(("member", "value"), [("ExternalImportReference", "lk-1"), ("ExternalNumber", 7)])
def test_unique_members_are_refused_with_the_owner(office: Office, member: str, value: Any) -> None:
    first = office.company(**{member: value})
    assert str(first["Id"]) in _refused(office, {member: value})["detail"]


def test_email_is_not_unique(office: Office) -> None:
    assert office.company()["Id"] != office.company()["Id"]


def test_print_needs_no_email(office: Office) -> None:
    assert office.company(EmailAddress=None, InvoiceDeliveryType="Print")["Id"]


def test_a_persons_name_is_composed_whatever_is_sent(office: Office) -> None:
    made = office.company(IsPerson=True, FirstName="Kari", LastName="Moe", Name="Other")
    assert made["Name"] == "Kari Moe"
    assert office.set(f"/Customers/{made['Id']}", "/Name", "Other").json()["Name"] == "Kari Moe"
    assert office.set(f"/Customers/{made['Id']}", "/LastName", "Dal").json()["Name"] == "Kari Dal"


def test_a_national_id_reads_as_hidden(office: Office) -> None:
    assert office.company(NationalIdNumber="01017012345")["NationalIdNumber"] == "hidden"


def test_patch_finds_paths_in_any_case_and_moves_the_date_even_for_nothing(office: Office) -> None:
    made = office.company()
    after = office.set(f"/Customers/{made['Id']}", "/name", "Fjord AS").json()
    assert after["LastChangedDateTimeOffset"] > made["LastChangedDateTimeOffset"]


def test_an_address_edit_does_not_move_the_customers_date(office: Office) -> None:
    made = office.company(MailAddress=ADDRESS)
    after = office.set(f"/Customers/{made['Id']}", "/MailAddress/City", "Bergen").json()
    assert after["MailAddress"]["City"] == "Bergen"
    assert after["LastChangedDateTimeOffset"] == made["LastChangedDateTimeOffset"]
    assert after["MailAddress"]["LastChangedDateTimeOffset"] > made["MailAddress"]["LastChangedDateTimeOffset"]
    assert after["MailAddress"]["Id"] == made["MailAddress"]["Id"]


def test_there_is_no_way_through_a_null_address(office: Office) -> None:
    made = office.company()
    assert office.set(f"/Customers/{made['Id']}", "/MailAddress/City", "Oslo").status_code == 400
    assert office.set(f"/Customers/{made['Id']}", "/MailAddress", ADDRESS).json()["MailAddress"]["City"] == "Oslo"
    answer = office.set(f"/Customers/{made['Id']}", "/MailAddress", None)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["MailAddress"])


def test_failed_test_applies_nothing(office: Office) -> None:
    made = office.company()
    answer = office.patch(f"/Customers/{made['Id']}", ("replace", "/Name", "Ny AS"), ("test", "/EmailAddress", "other@fjord.no"))
    assert answer.status_code == 400
    assert office.get(f"/Customers/{made['Id']}").json() == made


def test_tests_alone_move_nothing(office: Office) -> None:
    made = office.company()
    assert office.patch(f"/Customers/{made['Id']}", ("test", "/Name", "Fjord AS")).json() == made


@pytest.mark.parametrize(
    "pointer", ["/Id", "/LastChangedDateTimeOffset", "/IsActive", "/NoSuchMember", "/DepartmentCode", "/Name/First", "/MailAddress/City/x"]
)
def test_patch_refuses_what_is_not_there_or_read_only(office: Office, pointer: str) -> None:
    made = office.company(MailAddress=ADDRESS)
    assert office.set(f"/Customers/{made['Id']}", pointer, "x").status_code == 400


@pytest.mark.parametrize("verb", ["move", "copy", ""])
def test_patch_refuses_other_operations(office: Office, verb: str) -> None:
    made = office.company()
    assert office.patch(f"/Customers/{made['Id']}", (verb, "/Name", "x")).status_code == 400


def test_patch_checks_uniqueness(office: Office) -> None:
    office.company(ExternalNumber=7)
    made = office.company()
    assert office.set(f"/Customers/{made['Id']}", "/ExternalNumber", 7).status_code == 400


def test_patch_takes_plain_json_and_the_audit_tells(office: Office) -> None:
    made = office.company()
    office.call("PATCH", f"/Customers/{made['Id']}", json=[{"op": "remove", "path": "/PhoneNumber"}])
    office.set(f"/Customers/{made['Id']}", "/IsArchived", True)
    rows = [(row["verb"], row["content_type"]) for row in office.running.audit(OFFICE, since=1)]
    assert rows == [("update", "application/json"), ("archive", "application/json-patch+json")]


def test_the_last_email_cannot_go_while_invoices_go_by_email(office: Office) -> None:
    made = office.company()
    path = f"/Customers/{made['Id']}"
    assert office.patch(path, ("remove", "/EmailAddress", None)).status_code == 400
    assert office.patch(path, ("remove", "/EmailAddress", None), ("replace", "/InvoiceDeliveryType", "Print")).status_code == 200


def test_delete_is_409_while_an_order_names_the_customer(office: Office) -> None:
    made = office.company()
    order = office.order(CustomerId=made["Id"])
    assert office.call("DELETE", f"/Customers/{made['Id']}").status_code == 409
    office.call("DELETE", f"/SalesOrders/{order['Id']}")
    assert office.call("DELETE", f"/Customers/{made['Id']}").status_code == 200
    assert office.get(f"/Customers/{made['Id']}").status_code == 404


def test_archive_is_refused_while_there_is_a_balance(office: Office) -> None:
    product = office.product()
    order = office.order({"ProductId": product["Id"], "Quantity": 1})
    office.running.invoice(order["Id"])
    assert office.set(f"/Customers/{order['CustomerId']}", "/IsArchived", True).status_code == 400


def test_there_is_no_put(office: Office) -> None:
    made = office.company()
    assert office.call("PUT", f"/Customers/{made['Id']}", json=made).status_code == 404
