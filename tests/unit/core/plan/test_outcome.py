"""What the ledger remembers of writes that went well, in part, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Link, Pending, Side
from lenke.core.plan.model import Action
from lenke.core.plan.outcome import Fold, SideResult
from lenke.core.ports import Status
from tests.laws.engine.reading import DIGESTER
from tests.unit.core.plan.pairs_of_orders import (
    FLOW,
    LAG,
    NOW,
    WIDTH,
    Case,
    base,
    digests,
    line_base,
    line_link,
    linked,
    order,
    stored,
    version,
)

NONE: Mapping[Side, timedelta] = {"left": timedelta(0), "right": timedelta(0)}
BEHIND: Mapping[Side, timedelta] = {"left": timedelta(0), "right": LAG}
FOLD = Fold(FLOW, NOW, NONE)
LINES, RIGHT_LINES = {"l1": ("A", "1")}, {"r1": ("A", "1")}
LEDGER = [linked(), line_link("l1", "r1", "A", "1")]


def edited(**lines: tuple[str, str]) -> Action:
    """The left note was edited, and the left lines became ``lines``."""
    return Case(LEDGER, {"L": order("new", lines=lines or LINES)}, {"R": order("o", lines=RIGHT_LINES)}).action()


def done(
    note: str, id: str = "R", *, markers: Mapping[str, str] | None = None, partial: bool = False, **lines: tuple[str, str]
) -> SideResult:
    return SideResult("done", id, stored(order(note, lines=lines), markers), partial=partial, reason="x" if partial else "")


def by_kind(rows: list[Link], kind: str) -> list[Link]:
    return [row for row in rows if row.kind == kind]


class TestDone:
    def test_agreed_value(self) -> None:
        (link,) = FOLD.rows(edited(), {"right": done("new", r1=("A", "1"))})
        assert (link.base, dict(link.right_stored), link.right_pending) == (base("new"), {}, None)

    def test_own_form_is_remembered_beside_it(self) -> None:
        (link,) = FOLD.rows(edited(), {"right": done("NEW", r1=("A", "1"))})
        assert (link.base, dict(link.right_stored)) == (base("new"), {0: digests(note="NEW")[0]})

    def test_recheck_entry_is_settled(self) -> None:
        rows = FOLD.rows(replace(edited(), rechecked=True), {"right": done("new", r1=("A", "1"))})
        assert [row.left for row in by_kind(rows, "settled")] == ["L"]

    def test_write_is_remembered_while_reads_may_be_older(self) -> None:
        (link,) = Fold(FLOW, NOW, BEHIND).rows(edited(), {"right": done("new", r1=("A", "1"))})
        assert link.right_pending == Pending(NOW.isoformat(), NOW.isoformat(), {0: base("o")[0]})

    def test_version_is_taken_over(self) -> None:
        (link,) = FOLD.rows(edited(), {"right": done("new", r1=("A", "1"))})
        assert link.right_version == version(order())

    @pytest.mark.parametrize("lines", [{"r1": ("A", "9")}, {"r1": ("A", "1"), "r2": ("B", "1")}, {}], ids=["edited", "added", "removed"])
    def test_version_is_not_taken_over_with_an_edit_of_somebody_else(self, lines: dict[str, tuple[str, str]]) -> None:
        (link,) = FOLD.rows(edited(), {"right": SideResult("done", "R", stored(order("new", lines=lines)))})
        assert link.right_version == UNKNOWN


class TestFailed:
    @pytest.mark.parametrize("status", ["moved", "gone", "locked", "rejected", "not_unique"])
    def test_base_stays_and_the_record_is_listed(self, status: str) -> None:
        rows = FOLD.rows(edited(l1=("A", "5")), {"right": SideResult(status, reason="why")})  # type: ignore[arg-type]
        assert [(row.kind, row.note.get("reason")) for row in rows] == [("recheck", status)]

    def test_one_side_of_two(self) -> None:
        action = Case([linked()], {"L": order("new")}, {"R": order("o", status="Confirmed")}).action()
        rows = FOLD.rows(action, {"right": SideResult("moved"), "left": SideResult("done", "L", stored(order("new", status="Confirmed")))})
        assert [row.base for row in by_kind(rows, "link")] == [base("o", None, "Confirmed")]

    def test_refusals_wait_longer_each_time(self) -> None:
        action = edited()
        (first,) = FOLD.rows(action, {"right": SideResult("rejected", reason="why")})
        (second,) = replace(FOLD, old_recheck={"L": first}).rows(action, {"right": SideResult("rejected", reason="why")})
        assert [row.note["tries"] for row in (first, second)] == [1, 2]
        assert [row.note["next_try"] for row in (first, second)] == [(NOW + timedelta(hours=hours)).isoformat() for hours in (1, 4)]
        assert first.note["seen"] == f"{action.to_right.seen:x}"

    def test_entry_that_tells_the_same_is_not_written_anew(self) -> None:
        (first,) = FOLD.rows(edited(), {"right": SideResult("gone", reason="why")})
        assert replace(FOLD, old_recheck={"L": first}).rows(edited(), {"right": SideResult("gone", reason="why")}) == []

    @pytest.mark.parametrize("status", ["moved", "rejected", "locked"])
    def test_what_fails_after_an_uncertain_try_keeps_what_was_sent(self, status: Status) -> None:
        (entry,) = FOLD.rows(edited(), {"right": SideResult(status, uncertain=True)})
        assert entry.note["sent"] == {"right": ["note"]}


class TestCreate:
    action = Case([], {"L": order("new", lines={"l1": ("A", "1"), "l2": ("B", "2")})}).action()

    def test_links_header_and_lines_by_their_markers(self) -> None:
        first, second = (line.marker for line in self.action.to_right.lines)
        made = done("new", "R", markers={"r9": first, "r8": second}, r8=("B", "2"), r9=("A", "1"))
        rows = FOLD.rows(self.action, {"right": made})
        assert [(row.left, row.right, row.parent) for row in rows] == [("L", "R", ""), ("l1", "r9", "L"), ("l2", "r8", "L")]

    def test_links_lines_without_markers_by_their_likeness(self) -> None:
        rows = FOLD.rows(self.action, {"right": done("new", "R", r8=("B", "2"), r9=("A", "1"))})
        assert [(row.left, row.right) for row in rows] == [("L", "R"), ("l1", "r9"), ("l2", "r8")]

    def test_lines_that_cannot_be_told_apart_are_not_linked(self) -> None:
        rows = FOLD.rows(self.action, {"right": done("new", "R", r8=("B", "2"))})
        assert [(row.left, row.right) for row in rows] == [("L", "R")]

    def test_value_that_the_system_gave_is_not_agreed(self) -> None:
        result = SideResult("done", "R", stored(order("new", customer="C5")))
        link = FOLD.rows(self.action, {"right": result})[0]
        assert link.base[1] == UNKNOWN

    @pytest.mark.parametrize("how", [{"found": True}, {"partial": True, "reason": "why"}], ids=["found", "partial"])
    def test_made_in_part_agrees_on_nothing_that_it_lacks_and_is_looked_at_again(self, how: dict[str, Any]) -> None:
        rows = FOLD.rows(self.action, {"right": SideResult("done", "R", stored(order()), **how)})
        (link,) = (row for row in by_kind(rows, "link") if not row.parent)
        assert (link.base[0], dict(link.right_stored)) == (UNKNOWN, {})
        assert [row.left for row in by_kind(rows, "recheck")] == ["L"]

    def test_found_whole_is_done(self) -> None:
        rows = FOLD.rows(self.action, {"right": SideResult("done", "R", stored(order("NEW")), found=True)})
        assert (rows[0].base[0], rows[0].right_stored[0]) == (base("new")[0], digests(note="NEW")[0])
        assert by_kind(rows, "recheck") == []

    def test_that_failed_leaves_no_link(self) -> None:
        (entry,) = FOLD.rows(self.action, {"right": SideResult("rejected", reason="why")})
        assert (entry.kind, entry.note["seen"]) == ("recheck", f"{self.action.seen:x}")

    def test_edit_of_the_left_record_before_the_answer_is_not_agreed(self) -> None:
        rows = FOLD.rows(self.action, {"right": done("new", "R"), "left": SideResult("done", "L", stored(order("edited")))})
        assert rows[0].base[0] == base("new")[0]


class TestLines:
    def rows(self, action: Action, result: SideResult, fold: Fold = FOLD) -> dict[str, Link]:
        return {row.left or row.right: row for row in fold.rows(action, {"right": result}) if row.parent}

    def test_edited(self) -> None:
        found = self.rows(edited(l1=("A", "5")), done("new", r1=("A", "5,0")))
        assert found["l1"].base == line_base("A", "5")
        assert dict(found["l1"].right_stored) == {1: digests(quantity="5,0")[0]}

    def test_added_is_remembered_while_reads_may_be_older(self) -> None:
        action = edited(l1=("A", "1"), l2=("B", "2"))
        found = self.rows(action, done("new", r1=("A", "1"), r2=("B", "2")), Fold(FLOW, NOW, BEHIND))
        assert (found["l2"].right, found["l2"].right_pending) == ("r2", Pending(NOW.isoformat()))

    def test_added_without_an_answer_has_no_link_yet(self) -> None:
        assert self.rows(edited(l1=("A", "1"), l2=("B", "2")), SideResult("done", "R")) == {}

    def test_added_and_failed_has_no_link(self) -> None:
        assert self.rows(edited(l1=("A", "1"), l2=("B", "2")), SideResult("moved")) == {}

    def removal(self) -> Action:
        return Case(LEDGER, {"L": order("new")}, {"R": order("o", lines=RIGHT_LINES)}).action()

    def test_removed(self) -> None:
        assert self.rows(self.removal(), done("new"))["l1"].kind == "dropped"

    @pytest.mark.parametrize("result", [done("new", partial=True, r1=("A", "1")), SideResult("done", "R"), SideResult("moved")])
    def test_not_removed_for_certain_keeps_its_link(self, result: SideResult) -> None:
        assert self.rows(self.removal(), result) == {}

    def test_removed_id_is_remembered_while_reads_may_be_older(self) -> None:
        link = Fold(FLOW, NOW, BEHIND).rows(self.removal(), {"right": done("new")})[0]
        assert link.right_pending is not None
        assert link.right_pending.removed == ("r1",)

    def test_in_part(self) -> None:
        rows = FOLD.rows(edited(l1=("A", "5"), l2=("B", "2")), {"right": done("new", partial=True, r1=("A", "1"))})
        assert [(row.kind, row.left) for row in rows] == [("link", "L"), ("recheck", "L")]

    def test_found_just_now_stays_linked_though_its_write_failed(self) -> None:
        left, right = order("o", lines={"l1": ("A", "2")}), order("o", lines={"r1": ("A", None)})
        action = Case([linked()], {"L": left}, {"R": right}).action()
        found = self.rows(action, SideResult("moved"))
        assert (found["l1"].right, set(found["l1"].base)) == ("r1", {UNKNOWN})

    def test_created_on_one_side_while_the_other_failed(self) -> None:
        left, right = order("new", status="x", lines={"l1": ("A", "1"), "l2": ("B", "2")}), order("o", status="y", lines=RIGHT_LINES)
        action = Case(LEDGER, {"L": left}, {"R": right}).action()
        results: dict[Side, SideResult] = {"right": done("new", r1=("A", "1"), r2=("B", "2")), "left": SideResult("moved")}
        assert [(row.left, row.right) for row in FOLD.rows(action, results) if row.parent] == [("l2", "r2")]


def test_digester_and_width_are_those_of_the_flow() -> None:
    assert len(base()) == WIDTH
    assert base("o")[0] == DIGESTER.value("note", "o")
