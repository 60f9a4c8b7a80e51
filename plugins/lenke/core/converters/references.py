"""Ids of other records, and the constants that stand for what is no record (freight, fee, rounding)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pyarrow as pa

from lenke.core.converters.base import Companion, Converter, InvalidValueError, Place, clean_text, writes_text
from lenke.core.converters.numbers import DIGITS
from lenke.core.mapping.model import Property

PLAIN_KIND = "product"
MARK = "@"
# A line of a product that its system has no more; behind FORMERLY the product's id, where the line still tells it.
NO_MORE = "@other"
FORMERLY = f"{NO_MORE}/"
LINE_PRODUCTS = "line_products"


class Reference(Converter):
    """The text of that side's id, or ``@<kind>``. Only the link ledger turns a left id into a right one.

    The companion is the raw ``kind``. On the side without a ``kind`` field, ``Place.constants`` says which id stands for which kind.
    ``@other/<id>`` is a product that is sold no more, under the id that a line still has for it: as long as it is linked it is meant.
    """

    keys: ClassVar[frozenset[str]] = frozenset({"as_", "kind"})

    def arrow(self, property: Property) -> pa.DataType:
        """Text."""
        return pa.string()

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """The id's text; raises InvalidValueError for anything but text and whole numbers."""
        kind = clean_text(companion) if place.field.kind else None
        if kind and MARK + kind != NO_MORE and kind != PLAIN_KIND:
            return MARK + kind
        text = clean_text(raw)
        if kind and kind != PLAIN_KIND:
            return FORMERLY + text if text else NO_MORE
        if text and text.startswith(MARK):
            raise InvalidValueError(f"is an id that begins with {MARK}")
        return _kinds(place).get(text, text) if text else None

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> int | str:
        """The id: a JSON integer when it is all digits, unless the side keeps text."""
        return id_value(self._id(value, place), place, like)

    def fields(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> dict[str, Any]:
        """The id, and the kind where the side keeps one."""
        if not place.field.kind:
            return super().fields(value, place, companion, like)
        if value is not None and value.startswith(MARK):
            return {place.field.path: None, place.field.kind: value.removeprefix(MARK)}
        kind = {place.field.kind: PLAIN_KIND} if value is not None else {}
        return {**super().fields(value, place, companion, like), **kind}

    def companion(self, place: Place) -> Companion | None:
        """The kind's path, where this side keeps one."""
        return Companion(path=place.field.kind) if place.field.kind else None

    def check(self, property: Property) -> list[tuple[tuple[str, ...], str]]:
        """A reference says to what; only one side has kinds."""
        if property.to is None:
            return [((), "a reference needs to: <flow>, whose records it names")]
        both = property.left and property.right and property.left.kind and property.right.kind
        return [(("right", "kind"), "only one side can have kinds; the other is given constants")] if both else []

    def _id(self, value: str, place: Place) -> str:
        if not value.startswith(MARK):
            return value
        kind = value.removeprefix(MARK)
        products = _products(place)
        if kind not in products:
            raise InvalidValueError("is a kind of line for which no product is configured (settings.yaml: line_products)")
        return products[kind]


def id_value(text: str, place: Place, like: Any) -> int | str:
    """An id as JSON: an integer when it is all digits, unless the side keeps text."""
    whole = text.isascii() and text.isdigit() and len(text) <= DIGITS and str(int(text)) == text
    return int(text) if whole and not writes_text(place, like, default=False) else text


def _products(place: Place) -> Mapping[str, str]:
    """Kind to the id that stands for it; empty where this side has no constants."""
    other = place.other()
    return place.constants.get(LINE_PRODUCTS, {}) if other and other.kind and not place.field.kind else {}


def _kinds(place: Place) -> dict[str, str]:
    """Id to ``@kind``."""
    return {one: MARK + kind for kind, one in _products(place).items()}
