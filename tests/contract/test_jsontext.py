"""JSON text: numbers keep their digits, records their own text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenke.systems.jsontext import dumps, elements, loads, part
from lenke.systems.paths import look, nested, same, unlike, whole_number

NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=4)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(NUMBERS)
def test_numbers_keep_their_digits(number: int | Decimal) -> None:
    assert dumps(loads(dumps(number))) == dumps(number)


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 2]))
def test_elements_are_cut_out_as_they_are(values: list[Any], indent: int | None) -> None:
    texts = [dumps(value) for value in values]
    whole = '{"x": 1, "data": {"rows": [' + " , ".join(texts) + ']}, "y": 2}'
    assert [text for text, _ in elements(whole, "data.rows")] == texts
    assert [value for _, value in elements(whole, "data.rows")] == values
    assert loads(part(whole, "data")) == {"rows": values}


@pytest.mark.parametrize(
    "text", ["", "[", '[{"a": 1}', '[{"a": 1},', '{"data": [1]', "[1 2]", "{}", "<html>", "[1] x", '{"data": [1], "total"']
)
def test_a_text_cut_short_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        list(elements(text, "data" if text.startswith("{") else ""))


def test_numbers_are_equal_by_worth_and_nothing_else_is() -> None:
    assert same(10, Decimal("10.00"))
    assert same(1.5, Decimal("1.5"))
    assert not same(1, True)
    assert not same("1", 1)
    assert not same(None, "")


def test_paths() -> None:
    assert nested({"a.b": 1, "a.c": None, "d": 2}) == {"a": {"b": 1, "c": None}, "d": 2}
    assert look({"a": {"b": 1}}, "a.b") == 1
    assert look({"a": None}, "a.b") is None
    assert unlike({"a.b": 1, "c": None}, {"a": {"b": 2}}) == ["a.b"]
    assert [whole_number(value) for value in ("9007199254740993", "-3", "x1", "²", 5, None)] == [9007199254740993, -3, "x1", "²", 5, None]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e99999999999999999999", "9" * 6000])
def test_a_number_that_no_type_holds_keeps_no_other_value_from_being_read(number: str) -> None:
    read = list(elements('[{"a": ' + number + '}, {"a": 1}]'))
    assert [text for text, _ in read] == ['{"a": ' + number + "}", '{"a": 1}']
    assert isinstance(read[0][1]["a"], Decimal)
    assert read[1][1] == {"a": 1}


@pytest.mark.parametrize("read", [loads, lambda text: list(elements(text)), part])
def test_a_text_nested_without_end_is_refused(read: Any) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read("[" * 100_000)


def test_a_value_nested_too_deeply_is_refused() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(ValueError, match="nested too deeply"):
        dumps(value)


def test_what_was_read_is_told_as_it_came() -> None:
    assert dumps({"a": loads("NaN"), "b": [loads("-Infinity")]}, finite=False) == '{"a":NaN,"b":[-Infinity]}'
    assert len(dumps(loads("1e999999999"))) < 20


def test_no_infinite_numbers() -> None:
    for value in (Decimal("NaN"), float("inf")):
        with pytest.raises(ValueError, match=r".*"):
            dumps(value)
    assert json.loads(dumps(Decimal("1E+3"))) == 1000
