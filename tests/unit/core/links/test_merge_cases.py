"""Cases of the merge that look at more than one property, or at what a person or a lost answer said before."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Merge, Row, merge
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Condition, Field, Property
from tests.unit.core.links.merging import ABSENT, DIGESTER, UNREAD, changes, digest, row, spec, stored


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
