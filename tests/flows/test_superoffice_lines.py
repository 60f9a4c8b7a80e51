"""The lines of an offer, edited both ways, and what its versions and their states do to them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.superoffice_small import OFFICE, PRODUCTS, SALES, SHOP, Pair, edit_shop, installed

SALE = "501"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Both systems after their first sync."""
    with installed(tmp_path) as made:
        made.engine.run()
        made.written()
        yield made


def line_of(pair: Pair, sku_position: int) -> dict[str, Any]:
    found: dict[str, Any] = next(line for line in pair.shop(SALES, SALE)["lines"] if line["position"] == sku_position)
    return found


def test_lines_cross_from_superoffice(pair: Pair) -> None:
    pair.systems.edit_line(OFFICE, "Sale", SALE, "SUO_2001#1", {"Quantity": 3, "DiscountPercent": 10, "Name": "Tau 8 mm"})
    pair.systems.edit_line(OFFICE, "Sale", SALE, "SUO_2002#1", None)
    pair.systems.edit_line(OFFICE, "Sale", SALE, None, {"ProductId": 2001, "Quantity": 1})
    pair.engine.run()
    order = pair.shop(SALES, SALE)
    told = [(line["description"], line["quantity"], line["discount_percent"], line["position"]) for line in order["lines"]]
    assert told == [("Tau 8 mm", "3", "10", 1), ("Tau", "1", "0", 2)]
    assert Decimal(order["offer_total"]) == 370
    pair.silent()


def test_lines_cross_to_superoffice(pair: Pair) -> None:
    order, tau = pair.engine.right_of(SALES)[SALE], pair.shop(PRODUCTS, "2001")["id"]
    pair.systems.edit_line(
        SHOP, "Order", order, str(line_of(pair, 1)["id"]), {"quantity": "5", "unit_price": "112.50", "description": "Tau 6 mm"}
    )
    pair.systems.edit_line(SHOP, "Order", order, str(line_of(pair, 2)["id"]), None)
    pair.systems.edit_line(SHOP, "Order", order, None, {"product_id": tau, "quantity": "4", "discount_percent": "25"})
    pair.engine.run()
    first, second = pair.lines(5001)
    assert (first["QuoteLineId"], first["Quantity"], first["UnitListPrice"], first["Name"]) == (6001, 5, 90, "Tau 6 mm")
    assert first["TotalPrice"] == pytest.approx(450)
    assert (second["ERPProductKey"], second["Quantity"], second["DiscountPercent"]) == ("SUO_2001", 4, 25)
    assert second["ERPQuoteLineKey"].startswith("lk-")
    assert second["TotalPrice"] == pytest.approx(300)
    assert pair.active(SALE)["TotalPrice"] == pytest.approx(750)
    pair.engine.run()
    assert Decimal(pair.shop(SALES, SALE)["offer_total"]) == 750
    pair.silent()


def test_freight_in_the_shop_is_a_product_in_superoffice(pair: Pair) -> None:
    order = pair.engine.right_of(SALES)[SALE]
    pair.systems.edit_line(SHOP, "Order", order, None, {"kind": "shipping", "description": "Frakt", "unit_price": "62.50"})
    pair.engine.run()
    assert pair.engine.parked(SALES)[SALE][0] == "rejected"  # no product in SuperOffice stands for freight
    freight = pair.systems.create(
        OFFICE, "Product", {"Code": "FRAKT", "Name": "Frakt", "VAT": 25, "QuantityUnit": "stk", "ProductTypeKey": "2"}
    )
    pair.systems.edit_line(SHOP, "Order", order, str(line_of(pair, 1)["id"]), {"quantity": "3"})
    pair.engine.run()
    lines = pair.lines(5001)
    assert [(line["Code"], line["UnitListPrice"]) for line in lines] == [("A-1", 100), ("A-2", 79.92), ("FRAKT", 50)]
    assert lines[2]["ERPProductKey"] == pair.office("Product", freight)["ERPProductKey"]
    assert lines[0]["Quantity"] == 3
    assert [line["kind"] for line in pair.shop(SALES, SALE)["lines"]] == ["product", "product", "shipping"]
    pair.engine.run()
    pair.silent()


@pytest.mark.parametrize("keys", [True, False])
def test_a_new_version_has_new_ids_and_relinks_nothing(pair: Pair, keys: bool) -> None:
    pair.systems.switch(OFFICE, "copies_erp_keys", on=keys)
    garn = pair.shop(PRODUCTS, "2002")["id"]
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], None, {"product_id": garn, "quantity": "4"})
    pair.engine.run()
    pair.engine.run()
    before = pair.shop(SALES, SALE)["lines"]
    old = pair.active(SALE)["QuoteAlternativeId"]
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Sent"})
    pair.engine.run()
    assert pair.shop(SALES, SALE)["offer_state"] == "Sent"
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Draft"})
    pair.engine.run()
    after = pair.shop(SALES, SALE)
    assert pair.active(SALE)["QuoteAlternativeId"] != old
    assert (after["offer_state"], after["offer_number"]) == ("Draft", "2")
    assert [line["id"] for line in after["lines"]] == [line["id"] for line in before]
    key = "SUO_2001#1"
    pair.systems.edit_line(OFFICE, "Sale", SALE, key, {"Quantity": 7})
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(before[1]["id"]), {"quantity": "9"})
    pair.engine.run()
    assert line_of(pair, 1)["quantity"] == "7"
    assert pair.lines(pair.active(SALE)["QuoteAlternativeId"])[1]["Quantity"] == 9
    pair.engine.run()
    pair.silent()


def test_a_sent_version_holds_back_the_offer_alone_and_is_released(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Sent"})
    pair.engine.run()
    order = pair.engine.right_of(SALES)[SALE]
    pair.systems.edit_line(SHOP, "Order", order, str(line_of(pair, 1)["id"]), {"quantity": "8"})
    edit_shop(pair, SALES, SALE, {"title": "Kan endres", "offer_name": "Kan ikke"})
    pair.engine.run()
    assert pair.engine.parked(SALES) == {SALE: ("locked", "")}
    assert pair.office("Sale", SALE)["Heading"] == "Kan endres"
    assert (pair.active(SALE)["Name"], pair.lines(5001)[0]["Quantity"]) == ("Tilbud", 2)
    pair.silent()
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Draft"})
    pair.engine.run()
    pair.engine.run()
    alternative = pair.active(SALE)
    assert (alternative["Name"], pair.lines(alternative["QuoteAlternativeId"])[0]["Quantity"]) == ("Kan ikke", 8)
    assert pair.engine.parked(SALES) == {}
    pair.engine.run()
    pair.silent()


def test_a_version_sent_between_plan_and_load_is_not_fought(pair: Pair) -> None:
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line_of(pair, 1)["id"]), {"quantity": "8"})

    def send(flow: object, _: object) -> None:
        if getattr(flow, "name", "") == SALES:
            pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Sent"})

    pair.engine.before_load = send
    pair.engine.run()
    pair.engine.before_load = None
    assert pair.engine.parked(SALES)[SALE][0] == "locked"
    assert pair.lines(5001)[0]["Quantity"] == 2
    pair.engine.run()
    pair.silent()


def test_a_line_edited_between_plan_and_load_is_planned_again(pair: Pair) -> None:
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line_of(pair, 1)["id"]), {"description": "Fra butikken"})

    def rename(flow: object, _: object) -> None:
        if getattr(flow, "name", "") == SALES:
            pair.systems.edit_line(OFFICE, "Sale", SALE, "SUO_2001#1", {"Name": "Fra kontoret"})

    pair.engine.before_load = rename
    pair.engine.run()
    pair.engine.before_load = None
    assert pair.lines(5001)[0]["Name"] == "Fra kontoret"
    pair.engine.run()
    assert line_of(pair, 1)["description"] == "Fra kontoret"  # both sides changed it: the left one wins
    pair.engine.run()
    pair.silent()


def test_a_won_offer_is_closed_and_its_accepted_alternative_counts(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Sale", SALE, {"Quoteversion.State": "Sold"})
    pair.engine.run()
    assert pair.shop(SALES, SALE)["offer_state"] == "Sold"
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line_of(pair, 1)["id"]), {"quantity": "8"})
    pair.engine.run()
    assert pair.engine.parked(SALES)[SALE][0] == "locked"
    pair.silent()


@pytest.mark.parametrize("fault", ["drop_reply", "5xx"])
def test_a_lost_answer_to_a_line_is_settled_once(pair: Pair, fault: str) -> None:
    garn = pair.shop(PRODUCTS, "2002")["id"]
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], None, {"product_id": garn, "quantity": "4"})
    pair.systems.fault(OFFICE, fault, match={"path": "/Agents/Quote/SaveQuoteLine"}, count=1)
    pair.engine.run(strict=False)
    pair.engine.run()
    pair.engine.run()
    assert [line["Quantity"] for line in pair.lines(5001)] == [2, 2, 4]
    assert len(pair.shop(SALES, SALE)["lines"]) == 3
    pair.silent()


@pytest.mark.parametrize("fault", ["drop_reply", "timeout_before"])
@pytest.mark.parametrize("method", ["SaveQuoteLine", "SaveQuoteAlternative"])
def test_the_totals_follow_the_lines_whatever_answer_was_lost(pair: Pair, fault: str, method: str) -> None:
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line_of(pair, 1)["id"]), {"quantity": "8"})
    pair.systems.fault(OFFICE, fault, match={"path": f"/Agents/Quote/{method}"}, count=1)
    pair.engine.run(strict=False)
    pair.engine.run()
    assert [line["Quantity"] for line in pair.lines(5001)] == [8, 2]
    assert pair.active(SALE)["TotalPrice"] == pytest.approx(sum(line["TotalPrice"] for line in pair.lines(5001)))


@pytest.mark.parametrize("lost", [3, 99], ids=["then a retry", "then the next run"])
@pytest.mark.parametrize("fields", [{"quantity": "8"}, None], ids=["changed", "removed"])
def test_the_totals_follow_the_lines_of_a_try_that_ended_before_it_reckoned_them(
    pair: Pair, lost: int, fields: dict[str, str] | None
) -> None:
    pair.systems.edit_line(SHOP, "Order", pair.engine.right_of(SALES)[SALE], str(line_of(pair, 1)["id"]), fields)
    pair.systems.fault(OFFICE, "timeout_before", match={"path": "/Agents/Quote/SaveQuoteAlternative"}, count=lost)
    pair.engine.run(strict=False)
    pair.systems.clear_faults()
    pair.engine.run()
    assert pair.active(SALE)["TotalPrice"] == pytest.approx(sum(line["TotalPrice"] for line in pair.lines(5001)))
    pair.engine.run()
    pair.silent()
