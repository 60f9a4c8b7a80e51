"""What each type reads, refuses and writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import phonenumbers
import pytest

from lenke.core.converters.base import InvalidValueError, Place
from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.model import Field, Options, Table, TypeName
from tests.unit.core.converters.placing import GROSS, GROSS_4, D, get, place, put

STRING, DIGITS = place("string"), place("string", options=Options(digits=True))
ISO3, NAME = place("country", form="iso3"), place("country", form="name")
DAY, DAY_OF = place("date"), place("date", form="instant")
FLAG = place("boolean", values=Table((("person", True), ("company", False))))
YES = place("boolean", values=Table(((1, True), (0, False))))
ENUM = place("enum", values=Table((("draft", "Draft"), ("confirmed", "Confirmed"))))
FRACTION = place("decimal", form="fraction", options=Options(scale=4))
KIND = place("reference", kind="kind")
PHONE, PHONE_SE = place("phone"), place("phone", options=Options(region="SE"))


@pytest.mark.parametrize(
    ("at", "raw", "expected"),
    [
        (STRING, "  Ærlig \r\nog\rblå ", "Ærlig \nog\nblå"),
        (STRING, "A\u030as", "Ås"),
        (STRING, "\u00a0 ", None),
        (STRING, "", None),
        (STRING, None, None),
        (STRING, 42, "42"),
        (STRING, D("42.0"), "42"),
        (STRING, "😀 שלום \u200fمرحبا", "😀 שלום \u200fمرحبا"),
        (DIGITS, "NO 923 609 016 MVA", "923609016"),
        (DIGITS, "923.609.016", "923609016"),
        (DIGITS, "556036-0793", "5560360793"),
        (DIGITS, "dk 25 31 37 63", "DK25313763"),
        (DIGITS, "0A\r\u0300", "0\u00c0"),
        (place("integer"), 2**64, 2**64),
        (place("integer"), " 17 ", 17),
        (place("integer"), D("3.00"), 3),
        (place("decimal"), "1.2345675", D("1.234568")),
        (place("decimal"), D("-0.0000001"), D("0.000000")),
        (place("decimal", options=Options(scale=0)), D("2.5"), D(3)),
        (place("decimal"), "12345678901234567890123456789012.123456", D("12345678901234567890123456789012.123456")),
        (FRACTION, D("0.25"), D("25.0000")),
        (place("money"), "2.005", D("2.01")),
        (GROSS, "129.90", D("103.92")),
        (GROSS_4, D("129.90"), D("103.9200")),
        (FLAG, "person", True),
        (YES, 0, False),
        (place("boolean"), False, False),
        (ENUM, "draft", "Draft"),
        (ENUM, None, None),
        (DAY, "2026-11-20", date(2026, 11, 20)),
        (DAY, "2026-11-20T00:00:00", date(2026, 11, 20)),
        (DAY_OF, "2026-10-01T22:30:00.123Z", date(2026, 10, 2)),
        (DAY_OF, "2026-12-31T22:59:59Z", date(2026, 12, 31)),
        (place("instant"), "2026-11-20T10:15:30.1234567+01:00", datetime(2026, 11, 20, 9, 15, 30, 123456, UTC)),
        (place("instant", form="local"), "2026-07-01T10:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        (place("country"), "no", "NO"),
        (ISO3, "SWE", "SE"),
        (ISO3, "XKX", "XK"),
        (NAME, "Norge", "NO"),
        (NAME, "suomi", "FI"),
        (NAME, "Ísland", "IS"),
        (NAME, "Denmark", "DK"),
        (place("currency"), "nok", "NOK"),
        (place("language"), "nb-NO", "nb"),
        (place("language"), "no", "nb"),
        (place("language", form="iso3"), "swe", "sv"),
        (place("email"), " Kåre.Ås@Eksempel.NO ", "kåre.ås@eksempel.no"),
        (PHONE, "22 00 00 00", "+4722000000"),
        (PHONE, "0047 22 00 00 00", "+4722000000"),
        (PHONE, "+46 8 123 456 78", "+46812345678"),
        (PHONE, "+47 22 00 00 00 ext. 5", "+4722000000;ext=5"),
        (PHONE_SE, "08-123 456 78", "+46812345678"),
        (place("reference"), 9007199254741001, "9007199254741001"),
        (place("reference"), "abc-1", "abc-1"),
    ],
)
def test_get(at: Place, raw: Any, expected: Any) -> None:
    value = get(at, raw)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("at", "raw"),
    [
        (STRING, "a\x00b"),
        (STRING, "a\ud800"),
        (STRING, True),
        (STRING, D("1.5")),
        (STRING, ["a"]),
        (DIGITS, "ukjent"),
        (place("integer"), "1_000"),
        (place("integer"), "１２"),
        (place("integer"), D("1.5")),
        (place("integer"), True),
        (place("integer"), 10**38),
        (place("integer"), D("1e999999")),
        (place("decimal"), "12,50"),
        (place("decimal"), "1e40"),
        (place("decimal"), float("nan")),
        (place("decimal"), {}),
        (FRACTION, D("1e999999999999")),
        (GROSS, "kr 100"),
        (FLAG, "robot"),
        (FLAG, True),
        (YES, True),
        (YES, "1"),
        (place("boolean"), "ja"),
        (place("boolean"), 1),
        (ENUM, "Draft"),
        (ENUM, ["draft"]),
        (DAY, "20.11.2026"),
        (DAY, "2026-02-30"),
        (DAY, 20261120),
        (DAY_OF, "2026-10-01"),
        (DAY_OF, "9999-12-31T23:59:59Z"),
        (place("instant"), "2026-11-20T10:15:30"),
        (place("instant"), "2026-11-20T25:15:30Z"),
        (place("instant"), "0001-01-01T00:00:00+01:00"),
        (place("country"), "NOR"),
        (ISO3, "NO"),
        (NAME, "Atlantis"),
        (place("currency"), "KRO"),
        (place("language"), "xx"),
        (place("email"), "ikke-en-adresse"),
        (place("email"), "ola@@eksempel.no"),
        (place("email"), "ola@eksempel"),
        (place("email"), "ola nordmann@eksempel.no"),
        (place("email"), "a@b.no, c@d.no"),
        (place("email"), ".ola@eksempel.no"),
        (place("email"), "ola@-eksempel.no"),
        (place("email"), "ola@eksempel.123"),
        (PHONE, "ring kontoret"),
        (PHONE, "12"),
        (PHONE, "22 00 00 00 / 91 23 45 67"),
        (place("reference"), "@shipping"),
        (place("reference"), D("1.5")),
    ],
)
def test_get_refuses_without_quoting_the_value(at: Place, raw: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        get(at, raw)
    assert str(raw) not in str(refused.value)


@pytest.mark.parametrize(
    ("at", "value", "like", "expected"),
    [
        (STRING, "Ås", None, "Ås"),
        (STRING, "42", 7, "42"),
        (place("string", as_="number"), "42", None, 42),
        (place("integer"), 2**64, None, 2**64),
        (place("integer"), 7, "6", "7"),
        (place("integer", as_="string"), 7, None, "7"),
        (place("integer", as_="string"), 7, 6, 7),
        (place("decimal"), D("2.000000"), None, 2),
        (place("decimal"), D("2.500000"), "1.000", "2.5"),
        (place("decimal", as_="string"), D("1.000000"), None, "1"),
        (FRACTION, D("25.0000"), None, 0.25),
        (place("money", as_="string"), D("129.9"), None, "129.90"),
        (place("money", as_="string", options=Options(scale=4)), D("12.3456"), None, "12.3456"),
        (place("money"), D("129.90"), None, 129.9),
        (GROSS, D("103.92"), "1", "129.90"),
        (FLAG, False, None, "company"),
        (YES, True, None, 1),
        (place("boolean"), True, None, True),
        (ENUM, "Confirmed", None, "confirmed"),
        (place("enum"), "EA", None, "EA"),
        (DAY, date(2026, 11, 20), None, "2026-11-20"),
        (place("instant"), datetime(2026, 11, 20, 9, 15, 30, 123000, UTC), None, "2026-11-20T09:15:30.123Z"),
        (place("instant"), datetime(2026, 11, 20, 9, 15, 30, 0, UTC), None, "2026-11-20T09:15:30Z"),
        (place("instant"), datetime(33, 1, 2, tzinfo=UTC), None, "0033-01-02T00:00:00Z"),
        (ISO3, "NO", None, "NOR"),
        (NAME, "NO", None, "Norway"),
        (place("language", form="iso3"), "nb", None, "nob"),
        (PHONE, "+4722000000", "22 00 00 00", "+4722000000"),
        (place("reference"), "9007199254741001", None, 9007199254741001),
        (place("reference"), "007", None, "007"),
        (place("reference"), "5f0c", None, "5f0c"),
        (place("reference"), "5", "4", "5"),
        (DAY_OF, date(2026, 11, 20), "2026-07-01T22:30:15.5Z", "2026-11-19T23:30:15.5Z"),
        (DAY_OF, date(2026, 7, 2), "2026-07-01T22:30:15.50Z", "2026-07-01T22:30:15.50Z"),
        (DAY_OF, date(2026, 7, 2), None, "2026-07-02T10:00:00Z"),
        (DAY_OF, date(2026, 3, 29), "2026-07-01T00:30:00Z", "2026-03-29T01:30:00Z"),
    ],
)
def test_put(at: Place, value: Any, like: Any, expected: Any) -> None:
    raw = put(at, value, like=like)
    assert raw == expected
    assert type(raw) is type(expected)


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (place("string", options=Options(max_length=3)), "Åsne"),
        (place("string", as_="number"), "A42"),
        (place("string", as_="number"), "042"),
        (ENUM, "Invoiced"),
        (place("decimal"), D("12345678901234567.123456")),
        (place("reference", other=Field("product_id", kind="kind")), "@shipping"),
    ],
)
def test_put_refuses_what_the_side_cannot_hold(at: Place, value: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        put(at, value)
    assert str(value) not in str(refused.value)


def test_kinds_become_constants_and_back() -> None:
    left = Field("product_id", kind="kind")
    at_left = replace(KIND, property=replace(KIND.property, left=left), field=left)
    at_right = replace(at_left, side="right", field=Field("ProductId"), constants={"line_products": {"shipping": "42"}})
    reference = CONVERTERS["reference"]
    assert get(at_left, None, "shipping") == "@shipping"
    assert get(at_left, 7, "product") == "7"
    assert get(at_right, 42) == "@shipping"
    assert get(at_right, 43) == "43"
    assert reference.fields("@shipping", at_right) == {"ProductId": 42}
    assert reference.fields("@shipping", at_left) == {"product_id": None, "kind": "shipping"}
    assert reference.fields("7", at_left) == {"product_id": 7, "kind": "product"}
    assert reference.fields(None, at_left) == {"product_id": None}


@pytest.mark.parametrize("raw", ["+4722000000", "+4791234567", "+4740000000", "+4799999999", "+4759000000", "+4781500000"])
def test_the_short_way_for_norwegian_numbers_gives_the_parsers_answer(raw: str) -> None:
    number = phonenumbers.parse(raw, None)
    assert phonenumbers.is_possible_number(number)
    assert get(PHONE, raw) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == raw


@pytest.mark.parametrize(
    ("type", "raws"),
    [
        ("string", ["a", "A", "å", "1", "true"]),
        ("integer", [0, -1, 1, 10, 2**70]),
        ("decimal", ["0", "1", "1.5", "10", "-0.000001"]),
        ("money", ["0", "0.01", "1", "10", "-1"]),
        ("boolean", [True, False]),
        ("date", ["2026-01-02", "2026-02-01", "0001-01-01", "9999-12-31"]),
        ("instant", ["2026-01-02T00:00:00Z", "2026-01-02T00:00:00.000001Z", "0001-01-01T00:00:00Z"]),
    ],
)
def test_canonical_text_is_injective_and_comes_back(type: TypeName, raws: list[Any]) -> None:
    converter, at = CONVERTERS[type], place(type)
    values = [converter.get(raw, at) for raw in raws]
    words = [converter.encode(value) for value in values]
    assert len(set(words)) == len(words)
    assert [converter.decode(word) for word in words] == values
