"""Whole numbers and decimals, exact: nothing passes through a binary float on the way in."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, ClassVar

import pyarrow as pa

from lenke.core.converters.base import Converter, InvalidValueError, Place, writes_text
from lenke.core.mapping.model import Field, Property
from lenke.core.ports import Spelling

DIGITS = 38
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
_HUNDRED = Decimal(100)
_ZERO = Decimal(0)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def parse_number(raw: Any) -> Decimal | None:
    """A JSON number or its text as a Decimal; blank text is None. Decimal commas are refused, not guessed."""
    if raw is None:
        return None
    number = _parse_text(raw.strip()) if isinstance(raw, str) else _parse_json(raw)
    if number and number.adjusted() >= DIGITS:
        raise InvalidValueError("has too many digits")
    return number


def _parse_text(text: str) -> Decimal | None:
    if text and not _NUMBER.fullmatch(text):
        raise InvalidValueError("is not a number")
    return Decimal(text) if text else None


def _parse_json(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        raise InvalidValueError("is not a number")
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise InvalidValueError("is not a finite number")
    return number


def quantize(number: Decimal, scale: int) -> Decimal:
    """``number`` with ``scale`` decimals, rounded half up, never minus zero; raises InvalidValueError beyond 38 digits."""
    try:
        # Adding zero makes minus zero plain zero.
        rounded = EXACT.add(number.quantize(Decimal(1).scaleb(-scale), context=EXACT), _ZERO)
    except InvalidOperation:
        raise InvalidValueError("has too many digits") from None
    if rounded and rounded.adjusted() + 1 + max(scale, 6) > DIGITS:
        raise InvalidValueError("has too many digits")
    return rounded


def plain(number: Decimal) -> str:
    """The shortest text without an exponent: ``129.9``, ``0``, ``-3``."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(number: Decimal) -> int | float:
    """``number`` for a JSON body; raises InvalidValueError where a double would change it."""
    if number == number.to_integral_value():
        return int(number)
    approximate = float(number)
    if Decimal(repr(approximate)) != number:
        raise InvalidValueError("has more digits than a JSON number keeps")
    return approximate


class Integer(Converter):
    """A whole number of up to 38 digits, as decimal128(38, 0)."""

    keys: ClassVar[frozenset[str]] = frozenset({"as_"})

    def arrow(self, property: Property) -> pa.DataType:
        """Beyond int64 without a second column type."""
        return pa.decimal128(DIGITS, 0)

    def get(self, raw: Any, place: Place, companion: Any = None) -> int | None:
        """The whole number; raises InvalidValueError for anything else."""
        number = parse_number(raw)
        if number is None:
            return None
        if number != number.to_integral_value(context=EXACT):
            raise InvalidValueError("is not a whole number")
        return int(number)

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> int | str:
        """A JSON number, or text where the side keeps text."""
        return str(value) if writes_text(place, like, default=False) else int(value)

    def decode(self, text: str) -> int:
        """The whole number of a canonical text."""
        return int(text)

    def spelling(self, property: Property, field: Field) -> Spelling:
        """A JSON number has one form; its text may have zeros before it."""
        return Spelling.ANY if field.as_ == "string" else Spelling.ONE


class DecimalNumber(Converter):
    """A decimal with ``scale`` (6) decimals; a rate is held in per cent, whichever form the side has."""

    forms: ClassVar[tuple[str, ...]] = ("percent", "fraction")
    keys: ClassVar[frozenset[str]] = frozenset({"as_", "lookup"})
    options: ClassVar[frozenset[str]] = frozenset({"scale"})
    default_scale: ClassVar[int] = 6

    def scale(self, property: Property) -> int:
        """The decimals kept."""
        return self.default_scale if property.options.scale is None else property.options.scale

    def arrow(self, property: Property) -> pa.DataType:
        """decimal128 of 38 digits with at least six decimals."""
        return pa.decimal128(DIGITS, max(6, self.scale(property)))

    def get(self, raw: Any, place: Place, companion: Any = None) -> Decimal | None:
        """The number, rounded half up to the scale."""
        number = parse_number(raw)
        if number is None:
            return None
        if place.field.form == "fraction":
            number = EXACT.multiply(number, _HUNDRED)
        return quantize(number, self.scale(place.property))

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> int | float | str:
        """The number as the side keeps it; text is the shortest that says it."""
        number = EXACT.divide(value, _HUNDRED) if place.field.form == "fraction" else value
        return plain(number) if writes_text(place, like, default=False) else json_number(number)

    def encode(self, value: Any) -> str:
        """The shortest text, so that equal numbers are equal texts."""
        return plain(value)

    def decode(self, text: str) -> Decimal:
        """The number of a canonical text."""
        return Decimal(text)

    def check(self, property: Property) -> list[tuple[tuple[str, ...], str]]:
        """A scale is 0 to 12."""
        good = 0 <= self.scale(property) <= 12
        return [] if good else [(("options", "scale"), "must be from 0 to 12")]
