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
from tests.flows.deciding import FULL, LEFT_SITE, MANUAL, RIGHT_SITE, TEXT, WEBSITE, delete_right, silent
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints

DRY = Window("delta", moves_cursor=False, dry_run=True)


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
