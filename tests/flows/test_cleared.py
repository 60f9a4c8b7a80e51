"""Tasks that are cleared, in whatever order, while a run goes on or long after it: nothing twice, nothing lost, nothing told falsely."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from time_machine import Traveller

from lenke.core.errors import FatalError
from lenke.runtime.steps import extract as extract_step
from tests.flows import shopify_shop as shopify
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation
from tests.flows.small import complaints
from tests.flows.stepped import Stepped
from tests.flows.stir import stir

ONE, TWO, THREE = (f"https://{word}.example.org" for word in ("en", "to", "tre"))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[shopify.Pair]:
    with shopify.paired(tmp_path) as found:
        found.engine.run()
        found.written()
        yield found


def sites(few: Installation, left: str) -> tuple[str, str]:
    return few.left(CUSTOMERS, left)["website"], few.right(CUSTOMERS, left)["WebsiteUrl"]


def test_link_resolve_cleared_in_mid_load_stops_and_the_next_run_ends_it(few: Installation) -> None:
    stir(few)
    run = Stepped(few.engine, CUSTOMERS).extract().plan().load()
    with pytest.raises(FatalError, match="clear the flow from its extract task on"):
        run.plan(2)
    few.engine.run(flows=(CUSTOMERS,))
    assert complaints(few, (CUSTOMERS,)) == []
    assert few.engine.journal_keys() == []


def test_a_line_that_was_loaded_is_not_added_once_more_by_a_cleared_link_resolve(shop: shopify.Pair) -> None:
    new = {"ProductId": int(shop.ids["shirt"]), "Quantity": 1, "ProductUnitPrice": 400, "Description": "Skjorte til"}
    shop.systems.edit_line(shopify.OFFICE, "SalesOrders", shop.ids["order"], None, new)
    run = Stepped(shop.engine, shopify.ORDERS).extract().plan().load()
    with pytest.raises(FatalError):
        run.plan(2)
    run.extract().plan(3).load().commit()
    shop.engine.run()
    assert sum(1 for line in shop.order("order")["lineItems"] if line["currentQuantity"]) == 4
    assert len(shop.office("SalesOrders", "order")["SalesOrderLines"]) == 4


def test_a_plan_of_an_earlier_pass_moves_no_cursor(few: Installation, clock: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second pass reads two edits, and its map fails: the plan that Airflow still holds knows of neither."""
    monkeypatch.setattr(extract_step, "OVERLAP", timedelta(0))
    few.engine.run()
    few.engine.run()
    run = Stepped(few.engine, CUSTOMERS).extract().plan()
    assert run.is_idle()
    run.commit()
    first, second = sorted(few.engine.right_of(CUSTOMERS))[:2]
    few.edit(SHOP, "Customer", first, {"website": ONE})
    clock.shift(60)
    few.edit(SHOP, "Customer", second, {"website": TWO})
    assert run.extract().commit()["state"] == "failed"
    few.engine.run(flows=(CUSTOMERS,))
    assert [sites(few, left) for left in (first, second)] == [(ONE, ONE), (TWO, TWO)]


def test_an_old_commit_goes_over_nothing(few: Installation) -> None:
    few.engine.run()
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"website": ONE})
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": ONE})
    run = Stepped(few.engine, CUSTOMERS).extract().plan()
    assert run.is_idle()
    before = run.commit()
    few.edit(SHOP, "Customer", left, {"website": TWO})
    few.engine.run(flows=(CUSTOMERS,))
    assert run.commit() == before
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": THREE})
    few.engine.run(flows=(CUSTOMERS,))
    assert sites(few, left) == (THREE, THREE)


@pytest.mark.parametrize("wrote", [False, True])
def test_an_old_commit_leaves_the_run_alone_that_is_loading(few: Installation, wrote: bool) -> None:
    few.engine.run()
    left = min(few.engine.right_of(CUSTOMERS))
    if wrote:
        few.edit(SHOP, "Customer", left, {"website": ONE})
    old = Stepped(few.engine, CUSTOMERS).extract().plan().load()
    assert old.is_idle() is not wrote
    before = old.commit()
    few.edit(SHOP, "Customer", left, {"website": TWO})
    run = Stepped(few.engine, CUSTOMERS).extract().plan()
    assert old.commit() == before
    assert run.load().commit()["state"] == "success"
    assert sites(few, left) == (TWO, TWO)
    assert few.engine.journal_keys() == []


def test_a_failed_run_is_no_success_once_its_load_is_cleared_too_late(few: Installation) -> None:
    few.engine.run()
    left = min(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", left, {"website": ONE})
    run = Stepped(few.engine, CUSTOMERS).extract().plan()
    assert run.commit()["state"] == "failed"
    few.edit(SHOP, "Customer", left, {"website": TWO})
    few.engine.run(flows=(CUSTOMERS,))
    with pytest.raises(FatalError):
        run.load(2)
    assert run.commit()["state"] == "failed"


def test_a_run_that_another_one_took_the_flow_from_commits_nothing(few: Installation) -> None:
    few.engine.run()
    left = min(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", left, {"website": ONE})
    run = Stepped(few.engine, CUSTOMERS).extract().plan()
    few.engine.run(flows=(CUSTOMERS,))
    with pytest.raises(FatalError, match="taken over"):
        run.commit()
    assert few.engine.journal_keys() == []
    assert sites(few, left) == (ONE, ONE)
