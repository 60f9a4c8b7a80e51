"""Every property of companies and products, edited on either side, reaches the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lenke.systems.paths import look
from tests.flows.superoffice_small import CONTACTS, OFFICE, PRODUCTS, Pair, edit_shop, installed


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both systems after their first sync."""
    with installed(tmp_path) as made:
        made.engine.run()
        made.written()
        yield made


CONTACT_EDITS = [
    ("Name", "company_name", "Fjordbruk Drift AS", "Fjordbruk Handel AS"),
    ("OrgNr", "org_number", "974760673", "923609016"),
    ("Emails.0.Value", "email", "ny@fjordbruk.example", "annen@fjordbruk.example"),
    ("Phones.0.Value", "phone", "+4722000001", "+4722000002"),
    ("Urls.0.Value", "website", "https://a.example", "https://b.example"),
    ("Address.Postal.Address1", "billing.line1", "Kaia 1", "Kaia 2"),
    ("Address.Postal.Address2", "billing.line2", "Inngang B", "Inngang C"),
    ("Address.Postal.Zipcode", "billing.postal_code", "8006", "5003"),
    ("Address.Postal.City", "billing.city", "Bodø", "Bergen"),
    ("Number1", "customer_number", "815", 816),
    ("Description", "note", "Et notat", "Et annet"),
]


def test_every_property_of_a_company_crosses_both_ways(pair: Pair) -> None:
    for left, _, there, _ in CONTACT_EDITS:
        pair.systems.edit(OFFICE, "Contact", "101", {left: there})
    pair.systems.edit(OFFICE, "Contact", "101", {"Country.TwoLetterISOCountry": "SE"})
    pair.engine.run()
    shop = pair.shop(CONTACTS, "101")
    assert [str(look(shop, right)) for _, right, _, _ in CONTACT_EDITS] == [there for _, _, there, _ in CONTACT_EDITS]
    assert shop["billing"]["country"] == "SWE"
    edit_shop(pair, CONTACTS, "101", {right: back for _, right, _, back in CONTACT_EDITS} | {"billing.country": "DNK"})
    pair.engine.run()
    office = pair.office("Contact", "101")
    assert [look(office, left) for left, _, _, _ in CONTACT_EDITS] == [str(back) for _, _, _, back in CONTACT_EDITS]
    assert office["Country"]["TwoLetterISOCountry"] == "DK"
    pair.silent()


def test_emptied_values_cross_both_ways(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Contact", "101", {"Emails.0.Value": None})
    edit_shop(pair, CONTACTS, "102", {"customer_number": None})
    pair.engine.run()
    assert pair.shop(CONTACTS, "101")["email"] is None
    assert pair.office("Contact", "102")["Number1"] == ""
    edit_shop(pair, CONTACTS, "101", {"email": "igjen@fjordbruk.example"})
    pair.engine.run()
    assert [one["Value"] for one in pair.office("Contact", "101")["Emails"]] == ["igjen@fjordbruk.example"]
    edit_shop(pair, CONTACTS, "101", {"email": None})
    pair.engine.run()
    assert pair.office("Contact", "101")["Emails"] == []
    pair.silent()


PRODUCT_EDITS: list[tuple[str, str, Any, Any, Any, Any]] = [
    ("Code", "sku", "A-11", "A-11", "A-12", "A-12"),
    ("Name", "name", "Tauverk", "Tauverk", "Trosse", "Trosse"),
    ("Description", "description", "Sterkt", "Sterkt", "Sterkere", "Sterkere"),
    ("ItemNumber", "gtin", "7038010000010", "7038010000010", "7038010000027", "7038010000027"),
    ("QuantityUnit", "unit", "kg", "kg", "box", "eske"),
    ("UnitListPrice", "price", 103.92, "129.90", "149.90", 119.92),
    ("UnitCost", "cost", 61.5, "61.50", "62.25", 62.25),
    ("ProductTypeKey", "kind", "2", "service", "physical", "1"),
    ("InAssortment", "archived", False, True, False, True),
]


def test_every_property_of_a_product_crosses_both_ways(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Product", "2001", {left: value for left, _, value, *_ in PRODUCT_EDITS})
    pair.engine.run()
    shop = pair.shop(PRODUCTS, "2001")
    assert [shop[right] for _, right, *_ in PRODUCT_EDITS] == [told for _, _, _, told, *_ in PRODUCT_EDITS]
    edit_shop(pair, PRODUCTS, "2001", {right: value for _, right, _, _, value, _ in PRODUCT_EDITS})
    pair.engine.run()
    office = pair.office("Product", "2001")
    assert [office[left] for left, *_ in PRODUCT_EDITS] == [told for *_, told in PRODUCT_EDITS]
    assert office["ERPProductKey"] == "SUO_2001"
    assert "Currency" not in office
    pair.silent()
    edit_shop(pair, PRODUCTS, "2001", {"vat_rate": "15"})
    pair.engine.run()
    assert pair.office("Product", "2001")["VAT"] == 15
    pair.engine.run()
    pair.silent()
