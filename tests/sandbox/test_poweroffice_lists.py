from __future__ import annotations

import json

import pytest

from tests.sandbox.callers import OFFICE, Office


def test_empty_list_is_204_without_a_body(office: Office) -> None:
    answer = office.get("/Customers")
    assert (answer.status_code, answer.content) == (204, b"")


def test_list_is_a_bare_array(office: Office) -> None:
    made = office.company()
    assert office.get("/Customers").json() == [made]


def test_next_page_is_named_only_while_there_is_one(office: Office) -> None:
    keys = [office.product(Code=f"P{number}")["Id"] for number in range(3)]
    first = office.get("/Products", PageSize=2)
    assert [row["Id"] for row in first.json()] == keys[:2]
    link = json.loads(first.headers["X-Pagination"])["nextPageLink"]
    last = office.session.get(link, timeout=30)
    assert [row["Id"] for row in last.json()] == keys[2:]
    assert "X-Pagination" not in last.headers


def test_page_size_has_a_limit(office: Office) -> None:
    assert office.get("/Products", PageSize=20_001).status_code == 400


def test_changed_filter_is_exclusive(office: Office) -> None:
    made = office.company()
    at = made["LastChangedDateTimeOffset"]
    assert office.get("/Customers", lastChangedDateTimeOffsetGreaterThan=at).status_code == 204
    before = at.replace("2026", "2025")
    assert len(office.get("/Customers", lastChangedDateTimeOffsetGreaterThan=before).json()) == 1


def test_unescaped_plus_in_a_time_is_refused(office: Office) -> None:
    answer = office.call("GET", "/Customers?lastChangedDateTimeOffsetGreaterThan=2026-01-01T00:00:00+00:00")
    assert answer.status_code == 400


def test_unknown_parameters_are_ignored_in_silence(office: Office) -> None:
    office.company()
    assert len(office.get("/Customers", nosuchfilter="x").json()) == 1


def test_odata_options_are_refused(office: Office) -> None:
    assert office.call("GET", "/Customers?$top=1").status_code == 400


@pytest.mark.parametrize("name", ["emailAddresses", "organizationNumbers"])
def test_newer_filters_can_be_switched_off_in_silence(office: Office, name: str) -> None:
    office.company(OrganizationNumber="999888777", EmailAddress="Post@fjord.no")
    office.company(EmailAddress="annen@fjord.no")
    wanted = {"emailAddresses": "POST@fjord.no", "organizationNumbers": "999888777"}[name]
    assert len(office.get("/Customers", **{name: wanted}).json()) == 1
    office.running.switch(OFFICE, name, on=False)
    assert len(office.get("/Customers", **{name: wanted}).json()) == 2


@pytest.mark.parametrize("name", ["externalImportReferences", "importedOrderNos", "salesOrderNos"])
def test_newer_order_filters_can_be_switched_off_in_silence(office: Office, name: str) -> None:
    one = office.order(ExternalImportReference="lk-1", ImportedOrderNo=7)
    office.order()
    wanted = {"externalImportReferences": "lk-1", "importedOrderNos": 7, "salesOrderNos": one["SalesOrderNo"]}[name]
    assert [row["Id"] for row in office.get("/SalesOrders", **{name: wanted}).json()] == [one["Id"]]
    office.running.switch(OFFICE, name, on=False)
    assert len(office.get("/SalesOrders", **{name: wanted}).json()) == 2


def test_number_filters_take_ranges(office: Office) -> None:
    numbers = [office.company(ExternalNumber=number)["ExternalNumber"] for number in (5, 6, 9)]
    found = office.get("/Customers", externalNos="6, 8-").json()
    assert [row["ExternalNumber"] for row in found] == numbers[1:]


def test_fields_cuts_the_answer(office: Office) -> None:
    made = office.company()
    assert office.get("/Customers", Fields="id,Name").json() == [{"Id": made["Id"], "Name": "Fjord AS"}]


def test_order_by_sorts(office: Office) -> None:
    for code in ("b", "a", "c"):
        office.product(Code=code)
    assert [row["Code"] for row in office.get("/Products", OrderBy="Code desc").json()] == ["c", "b", "a"]


def test_lag_shows_reads_the_past_and_writes_the_present(office: Office) -> None:
    made = office.company(ExternalImportReference="lk-1")
    office.running.lag(3600)
    assert office.get("/Customers").status_code == 204
    assert office.get(f"/Customers/{made['Id']}").status_code == 404
    again = office.post("/Customers", {"Name": "B", "EmailAddress": "b@b.no", "ExternalImportReference": "lk-1"})
    assert again.status_code == 400
    assert office.patch(f"/Customers/{made['Id']}", ("test", "/Name", "Fjord AS"), ("replace", "/Name", "Ny AS")).json()["Name"] == "Ny AS"
    office.running.lag(0)
    assert office.get(f"/Customers/{made['Id']}").json()["Name"] == "Ny AS"


def test_paths_are_found_in_any_case(office: Office) -> None:
    office.company()
    assert office.get("/customers").status_code == 200
