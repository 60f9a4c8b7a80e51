"""Lines cross both ways: added, changed, removed, and all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Side
from lenke.core.plan.lines import LinePlan, LineSet, plan_lines
from tests.unit.core.plan.pairs_of_orders import FLOW, digests, line_base, line_link

assert FLOW.lines is not None
SPEC = FLOW.lines
PAIR = line_link("l1", "r1", "A", "1")


def mark(side: Side, id: str) -> str:
    return f"lk-{side}-{id}"


def lines(markers: Mapping[str, str] | None = None, **rows: tuple[str | None, str | None]) -> LineSet:
    found = {id: Row(list(digests(sku=sku, quantity=count)), {"sku": sku, "quantity": count}) for id, (sku, count) in rows.items()}
    return LineSet(found, markers or {})


def plan(links: list[Link], left: LineSet | None, right: LineSet | None, policy: Policy | None = None) -> LinePlan:
    return plan_lines(SPEC, "L", links, left, right, policy or Policy("hold"), mark)


def told(found: LinePlan, side: Side) -> list[tuple[str, str, dict[str, Any]]]:
    return [(action.verb, action.id or action.other, dict(action.values)) for action in found.actions(side)]


def ids(found: LinePlan) -> list[tuple[str, str]]:
    return [(link.left, link.right) for link in found.links]


def test_unchanged() -> None:
    found = plan([PAIR], lines(l1=("A", "1")), lines(r1=("A", "1")))
    assert found == LinePlan(links=[PAIR])


@pytest.mark.parametrize(("side", "left", "right"), [("right", "2", "1"), ("left", "1", "2")])
def test_edit_crosses(side: Side, left: str, right: str) -> None:
    found = plan([PAIR], lines(l1=("A", left)), lines(r1=("A", right)))
    assert told(found, side) == [("update", "r1" if side == "right" else "l1", {"quantity": "2"})]
    assert found.links[0].base == line_base("A", "2")


def test_product_of_a_line_changes() -> None:
    found = plan([PAIR], lines(l1=("C", "1")), lines(r1=("A", "1")))
    assert (told(found, "right"), ids(found)) == ([("update", "r1", {"sku": "C"})], [("l1", "r1")])


@pytest.mark.parametrize("markers", [{}, {"r9": mark("left", "l1")}], ids=["unmarked", "marked"])
def test_product_that_was_carried_by_another_line_without_an_answer(markers: dict[str, str]) -> None:
    found = plan([PAIR], lines(l1=("C", "1")), lines(markers, r9=("C", "1")))
    assert (told(found, "left"), told(found, "right"), ids(found)) == ([], [], [("l1", "r9")])
    assert found.links[0].base == line_base("C", "1")


def test_line_taken_away_and_another_product_s_added_are_two_lines() -> None:
    found = plan([PAIR], lines(l1=("A", "1")), lines(r9=("C", "1")))
    assert [action.verb for action in found.to_left] == ["remove", "create"]


def test_edit_while_the_other_side_was_not_read() -> None:
    found = plan([PAIR], lines(l1=("A", "2")), None)
    assert told(found, "right") == [("update", "r1", {"quantity": "2"})]
    assert found.to_right[0].expected == {"quantity": line_base("A", "1")[1]}


@pytest.mark.parametrize("side", ["left", "right"])
def test_added_line_is_created_on_the_other_side(side: Side) -> None:
    one, none = lines(x=("A", "1")), lines()
    found = plan([], *((one, none) if side == "left" else (none, one)))
    target: Side = "right" if side == "left" else "left"
    assert told(found, target) == [("create", "x", {"sku": "A", "quantity": "1"})]
    assert found.actions(target)[0].marker == mark(side, "x")
    assert [link.id(side) for link in found.links] == ["x"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_removed_line_is_removed_on_the_other_side(side: Side) -> None:
    sets = (lines(), lines(r1=("A", "1"))) if side == "left" else (lines(l1=("A", "1")), lines())
    found = plan([PAIR], *sets)
    assert told(found, "right" if side == "left" else "left") == [("remove", "r1" if side == "left" else "l1", {})]
    assert ([link.kind for link in found.dropped], found.links) == (["dropped"], [])


def test_line_removed_on_both_sides() -> None:
    found = plan([PAIR], lines(), lines())
    assert (found.to_left, found.to_right, [link.kind for link in found.dropped]) == ([], [], ["dropped"])


def test_removed_and_edited_is_a_conflict_that_keeps_the_value() -> None:
    found = plan([PAIR], lines(), lines(r1=("A", "7")))
    assert [(one.property, one.right, one.winner, one.reason) for one in found.conflicts] == [("quantity", "7", "none", "deleted / edited")]
    assert (found.links, found.to_left, found.to_right) == ([PAIR], [], [])


def test_removed_while_the_other_side_holds_its_own_form() -> None:
    link = line_link("l1", "r1", "A", "1", right_stored={1: digests(quantity="1,0")[0]})
    found = plan([link], lines(), lines(r1=("A", "1,0")))
    assert (told(found, "right"), found.conflicts) == ([("remove", "r1", {})], [])


def test_lines_of_one_product_added_on_both_sides_are_one() -> None:
    found = plan([], lines(l1=("A", "1")), lines(r1=("A", "2")))
    assert (ids(found), [one.property for one in found.conflicts]) == ([("l1", "r1")], ["quantity"])


def test_lines_of_one_product_pair_in_their_order() -> None:
    found = plan([], lines(l1=("A", "1"), l2=("A", "2"), l3=("A", "3")), lines(r1=("A", "1"), r2=("A", "2")))
    assert ids(found) == [("l1", "r1"), ("l2", "r2"), ("l3", "")]


def test_marker_pairs_before_the_product() -> None:
    right = lines({"r2": mark("left", "l1")}, r1=("A", "1"), r2=("A", "1"))
    assert ids(plan([], lines(l1=("A", "1")), right)) == [("l1", "r2"), ("", "r1")]


def test_marker_on_the_left_pairs_too() -> None:
    assert ids(plan([], lines({"l1": mark("right", "r1")}, l1=("B", "1")), lines(r1=("B", "1")))) == [("l1", "r1")]


def test_crossed_markers_pair_each_line_once() -> None:
    left = lines({"l2": mark("right", "r1")}, l1=("A", "1"), l2=("A", "1"))
    found = plan([], left, lines({"r1": mark("left", "l1")}, r1=("A", "1")))
    assert ids(found) == [("l1", "r1"), ("l2", "")]


def test_rebased_line_needs_both_sides() -> None:
    link = Link("l1", "r1", "L", base=(UNKNOWN, UNKNOWN))
    assert plan([link], lines(l1=("A", "1")), None).needs_both
    assert not plan([link], lines(l1=("A", "1")), lines(r1=("A", "1"))).needs_both


def test_restored_plan_sends_nothing() -> None:
    found = plan([PAIR], lines(l1=("A", "2"), l2=("B", "1")), lines())
    found.restore([PAIR])
    assert (found.to_left, found.to_right, found.dropped, found.links) == ([], [], [], [PAIR])


def test_lines_with_new_ids_are_the_same_lines() -> None:
    """A new version of the left side's quote: every line is there again under another id, one of them edited."""
    links = [PAIR, line_link("l2", "r2", "B", "2")]
    found = plan(links, lines(n1=("A", "1"), n2=("B", "5")), lines(r1=("A", "1"), r2=("B", "2")))
    assert told(found, "right") == [("update", "r2", {"quantity": "5"})]
    assert told(found, "left") == []
    assert ids(found) == [("n1", "r1"), ("n2", "r2")]
    assert [line.key for line in found.dropped] == [("link", "L", "l1"), ("link", "L", "l2")]


def test_a_line_with_a_new_id_and_another_match_value_is_another_line() -> None:
    found = plan([PAIR], lines(n1=("Z", "1")), lines(r1=("A", "1")))
    assert sorted(verb for verb, _, _ in told(found, "right")) == ["create", "remove"]


def test_of_two_lines_alike_each_new_id_is_taken_once() -> None:
    links = [PAIR, line_link("l2", "r2", "A", "2")]
    found = plan(links, lines(n1=("A", "1")), lines(r1=("A", "1"), r2=("A", "2")))
    assert told(found, "right") == [("remove", "r2", {})]


@pytest.mark.parametrize("side", ["left", "right"])
def test_line_that_another_one_was_made_for_is_not_the_partner_of_a_link_that_lost_its_own(side: Side) -> None:
    """``l2`` was made for ``r2``, or the other way round, by a write whose answer was lost; the link's own line is gone."""
    borne = {"l2": mark("right", "r2")} if side == "left" else {"r2": mark("left", "l2")}
    both = {"l1": ("A", "1"), "l2": ("A", "1")}, {"r2": ("A", "1")}
    if side == "right":
        both = {"l2": ("A", "1")}, {"r1": ("A", "1"), "r2": ("A", "1")}
    found = plan([PAIR], lines(borne, **both[0]), lines(borne, **both[1]))
    assert ("l2", "r2") in ids(found)
    assert [action.verb for action in found.actions(side)] == ["remove"]


def test_only_the_line_that_may_have_been_told_is_told_once_more() -> None:
    """Its edit was sent, the answer lost, and the edit taken back; a person edited another line of the order meanwhile."""
    told_so = frozenset({"quantity", "quantity r1"})
    policy = Policy("hold", sent={"right": told_so}, written={"right": told_so})
    links = [PAIR, line_link("l2", "r2", "B", "1")]
    found = plan(links, lines(l1=("A", "1"), l2=("B", "1")), lines(r1=("A", "5"), r2=("B", "5")), policy)
    assert told(found, "right") == [("update", "r1", {"quantity": "1"})]
    assert told(found, "left") == [("update", "l2", {"quantity": "5"})]
    assert [(one.left, one.right, one.winner) for one in found.conflicts] == [("1", "5", "left")]


def test_a_line_that_may_hold_what_it_was_told_without_an_answer_goes_and_is_told() -> None:
    """The left line was told a quantity, the answer was lost, and the right line was removed."""
    told_so = frozenset({"quantity", "quantity l1"})
    found = plan([PAIR], lines(l1=("A", "5")), lines(), Policy("hold", sent={"left": told_so}, written={"left": told_so}))
    (action,) = found.to_left
    assert (action.verb, action.id, action.expected["quantity"]) == ("remove", "l1", digests(quantity="5")[0])
    assert [(one.property, one.left, one.winner, one.reason) for one in found.conflicts] == [
        ("quantity", "5", "right", "an uncertain write")
    ]


def test_an_edit_of_a_line_that_was_never_agreed_on_is_a_conflict_with_its_removal() -> None:
    """An answer was lost, the right line is gone, and the left one holds something else than when it was last seen."""
    link = Link("l1", "r1", "L", base=(UNKNOWN, UNKNOWN, UNKNOWN), left_stored={1: digests(quantity="1")[0]})
    found = plan([link], lines(l1=("A", "7")), lines())
    assert [(one.property, one.left, one.winner, one.reason) for one in found.conflicts] == [("quantity", "7", "none", "deleted / edited")]
    assert (found.links, found.to_left, found.to_right) == ([link], [], [])


def test_a_line_that_goes_is_expected_as_it_was_read() -> None:
    """What only the left system says of a line is no edit, whatever it says by now: the line goes."""
    lines_of = replace(SPEC, properties=tuple(replace(p, direction="to_left") if p.name == "quantity" else p for p in SPEC.properties))
    found = plan_lines(lines_of, "L", [PAIR], lines(l1=("A", "7")), lines(), Policy("hold"), mark)
    (action,) = found.to_left
    assert (action.verb, action.expected["quantity"], found.conflicts) == ("remove", digests(quantity="7")[0], [])
