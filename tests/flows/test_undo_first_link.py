"""A first sync is undone: what it took from one side's own value stays, for put back it would go over that value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.mapping.settings import FirstLink
from lenke.runtime.undo.judging import Row, What
from tests.flows.harness import Harness
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.undoing import undo

OURS, THEIRS = "https://l.example.org", "https://r.example.org"


def linked_anew(few: Installation) -> None:
    """A first sync of the same systems where the left side's value counts; it is the last run."""
    few.engine = Harness(few.folder / "other", few.systems.connections)
    few.engine.settings = replace(few.engine.settings, on_link=FirstLink(sandbox="left", real="left"))
    few.engine.run()


def undone(few: Installation, property: str) -> list[Row]:
    """The rows of the undo of the first sync for one property; two runs follow it."""
    rows = [row for row in undo(few.engine, "run-1", apply=True) if row.change.property == property]
    few.engine.run()
    few.engine.run()
    return rows


@pytest.mark.parametrize("before", [THEIRS, None], ids=["overwritten", "filled"])
def test_what_a_first_link_set_does_not_come_back_over_the_other_sides_own_value(few: Installation, before: str | None) -> None:
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"website": OURS})
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": before})
    linked_anew(few)
    assert few.right(CUSTOMERS, left)["WebsiteUrl"] == OURS
    (row,) = undone(few, "website")
    assert (row.what, row.reason) == (What.FIRST_LINK, f"put back, it would go over what {SHOP} had before the run")
    assert few.left(CUSTOMERS, left)["website"] == few.right(CUSTOMERS, left)["WebsiteUrl"] == OURS


def test_neither_does_what_it_set_in_a_line(few: Installation) -> None:
    left, right = min(few.engine.right_of(ORDERS).items())
    ours = few.left(ORDERS, left)["lines"][0]["description"]
    line = next(one for one in few.right(ORDERS, left)["SalesOrderLines"] if one["Description"] == ours)
    few.systems.edit_line(OFFICE, "SalesOrders", right, line["Id"], {"Description": "En annen tekst"})
    linked_anew(few)
    assert [row.what for row in undone(few, "description")] == [What.FIRST_LINK]
    assert few.left(ORDERS, left)["lines"][0]["description"] == ours
    assert ours in [one["Description"] for one in few.right(ORDERS, left)["SalesOrderLines"]]


def test_what_a_later_run_changed_is_put_back_on_both_sides(few: Installation) -> None:
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"website": OURS})
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": THEIRS})
    linked_anew(few)
    few.edit(SHOP, "Customer", left, {"website": "https://ny.example.org"})
    few.engine.run()
    rows = undo(few.engine, "run-2", apply=True)
    assert [(row.change.property, row.what) for row in rows] == [("website", What.PUT_BACK)]
    few.engine.run()
    assert few.left(CUSTOMERS, left)["website"] == few.right(CUSTOMERS, left)["WebsiteUrl"] == OURS
