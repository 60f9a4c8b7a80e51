"""First links: marker first, then the rules in turn, never a guess."""

from __future__ import annotations

from lenke.core.links.marker import marker
from lenke.core.links.match import Candidate, Matches, key, match
from lenke.core.mapping.model import Condition, MatchRule

EMAIL = MatchRule(("email",))
NUMBER = MatchRule(("org",), when=Condition("is_person", negated=True))


def one(id: str, mark: str | None = None, **texts: str | None) -> Candidate:
    return Candidate(id, texts, mark)


def test_marker_is_29_characters_and_tells_its_parts_apart() -> None:
    assert len(marker("shop", "Customer", "12")) == 29
    assert marker("shop", "Customer", "12") == marker("shop", "Customer", "12")
    assert marker("shop", "Customer1", "2") != marker("shop", "Customer", "12")


def test_marker_decides_before_values() -> None:
    found = match([EMAIL], [one("1", "lk-1", email="a")], [one("x", email="a"), one("y", "lk-1", email="b")])
    assert found.pairs == {"1": "y"}


def test_two_copies_of_a_marker_are_no_guess() -> None:
    found = match([EMAIL], [one("1", "lk-1", email="a")], [one("x", "lk-1"), one("y", "lk-1"), one("z", email="a")])
    assert (found.pairs, found.parked) == ({}, {"1": ("ambiguous_match", ("x", "y"))})


def test_record_made_for_another_that_waits_is_not_taken() -> None:
    left, right = [one("1", "lk-1", email="a")], [one("x", "lk-2", email="a")]
    assert match([EMAIL], left, right, reserved={"lk-2"}).pairs == {}


def test_record_made_by_another_dataflow_matches_by_its_values() -> None:
    assert match([EMAIL], [one("1", "lk-1", email="a")], [one("x", "lk-9", email="a")]).pairs == {"1": "x"}


def test_rules_are_tried_in_turn() -> None:
    left = [one("1", org="5", email="a", is_person="false"), one("2", org=None, email="b", is_person="false")]
    right = [one("x", org="5", email="b"), one("y", org="7", email="b", is_person="false")]
    right[0] = one("x", org="5", email="b", is_person="false")
    assert match([NUMBER, EMAIL], left, right).pairs == {"1": "x", "2": "y"}


def test_two_right_records_are_ambiguous() -> None:
    found = match([EMAIL], [one("1", email="a")], [one("x", email="a"), one("y", email="a")])
    assert (found.pairs, found.parked) == ({}, {"1": ("ambiguous_match", ("x", "y"))})


def test_two_left_records_that_want_one_right_record_both_wait() -> None:
    found = match([EMAIL], [one("1", email="a"), one("2", email="a")], [one("x", email="a")])
    assert found.pairs == {}
    assert set(found.parked) == {"1", "2"}
    assert {code for code, _ in found.parked.values()} == {"duplicate_match"}


def test_a_right_record_that_two_left_ones_claim_is_not_given_to_a_weaker_claim() -> None:
    left = [one("1", org="5", is_person="false"), one("2", org="5", is_person="false"), one("3", email="a")]
    found = match([NUMBER, EMAIL], left, [one("x", org="5", email="a", is_person="false")])
    assert found.pairs == {}
    assert found.parked == dict.fromkeys(("1", "2", "3"), ("duplicate_match", ("x",)))


def test_one_of_two_twins_is_not_given_to_a_weaker_claim_which_would_leave_the_other() -> None:
    left = [one("1", org="5", is_person="false"), one("2", email="a")]
    twins = [one("x", org="5", email="a", is_person="false"), one("y", org="5", is_person="false")]
    found = match([NUMBER, EMAIL], left, twins)
    assert found.pairs == {}
    assert found.parked == {"1": ("ambiguous_match", ("x", "y")), "2": ("duplicate_match", ("x",))}


def test_a_record_in_question_and_a_free_one_are_two() -> None:
    left = [one("1", org="5", is_person="false"), one("2", org="5", is_person="false"), one("3", email="a")]
    found = match([NUMBER, EMAIL], left, [one("x", org="5", email="a", is_person="false"), one("z", email="a")])
    assert (found.pairs, found.parked["3"]) == ({}, ("ambiguous_match", ("x", "z")))


def test_once_a_person_has_decided_the_weaker_claim_goes_its_own_way() -> None:
    """The record in question is linked by then, and no candidate."""
    assert match([NUMBER, EMAIL], [one("3", email="a")], []) == Matches()


def test_left_records_alike_without_a_right_one_do_not_wait() -> None:
    assert match([EMAIL], [one("1", email="a"), one("2", email="a")], []).parked == {}


def test_empty_values_match_nothing() -> None:
    assert match([EMAIL], [one("1", email=None)], [one("x", email=None)]).pairs == {}


def test_key() -> None:
    assert key(MatchRule(("a", "b")), {"a": "1", "b": "2"}) == ("1", "2")
    assert key(MatchRule(("a", "b")), {"a": "1", "b": None}) is None
    assert key(NUMBER, {"org": "1", "is_person": "true"}) is None
    assert key(NUMBER, {"org": "1", "is_person": None}) is None
    assert key(NUMBER, {"org": "1", "is_person": "false"}) == ("1",)
