"""Of an undone run, what it did to the lines of orders: put back, or listed where it added or took away."""

from __future__ import annotations

from typing import Any

from lenke.runtime.undo.judging import What
from lenke.runtime.undo.shown import params
from lenke.runtime.undo.undo import Undone
from lenke.runtime.windows import window
from tests.flows.installation import OFFICE, ORDERS, SHOP, Installation
from tests.flows.undoing import comes_to_rest, told, undo


def lines(few: Installation, order: str) -> tuple[list[Any], list[Any]]:
    left = [float(line["quantity"]) for line in few.left(ORDERS, order)["lines"]]
    return left, [line["Quantity"] for line in few.right(ORDERS, order)["SalesOrderLines"]]


def test_an_order_line_is_put_back_on_both_sides(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    before = lines(few, order)
    first, second = few.left(ORDERS, order)["lines"][:2]
    few.systems.edit_line(SHOP, "Order", order, str(first["id"]), {"quantity": "17"})
    few.systems.edit_line(SHOP, "Order", order, str(second["id"]), {"description": "En annen tekst"})
    few.engine.run()
    rows = undo(few.engine, apply=True)
    assert [(row.change.property, row.what) for row in rows] == [("quantity", What.PUT_BACK), ("description", What.PUT_BACK)]
    assert lines(few, order)[1] == before[1] != lines(few, order)[0]
    comes_to_rest(few)
    assert lines(few, order) == before
    assert "En annen tekst" not in [line["description"] for line in few.left(ORDERS, order)["lines"]]
    assert str(few.right(ORDERS, order)["Id"]) == right


def test_an_undo_that_moves_no_date_is_carried_by_a_run_of_just_these_records(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    line = few.left(ORDERS, order)["lines"][0]
    few.systems.edit_line(SHOP, "Order", order, str(line["id"]), {"description": "En annen tekst"})
    few.engine.run()
    few.systems.switch(OFFICE, "line_edits_bump", on=False)
    rows = undo(few.engine, apply=True)
    assert told(rows) == [("right", right, "description", What.PUT_BACK)]
    found = params(Undone(few.engine.dataflow, "run-1", "undo__1", {ORDERS: rows}))
    assert found == {"flows": [ORDERS], "records": [order]}
    few.engine.run(window(found, run_type="manual", start=None, end=None), flows=(ORDERS,))
    assert few.left(ORDERS, order)["lines"][0]["description"] == line["description"]


def test_lines_that_a_run_added_or_took_away_are_listed_and_stay(few: Installation) -> None:
    order, _ = min(few.engine.right_of(ORDERS).items())
    first, second = few.left(ORDERS, order)["lines"][:2]
    few.systems.edit_line(SHOP, "Order", order, str(first["id"]), None)
    few.systems.edit_line(SHOP, "Order", order, None, {**{k: v for k, v in second.items() if k != "id"}, "description": "Ny linje"})
    few.engine.run()
    after = few.right(ORDERS, order)["SalesOrderLines"]
    few.asked()
    assert {row.what for row in undo(few.engine, apply=True)} == {What.ADDED, What.REMOVED}
    assert few.asked() == []
    assert few.right(ORDERS, order)["SalesOrderLines"] == after


def test_a_locked_order_is_left(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    few.systems.edit_line(SHOP, "Order", order, str(few.left(ORDERS, order)["lines"][0]["id"]), {"quantity": "17"})
    few.edit(SHOP, "Order", order, {"customer_reference": "Ny referanse"})
    few.engine.run()
    undone = f"run-{few.engine.runs}"
    few.systems.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    few.asked()
    rows = undo(few.engine, undone, apply=True)
    assert {(row.change.property, row.what) for row in rows} == {("quantity", What.LOCKED), ("customer_reference", What.LOCKED)}
    assert few.asked() == []
