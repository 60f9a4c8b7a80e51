"""A sale whose offer is not to be followed (any more): its order keeps what it has until an alternative is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lenke.runtime.windows import Window
from tests.flows.superoffice_small import OFFICE, SALES, SHOP, Pair, edit_shop, installed

SALE = "501"
OFFER = ("offer_name", "offer_total", "discount_percent", "purchase_order", "offer_number", "offer_expires", "lines")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both systems after their first sync."""
    with installed(tmp_path) as made:
        made.engine.run()
        made.written()
        yield made


def test_an_order_keeps_its_offer_while_no_alternative_is_chosen(pair: Pair) -> None:
    before = pair.shop(SALES, SALE)
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.QuoteAlternativeId": 0, "Heading": "Uten valg"})
    pair.engine.run()
    after = pair.shop(SALES, SALE)
    assert after["title"] == "Uten valg"
    assert {name: after[name] for name in OFFER} == {name: before[name] for name in OFFER}
    assert pair.engine.parked(SALES) == {}
    pair.engine.run(Window("full"))
    pair.silent()


def test_an_alternative_chosen_again_goes_on_in_sync(pair: Pair) -> None:
    before = pair.shop(SALES, SALE)["lines"]
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.QuoteAlternativeId": 0})
    pair.engine.run()
    edit_shop(pair, SALES, SALE, {"note": "Ringte i dag"})
    pair.engine.run()
    assert pair.office("Sale", SALE)["SaleText"] == "Ringte i dag"
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.QuoteAlternativeId": 5001})
    pair.systems.edit_line(OFFICE, "Sale", SALE, "SUO_2001#1", {"Quantity": 7})
    pair.engine.run()
    order = pair.shop(SALES, SALE)
    assert [line["id"] for line in order["lines"]] == [line["id"] for line in before]
    assert order["lines"][0]["quantity"] == "7"
    pair.systems.edit_line(SHOP, "Order", str(order["id"]), str(order["lines"][1]["id"]), {"quantity": "9"})
    pair.engine.run()
    assert [line["Quantity"] for line in pair.lines(5001)] == [7, 9]
    assert pair.engine.parked(SALES) == {}
    pair.engine.run()
    pair.silent()


def test_an_edit_of_the_offer_in_the_shop_waits_for_an_alternative(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.QuoteAlternativeId": 0})
    pair.engine.run()
    line = pair.shop(SALES, SALE)["lines"][0]["id"]
    edit_shop(pair, SALES, SALE, {"offer_name": "Fra butikken"})
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line), {"quantity": "4"})
    pair.engine.run()  # the sale may be a list entry in this one: the system itself says what it lacks
    pair.engine.run()
    assert pair.office("QuoteAlternative", "5001")["Name"] == "Tilbud"
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    pair.silent()
    edit_shop(pair, SALES, SALE, {"title": "Kan endres", "purchase_order": "PO-7"})
    pair.engine.run()
    pair.engine.run()
    assert pair.office("Sale", SALE)["Heading"] == "Kan endres"
    assert pair.office("Quote", "3001")["PoNumber"] == "PO-7"
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quotealternative.QuoteAlternativeId": 5001})
    pair.engine.run()
    pair.engine.run()
    assert (pair.active(SALE)["Name"], pair.lines(5001)[0]["Quantity"]) == ("Fra butikken", 4)
    pair.engine.run()
    pair.silent()


def test_an_order_keeps_its_offer_where_the_quote_is_deleted(pair: Pair) -> None:
    before = pair.shop(SALES, SALE)
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quote.QuoteId": None})
    pair.engine.run()
    after = pair.shop(SALES, SALE)
    assert {name: after[name] for name in OFFER} == {name: before[name] for name in OFFER}
    assert pair.engine.parked(SALES) == {}
    pair.silent()


def test_a_chosen_alternative_without_lines_takes_them_away(pair: Pair) -> None:
    for key in ("SUO_2001#1", "SUO_2002#1"):
        pair.systems.edit_line(OFFICE, "Sale", SALE, key, None)
    pair.engine.run()
    assert pair.shop(SALES, SALE)["lines"] == []
    pair.silent()


def test_a_sale_without_a_quote_becomes_an_order_that_gets_its_offer_later(pair: Pair) -> None:
    assert pair.shop(SALES, "502")["lines"] == []
    pair.systems.edit_line(OFFICE, "Sale", "502", None, {"ProductId": 2001, "Quantity": 3})
    pair.systems.edit(OFFICE, "Sale", "502", {"Quotealternative.Name": "Nytt", "Quote.PoNumber": "PO-9"})
    pair.engine.run()
    order = pair.shop(SALES, "502")
    assert [(line["description"], line["quantity"]) for line in order["lines"]] == [("Tau", "3")]
    assert (order["offer_name"], order["purchase_order"]) == ("Nytt", "PO-9")
    pair.engine.run()
    pair.silent()


def test_lines_of_an_order_whose_sale_has_no_quote_are_the_shops_own(pair: Pair) -> None:
    order = pair.engine.right_of(SALES)["502"]
    pair.systems.edit_line(SHOP, "Order", order, None, {"product_id": pair.shop(SALES, SALE)["lines"][0]["product_id"], "quantity": "2"})
    pair.engine.run()
    pair.engine.run()
    assert pair.engine.parked(SALES) == {"502": ("locked", "")}
    assert len(pair.shop(SALES, "502")["lines"]) == 1
    pair.systems.edit(OFFICE, "Sale", "502", {"Heading": "Fortsatt i takt"})
    pair.engine.run()
    assert pair.shop(SALES, "502")["title"] == "Fortsatt i takt"
    pair.silent()
