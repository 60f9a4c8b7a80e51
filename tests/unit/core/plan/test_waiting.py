"""Plans of what must wait: reads older than a write, writes without an answer, what a system refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from lenke.core.links.rows import Pending
from tests.laws.engine.systems import State
from tests.unit.core.plan.pairs_of_orders import FLOW, LAG, NOW, Case, base, entry, line_link, linked, order, parked


class TestStale:
    pending = Pending(NOW.isoformat(), NOW.isoformat(), {0: base("before")[0]})

    @pytest.mark.parametrize(
        "right",
        [order("before"), replace(order("x"), modified=NOW - timedelta(seconds=1))],
        ids=["shows what was replaced", "is older than the write"],
    )
    def test_is_no_edit(self, right: State) -> None:
        case = Case([linked(right_pending=self.pending)], {"L": order("o")}, {"R": right}, lag=LAG)
        plan = case.plan()
        assert (plan.actions, parked(plan)) == ([], [("L", "stale", "")])

    def test_is_believed_when_the_lag_is_over(self) -> None:
        case = Case([linked(right_pending=self.pending)], {"L": order("o")}, {"R": order("before")}, lag=LAG, now=NOW + LAG)
        assert dict(case.action().to_left.values) == {"note": "before"}

    def test_newer_value_is_an_edit(self) -> None:
        case = Case([linked(right_pending=self.pending)], {"L": order("o")}, {"R": order("new")}, lag=LAG)
        assert dict(case.action().to_left.values) == {"note": "new"}

    def test_line_that_was_just_written_and_is_not_shown(self) -> None:
        ledger = [linked(), line_link("l1", "r1", "A", "1", right_pending=Pending(NOW.isoformat()))]
        case = Case(ledger, {"L": order("o", lines={"l1": ("A", "1")})}, {"R": order("o")}, lag=LAG)
        assert (case.plan().actions, parked(case.plan())) == ([], [("L", "stale", "")])

    def test_line_that_shows_what_was_replaced(self) -> None:
        pending = Pending(NOW.isoformat(), "", {1: line_link("", "", "A", "0").base[1]})
        ledger = [linked(), line_link("l1", "r1", "A", "1", right_pending=pending)]
        case = Case(ledger, {"L": order("o", lines={"l1": ("A", "1")})}, {"R": order("o", lines={"r1": ("A", "0")})}, lag=LAG)
        assert (case.plan().actions, parked(case.plan())) == ([], [("L", "stale", "")])

    def test_line_that_was_just_removed_and_is_still_shown(self) -> None:
        ledger = [linked(right_pending=Pending(NOW.isoformat(), removed=("r1",)))]
        case = Case(ledger, {"L": order("o")}, {"R": order("o", lines={"r1": ("A", "1")})}, lag=LAG)
        assert (case.plan().actions, parked(case.plan())) == ([], [("L", "stale", "")])


class TestUncertain:
    note: ClassVar = {"sent": {"right": ["note", "line quantity"]}}

    def test_waits_until_reads_must_show_the_write(self) -> None:
        ledger = [linked(), entry("L", "unknown_outcome", **self.note)]
        case = Case(ledger, {"L": order("new", lines={"l1": ("A", "1")})}, {"R": order("o")}, lag=LAG)
        assert (case.plan().actions, case.plan().rows) == ([], [])
        case.now += LAG
        assert case.action().to_right

    def test_waits_for_both_sides(self) -> None:
        case = Case([linked(), entry("L", "unknown_outcome", **self.note)], {"L": order("new")}, {}, complete=False)
        assert (case.plan().actions, case.plan().rows) == ([], [])

    def test_own_form_of_what_was_sent_is_not_taken_for_an_edit(self) -> None:
        action = Case([linked(), entry("L", "unknown_outcome", **self.note)], {"L": order("New")}, {"R": order("new")}).action()
        assert (dict(action.to_right.values), dict(action.to_left.values)) == ({"note": "New"}, {})

    @pytest.mark.parametrize("direction", ["two_way", "to_right"])
    def test_what_was_sent_and_taken_back_is_looked_at(self, direction: Any) -> None:
        note = replace(FLOW.properties[0], direction=direction)
        flow = replace(FLOW, properties=(note, *FLOW.properties[1:]))
        case = Case([linked(), entry("L", "unknown_outcome", sent={"right": ["note"]})], {"L": order("o")}, {"R": order("sent")}, flow=flow)
        action = case.action()
        assert (dict(action.to_right.values), dict(action.to_left.values)) == ({"note": "o"}, {})


class TestRefused:
    def test_update_is_not_sent_again_before_its_time(self) -> None:
        case = Case([linked()], {"L": order("new")}, {"R": order("o")})
        seen = case.action().to_right.seen
        later = (NOW + timedelta(hours=1)).isoformat()
        old = entry("L", "rejected", text="too long", seen=f"{seen:x}", next_try=later, tries=1)
        case.ledger = [*case.ledger, old]
        assert (case.plan().actions, case.plan().rows) == ([], [])

    def test_update_is_sent_again_when_it_changed_or_its_time_has_come(self) -> None:
        case = Case([linked()], {"L": order("new")}, {"R": order("o")})
        seen = case.action().to_right.seen
        case.ledger = [*case.ledger, entry("L", "rejected", seen=f"{seen:x}", next_try=(NOW + timedelta(hours=1)).isoformat())]
        case.left = {"L": order("newer")}
        assert case.plan().actions
        case.left, case.now = {"L": order("new")}, NOW + timedelta(hours=2)
        assert case.plan().actions

    def test_create_is_not_sent_again_before_its_time(self) -> None:
        case = Case([], {"L": order("new")})
        seen = case.action().seen
        case.ledger = [entry("L", "rejected", seen=f"{seen:x}", next_try=(NOW + timedelta(hours=1)).isoformat())]
        assert (case.plan().actions, case.plan().rows) == ([], [])
