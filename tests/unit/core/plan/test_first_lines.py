"""Lines of a pair of which none is linked yet: what one side alone has is a difference, and what we made is told from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.match import Matches
from lenke.core.links.rows import Link
from lenke.core.plan.model import Plan
from tests.laws.engine.systems import Line, State
from tests.unit.core.plan.pairs_of_orders import NOW, Case, linked, order, parked

LEFT = {"L": order("o", lines={"l1": ("A", "1"), "l2": ("B", "1")})}
RIGHT = {"R": order("o", lines={"r1": ("A", "1"), "r9": ("C", "1")})}


def told(plan: Plan) -> list[tuple[str, str, str]]:
    """Side, verb and id of what becomes of each line."""
    sides = [("left", line) for action in plan.actions for line in action.to_left.lines]
    sides += [("right", line) for action in plan.actions for line in action.to_right.lines]
    return [(side, line.verb, line.id or line.other) for side, line in sides]


def test_a_difference_is_held() -> None:
    plan = Case([linked()], LEFT, RIGHT, policy=Policy("hold")).plan()
    assert (told(plan), parked(plan)) == ([], [("L", "conflict", "lines")])
    assert [(one.left, one.right, one.winner) for _, one in plan.conflicts] == [("B", "C", "none")]


@pytest.mark.parametrize(
    ("winner", "expected"),
    [("left", [("right", "create", "l2"), ("right", "remove", "r9")]), ("right", [("left", "create", "r9"), ("left", "remove", "l2")])],
)
def test_one_sides_lines_count(winner: Any, expected: list[tuple[str, str, str]]) -> None:
    plan = Case([linked()], LEFT, RIGHT, policy=Policy(winner)).plan()
    assert (told(plan), parked(plan)) == (expected, [])


def test_an_order_without_lines_gets_the_others() -> None:
    assert told(Case([linked()], LEFT, {"R": order("o")}).plan()) == [("right", "create", "l1"), ("right", "create", "l2")]


def test_the_same_lines_are_linked() -> None:
    plan = Case([linked()], LEFT, {"R": order("o", lines={"r1": ("A", "1"), "r2": ("B", "1")})}).plan()
    assert not plan.actions
    assert [(row.left, row.right) for row in plan.rows if row.parent] == [("l1", "r1"), ("l2", "r2")]


def test_a_side_that_was_not_read_is_read_first() -> None:
    plan = Case([linked()], {"L": replace(LEFT["L"], version=2)}, {}, complete=False).plan()
    assert (told(plan), parked(plan)) == ([], [("L", "both_needed", "")])


@pytest.mark.parametrize(("reason", "goes"), [("unknown_outcome", True), ("missing_reference", False)])
def test_only_after_a_lost_answer_a_marked_line_without_an_origin_is_ours_to_take_away(reason: str, goes: bool) -> None:
    """Another dataflow marks the lines that it makes, too."""
    entry = Link("L", kind="recheck", note={"reason": reason, "since": NOW.isoformat()})
    case = Case([entry], {"L": order("o", lines={"l1": ("A", "1")})}, matches=Matches(pairs={"L": "R"}))
    mark = case.context().mark_line
    lines = {"r1": Line({"sku": "A", "quantity": "1"}, mark("left", "l1")), "r9": Line({"sku": "C", "quantity": "1"}, "lk-another")}
    case.right = {"R": State(dict(order("o").fields), NOW, 1, lines, case.context().mark("L"))}
    assert (("right", "remove", "r9") in told(case.plan())) is goes
