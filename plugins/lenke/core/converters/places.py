"""Codes that a standard lists: countries (ISO 3166), currencies (ISO 4217), languages (ISO 639)."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

import pyarrow as pa
import pycountry

from lenke.core.converters.base import Converter, InvalidValueError, Place, clean_text
from lenke.core.mapping.model import Property

# Not in ISO 3166, but in use with these user-assigned codes.
_KOSOVO = ("XK", "XKX", "Kosovo")
_NATIVE = {
    "norge": "NO", "noreg": "NO", "sverige": "SE", "danmark": "DK", "suomi": "FI", "island": "IS", "ísland": "IS", "færøyene": "FO",
    "føroyar": "FO", "grønland": "GL", "kalaallit nunaat": "GL", "åland": "AX", "svalbard": "SJ", "tyskland": "DE", "deutschland": "DE",
    "storbritannia": "GB", "nederland": "NL", "polen": "PL", "usa": "US",
}  # fmt: skip


@cache
def _countries() -> tuple[tuple[str, str, str], ...]:
    listed = ((c.alpha_2, c.alpha_3, getattr(c, "common_name", c.name)) for c in pycountry.countries)
    return (*listed, _KOSOVO)


@cache
def _country_codes(form: str) -> dict[str, str]:
    """Case-folded word of one form to ISO-2."""
    index = {"iso2": 0, "iso3": 1, "name": 2}[form]
    codes = {row[index].casefold(): row[0] for row in _countries()}
    if form != "name":
        return codes
    official = {name.casefold(): c.alpha_2 for c in pycountry.countries for name in (c.name, getattr(c, "official_name", c.name))}
    return {**_NATIVE, **official, **codes}


@cache
def _country_words(form: str) -> dict[str, str]:
    index = {"iso2": 0, "iso3": 1, "name": 2}[form]
    return {row[0]: row[index] for row in _countries()}


@cache
def _currencies() -> frozenset[str]:
    return frozenset(c.alpha_3 for c in pycountry.currencies)


@cache
def _language_codes(form: str) -> dict[str, str]:
    """Word of one form to ISO 639-1; Norwegian without a variety is Bokmål."""
    two = {lang.alpha_2: lang.alpha_2 for lang in pycountry.languages if hasattr(lang, "alpha_2")}
    three = {lang.alpha_3: lang.alpha_2 for lang in pycountry.languages if hasattr(lang, "alpha_2")}
    return {**two, "no": "nb"} if form == "iso2" else {**three, "nor": "nb"}


class _Code(Converter):
    """Text that stands in a list."""

    def arrow(self, property: Property) -> pa.DataType:
        """Text."""
        return pa.string()


class Country(_Code):
    """ISO 3166 alpha-2, capitals. ``form``: ``iso2``, ``iso3``, or ``name`` (read in English and Nordic, written in English)."""

    forms: ClassVar[tuple[str, ...]] = ("iso2", "iso3", "name")

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """ISO-2; raises InvalidValueError for a word that is no country in this form."""
        text = clean_text(raw)
        if text is None:
            return None
        form = place.field.form or "iso2"
        code = _country_codes(form).get(text.casefold())
        if code is None:
            raise InvalidValueError(f"is no country ({form})")
        return code

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str:
        """The country in this side's form."""
        try:
            return _country_words(place.field.form or "iso2")[value]
        except KeyError:
            raise InvalidValueError("is no country") from None


class Currency(_Code):
    """ISO 4217, capitals."""

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """The code; raises InvalidValueError for one that ISO 4217 does not list today."""
        text = clean_text(raw)
        if text is None:
            return None
        if text.upper() not in _currencies():
            raise InvalidValueError("is no currency (ISO 4217)")
        return text.upper()

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str:
        """The code."""
        return str(value)


class Language(_Code):
    """ISO 639-1, lower case. ``form``: ``iso2`` or ``iso3``; a region (``nb-NO``) is not part of the language."""

    forms: ClassVar[tuple[str, ...]] = ("iso2", "iso3")

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """The code; raises InvalidValueError for a word that is no language in this form."""
        text = clean_text(raw)
        if text is None:
            return None
        word = text.lower().replace("_", "-").partition("-")[0]
        code = _language_codes(place.field.form or "iso2").get(word)
        if code is None:
            raise InvalidValueError("is no language (ISO 639)")
        return code

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str:
        """The language in this side's form."""
        return str(value) if place.field.form != "iso3" else _language_words()[value]


@cache
def _language_words() -> dict[str, str]:
    return {lang.alpha_2: lang.alpha_3 for lang in pycountry.languages if hasattr(lang, "alpha_2")}
