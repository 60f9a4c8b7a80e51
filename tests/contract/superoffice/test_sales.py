"""Sales with their offers: locks, lines, versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Write
from sandbox import Running
from tests.contract.superoffice.desk import agents, read, update
from tests.flows.superoffice_small import OFFICE


@pytest.mark.parametrize(
    ("sale", "fields", "locked"),
    [
        ("501", {"Amount": 10}, "amount follows"),
        ("502", {"Quotealternative.Name": "x"}, "no quote"),
        ("504", {"Quotealternative.Name": "x"}, "accepted or likely"),
    ],
)
def test_what_a_sale_has_no_place_for_is_locked(client: Any, sale: str, fields: dict[str, Any], locked: str) -> None:
    outcome = update(client, "Sale", sale, fields)
    assert (outcome.status, locked in outcome.reason, outcome.partial) == ("locked", True, False)


def test_a_locked_offer_holds_back_itself_alone(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Sent"})
    outcome = update(client, "Sale", "501", {"Heading": "Kan endres", "Quoteversion.Description": "Kan ikke"})
    assert (outcome.status, outcome.partial) == ("locked", True)
    _, sale = read(client, "Sale", "501")
    assert (sale["Heading"], sale["Quoteversion"]["Description"]) == ("Kan endres", "")


def test_a_locked_amount_holds_back_itself_alone(client: Any, running: Running) -> None:
    fields = {"Amount": 5, "Currency.Value": "EUR", "Heading": "Kan endres", "Quotealternative.DiscountPercent": 50}
    outcome = update(client, "Sale", "501", fields)
    assert (outcome.status, outcome.partial, "amount" in outcome.reason, "currency" in outcome.reason) == ("locked", True, True, True)
    _, sale = read(client, "Sale", "501")
    assert (sale["Heading"], sale["Amount"], sale["Currency"]["Value"]) == ("Kan endres", 100, "NOK")
    assert sale["Quotealternative"]["TotalPrice"] == pytest.approx(179.92)


def test_a_quote_without_a_chosen_alternative_takes_its_own_members(client: Any) -> None:
    assert update(client, "Sale", "504", {"Quote.PoNumber": "PO-8", "Quoteversion.ExpirationDate": None}).status == "done"
    _, sale = read(client, "Sale", "504")
    assert (sale["Quote"]["PoNumber"], sale["Quoteversion"]["ExpirationDate"]) == ("PO-8", None)


def test_a_sale_holds_its_offer(client: Any) -> None:
    _, sale = read(client, "Sale", "501")
    assert (sale["Quote"]["QuoteId"], sale["Quoteversion"]["State"], sale["Quotealternative"]["QuoteAlternativeId"]) == (
        3001,
        "Draft",
        5001,
    )
    assert [line["ProductId"] for line in sale["Quotelines"]] == ["2001", "2002"]
    assert "QuoteVersions" not in sale["Quote"]
    assert "QuoteAlternatives" not in sale["Quoteversion"]
    parts = ("Quote", "Quoteversion", "Quotealternative", "Quotelines")
    for without, held in (("502", ()), ("504", ("Quote", "Quoteversion"))):
        _, sale = read(client, "Sale", without)
        assert tuple(part for part in parts if part in sale) == held


def test_a_line_sold_abroad_is_the_shops_product_of_the_same_code(client: Any, running: Running) -> None:
    key = running.create(OFFICE, "Sale", {"Heading": "Export", "Number": "70090", "Currency.Value": "EUR", "Quote.PoNumber": "1"})
    line = LineWrite("create", None, {"ProductId": "2001", "Quantity": 1}, marker="lk-export")
    assert update(client, "Sale", key, {}, lines=(line,)).status == "done"
    _, sale = read(client, "Sale", key)
    assert [(line["ERPProductKey"], line["ProductId"], line["ERPQuoteLineKey"]) for line in sale["Quotelines"]] == [
        ("SUO_2003", "2001", "lk-export")
    ]
    other = LineWrite("create", None, {"ProductId": "2002", "Quantity": 1}, marker="lk-none")
    outcome = update(client, "Sale", key, {}, lines=(other,))
    assert (outcome.status, "price list in EUR" in outcome.reason) == ("rejected", True)


def test_a_line_is_drafted_recalculated_and_saved(client: Any, running: Running) -> None:
    line = LineWrite("create", None, {"ProductId": "2001", "Quantity": 3, "DiscountPercent": 10}, marker="lk-new")
    outcome = update(client, "Sale", "501", {}, lines=(line,))
    assert outcome.record is not None
    assert agents(running) == ["SaveQuoteLine", "SaveQuoteAlternative"]
    made = json.loads(outcome.record.raw)["Quotelines"][-1]
    assert (made["ERPQuoteLineKey"], made["TotalPrice"], made["UserValueOverride"]) == ("lk-new", 270, "DiscountPercent")
    again = update(client, "Sale", "501", {}, lines=(line,))
    assert again.status == "done"
    assert len(json.loads(again.record.raw)["Quotelines"]) == 3 if again.record else False


def test_a_line_that_moved_is_not_saved(client: Any, running: Running) -> None:
    running.edit_line(OFFICE, "Sale", "501", "SUO_2001#1", {"Quantity": 9})
    line = LineWrite("update", "6001", {"Quantity": 4}, {"Quantity": 2})
    outcome = update(client, "Sale", "501", {}, lines=(line,))
    assert outcome.status == "moved"
    assert "SaveQuoteLine" not in agents(running)


@pytest.mark.parametrize("state", ["Sent", "Sold", "Lost"])
def test_a_locked_version_is_named(client: Any, running: Running, state: str) -> None:
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": state})
    outcomes = [update(client, "Sale", "501", {"Quotealternative.Name": "Ny"})]
    outcomes.append(update(client, "Sale", "501", {}, lines=(LineWrite("remove", "6001"),)))
    for outcome in outcomes:
        assert (outcome.status, outcome.reason) == ("locked", f"quote version is {state} in SuperOffice")
    assert update(client, "Sale", "501", {"Heading": "Ny tittel"}).status == "done"


def test_the_second_line_fails_and_the_first_is_told(client: Any, running: Running) -> None:
    good = LineWrite("update", "6001", {"Quantity": 4}, {"Quantity": 2})
    bad = LineWrite("create", None, {"ProductId": "9999", "Quantity": 1}, marker="lk-bad")
    outcome = update(client, "Sale", "501", {}, lines=(good, bad))
    assert (outcome.status, outcome.partial) == ("done", True)
    assert "new line 2" in outcome.reason


def test_a_walk_is_two_lists_and_tells_every_change_of_an_offer(client: Any, running: Running) -> None:
    before = {record.id: record.version for record in client.list("Sale")}
    calls = client.calls
    assert {record.id: record.version for record in client.list("Sale")} == before
    assert client.calls - calls == 2
    running.edit_line(OFFICE, "Sale", "501", "SUO_2001#1", {"Description": "Bare teksten"})
    after = {record.id: record.version for record in client.list("Sale")}
    assert {id for id in after if after[id] != before[id]} == {"501"}


def test_a_version_of_this_very_second_holds_for_one_read_only(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"Heading": "Nå"})
    first, second = (next(r.version for r in client.list("Sale") if r.id == "501") for _ in range(2))
    assert first != second


def test_sales_are_not_made_by_us(client: Any) -> None:
    (outcome,) = client.write("Sale", [Write("w", "create", fields={"Heading": "x"})])
    assert outcome.status == "rejected"
