"""Plain text, with the form of organisation numbers."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from unicodedata import normalize

import pyarrow as pa

from lenke.core.converters.base import Converter, InvalidValueError, Place, clean_text, writes_text
from lenke.core.converters.numbers import DIGITS
from lenke.core.mapping.model import Field, Property
from lenke.core.ports import Spelling

_FILLERS = re.compile(r"[\s.\-]+")
_DIGITS = re.compile(r"[0-9]", re.ASCII)
_NORWEGIAN = re.compile(r"(?:NO)?([0-9]{9})(?:MVA)?", re.ASCII)


class String(Converter):
    """Text: NFC, stripped, line ends LF, empty is null. ``digits`` is the bare form of an organisation number."""

    keys: ClassVar[frozenset[str]] = frozenset({"as_"})
    options: ClassVar[frozenset[str]] = frozenset({"max_length", "digits"})

    def arrow(self, property: Property) -> pa.DataType:
        """Text."""
        return pa.string()

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """The canonical text; raises InvalidValueError for NUL, half a surrogate pair, or no text at all."""
        text = clean_text(raw)
        return organisation_number(text) if text and place.property.options.digits else text

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str | int:
        """The text, or its whole number where the side keeps one; raises InvalidValueError where it is too long."""
        longest = place.property.options.max_length
        if longest is not None and len(value) > longest:
            raise InvalidValueError(f"is longer than {longest} characters")
        if writes_text(place, like if place.field.as_ == "number" else "", default=True):
            return str(value)
        if not _whole(value):
            raise InvalidValueError("is no whole number, which is what this side keeps")
        return int(value)

    def spelling(self, property: Property, field: Field) -> Spelling:
        """Blanks around it are no difference; ``digits`` has many forms, a JSON number one."""
        if property.options.digits:
            return Spelling.ANY
        return Spelling.ONE if field.as_ == "number" else Spelling.BLANK


def organisation_number(text: str) -> str | None:
    """``NO 923 609 016 MVA`` as ``923609016``; other countries' letters stay, as capitals."""
    # Composed again: a filler may have stood between a letter and its accent.
    bare = normalize("NFC", _FILLERS.sub("", text).upper())
    if not _DIGITS.search(bare):
        raise InvalidValueError("holds no digit")
    norwegian = _NORWEGIAN.fullmatch(bare)
    return norwegian[1] if norwegian else bare


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS and str(int(text)) == text
