"""One-way properties: what a first link keeps, and what an absent target means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN, Digester
from lenke.core.links.merge import Merge, Row, merge
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Direction, Field, Lookup, OnLink, Property

DIGESTS = Digester(b"k" * 32)
ABSENT = "absent"
RATE = Property("rate", "decimal", Field("rate"), Field("Account", lookup=Lookup("sales_accounts", "Accounts", "No")), direction="to_right")
PLAIN = replace(RATE, right=Field("Rate"))


def row(text: str | None) -> Row:
    return Row([UNKNOWN], {"rate": None}) if text == ABSENT else Row([DIGESTS.value("rate", text)], {"rate": text})


def merged(spec: Property, left: str | None, right: str | None, base: str | None = ABSENT, on_link: OnLink = "left") -> Merge:
    link = Link("1", "2", base=tuple(row(base).digests))
    return merge([spec], link, row(left), row(right), Policy(on_link))


@pytest.mark.parametrize(("direction", "on_link"), [("to_right", "right"), ("to_left", "left")])
@pytest.mark.parametrize("policy", ["left", "right", "hold"])
def test_naming_the_side_that_is_written_keeps_what_it_has(direction: Direction, on_link: OnLink, policy: OnLink) -> None:
    spec = replace(PLAIN, direction=direction, on_link=on_link)
    source, target = ("15", "25") if direction == "to_right" else ("25", "15")
    found = merged(spec, "15", "25", on_link=policy)
    assert (found.to_left, found.to_right) == ({}, {})
    assert found.link.base == tuple(row(source).digests)
    assert [(one.left, one.right, one.winner) for one in found.conflicts] == [("15", "25", on_link)]
    assert source != target


def test_an_empty_side_is_filled_all_the_same() -> None:
    assert merged(replace(PLAIN, on_link="right"), "15", None).to_right == {"rate": "15"}


@pytest.mark.parametrize(("on_link", "told"), [("hold", ["left"]), ("right", ["left"]), ("left", [])])
def test_what_a_write_without_an_answer_filled_is_nobody_elses_value(on_link: OnLink, told: list[str]) -> None:
    """The target stores it in a form of its own; it is told where another value would be kept."""
    link = Link("1", "2", base=tuple(row(ABSENT).digests))
    policy = Policy("hold", sent={"right": frozenset({"rate"})}, written={"right": frozenset({"rate"})})
    found = merge([replace(PLAIN, on_link=on_link)], link, row("15"), row("15.0"), policy)
    assert [one.winner for one in found.conflicts] == told
    assert found.to_right == {"rate": "15"}


def test_the_installations_choice_keeps_nothing() -> None:
    assert merged(PLAIN, "15", "25", on_link="right").to_right == {"rate": "15"}


def test_a_later_edit_is_carried() -> None:
    first = merged(replace(PLAIN, on_link="right"), "15", "25")
    later = merge([replace(PLAIN, on_link="right")], first.link, row("12"), row("25"), Policy("left"))
    assert later.to_right == {"rate": "12"}


@pytest.mark.parametrize("base", [ABSENT, "25", None])
def test_an_id_outside_the_table_is_never_overwritten(base: str | None) -> None:
    found = merged(RATE, "15", ABSENT, base=base)
    assert found.to_right == {}
    assert found.link.base == tuple(row(base).digests), "the edit waits until the id is one of the table's again"


def test_a_member_that_the_target_leaves_out_is_written() -> None:
    assert merged(PLAIN, "15", ABSENT, base="25").to_right == {"rate": "15"}
