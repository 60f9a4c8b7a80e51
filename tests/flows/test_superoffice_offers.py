"""The figures and terms of an offer, and the names of private persons: edited on either side, they settle and are silent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.superoffice_small import CONTACTS, OFFICE, SALES, Pair, edit_shop, installed

SALE = "501"
FIGURES = ("discount_percent", "discount_amount", "offer_total")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both systems after their first sync."""
    with installed(tmp_path) as made:
        made.engine.run()
        made.written()
        yield made


@pytest.mark.parametrize(
    ("edit", "master", "figures"),
    [
        ({"discount_percent": "5"}, "DiscountPercent", ("5", "17.99", "341.85")),
        ({"discount_amount": "59.84"}, "DiscountAmount", ("16.6296", "59.84", "300")),
        ({"offer_total": "300"}, "Total", ("16.6296", "59.84", "300")),
    ],
)
def test_linked_figures_settle(pair: Pair, edit: dict[str, Any], master: str, figures: tuple[str, ...]) -> None:
    edit_shop(pair, SALES, SALE, edit)
    pair.engine.run()
    pair.engine.run()
    assert pair.active(SALE)["UserValueOverride"] == master
    assert pair.active(SALE)["TotalPrice"] == pytest.approx(float(figures[2]), abs=0.01)
    order = pair.shop(SALES, SALE)
    assert [Decimal(order[name]) for name in FIGURES] == [Decimal(figure) for figure in figures]
    pair.silent()
    assert pair.engine.parked(SALES) == {}


def test_an_offer_has_a_total(pair: Pair) -> None:
    edit_shop(pair, SALES, SALE, {"offer_total": None})
    pair.engine.run()
    assert pair.active(SALE)["TotalPrice"] == pytest.approx(359.84)
    assert pair.engine.parked(SALES) == {SALE: ("rejected", "offer_total")}


def test_a_figure_set_in_superoffice_takes_the_others_along(pair: Pair) -> None:
    edit_shop(pair, SALES, SALE, {"offer_total": "300"})
    pair.engine.run()
    pair.engine.run()
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.DiscountPercent": 10})
    pair.engine.run()
    order = pair.shop(SALES, SALE)
    assert [Decimal(order[name]) for name in FIGURES] == [Decimal(10), Decimal("35.98"), Decimal("323.86")]
    pair.silent()


TERMS = [
    ("Quote.OrderComment", "order_comment"),
    ("Quoteversion.Number", "offer_number"),
    ("Quoteversion.ERPPaymentTermsKey", "payment_terms"),
    ("Quoteversion.ERPPaymentTypeKey", "payment_type"),
    ("Quoteversion.ERPDeliveryTermsKey", "delivery_terms"),
    ("Quoteversion.ERPDeliveryTypeKey", "delivery_type"),
    ("Quoteversion.Description", "terms_text"),
    *((f"Quoteversion.ExtraField{n}", f"terms_field_{n}") for n in range(1, 6)),
    *((f"Quotealternative.ExtraField{n}", f"offer_field_{n}") for n in range(1, 6)),
]


PLACES = {"Quote": ("Quote", "3001"), "Quoteversion": ("QuoteVersion", "4001"), "Quotealternative": ("QuoteAlternative", "5001")}


def _held(pair: Pair, path: str) -> Any:
    part, _, name = path.partition(".")
    return pair.office(*PLACES[part])[name]


def test_an_offers_terms_cross_both_ways(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Sale", SALE, {left: f"L {right}" for left, right in TERMS} | {"Completed": "Started", "Postit": "Ring"})
    pair.engine.run()
    order = pair.shop(SALES, SALE)
    assert {right: order[right] for _, right in TERMS} == {right: f"L {right}" for _, right in TERMS}
    assert (order["sale_progress"], order["memo"]) == ("started", "Ring")
    edit_shop(pair, SALES, SALE, {right: f"R {right}" for _, right in TERMS} | {"sale_progress": "completed", "memo": None})
    pair.engine.run()
    assert {left: _held(pair, left) for left, _ in TERMS} == {left: f"R {right}" for left, right in TERMS}
    sale = pair.office("Sale", SALE)
    assert (sale["Completed"], sale["Postit"]) == ("Completed", "")
    pair.engine.run()
    pair.silent()


@pytest.mark.parametrize(("left", "right"), TERMS)
def test_a_term_that_is_edited_by_itself_crosses_with_the_next_run(pair: Pair, left: str, right: str) -> None:
    """The sale's amount is not the quote's, so no date tells of it: the sale is not saved with the quote."""
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quote.UseValuesFromQuote": 0})
    pair.engine.run()
    pair.systems.edit(OFFICE, "Sale", SALE, {left: "Ny"})
    pair.engine.run()
    assert pair.shop(SALES, SALE)[right] == "Ny"
    pair.silent()


def test_the_day_an_offer_ends_keeps_its_hour(pair: Pair) -> None:
    edit_shop(pair, SALES, SALE, {"offer_expires": "2026-07-15"})
    pair.engine.run()
    assert pair.office("QuoteVersion", "4001")["ExpirationDate"] == "2026-07-14T22:00:00Z"  # midnight of the tenant's own day
    pair.silent()
    edit_shop(pair, SALES, SALE, {"offer_expires": None})
    pair.engine.run()
    assert pair.office("QuoteVersion", "4001")["ExpirationDate"] == "0001-01-01T00:00:00"
    pair.engine.run()
    pair.silent()


def test_the_amount_is_the_shops_to_change_where_no_quote_drives_it(pair: Pair) -> None:
    for sale in ("502", SALE):
        edit_shop(pair, SALES, sale, {"expected_amount": "4500.50"})
    pair.engine.run()
    assert pair.office("Sale", "502")["Amount"] == 4500.5
    assert pair.office("Sale", SALE)["Amount"] == 100
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    pair.silent()


def test_a_private_persons_name_crosses_both_ways(pair: Pair) -> None:
    edit_shop(pair, CONTACTS, "103", {"last_name": "Vik", "phone": "+4722334455"})
    pair.engine.run()
    kari = pair.office("Contact", "103")
    (person,) = kari["Persons"]
    assert (kari["Name"], person["Firstname"], person["Lastname"], person["PersonId"]) == ("Kari Vik", "Kari", "Vik", 9001)
    assert kari["Phones"][0]["Value"] == "+4722334455"
    assert pair.shop(CONTACTS, "103")["type"] == "person"
    pair.silent()
    pair.systems.edit(OFFICE, "Contact", "103", {"Private.Firstname": "Karin"})
    pair.engine.run()
    assert pair.shop(CONTACTS, "103")["first_name"] == "Karin"
    edit_shop(pair, CONTACTS, "103", {"last_name": None})
    pair.engine.run()
    assert pair.office("Contact", "103")["Name"] == "Karin Vik"
    assert pair.engine.parked(CONTACTS) == {"103": ("rejected", "last_name")}


def test_terms_of_a_sent_offer_wait_and_the_sale_goes_on(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Sent"})
    pair.engine.run()
    edit_shop(pair, SALES, SALE, {"title": "Kan endres", "payment_terms": "30 dager"})
    pair.engine.run()
    pair.engine.run()
    assert pair.office("Sale", SALE)["Heading"] == "Kan endres"
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    pair.silent()
    edit_shop(pair, SALES, SALE, {"note": "Også dette"})
    pair.engine.run()
    assert pair.office("Sale", SALE)["SaleText"] == "Også dette"
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Draft"})
    pair.engine.run()
    pair.engine.run()
    quote = pair.office("Quote", "3001")
    assert pair.office("QuoteVersion", str(quote["ActiveQuoteVersionId"]))["ERPPaymentTermsKey"] == "30 dager"
    assert pair.engine.parked(SALES) == {}
    pair.engine.run()
    pair.silent()
