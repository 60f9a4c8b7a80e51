"""A create whose answer was lost, where the target bears no marker: what "not found" settles, and what a person must look for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from lenke.core.links.rows import Link
from lenke.core.mapping.model import MatchRule
from lenke.core.plan import recheck
from lenke.core.plan.context import Context
from lenke.core.plan.model import Parked, Plan
from lenke.core.plan.reasons import words
from tests.unit.core.plan.pairs_of_orders import FLOW, LAG, NOW, Case, order, parked

UNMARKED = replace(FLOW, match=(MatchRule(("note",)),))
LOOK = "look for it in two, and relink it, or release it to let it be made"


@dataclass
class Unmarked(Case):
    """A case whose right side has no field for a marker."""

    def context(self) -> Context:
        return replace(super().context(), has_marker=False)


def case(entry: Link | None, note: str | None) -> Unmarked:
    return Unmarked([entry] if entry else [], {"L": order(note)}, flow=UNMARKED)


def lost(note: str = "FEIL-1") -> Link:
    """The entry of a record whose create was sent with this note."""
    return recheck.unknown("create", "L", None, NOW, seen=case(None, note).action().seen, sent={})


def entry_of(plan: Plan) -> Link:
    (row,) = [row for row in plan.rows if row.kind == "recheck"]
    return row


def invalid(old: Link) -> Link:
    """The same record, parked for something else meanwhile."""
    return recheck.entry(Parked("left", "L", "invalid_value", "note"), old, NOW)


@pytest.mark.parametrize("between", [lambda old: old, invalid], ids=["at once", "parked for something else meanwhile"])
class TestAsItWasOrNot:
    def test_a_record_that_is_as_it_was_sent_is_made(self, between: Callable[[Link], Link]) -> None:
        assert case(between(lost()), "FEIL-1").action().verb == "create"

    def test_a_record_that_was_corrected_since_is_left_to_a_person(self, between: Callable[[Link], Link]) -> None:
        plan = case(between(lost()), "RETT-1").plan()
        assert (plan.actions, parked(plan)) == ([], [("L", "unknown_outcome", "")])
        assert LOOK in words(entry_of(plan).note)

    def test_so_it_is_where_nothing_is_left_to_be_looked_for_by(self, between: Callable[[Link], Link]) -> None:
        assert case(between(lost()), None).plan().actions == []


def test_it_stays_with_a_person_until_the_record_is_as_it_was_or_is_released() -> None:
    asked = entry_of(case(lost(), "RETT-1").plan())
    again = case(asked, "RETT-1").plan()
    assert (again.actions, again.rows) == ([], [])
    assert asked.note["since"] == lost().note["since"]  # what a person releases is the create that was sent then
    assert case(asked, "FEIL-1").action().verb == "create"
    note = {name: value for name, value in asked.note.items() if name not in recheck.TRIED}
    assert case(replace(asked, note=note | {"released": NOW.isoformat()}), "RETT-1").action().verb == "create"


def test_within_the_read_lag_nothing_is_asked_of_a_person_yet() -> None:
    waiting = replace(case(lost(), "RETT-1"), lag=LAG)
    assert waiting.plan().rows == []


def test_a_marker_settles_it_whatever_was_corrected() -> None:
    marked = Case([lost()], {"L": order("RETT-1")}, flow=UNMARKED)
    assert marked.action().verb == "create"
