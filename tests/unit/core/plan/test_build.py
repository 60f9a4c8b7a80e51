"""Plans over two small sides: what is written, what waits and why, and what the ledger is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.match import Matches
from lenke.core.links.table import table
from lenke.core.plan.build import build
from tests.unit.core.plan.pairs_of_orders import LAG, NOW, Case, base, entry, kinds, line_link, linked, order, parked, version

LINES = {"l1": ("A", "1"), "l2": ("B", "2")}
RIGHT_LINES = {"r1": ("A", "1"), "r2": ("B", "2")}
LEDGER = [linked(), line_link("l1", "r1", "A", "1"), line_link("l2", "r2", "B", "2")]


class TestLinked:
    def test_nothing_changed(self) -> None:
        plan = Case(LEDGER, {"L": order("o", lines=LINES)}, {"R": order("o", lines=RIGHT_LINES)}).plan()
        assert (plan.actions, plan.rows, plan.parked, plan.counts.unchanged) == ([], [], [], 1)

    def test_edit_is_carried_with_what_the_target_is_believed_to_hold(self) -> None:
        action = Case([linked()], {"L": order("new")}, {"R": order("o")}).action()
        assert dict(action.to_right.values) == {"note": "new"}
        assert action.to_right.expected == {"note": base("o")[0]}
        assert not action.to_left
        assert action.link.base == base("new")

    def test_target_that_was_not_read_is_believed_to_hold_what_it_stored(self) -> None:
        link = linked(right_stored={0: 77})
        assert Case([link], {"L": order("new")}).action().to_right.expected == {"note": 77}

    def test_edits_of_two_properties_cross(self) -> None:
        left, right = order("new", status="Draft"), order("o", status="Confirmed")
        action = Case([linked(at=base("o", None, "Draft"))], {"L": left}, {"R": right}).action()
        assert (dict(action.to_right.values), dict(action.to_left.values)) == ({"note": "new"}, {"status": "Confirmed"})

    def test_list_entry_is_not_compared(self) -> None:
        plan = Case(LEDGER, {}, {"R": order("changed")}, entries=frozenset({"R"})).plan()
        assert (plan.actions, plan.rows) == ([], [])

    def test_new_version_without_an_edit_is_noted(self) -> None:
        moved = replace(order("o"), version=2)
        plan = Case([linked()], {"L": moved}, {"R": order("o")}).plan()
        assert not plan.actions
        assert [row.left_version for row in plan.rows] == [version(moved)]

    def test_rebased_property_waits_for_both_sides(self) -> None:
        case = Case([linked(at=(UNKNOWN, *base()[1:]))], {"L": order("o")}, complete=False)
        assert parked(case.plan()) == [("L", "both_needed", "")]
        case.right = {"R": order("o")}
        assert [row.base for row in case.plan().rows] == [base("o")]

    def test_problem_of_a_line_parks_its_order(self) -> None:
        case = Case(LEDGER, {"L": order("new", lines=LINES)}, {"R": order("o", lines=RIGHT_LINES)})
        plan = case.plan()
        assert plan.actions
        left = case.read("left", case.left)
        assert left.lines is not None
        left.lines.problems[1] = '[{"property": "quantity", "code": "invalid_value", "text": "is no number"}]'
        plan = build(table(case.ledger, 3), left, case.read("right", case.right), case.context())
        assert (plan.actions, parked(plan)) == ([], [("L", "invalid_value", "quantity")])


class TestConflict:
    def test_undecided_conflict_is_parked_and_not_settled(self) -> None:
        case = Case([linked(at=(UNKNOWN, *base()[1:]))], {"L": order("a")}, {"R": order("b")})
        plan = case.plan()
        assert parked(plan) == [("L", "conflict", "note")]
        assert [(one.property, one.left, one.right, one.winner) for _, one in plan.conflicts] == [("note", "a", "b", "none")]
        case.ledger = [*case.ledger, *plan.rows]
        assert case.plan().rows == []

    def test_conflict_stays_on_the_list_while_one_side_is_not_read(self) -> None:
        ledger = [linked(at=(UNKNOWN, *base()[1:])), entry("L", "conflict", property="note", text="a person must choose: note")]
        plan = Case(ledger, {"L": order("a")}, {}, complete=False).plan()
        assert ("settled", "L") not in kinds(plan)

    def test_solved_conflict_is_settled(self) -> None:
        plan = Case([linked(), entry("L", "conflict", property="note")], {"L": order("o")}, {"R": order("o")}).plan()
        assert kinds(plan) == [("settled", "L")]

    def test_reason_on_the_list_is_kept_among_several(self) -> None:
        old = entry("L", "locked", text="order is locked", tries=2)
        right = replace(order("o", customer="R9"), locked=True)
        plan = Case([linked(), old], {"L": order("new")}, {"R": right}).plan()
        assert [one.reason for one in plan.parked] == ["locked", "missing_reference"]
        assert plan.rows == []


class TestLocked:
    def test_change_waits_and_its_base_stays(self) -> None:
        right = replace(order("o", status="Confirmed", lines=RIGHT_LINES), locked=True)
        plan = Case(LEDGER, {"L": order("new", lines=LINES)}, {"R": right}).plan()
        assert parked(plan) == [("L", "locked", "")]
        (action,) = plan.actions
        assert (dict(action.to_right.values), dict(action.to_left.values)) == ({}, {"status": "Confirmed"})
        assert action.link.base == base("o", None, "Confirmed")

    def test_lines_wait_with_their_header(self) -> None:
        right = replace(order("o", lines=RIGHT_LINES), locked=True)
        plan = Case(LEDGER, {"L": order("o", lines={"l1": ("A", "9")})}, {"R": right}).plan()
        assert (plan.actions, parked(plan)) == ([], [("L", "locked", "")])
        assert [row.kind for row in plan.rows] == ["recheck"]

    def test_lock_of_a_list_entry_holds(self) -> None:
        right = replace(order("o"), locked=True)
        plan = Case([linked()], {"L": order("new")}, {"R": right}, entries=frozenset({"R"})).plan()
        assert (plan.actions, parked(plan)) == ([], [("L", "locked", "")])

    def test_nothing_to_write_is_not_locked(self) -> None:
        assert parked(Case([linked()], {"L": order("o")}, {"R": replace(order("o"), locked=True)}).plan()) == []


class TestReferences:
    def test_told_as_the_sides_own_id(self) -> None:
        action = Case([linked()], {"L": order("o", customer="C1")}, {"R": order("o")}, customers={"C1": "K1"}).action()
        assert dict(action.to_right.values) == {"customer": "K1"}
        assert action.link.base == base("o", "C1")

    def test_waits_for_its_record(self) -> None:
        plan = Case([linked()], {"L": order("new", customer="C1")}, {"R": order("o")}).plan()
        assert [(one.reason, one.waits_for) for one in plan.parked] == [("missing_reference", "customers:C1")]
        (action,) = plan.actions
        assert dict(action.to_right.values) == {"note": "new"}
        assert action.link.base == base("new")

    def test_right_record_without_a_link_is_not_told_to_the_left(self) -> None:
        plan = Case([linked()], {"L": order("o")}, {"R": order("o", customer="K9")}).plan()
        assert (plan.actions, [one.waits_for for one in plan.parked]) == ([], ["customers:right:K9"])


class TestUnlinked:
    def test_is_created_with_its_lines(self) -> None:
        action = Case([], {"L": order("new", lines=LINES)}).action()
        assert (action.verb, action.right, dict(action.to_right.values)) == ("create", "", {"note": "new"})
        assert [(line.verb, line.other, dict(line.values)) for line in action.to_right.lines] == [
            ("create", "l1", {"sku": "A", "quantity": "1"}),
            ("create", "l2", {"sku": "B", "quantity": "2"}),
        ]
        assert action.marker.startswith("lk-")
        assert len({action.marker, *(line.marker for line in action.to_right.lines)}) == 3
        assert action.link.base == (*base("new")[:2], UNKNOWN)

    def test_list_entry_is_not_created_without_its_lines(self) -> None:
        case = Case([], {"L": order("new")})
        left = case.read("left", case.left)
        left.whole[0] = False
        plan = build(table([], 3), left, case.read("right", {}), case.context())
        assert (plan.actions, parked(plan)) == ([], [("L", "incomplete", "")])

    def test_line_that_lacks_what_is_required(self) -> None:
        assert parked(Case([], {"L": order(lines={"l1": (None, "1")})}).plan()) == [("L", "missing_required", "sku")]

    def test_added_line_that_lacks_what_is_required(self) -> None:
        plan = Case([linked()], {"L": order("o", lines={"l1": (None, "1")})}, {"R": order("o")}).plan()
        assert (plan.actions, parked(plan)) == ([], [("L", "missing_required", "sku")])

    def test_reference_must_be_linked_first(self) -> None:
        case = Case([], {"L": order(customer="C1")})
        assert parked(case.plan()) == [("L", "missing_reference", "customer")]
        case.customers = {"C1": "K1"}
        assert dict(case.action().to_right.values) == {"customer": "K1"}

    def test_uncertain_create_waits_for_the_read_lag(self) -> None:
        case = Case([entry("L", "unknown_outcome")], {"L": order("new")}, lag=LAG, now=NOW + LAG / 2)
        assert (case.plan().actions, case.plan().rows) == ([], [])
        case.now = NOW + LAG
        assert case.plan().actions

    def test_parked_record_that_is_gone_leaves_the_list(self) -> None:
        assert kinds(Case([entry("L", "rejected")], {}, {}).plan()) == [("settled", "L")]
        assert kinds(Case([entry("L", "rejected")], {}, {}, complete=False).plan()) == []

    @pytest.mark.parametrize(("note", "leaves"), [({"tries": 1}, False), ({"tries": 1, "released": "now"}, True), ({}, True)])
    def test_one_that_was_sent_leaves_it_only_once_a_person_has_looked(self, note: dict[str, object], leaves: bool) -> None:
        """Without a try of its own it waits for a sibling's, which knows best."""
        old = entry("L", "unknown_outcome")
        assert kinds(Case([replace(old, note={**old.note, **note})], {}, {}).plan()) == ([("settled", "L")] if leaves else [])

    @pytest.mark.parametrize("code", ["ambiguous_match", "duplicate_match"])
    def test_unclear_match_is_parked(self, code: str) -> None:
        assert parked(Case([], {"L": order()}, matches=Matches(parked={"L": (code, ("R", "S"))})).plan()) == [("L", code, "")]


class TestFirstLink:
    def test_equal_records_are_linked_without_a_write(self) -> None:
        plan = Case([], {"L": order("o", lines=LINES)}, {"R": order("o", lines=RIGHT_LINES)}, matches=Matches({"L": "R"})).plan()
        assert (plan.actions, plan.parked) == ([], [])
        assert [(row.left, row.right, row.parent) for row in plan.rows] == [("L", "R", ""), ("l1", "r1", "L"), ("l2", "r2", "L")]

    def test_held_differences_are_linked_all_the_same(self) -> None:
        plan = Case([], {"L": order("a")}, {"R": order("b")}, matches=Matches({"L": "R"})).plan()
        assert parked(plan) == [("L", "conflict", "note")]
        assert [(row.kind, row.base) for row in plan.rows] == [("link", (UNKNOWN, *base()[1:])), ("recheck", ())]

    def test_record_of_our_own_making_is_brought_up_to_date(self) -> None:
        case = Case([], {"L": order("Mail")}, matches=Matches({"L": "R"}))
        case.right = {"R": replace(order("mail"), marker=case.context().mark("L"))}
        assert dict(case.action().to_right.values) == {"note": "Mail"}

    @pytest.mark.parametrize(("pair", "told"), [("R", {"note": "mail"}), ("S", {})])
    def test_what_a_lost_write_may_have_filled_is_no_difference(self, pair: str, told: dict[str, str]) -> None:
        """The left side holds in its own form what it was told; of another record that says nothing, and the difference is held."""
        lost = entry("L", "unknown_outcome", sent={"left": ["note"], "pair": [pair]})
        case = Case([lost], {"L": order("MAIL")}, {"R": order("mail")}, matches=Matches({"L": "R"}))
        plan = case.plan()
        assert [dict(action.to_left.values) for action in plan.actions] == ([told] if told else [])
        assert parked(plan) == ([] if told else [("L", "conflict", "note")])

    def test_own_making_does_not_go_over_what_it_told_the_left_side(self) -> None:
        lost = entry("L", "unknown_outcome", sent={"left": ["note"], "pair": ["R"]})
        case = Case([lost], {"L": order("MAIL")}, matches=Matches({"L": "R"}))
        case.right = {"R": replace(order("mail"), marker=case.context().mark("L"))}
        action = case.action()
        assert (dict(action.to_left.values), dict(action.to_right.values)) == ({"note": "mail"}, {})

    def test_failed_write_leaves_the_link(self) -> None:
        case = Case([], {"L": order("a")}, {"R": order("b")}, matches=Matches({"L": "R"}), policy=Policy("left"))
        assert case.action().old is None


class TestClosed:
    def test_deleted_record_leaves_a_tombstone_and_drops_its_lines(self) -> None:
        plan = Case(LEDGER, {"L": order("o", lines=LINES)}, {}, gone={"right": {"R": "deleted"}}).plan()
        assert kinds(plan) == [("tombstone", "L"), ("dropped", "l1"), ("dropped", "l2")]
        assert (plan.actions, plan.parked) == ([], [])

    @pytest.mark.parametrize(("side", "id"), [("right", "L"), ("left", "R")])
    def test_deleted_and_edited_waits_for_a_person(self, side: str, id: str) -> None:
        left, right = {"L": order("new")}, {"R": order("new")}
        case = Case([linked()], left if side == "right" else {}, right if side == "left" else {})
        case.gone = {"right": {"R": "deleted"}} if side == "right" else {"left": {"L": "deleted"}}
        plan = case.plan()
        assert parked(plan) == [(id, "deleted_edited", "note")]
        assert [(one.reason, one.left or one.right) for _, one in plan.conflicts] == [("deleted / edited", "new")]
        assert [kind for kind, _ in kinds(plan)] == ["tombstone", "recheck"]
        case.ledger, case.gone = [row for row in plan.rows if row.kind != "dropped"], {}
        assert (case.plan().rows, case.plan().actions) == ([], [])

    def test_invoiced_order_is_locked(self) -> None:
        assert parked(Case([linked()], {"L": order("new")}, {}, gone={"right": {"R": "invoiced"}}).plan()) == [("L", "locked", "note")]

    def test_tombstone_bars_creation_and_settles_what_waited(self) -> None:
        tombstone = linked(kind="tombstone", note={"side": "right", "reason": "deleted"})
        plan = Case([tombstone, entry("L", "gone")], {"L": order("o")}, {}).plan()
        assert (plan.actions, kinds(plan), plan.counts.skipped) == ([], [("settled", "L")], 1)
