"""The truth table of the three-way merge, each case by its number, and what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN, Digester
from lenke.core.links.merge import Merge, Row, merge
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Condition, Field, OnLink, Property

DIGESTER = Digester(b"k" * 32)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
# What a case holds where a side was not read at all, and where the reply lacks the property.
UNREAD, ABSENT = "(unread)", "(absent)"


def digest(text: str | None) -> int:
    return UNKNOWN if text == ABSENT else DIGESTER.value("p", text)


def row(text: str | None, modified: datetime | None = None) -> Row | None:
    if text == UNREAD:
        return None
    return Row([digest(text)], {"p": None if text == ABSENT else text}, modified)


def spec(**more: Any) -> Property:
    return Property("p", "string", Field("p"), Field("p"), **more)


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


def stored(base: str, left: str | None = None, right: str | None = None) -> Link:
    """A link of which a side stored something else than was agreed."""
    return Link(
        "1",
        "2",
        base=(digest(base),),
        left_stored={0: digest(left)} if left else {},
        right_stored={0: digest(right)} if right else {},
    )


def changes(merged: Merge) -> tuple[dict[str, str | None], dict[str, str | None]]:
    return merged.to_left, merged.to_right


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


class TestWithheldByCondition:
    """Case 11: a person becomes a company."""

    specs = (
        Property("is_person", "boolean", Field("type"), Field("IsPerson")),
        Property("company", "string", Field("company"), Field("Name"), when=Condition("is_person", negated=True)),
    )

    def rows(self, left: tuple[str, str], right: tuple[str, str]) -> tuple[Row, Row]:
        return self.row(*left), self.row(*right)

    def row(self, person: str, company: str) -> Row:
        return Row([self.digest("is_person", person), self.digest("company", company)], {"is_person": person, "company": company})

    def digest(self, name: str, text: str) -> int:
        return UNKNOWN if text == ABSENT else DIGESTER.value(name, text)

    def test_travels_with_its_condition(self) -> None:
        link = Link("1", "2", base=(self.digest("is_person", "true"), UNKNOWN))
        merged = merge(self.specs, link, *self.rows(("false", "Firm"), ("true", ABSENT)), Policy("hold"))
        assert merged.to_right == {"is_person": "false", "company": "Firm"}

    def test_travels_again_though_it_was_agreed_before(self) -> None:
        link = Link("1", "2", base=(self.digest("is_person", "true"), self.digest("company", "Firm")))
        merged = merge(self.specs, link, *self.rows(("false", "Firm"), ("true", ABSENT)), Policy("hold"))
        assert merged.to_right == {"is_person": "false", "company": "Firm"}

    def test_waits_while_its_condition_does_not_travel(self) -> None:
        link = Link("1", "2", base=(UNKNOWN, UNKNOWN))
        merged = merge(self.specs, link, *self.rows(("false", "Firm"), ("true", ABSENT)), Policy("hold"))
        assert merged.to_right == {}


class TestPriceWithVat:
    """Case 12: a price that holds VAT is sent again under its new rate."""

    specs = (
        Property("price", "money", Field("price", vat="shop", rate="vat"), Field("Price")),
        Property("rate", "decimal", Field("vat"), Field("Rate")),
    )

    def row(self, price: str, rate: str) -> Row:
        return Row([DIGESTER.value("price", price), DIGESTER.value("rate", rate)], {"price": price, "rate": rate})

    def merged(self, left: Row | None, right: Row | None) -> Merge:
        base = tuple(self.row("80", "25").digests)
        return merge(self.specs, Link("1", "2", base=base), left, right, Policy("hold"))

    @pytest.mark.parametrize("read", [True, False])
    def test_goes_with_a_rate_that_was_edited_where_prices_hold_none(self, read: bool) -> None:
        found = self.merged(self.row("80", "25") if read else None, self.row("80", "15"))
        assert changes(found) == ({"rate": "15", "price": "80"}, {})
        assert found.link.base == tuple(self.row("80", "15").digests)

    def test_goes_once_where_it_was_edited_too(self) -> None:
        assert changes(self.merged(None, self.row("90", "15"))) == ({"rate": "15", "price": "90"}, {})

    def test_stays_where_the_rate_stays(self) -> None:
        assert changes(self.merged(None, self.row("90", "25"))) == ({"price": "90"}, {})

    def test_is_not_sent_to_a_side_whose_price_holds_none(self) -> None:
        assert changes(self.merged(self.row("80", "15"), None)) == ({}, {"rate": "15"})


def test_rebased_property_of_a_pair_that_lacks_it_needs_nothing() -> None:
    link = Link("1", "2", base=(UNKNOWN,))
    assert merge([spec()], link, row(ABSENT), None, Policy("left")) == Merge(link)


class TestTakenBack:
    """Case 13: an edit was sent, its answer lost, and the edit taken back; or it never came, and the other side was edited."""

    policy = Policy("hold", sent={"right": {"p"}}, written={"right": {"p"}})

    def merged(self, left: str | None, right: str | None, **more: Any) -> Merge:
        return merge([spec(**more)], Link("1", "2", base=(digest("o"),)), row(left), row(right), self.policy)

    @pytest.mark.parametrize("conflict", ["left", "right", "newest", "manual"])
    def test_what_was_agreed_is_sent_again_and_both_values_are_told(self, conflict: Any) -> None:
        merged = self.merged("o", "new", conflict=conflict)
        assert (changes(merged), merged.link.base) == (({}, {"p": "o"}), (digest("o"),))
        assert [(one.left, one.right, one.winner) for one in merged.conflicts] == [("o", "new", "left")]

    def test_a_side_that_was_told_nothing_is_believed(self) -> None:
        assert changes(self.merged("new", "o")) == ({}, {"p": "new"})

    def test_where_the_other_side_was_not_read_nothing_is_known_of_it(self) -> None:
        assert changes(self.merged(UNREAD, "new")) == ({"p": "new"}, {})

    def test_of_another_property_an_edit_is_an_edit(self) -> None:
        found = merge([spec()], Link("1", "2", base=(digest("o"),)), row("o"), row("new"), Policy("hold", sent={"right": {"p"}}))
        assert changes(found) == ({"p": "new"}, {})

    def test_of_a_property_that_goes_one_way_too(self) -> None:
        merged = self.merged("o", "new", direction="to_right")
        assert (changes(merged), merged.conflicts) == (({}, {"p": "o"}), [])

    def test_a_value_that_was_emptied_meanwhile_is_not_filled_by_what_was_sent(self) -> None:
        merged = self.merged(None, "new")
        assert (changes(merged), [one.winner for one in merged.conflicts]) == (({}, {"p": None}), ["left"])


@pytest.mark.parametrize(
    ("left", "right", "told"), [("o", "b", ({}, {"p": "o"})), ("a", "b", ({}, {"p": "a"})), ("a", "o", ({}, {"p": "a"}))]
)
def test_a_chosen_side_counts_whatever_it_holds_by_now(left: str, right: str, told: Any) -> None:
    merged = merge([spec()], Link("1", "2", base=(digest("o"),)), row(left), row(right), Policy("hold", chosen={"p": "left"}))
    assert changes(merged) == told


def test_a_choice_makes_no_edit_of_a_form_of_its_own() -> None:
    merged = merge([spec()], stored("Mail", right="mail"), row("Mail"), row("mail"), Policy("hold", chosen={"p": "left"}))
    assert changes(merged) == ({}, {})
