"""Contacts, products, and the walks over them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.ports import Write
from lenke.systems.registry import client_for
from lenke.systems.superoffice.contacts import private
from sandbox import Running
from tests.contract.suite import HASTE
from tests.contract.superoffice.desk import read, update
from tests.flows.superoffice_small import OFFICE


@pytest.mark.parametrize(
    ("contact", "is_person"),
    [
        ({"Name": "Kari Moen", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, True),
        ({"Name": "Kari Moen", "OrgNr": "923609016", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, False),
        ({"Name": "Moen Bygg", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, False),
        ({"Name": "Kari Moen", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}, {"Firstname": "Ola", "Lastname": "Moen"}]}, False),
        ({"Name": "Kari Moen", "Persons": []}, False),
    ],
)
def test_a_private_person_is_a_company_of_one(contact: dict[str, Any], is_person: bool) -> None:
    assert private(contact)["IsPerson"] is is_person


def test_a_private_persons_name_is_not_the_contacts_to_change(client: Any) -> None:
    outcome = update(client, "Contact", "103", {"Name": "Kari Vik"})
    assert (outcome.status, "private person" in outcome.reason) == ("locked", True)


def test_a_persons_name_is_put_back_where_the_contact_moved(client: Any, running: Running) -> None:
    _, current = read(client, "Contact", "103")
    running.edit(OFFICE, "Contact", "103", {"Description": "Ny tekst"})
    fields = {"Private.Lastname": "Vik", "Description": "Vår tekst"}
    (outcome,) = client.write("Contact", [Write("w", "update", "103", fields, {"Description": ""}, current)])
    held = running.record(OFFICE, "Contact", "103")
    assert held is not None
    assert (outcome.status, held["Name"], held["Persons"][0]["Lastname"]) == ("moved", "Kari Moen", "Moen")
    done = update(client, "Contact", "103", {"Private.Lastname": "Vik"})
    assert done.record is not None
    assert json.loads(done.record.raw)["Private"] == {"IsPerson": True, "Firstname": "Kari", "Lastname": "Vik"}


def test_only_a_private_person_has_a_first_and_a_last_name(client: Any) -> None:
    assert update(client, "Contact", "101", {"Private.Lastname": "Vik"}).status == "moved"
    outcome = update(client, "Contact", "103", {"Private.Firstname": None})
    assert (outcome.status, "a first and a last name" in outcome.reason) == ("rejected", True)


def test_a_first_address_is_added_replaced_and_taken_away(client: Any, running: Running) -> None:
    for value in ("22000000", "22000001", None):
        assert update(client, "Contact", "101", {"Phones.0.Value": value}).status == "done"
        held = running.record(OFFICE, "Contact", "101")
        assert held is not None
        assert [phone["Value"] for phone in held["Phones"]] == ([value] if value else [])


def test_an_address_that_somebody_added_meanwhile_is_not_joined_by_ours(client: Any, running: Running) -> None:
    _, current = read(client, "Contact", "101")
    running.edit(OFFICE, "Contact", "101", {"Phones.0.Value": "22000000"})
    (outcome,) = client.write("Contact", [Write("w", "update", "101", {"Phones.0.Value": "22000001"}, {}, current)])
    assert outcome.status == "moved"


def test_a_product_is_sent_back_whole(client: Any, running: Running) -> None:
    assert update(client, "Product", "2001", {"UnitListPrice": 12.5, "Description": None}).status == "done"
    held = running.record(OFFICE, "Product", "2001")
    assert held is not None
    assert (held["UnitListPrice"], held["Code"], held["VAT"], held["Description"]) == (12.5, "A-1", 25, "")


def test_a_price_that_the_connector_does_not_know_is_null(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Product", "2001", {"UnitMinimumPrice": -7.922816251426434e28})
    assert read(client, "Product", "2001")[1]["UnitMinimumPrice"] is None


def test_dates_that_mean_not_set_are_null(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"ReopenDate": "1760-01-01T00:00:00"})
    _, sale = read(client, "Sale", "501")
    assert (sale["ReopenDate"], sale["NextDueDate"], sale["Quoteversion"]["SentDate"]) == (None, None, None)


def test_pages_of_rows_that_share_a_key_lose_none(running: Running) -> None:
    plain = running.connections[OFFICE]
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Draft"})
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Draft"})
    for size in (4, 2):  # of two rows a page, one key has more than a page
        client = client_for(OFFICE, {**plain, "extra": {**plain["extra"], "page_size": size}}, patience=HASTE)
        assert [record.id for record in client.list("Sale")] == ["501", "502", "503", "504"]


def test_a_delta_overlaps_by_days_and_is_compared_here(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Contact", "101", {"Department": "Salg"})
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert [record.id for record in client.list("Contact", since=since)] == ["101"]
    assert list(client.list("Contact", since=datetime.now(UTC) + timedelta(minutes=1))) == []
