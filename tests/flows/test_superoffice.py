"""SuperOffice and the webshop: first sync, edits both ways, a sale with its offer and lines as one order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from time_machine import Traveller

from lenke.runtime.windows import Window
from sandbox.seed import build
from tests.flows.superoffice_small import CONTACTS, OFFICE, PRODUCTS, SALES, SHOP, Pair, edit_shop, installed

FULL = Window("full")
SALE = "501"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both systems after their first sync."""
    with installed(tmp_path) as made:
        made.engine.run()
        made.written()
        yield made


def test_first_sync_links_every_left_record_and_the_second_run_is_silent(pair: Pair, clock: Traveller) -> None:
    assert set(pair.engine.right_of(CONTACTS)) == {"101", "102", "103"}
    assert set(pair.engine.right_of(PRODUCTS)) == {"2001", "2002"}  # the third one is sold in another currency
    assert set(pair.engine.right_of(SALES)) == {"501", "502", "503", "504"}
    assert all(not pair.engine.parked(flow) for flow in (CONTACTS, PRODUCTS, SALES))
    pair.silent()
    pair.engine.run(FULL)
    assert pair.written() == []
    clock.shift(2)  # what was written in the second of the read is read once more
    pair.engine.run()
    assert pair.engine.quiet()


def test_an_unchanged_walk_reads_no_sale_by_itself(pair: Pair, clock: Traveller) -> None:
    clock.shift(2)
    pair.engine.run()
    pair.engine.run(flows=(SALES,))
    assert pair.engine.calls < 20


def test_a_sale_its_alternative_and_its_lines_are_one_order(pair: Pair) -> None:
    order = pair.shop(SALES, SALE)
    assert (order["number"], order["title"], order["offer_name"], order["purchase_order"]) == (70001, "Salg 70001", "Tilbud", "PO-1")
    assert (order["offer_total"], order["offer_vat"], order["offer_expires"]) == ("359.84", "89.96", "2026-11-30")
    assert [(line["description"], line["quantity"], line["unit_price"]) for line in order["lines"]] == [
        ("Tau", "2", "125.00"),
        ("Garn", "2", "99.90"),
    ]
    assert order["customer_id"] == pair.shop(CONTACTS, "101")["id"]


def test_sales_without_contact_quote_or_chosen_alternative_are_orders_without_them(pair: Pair) -> None:
    assert pair.shop(SALES, "503")["customer_id"] is None
    assert pair.shop(SALES, "502")["lines"] == []
    skipped = pair.shop(SALES, "504")
    assert (skipped["offer_name"], skipped["offer_total"], skipped["lines"]) == (None, None, [])
    pair.systems.edit(OFFICE, "Sale", "504", {"Quotealternative.QuoteAlternativeId": 5002})
    pair.engine.run()
    chosen = pair.shop(SALES, "504")
    assert (chosen["offer_name"], len(chosen["lines"])) == ("Utkast", 1)
    pair.silent()


def test_a_private_person_is_a_company_of_one(pair: Pair) -> None:
    kari = pair.shop(CONTACTS, "103")
    assert (kari["type"], kari["first_name"], kari["last_name"], kari["company_name"]) == ("person", "Kari", "Moen", None)
    pair.systems.edit(OFFICE, "Contact", "103", {"Private.Lastname": "Vik"})
    edit_shop(pair, CONTACTS, "103", {"phone": "+4722334455"})
    pair.engine.run()
    assert pair.shop(CONTACTS, "103")["last_name"] == "Vik"
    assert pair.office("Contact", "103")["Phones"][0]["Value"] == "+4722334455"
    assert pair.office("Contact", "103")["Name"] == "Kari Vik"
    pair.silent()


def test_a_private_person_becomes_a_company(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Contact", "103", {"OrgNr": "974760673", "Name": "Moen Keramikk"})
    pair.engine.run()
    moen = pair.shop(CONTACTS, "103")
    assert (moen["type"], moen["company_name"], moen["org_number"]) == ("company", "Moen Keramikk", "974760673")
    pair.engine.run()
    pair.silent()


def test_headers_and_offers_cross_both_ways(pair: Pair) -> None:
    fields: dict[str, Any] = {
        "Heading": "Ny tittel",
        "SaleText": "Tekst",
        "Status": "Stalled",
        "Probability": 70,
        "Saledate": "2026-10-05T22:00:00Z",
    }
    offer = {
        "Quote.PoNumber": "PO-2",
        "Quotealternative.Name": "Hovedtilbud",
        "Quotealternative.Description": "Alt med",
        "Quotealternative.DiscountPercent": 10,
    }
    pair.systems.edit(OFFICE, "Sale", SALE, fields | offer)
    pair.engine.run()
    order = pair.shop(SALES, SALE)
    assert (order["title"], order["note"], order["sale_status"], order["probability"]) == ("Ny tittel", "Tekst", "stalled", 70)
    assert (order["purchase_order"], order["offer_name"], order["offer_description"]) == ("PO-2", "Hovedtilbud", "Alt med")
    assert [Decimal(order[name]) for name in ("discount_percent", "offer_total")] == [Decimal(10), Decimal("323.86")]
    back = {"title": "Tredje", "note": "Annet", "sale_status": "sold", "probability": 90, "purchase_order": "PO-3", "offer_name": "Pakke"}
    edit_shop(pair, SALES, SALE, back | {"offer_description": "Mindre", "discount_percent": "5", "ordered_at": "2026-10-08T10:00:00Z"})
    pair.engine.run()
    sale, alternative = pair.office("Sale", SALE), pair.active(SALE)
    assert (sale["Heading"], sale["SaleText"], sale["Status"], sale["Probability"]) == ("Tredje", "Annet", "Sold", 90)
    assert sale["Saledate"] == "2026-10-08T10:00:00Z"
    assert pair.office("Quote", "3001")["PoNumber"] == "PO-3"
    assert (alternative["Name"], alternative["Description"], alternative["DiscountPercent"]) == ("Pakke", "Mindre", 5)
    assert alternative["TotalPrice"] == pytest.approx(359.84 * 0.95)
    pair.engine.run()
    assert Decimal(pair.shop(SALES, SALE)["offer_total"]) == Decimal("341.85")
    pair.silent()


def test_customer_and_number_cross(pair: Pair) -> None:
    edit_shop(pair, SALES, "503", {"customer_id": pair.shop(CONTACTS, "102")["id"]})
    pair.systems.edit(OFFICE, "Sale", "502", {"Contact.ContactId": 101, "Number": "70055"})
    pair.engine.run()
    assert pair.office("Sale", "503")["Contact"]["ContactId"] == 102
    assert (pair.shop(SALES, "502")["customer_id"], pair.shop(SALES, "502")["number"]) == (pair.shop(CONTACTS, "101")["id"], 70055)
    edit_shop(pair, SALES, "503", {"customer_id": None})
    pair.engine.run()
    assert pair.office("Sale", "503")["Contact"] is None
    pair.silent()


def test_currency_is_fixed_by_a_quote(pair: Pair) -> None:
    edit_shop(pair, SALES, "502", {"currency": "EUR"})
    edit_shop(pair, SALES, SALE, {"currency": "EUR"})
    pair.engine.run()
    assert pair.office("Sale", "502")["Currency"]["Value"] == "EUR"
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    pair.silent()


def test_a_contact_in_the_recycle_bin_leaves_a_tombstone(pair: Pair) -> None:
    pair.systems.delete(OFFICE, "Contact", "102")
    pair.engine.run(FULL)
    assert "102" not in pair.engine.right_of(CONTACTS)
    assert [link.note["reason"] for link in pair.engine.links(CONTACTS) if link.kind == "tombstone"] == ["deleted"]
    assert len(pair.systems.records(SHOP, "Customer")) == 3
    pair.engine.run()
    assert pair.written() == []


def test_a_deleted_sale_leaves_a_tombstone(pair: Pair) -> None:
    order = pair.engine.right_of(SALES)["502"]
    pair.systems.delete(OFFICE, "Sale", "502")
    pair.engine.run()
    assert [(link.left, link.note["side"]) for link in pair.engine.links(SALES) if link.kind == "tombstone"] == [("502", "left")]
    assert pair.systems.record(SHOP, "Order", order) is not None
    pair.silent()


def test_new_records_arrive_in_any_order(pair: Pair) -> None:
    """A sale whose contact and product are not linked yet waits, and is made by itself once they are."""
    key = pair.systems.create(OFFICE, "Sale", {"Heading": "Ny", "Number": "70099", "Saledate": "2026-10-01T08:00:00Z"})
    pair.engine.run()
    product = pair.systems.create(
        OFFICE, "Product", {"Code": "A-9", "Name": "Nett", "UnitListPrice": 10, "VAT": 25, "QuantityUnit": "stk", "ProductTypeKey": "1"}
    )
    contact = pair.systems.create(OFFICE, "Contact", {"Name": "Nykunde AS", "OrgNr": "914778271"})
    pair.systems.edit_line(OFFICE, "Sale", key, None, {"ProductId": int(product), "Quantity": 2})
    pair.systems.edit(OFFICE, "Sale", key, {"Contact.ContactId": int(contact)})
    pair.engine.run(flows=(SALES,))
    assert pair.engine.parked(SALES)[key][0] == "missing_reference"
    pair.engine.run()
    order = pair.shop(SALES, key)
    assert order["customer_id"] == pair.shop(CONTACTS, contact)["id"]
    assert [line["product_id"] for line in order["lines"]] == [pair.shop(PRODUCTS, product)["id"]]
    assert pair.engine.parked(SALES) == {}
    pair.engine.run()
    pair.silent()


def test_the_seed_parks_what_its_manifest_says_and_is_silent_then(tmp_path: Path) -> None:
    seed = build(1)
    flows = (CONTACTS, PRODUCTS, SALES)
    with installed(tmp_path, seed.records) as pair:
        pair.engine.run()
        found = {(flow, id, *why) for flow in flows for id, why in pair.engine.parked(flow).items()}
        entries = seed.parking("superoffice_to_custom_webshop")
        assert found == {(entry["flow"], entry["id"], entry["reason"], entry["property"]) for entry in entries}
        left = {flow: len(pair.systems.records(OFFICE, entity)) for flow, entity in zip(flows, ("Contact", "Product", "Sale"), strict=True)}
        assert {flow: len(pair.engine.right_of(flow)) for flow in flows} == {CONTACTS: 59, PRODUCTS: 49, SALES: 39}
        assert left == {CONTACTS: 60, PRODUCTS: 54, SALES: 40}  # four of the products are sold abroad
        pair.silent()
