"""What the right system gave at creation goes back to the left record at once."""

from __future__ import annotations

from dataclasses import replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Side
from lenke.core.plan.outcome import Fold, SideResult
from lenke.core.plan.writeback import write_back
from tests.laws.engine.reading import DIGESTER
from tests.unit.core.plan.pairs_of_orders import FLOW, LAG, NOW, Case, base, digests, line_base, order, stored


def test_given_values_are_written_and_agreed() -> None:
    action = write_back(FLOW, Case([], {"L": order("o")}).action(), stored(order("o", status="Draft")), DIGESTER)
    assert dict(action.to_left.values) == {"status": "Draft"}
    assert action.to_left.expected == {"status": digests(status=None)[0]}
    assert action.link.base == base("o", None, "Draft")
    assert action.to_left.seen


def test_nothing_given_agrees_all_the_same() -> None:
    action = write_back(FLOW, Case([], {"L": order("o")}).action(), stored(order("o")), DIGESTER)
    assert not action.to_left
    assert action.link.base == base("o")


def test_filled_left_value_is_not_overwritten() -> None:
    action = write_back(FLOW, Case([], {"L": order("o", status="x")}).action(), stored(order("o", status="Draft")), DIGESTER)
    assert (dict(action.to_left.values), action.link.base[2]) == ({}, UNKNOWN)


def test_property_that_the_left_withheld_is_not_overwritten() -> None:
    made = Case([], {"L": order()}).action()
    made = replace(made, link=replace(made.link, base=(UNKNOWN, *made.link.base[1:])))
    assert not write_back(FLOW, made, stored(order("o")), DIGESTER).to_left


def test_unlinked_reference_is_not_told() -> None:
    assert not write_back(FLOW, Case([], {"L": order("o")}).action(), stored(order("o", customer="right:K1")), DIGESTER).to_left


def test_given_values_of_lines() -> None:
    made = Case([], {"L": order("o", lines={"l1": ("A", None)})}).action()
    marker = made.to_right.lines[0].marker
    action = write_back(FLOW, made, stored(order("o", lines={"r1": ("A", "1")}), {"r1": marker}), DIGESTER)
    assert [(line.verb, line.id, dict(line.values)) for line in action.to_left.lines] == [("update", "l1", {"quantity": "1"})]
    results: dict[Side, SideResult] = {
        "right": SideResult("done", "R", stored(order("o", lines={"r1": ("A", "1")}), {"r1": marker})),
        "left": SideResult("done", "L", stored(order("o", lines={"l1": ("A", "1")}))),
    }
    rows = Fold(FLOW, NOW, {"left": LAG, "right": LAG}).rows(action, results)
    assert [(row.left, row.right, row.base[:2]) for row in rows if row.parent] == [("l1", "r1", line_base("A", "1")[:2])]
