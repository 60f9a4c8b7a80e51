"""Orders that are linked for the first time, or anew, and whose lines differ: ``on_link`` decides, or a person; nobody gets both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lenke.core.mapping.settings import FirstLink
from tests.flows.harness import Harness
from tests.flows.installation import OFFICE, ORDERS, PRODUCTS, Installation
from tests.flows.small import complaints

Rule = Any


def held_by(few: Installation, rule: Rule) -> None:
    few.engine.settings = replace(few.engine.settings, on_link=FirstLink(sandbox=rule, real=rule))


def names(few: Installation, left: str, right: str) -> tuple[list[str], list[str]]:
    """What the lines on both sides are called."""
    theirs = few.systems.record(OFFICE, "SalesOrders", right)
    assert theirs is not None
    ours = [line["description"] for line in few.left(ORDERS, left)["lines"]]
    return sorted(ours), sorted(line["Description"] for line in theirs["SalesOrderLines"])


@pytest.fixture
def order(few: Installation) -> tuple[str, str]:
    """An order of which the accounts have replaced a product before anything was linked."""
    left, right = min(few.engine.right_of(ORDERS).items())
    lines = few.right(ORDERS, left)["SalesOrderLines"]
    other = next(id for _, id in sorted(few.engine.right_of(PRODUCTS).items()) if int(id) not in {line["ProductId"] for line in lines})
    few.systems.edit_line(OFFICE, "SalesOrders", right, lines[0]["Id"], None)
    line = {"ProductId": int(other), "Description": "Erstatning", "Quantity": 1, "ProductUnitPrice": 99.0}
    few.systems.edit_line(OFFICE, "SalesOrders", right, None, line)
    few.engine = Harness(few.folder / "other", few.systems.connections)
    return left, right


def test_they_are_held_until_a_person_chooses(few: Installation, order: tuple[str, str]) -> None:
    before = names(few, *order)
    held_by(few, "hold")
    for _ in range(2):
        few.engine.run()
    assert names(few, *order) == before
    assert few.engine.parked(ORDERS)[order[0]] == ("conflict", "lines")


@pytest.mark.parametrize("winner", ["left", "right"])
@pytest.mark.parametrize("by", ["rule", "person"])
def test_the_winner_s_lines_are_on_both_sides(few: Installation, order: tuple[str, str], winner: Rule, by: str) -> None:
    before = names(few, *order)
    held_by(few, winner if by == "rule" else "hold")
    few.engine.run()
    if by == "person":
        few.engine.desk(ORDERS).choose(order[0], "lines", winner)
        few.engine.run()
    few.engine.run()
    assert names(few, *order)[0 if winner == "left" else 1] == before[0 if winner == "left" else 1]
    assert len(set(map(len, names(few, *order)))) == 1
    assert few.engine.parked(ORDERS) == {}
    assert few.engine.quiet()


def test_a_relink_adds_no_lines(few: Installation) -> None:
    (left, _), (_, right) = sorted(few.engine.right_of(ORDERS).items())[:2]
    before = names(few, left, right)
    held_by(few, "hold")
    few.engine.desk(ORDERS).relink(left, right)
    for _ in range(2):
        few.engine.run()
    assert names(few, left, right) == before
    assert few.engine.parked(ORDERS)[left][0] == "conflict"


def test_an_order_without_lines_is_given_the_other_s(few: Installation, order: tuple[str, str]) -> None:
    for line in few.systems.record(OFFICE, "SalesOrders", order[1])["SalesOrderLines"]:  # type: ignore[index]
        few.systems.edit_line(OFFICE, "SalesOrders", order[1], line["Id"], None)
    held_by(few, "hold")
    few.engine.run()
    few.engine.run()
    ours, theirs = names(few, *order)
    assert ours == theirs
    assert complaints(few) == []
