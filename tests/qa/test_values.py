"""Values made up for edits are what both sides can hold, and never the value that stands there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenke.core.mapping.model import Field, Options, Property, Table
from lenke.qa.values import candidates, gtin, organisation_number

NUMBERS = st.integers(min_value=1, max_value=5_000)


def prop(type: str, name: str = "p", **more: object) -> Property:
    return Property(name, type, Field("left_p"), Field("RightP"), **more)  # type: ignore[arg-type]


@given(NUMBERS)
def test_an_organisation_number_has_its_check_digit(number: int) -> None:
    digits = [int(digit) for digit in organisation_number(number)]
    assert len(digits) == 9
    assert sum(a * b for a, b in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


@given(NUMBERS)
def test_a_gtin_has_its_check_digit(number: int) -> None:
    digits = [int(digit) for digit in gtin(number)]
    assert len(digits) == 13
    assert sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0


@pytest.mark.parametrize(
    "type", ["string", "integer", "decimal", "money", "boolean", "date", "instant", "country", "currency", "phone", "email"]
)
@given(number=NUMBERS)
def test_what_stands_there_is_never_offered(type: str, number: int) -> None:
    spec = prop(type)
    first = candidates(spec, number)[0]
    assert first not in candidates(spec, number, now=first)


@given(NUMBERS, st.integers(min_value=1, max_value=40))
def test_a_text_is_never_too_long(number: int, longest: int) -> None:
    spec = prop("string", "customer_reference", options=Options(max_length=longest))
    assert all(len(text) <= longest for text in candidates(spec, number))


@given(NUMBERS)
def test_money_is_whole_hundreds_that_no_rate_of_vat_rounds(number: int) -> None:
    assert all(Decimal(text) % 50 == 0 for text in candidates(prop("money", "price"), number))


def test_values_that_both_tables_know() -> None:
    left = Field("kind", values=Table((("a", "A"), ("b", "B"), ("c", "C"))))
    right = Field("Kind", values=Table((("x", "B"), ("y", "A"))))
    spec = Property("kind", "enum", left, right)
    assert candidates(spec, 1, now="A") == ["B"]
    assert candidates(spec, 1, seen=["B"]) == ["B", "A"]


def test_a_boolean_with_a_table() -> None:
    spec = Property("active", "boolean", Field("archived"), Field("active", values=Table(((True, False), (False, True)))))
    assert candidates(spec, 1, now="true") == ["false"]


def test_without_a_table_other_records_tell() -> None:
    assert candidates(prop("enum"), 1, seen=["draft", "open"], now="open") == ["draft"]
    assert candidates(prop("reference", to="customers"), 1, seen=["7", "8"], now="7") == ["8"]


@pytest.mark.parametrize(
    ("name", "wanted"), [("website", "https://"), ("gtin", "70999"), ("postal_code", "10"), ("sku", "QA-"), ("customer_reference", "QA ")]
)
def test_a_name_tells_the_shape(name: str, wanted: str) -> None:
    assert candidates(prop("string", name), 3)[0].startswith(wanted)
