"""The contract of a canonical type, and the text rules that all types share.

A raw value is what :mod:`lenke.core.exact_json` gave. ``get`` and ``put`` raise :class:`InvalidValueError`, whose
text never holds the value itself.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pyarrow as pa

from lenke.core.mapping.model import Field, Property, Side
from lenke.core.mapping.settings import Settings
from lenke.core.ports import Spelling

# Name of a table of the settings -> its key (a kind of line, a VAT per cent) -> the id that stands for it on the side told so.
Constants = Mapping[str, Mapping[str, str]]


class InvalidValueError(ValueError):
    """A value that the type cannot hold; the message says what is wrong with it without quoting it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One property on one side, with the choices of the installation that its conversion depends on.

    :param system: system id of that side.
    :param constants: ``line_products``: kind of a line without a record to the id, on the side without a ``kind`` field, that
        stands for it; by table name, what a ``lookup`` field may hold.
    """

    property: Property
    field: Field
    side: Side
    system: str
    settings: Settings
    constants: Constants

    def other(self) -> Field | None:
        """The property's field on the other side."""
        return self.property.field("right" if self.side == "left" else "left")


@dataclass(frozen=True, slots=True)
class Companion:
    """A second value that a conversion needs: a raw ``path`` of the same record, or another ``property``'s canonical value."""

    path: str | None = None
    property: str | None = None


class Converter(ABC):
    """One canonical type.

    :cvar version: raised whenever the canonical form changes, so that links are re-based.
    :cvar forms: what ``form`` may be; the first is the default. :cvar keys: further Field keys it knows.
    :cvar options: Options keys it knows.
    """

    version: ClassVar[int] = 1
    forms: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[frozenset[str]] = frozenset()
    options: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def arrow(self, property: Property) -> pa.DataType:
        """The Arrow type of a column of canonical values."""

    @abstractmethod
    def get(self, raw: Any, place: Place, companion: Any = None) -> Any:
        """The canonical value of a raw one (never a container's None handling: None in gives None)."""

    @abstractmethod
    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> Any:
        """The raw JSON value for a canonical one; ``like`` is the raw value that the target holds now."""

    def encode(self, value: Any) -> str:
        """Canonical text, different for different values."""
        return str(value)

    def decode(self, text: str) -> Any:
        """The value of a canonical text."""
        return text

    def fields(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> dict[str, Any]:
        """Every path that writing ``value`` (None clears it) sets on the target."""
        return {place.field.path: None if value is None else self.put(value, place, companion, like)}

    def companion(self, place: Place) -> Companion | None:
        """The second value that ``get`` and ``put`` want on this side, if any."""
        return None

    def spelling(self, property: Property, field: Field) -> Spelling:
        """How far raw forms of one value may lie from its canonical text: whether a look-up by that text finds them all."""
        return Spelling.ANY

    def check(self, property: Property) -> list[tuple[tuple[str, ...], str]]:
        """What a mapping got wrong about this type: key path below the property, and what would be right."""
        return []

    def choices(self, place: Place) -> tuple[str, ...]:
        """The installation's choices on which the canonical value depends, for the fingerprint."""
        return ()


def clean_text(raw: Any) -> str | None:
    """Canonical text: NFC, stripped, line ends LF, empty is None; whole numbers count as their digits."""
    if raw.__class__ is str:
        text: str = raw
    elif raw is None:
        return None
    else:
        text = whole_text(raw)
    if not text.isascii():
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise InvalidValueError("holds half of a surrogate pair")
        text = unicodedata.normalize("NFC", text)
    if "\x00" in text:
        raise InvalidValueError("holds a NUL character")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() or None


def whole_text(raw: Any) -> str:
    """The digits of a whole JSON number, for texts and ids that a system sends as numbers."""
    if isinstance(raw, bool):
        raise InvalidValueError("is true or false where text was expected")
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and raw == raw.to_integral_value() and raw.adjusted() < 38:
        return str(int(raw))
    raise InvalidValueError("is not text")


def writes_text(place: Place, like: Any, *, default: bool) -> bool:
    """Whether a number or id is written as JSON text: as the target holds it now, else as the mapping says."""
    if isinstance(like, str):
        return True
    if isinstance(like, (int, float, Decimal)) and not isinstance(like, bool):
        return False
    return default if place.field.as_ is None else place.field.as_ == "string"
