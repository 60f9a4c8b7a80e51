"""What a person decides: each kind has its effect in both systems with the next run, and the run after that writes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lenke.core.errors import DecisionError
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.settings import FirstLink
from lenke.runtime.windows import Window
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints

FULL = Window("full")
DRY = Window("delta", moves_cursor=False, dry_run=True)
TEXT = MAPPING.read_text(encoding="utf-8")
WEBSITE = "- {property: website, type: string, left: website, right: WebsiteUrl}"
MANUAL = WEBSITE.replace("WebsiteUrl}", "WebsiteUrl, conflict: manual}")
LEFT_SITE, RIGHT_SITE = "https://venstre.example.org", "https://hoyre.example.org"


@pytest.fixture
def customer(few: Installation) -> str:
    """The left id of a linked customer."""
    return min(few.engine.right_of(CUSTOMERS))


@pytest.fixture
def order(few: Installation) -> str:
    """The left id of a linked order."""
    return min(few.engine.right_of(ORDERS))


def silent(few: Installation, flow: str = CUSTOMERS) -> None:
    """The next runs, a full one too, write nothing, in the systems or in the ledger."""
    few.asked()
    few.engine.run(flows=(flow,))
    assert few.engine.quiet(flows=(flow,))
    assert few.engine.quiet(window=FULL, flows=(flow,))
    assert few.asked() == []


def sites(few: Installation, customer: str) -> tuple[str, str]:
    return few.left(CUSTOMERS, customer)["website"], few.right(CUSTOMERS, customer)["WebsiteUrl"]


def dispute(few: Installation, customer: str) -> None:
    """An open conflict in a property that a person wants to decide."""
    assert WEBSITE in TEXT
    few.engine.dataflow = loads_dataflow(TEXT.replace(WEBSITE, MANUAL, 1), str(MAPPING))
    few.engine.run()
    few.edit(SHOP, "Customer", customer, {"website": LEFT_SITE})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE})
    few.engine.run()
    assert few.engine.parked(CUSTOMERS)[customer] == ("conflict", "website")
    few.asked()


@pytest.mark.parametrize(("winner", "site"), [("left", LEFT_SITE), ("right", RIGHT_SITE)])
def test_choose_settles_a_manual_conflict(few: Installation, customer: str, winner: Any, site: str) -> None:
    dispute(few, customer)
    silent(few)
    assert sites(few, customer) == (LEFT_SITE, RIGHT_SITE)
    few.engine.desk(CUSTOMERS).choose(customer, "website", winner)
    few.engine.run()
    assert sites(few, customer) == (site, site)
    assert len(few.written()) == 1
    assert few.engine.parked(CUSTOMERS) == {}
    assert few.engine.decided(CUSTOMERS) == {("choose", customer): "done"}
    (kept,) = few.engine.conflicts(CUSTOMERS)
    assert (kept["left"], kept["right"], kept["winner"], kept["reason"]) == (LEFT_SITE, RIGHT_SITE, winner, "a person chose")
    silent(few)


def test_a_choice_counts_though_that_side_goes_back_to_what_was_agreed(few: Installation, customer: str) -> None:
    before = sites(few, customer)[0]
    dispute(few, customer)
    few.engine.desk(CUSTOMERS).choose(customer, "website", "left")
    few.edit(SHOP, "Customer", customer, {"website": before})
    few.engine.run()
    assert sites(few, customer) == (before, before)


def test_a_choice_counts_for_one_conflict_only(few: Installation, customer: str) -> None:
    dispute(few, customer)
    few.engine.desk(CUSTOMERS).choose(customer, "website", "right")
    few.engine.run()
    few.edit(SHOP, "Customer", customer, {"website": LEFT_SITE})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE + "/ny"})
    few.engine.run()
    assert sites(few, customer) == (LEFT_SITE, RIGHT_SITE + "/ny")
    assert few.engine.parked(CUSTOMERS)[customer] == ("conflict", "website")


def test_a_choice_that_could_not_be_carried_out_is_kept(few: Installation, customer: str) -> None:
    dispute(few, customer)
    few.engine.desk(CUSTOMERS).choose(customer, "website", "left")

    def meddle(flow: Any, _: Any) -> None:
        if flow.name == CUSTOMERS:
            few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE + "/midt-i"})

    few.engine.before_load = meddle
    few.engine.run()
    few.engine.before_load = None
    assert few.engine.parked(CUSTOMERS)[customer][0] == "moved"
    assert few.engine.decided(CUSTOMERS) == {("choose", customer): ""}
    few.engine.run()
    assert sites(few, customer) == (LEFT_SITE, LEFT_SITE)
    assert few.engine.decided(CUSTOMERS) == {("choose", customer): "done"}
    silent(few)


@pytest.mark.parametrize("winner", ["left", "right"])
def test_choose_settles_a_first_link_that_holds(few: Installation, customer: str, winner: Any) -> None:
    few.engine.settings = replace(few.engine.settings, on_link=FirstLink(sandbox="hold", real="hold"))
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE})
    few.edit(SHOP, "Customer", customer, {"website": LEFT_SITE})
    few.engine.dataflow = loads_dataflow(
        TEXT.replace(WEBSITE, WEBSITE.replace("WebsiteUrl", "WebsiteUrl, options: {max_length: 400}"), 1), str(MAPPING)
    )
    few.engine.run(FULL)
    assert few.engine.parked(CUSTOMERS)[customer] == ("conflict", "website")
    few.engine.desk(CUSTOMERS).choose(customer, "website", winner)
    few.engine.run()
    site = LEFT_SITE if winner == "left" else RIGHT_SITE
    assert sites(few, customer) == (site, site)
    silent(few)


def test_open_conflict_is_recorded_once_and_readable_by_its_owner_only(few: Installation, customer: str) -> None:
    dispute(few, customer)
    (kept,) = few.engine.conflicts(CUSTOMERS)
    assert (kept["left"], kept["right"], kept["winner"], kept["reason"]) == (LEFT_SITE, RIGHT_SITE, "none", "manual")
    assert "hoyre" not in json.dumps([keys.rows for keys in few.engine.keys.values()])
    few.engine.run()
    assert few.engine.conflicts(CUSTOMERS) == []
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE + "/ny"})
    few.engine.run()
    assert [one["right"] for one in few.engine.conflicts(CUSTOMERS)] == [RIGHT_SITE + "/ny"]
    places = list(Path(few.engine.home).rglob("conflicts.json"))
    assert places
    assert {place.stat().st_mode & 0o777 for place in places} == {0o600}


def test_a_dry_run_records_no_conflict_and_uses_up_no_decision(few: Installation, customer: str) -> None:
    dispute(few, customer)
    few.engine.desk(CUSTOMERS).choose(customer, "website", "right")
    few.engine.run(DRY)
    assert not list(Path(few.engine.home).rglob(f"journal/**/run-{few.engine.runs}/{CUSTOMERS}/conflicts.json"))
    assert [action.left for action in few.engine.plan(CUSTOMERS)] == [customer]
    assert few.asked() == []
    assert few.engine.decided(CUSTOMERS) == {("choose", customer): ""}
    shown = few.engine.resolved[CUSTOMERS]["plan_id"]
    few.engine.run()
    assert few.engine.resolved[CUSTOMERS]["plan_id"] == shown
    assert sites(few, customer) == (RIGHT_SITE, RIGHT_SITE)


def test_dismissed_conflict_leaves_the_lists_until_it_changes(few: Installation, customer: str) -> None:
    dispute(few, customer)
    few.engine.desk(CUSTOMERS).dismiss([customer])
    few.engine.run()
    assert few.engine.waiting(CUSTOMERS)[customer].dismissed
    silent(few)
    assert sites(few, customer) == (LEFT_SITE, RIGHT_SITE)
    few.edit(SHOP, "Customer", customer, {"phone": "+47 22700999"})
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700999"
    few.engine.run()
    assert not few.engine.waiting(CUSTOMERS)[customer].dismissed
    silent(few)


def delete_right(few: Installation, order: str) -> None:
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()


def test_release_of_a_closed_link_makes_the_record_again(few: Installation, order: str) -> None:
    delete_right(few, order)
    silent(few, ORDERS)
    assert order not in few.engine.right_of(ORDERS)
    few.engine.desk(ORDERS).release([order])
    few.engine.run()
    assert [row["verb"] for row in few.written() if row["system"] == OFFICE] == ["create"]
    assert order in few.engine.right_of(ORDERS)
    few.engine.run()  # the number of the new order goes back over that of the old one
    assert complaints(few) == []
    silent(few, ORDERS)


@pytest.mark.parametrize("winner", ["left", "right"])
def test_choose_between_deleted_and_edited(few: Installation, order: str, winner: Any) -> None:
    delete_right(few, order)
    few.edit(SHOP, "Order", order, {"customer_reference": "Etter slettingen"})
    few.engine.run()
    assert few.engine.parked(ORDERS) == {order: ("deleted_edited", "customer_reference")}
    few.asked()
    few.engine.desk(ORDERS).choose(order, "customer_reference", winner)
    few.engine.run()
    assert few.engine.parked(ORDERS) == {}
    assert few.engine.decided(ORDERS) == {("choose", order): "done"}
    assert (order in few.engine.right_of(ORDERS)) == (winner == "left")
    if winner == "left":
        few.engine.run()
        assert complaints(few) == []
    else:
        assert few.written() == []
        assert few.left(ORDERS, order)["customer_reference"] == "Etter slettingen"
    silent(few, ORDERS)


def number_away(few: Installation, *rights: str) -> None:
    """PowerOffice takes a customer's number once only, so a person frees those that are to go elsewhere."""
    for n, right in enumerate(rights):
        few.edit(OFFICE, "Customers", right, {"ExternalNumber": 900001 + n})


def test_relink_swaps_two_pairs(few: Installation) -> None:
    """Two customers that were linked crosswise: everything of each goes to its right record."""
    (one, right_one), (two, right_two) = sorted(few.engine.right_of(CUSTOMERS).items())[:2]
    number_away(few, right_one, right_two)
    desk = few.engine.desk(CUSTOMERS)
    desk.relink(one, right_two)
    desk.relink(two, right_one)
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS)[one] == right_two
    assert few.engine.right_of(CUSTOMERS)[two] == right_one
    few.engine.run()
    for left, other in ((one, two), (two, one)):
        assert few.right(CUSTOMERS, left)["EmailAddress"] == few.left(CUSTOMERS, left)["email"] != few.left(CUSTOMERS, other)["email"]
    silent(few)
    few.edit(SHOP, "Customer", one, {"phone": "+47 22700998"})
    few.engine.run()
    found = few.systems.record(OFFICE, "Customers", right_two)
    assert found is not None
    assert found["PhoneNumber"] == "+4722700998"


def test_relink_closes_the_link_of_the_other_left_record(few: Installation) -> None:
    (one, right_one), (two, right_two) = sorted(few.engine.right_of(CUSTOMERS).items())[:2]
    number_away(few, right_one)
    few.engine.desk(CUSTOMERS).relink(one, right_two)
    few.engine.run()
    linked = few.engine.right_of(CUSTOMERS)
    assert linked[one] == right_two
    assert two not in linked
    assert sorted(linked.values()) == sorted(set(linked.values()))
    silent(few)
    assert two not in few.engine.right_of(CUSTOMERS)
    # Its marker stands in the record that it lost, and PowerOffice takes that once only: a person takes it out.
    few.edit(OFFICE, "Customers", right_two, {"ExternalImportReference": None})
    few.engine.desk(CUSTOMERS).release([two])
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS)[two] not in (right_one, right_two)
    silent(few)


def test_relink_with_what_is_not_there_changes_nothing(few: Installation, customer: str) -> None:
    before = few.engine.right_of(CUSTOMERS)
    few.engine.desk(CUSTOMERS).relink(customer, "999999")
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS) == before
    assert "999999" in few.engine.decided(CUSTOMERS)["relink", customer]
    silent(few)


def test_paused_record_waits_and_loses_nothing(few: Installation, customer: str) -> None:
    few.engine.desk(CUSTOMERS).pause([customer])
    others = sorted(few.engine.right_of(CUSTOMERS))[1]
    for left in (customer, others):
        few.edit(SHOP, "Customer", left, {"phone": "+47 22700997"})
    few.engine.run()
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[others]]
    assert few.engine.parked(CUSTOMERS)[customer] == ("paused", "")
    silent(few)
    few.engine.desk(CUSTOMERS).unpause([customer])
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700997"
    assert few.engine.parked(CUSTOMERS) == {}
    silent(few)


@pytest.mark.parametrize("by", ["decision", "param"])
def test_paused_flow_reads_and_writes_nothing(few: Installation, customer: str, by: str) -> None:
    cursor = few.engine.manifest(CUSTOMERS).cursor
    few.edit(SHOP, "Customer", customer, {"phone": "+47 22700996"})
    if by == "decision":
        few.engine.desk(CUSTOMERS, who="kari").pause()
    committed = few.engine.run(options={"pause": [CUSTOMERS]} if by == "param" else {})
    assert {flow: one["state"] for flow, one in committed.items()}[CUSTOMERS] == "paused"
    assert committed[ORDERS]["state"] == "success"
    assert few.asked() == []
    assert few.engine.manifest(CUSTOMERS).cursor == cursor
    if by == "decision":
        few.engine.desk(CUSTOMERS).unpause()
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700996"
    silent(few)


def test_record_paused_by_param_waits_for_the_next_run(few: Installation, customer: str) -> None:
    few.edit(SHOP, "Customer", customer, {"phone": "+47 22700995"})
    few.engine.run(options={"pause": [f"{CUSTOMERS}:{customer}"]})
    assert few.asked() == []
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700995"
    silent(few)


def test_decisions_are_refused_where_there_is_nothing_to_decide(few: Installation, customer: str, order: str) -> None:
    desk = few.engine.desk(CUSTOMERS)
    with pytest.raises(DecisionError, match="nothing is parked or closed under left 424242"):
        desk.release(["424242"])
    with pytest.raises(DecisionError, match="no open conflict in website"):
        desk.choose(customer, "website", "left")
    with pytest.raises(DecisionError, match="has no property wobsite"):
        desk.choose(customer, "wobsite", "left")
    with pytest.raises(DecisionError, match="nothing is parked under left"):
        desk.dismiss([customer])
    with pytest.raises(DecisionError, match="knows no left 424242"):
        desk.relink("424242", "1")
    with pytest.raises(DecisionError, match="knows no left 424242"):
        desk.pause(["424242"])
    with pytest.raises(DecisionError, match="is not paused"):
        desk.unpause([customer])
    with pytest.raises(DecisionError, match="nothing is parked for reason rejected; nothing is parked at all"):
        desk.release_all("rejected")
    delete_right(few, order)
    right = next(link.right for link in few.engine.links(ORDERS) if link.kind == "tombstone")
    with pytest.raises(DecisionError, match=f"left {right}; right {right} is, though"):
        few.engine.desk(ORDERS).release([right])
    assert few.engine.decided(CUSTOMERS) == few.engine.decided(ORDERS) == {}


def test_one_bad_id_refuses_all_and_the_same_twice_is_one(few: Installation, order: str) -> None:
    delete_right(few, order)
    with pytest.raises(DecisionError):
        few.engine.desk(ORDERS).release([order, "424242"])
    assert few.engine.decided(ORDERS) == {}
    for _ in range(2):
        few.engine.desk(ORDERS).release([order])
    assert few.engine.decided(ORDERS) == {("release", order): ""}
