"""The truth table of the three-way merge, each case by its number, and what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Merge, merge
from lenke.core.links.rows import Link
from lenke.core.mapping.model import OnLink
from tests.unit.core.links.merging import ABSENT, UNREAD, changes, digest, row, spec, stored

EARLY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """What is believed, what is read, and what must come of it; ``base`` ABSENT means unknown."""

    number: int
    base: str | None
    left: str | None
    right: str | None
    to_left: dict[str, str | None] = field(default_factory=dict)
    to_right: dict[str, str | None] = field(default_factory=dict)
    after: str | None = ABSENT
    winner: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    on_link: OnLink = "hold"
    needs_both: bool = False


CASES = [
    Case(1, ABSENT, "a", UNREAD, needs_both=True),
    Case(1, ABSENT, UNREAD, "b", needs_both=True),
    Case(1, ABSENT, ABSENT, UNREAD),
    Case(1, ABSENT, "a", ABSENT),
    Case(2, ABSENT, "a", "a", after="a"),
    Case(2, ABSENT, None, None, after=None),
    Case(3, ABSENT, "a", None, to_right={"p": "a"}, after="a"),
    Case(3, ABSENT, None, "b", to_left={"p": "b"}, after="b"),
    Case(4, ABSENT, "a", "b", winner="none"),
    Case(4, ABSENT, "a", "b", to_right={"p": "a"}, after="a", winner="left", on_link="left"),
    Case(4, ABSENT, "a", "b", to_left={"p": "b"}, after="b", winner="right", on_link="left", more={"on_link": "right"}),
    Case(5, "o", "o", "o", after="o"),
    Case(5, "o", "o", UNREAD, after="o"),
    Case(5, "o", ABSENT, ABSENT, after="o"),
    Case(6, "o", "a", "o", to_right={"p": "a"}, after="a"),
    Case(6, "o", "a", UNREAD, to_right={"p": "a"}, after="a"),
    Case(6, "o", None, "o", to_right={"p": None}, after=None),
    Case(7, "o", "o", "b", to_left={"p": "b"}, after="b"),
    Case(7, "o", UNREAD, "b", to_left={"p": "b"}, after="b"),
    Case(8, "o", "a", "a", after="a"),
    Case(8, "o", None, None, after=None),
    Case(9, "o", None, "b", to_left={"p": "b"}, after="b", winner="right"),
    Case(9, "o", "a", None, to_right={"p": "a"}, after="a", winner="left", more={"conflict": "right"}),
    Case(10, "o", "a", "b", to_right={"p": "a"}, after="a", winner="left"),
    Case(10, "o", "a", "b", to_left={"p": "b"}, after="b", winner="right", more={"conflict": "right"}),
    Case(10, "o", "a", "b", after="o", winner="none", more={"conflict": "manual"}),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.number}-{case.left}-{case.right}-{case.winner}" for case in CASES])
def test_truth_table(case: Case) -> None:
    merged = merge([spec(**case.more)], Link("1", "2", base=(digest(case.base),)), row(case.left), row(case.right), Policy(case.on_link))
    assert (merged.to_left, merged.to_right) == (case.to_left, case.to_right)
    assert merged.link.base == (digest(case.after),)
    assert [conflict.winner for conflict in merged.conflicts] == ([case.winner] if case.winner else [])
    assert merged.needs_both is case.needs_both


def test_own_form_of_a_value_is_no_edit() -> None:
    link = stored("Mail", right="mail")
    assert merge([spec()], link, row("Mail"), row("mail"), Policy("left")) == Merge(link)


def test_side_that_comes_to_hold_the_agreed_value_is_no_edit() -> None:
    merged = merge([spec()], stored("Mail", right="mail"), row("Mail"), row("Mail"), Policy("left"))
    assert changes(merged) == ({}, {})
    assert merged.link.right_stored == {}


def test_other_sides_edit_wins_though_this_side_came_to_hold_the_agreed_value() -> None:
    merged = merge([spec(conflict="right")], stored("Mail", right="mail"), row("New"), row("Mail"), Policy("left"))
    assert changes(merged) == ({}, {"p": "New"})
    assert not merged.conflicts


class TestWhatOneSideLacks:
    """Case 1a: seen once beside a record without such a part, a value needs the other side no more."""

    lacking = Link("1", "2", base=(UNKNOWN,), right_stored={0: digest("b")})

    def merged(self, left: str | None, right: str | None, link: Link | None = None) -> Merge:
        return merge([spec()], link or self.lacking, row(left), row(right), Policy("left"))

    def test_it_is_known_once_both_were_read(self) -> None:
        assert self.merged(ABSENT, "b", Link("1", "2", base=(UNKNOWN,))) == Merge(self.lacking)

    def test_read_alone_it_needs_nothing(self) -> None:
        assert self.merged(UNREAD, "b") == Merge(self.lacking)

    def test_edited_alone_it_needs_nothing(self) -> None:
        assert self.merged(UNREAD, "c") == Merge(Link("1", "2", base=(UNKNOWN,), right_stored={0: digest("c")}))

    def test_what_the_lacking_side_holds_by_now_needs_both(self) -> None:
        assert self.merged("a", UNREAD).needs_both
        merged = self.merged("a", "b")
        assert (changes(merged), merged.link) == (({}, {"p": "a"}), Link("1", "2", base=(digest("a"),)))

    def test_a_side_that_gains_it_empty_is_told_what_the_other_one_is_known_to_hold(self) -> None:
        both_read = replace(self.lacking, left_version=7, right_version=8)
        assert self.merged(None, UNREAD, both_read).needs_both
        merged = self.merged(None, "b", both_read)
        assert (changes(merged), merged.link.base) == (({"p": "b"}, {}), (digest("b"),))

    def test_a_side_that_gains_it_empty_beside_an_empty_one_needs_nothing(self) -> None:
        empty = Link("1", "2", base=(UNKNOWN,), right_stored={0: digest(None)}, left_version=7, right_version=8)
        assert not self.merged(None, UNREAD, empty).needs_both
        assert not self.merged(None, UNREAD, replace(empty, right_stored={})).needs_both

    def test_a_difference_that_is_held_needs_both_again(self) -> None:
        held = merge([spec()], self.lacking, row("a"), row("b"), Policy("hold")).link
        assert self.merged(UNREAD, "b", held).needs_both


def test_value_that_the_unread_side_holds_is_not_sent() -> None:
    merged = merge([spec()], stored("Mail", right="mail"), row("mail"), None, Policy("left"))
    assert changes(merged) == ({}, {})
    assert merged.link.base == (digest("mail"),)


def test_edit_of_a_side_with_a_form_of_its_own() -> None:
    merged = merge([spec()], stored("Mail", right="mail"), row("Mail"), row("post"), Policy("left"))
    assert changes(merged) == ({"p": "post"}, {})
    assert merged.link == Link("1", "2", base=(digest("post"),))


@pytest.mark.parametrize(
    ("left", "right", "winner", "reason"),
    [
        (timedelta(seconds=60), timedelta(0), "left", "newest"),
        (timedelta(0), timedelta(seconds=60), "right", "newest"),
        (timedelta(0), timedelta(seconds=4), "left", "newest, but a tie"),
        (timedelta(0), None, "left", "newest, but a tie"),
    ],
)
def test_newest(left: timedelta, right: timedelta | None, winner: str, reason: str) -> None:
    rows = row("a", EARLY + left), row("b", None if right is None else EARLY + right)
    merged = merge([spec(conflict="newest")], Link("1", "2", base=(digest("o"),)), *rows, Policy("left"))
    assert [(one.winner, one.reason) for one in merged.conflicts] == [(winner, reason)]


@pytest.mark.parametrize("conflict", ["left", "right", "newest", "manual"])
def test_uncertain_write_is_sent_again_and_told(conflict: Any) -> None:
    policy = Policy("hold", sent={"right": {"p"}})
    merged = merge([spec(conflict=conflict)], Link("1", "2", base=(digest("o"),)), row("Mail"), row("mail"), policy)
    assert changes(merged) == ({}, {"p": "Mail"})
    assert [(one.left, one.right, one.winner) for one in merged.conflicts] == [("Mail", "mail", "left")]


@pytest.mark.parametrize(
    ("base", "left", "right", "to_right", "after"),
    [
        ("o", "a", "x", {"p": "a"}, "a"),
        ("o", "o", "x", {}, "o"),
        ("o", ABSENT, "x", {}, "o"),
        (ABSENT, "a", "a", {}, "a"),
        (ABSENT, None, "x", {}, None),
        (ABSENT, "a", None, {"p": "a"}, "a"),
        (ABSENT, "a", ABSENT, {"p": "a"}, "a"),
        (ABSENT, "a", "x", {}, ABSENT),
        (ABSENT, "a", UNREAD, {}, ABSENT),
    ],
)
def test_one_way(base: str, left: str | None, right: str | None, to_right: dict[str, str | None], after: str | None) -> None:
    merged = merge([spec(direction="to_right")], Link("1", "2", base=(digest(base),)), row(left), row(right), Policy("hold"))
    assert changes(merged) == ({}, to_right)
    assert merged.link.base == (digest(after),)


def test_check_is_compared_and_never_written() -> None:
    merged = merge([spec(direction="check")], Link("1", "2", base=(UNKNOWN,)), row("a"), row("b"), Policy("left"))
    assert (changes(merged), merged.differs) == (({}, {}), ["p"])


def test_rebased_property_of_a_pair_that_lacks_it_needs_nothing() -> None:
    link = Link("1", "2", base=(UNKNOWN,))
    assert merge([spec()], link, row(ABSENT), None, Policy("left")) == Merge(link)
