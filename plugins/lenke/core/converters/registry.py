"""The types by the name that a mapping gives them."""

from __future__ import annotations

from collections.abc import Mapping

from lenke.core.converters.base import Converter
from lenke.core.converters.choices import Boolean, Enum, Unit
from lenke.core.converters.contact import Email, Phone
from lenke.core.converters.money import Money
from lenke.core.converters.numbers import DecimalNumber, Integer
from lenke.core.converters.places import Country, Currency, Language
from lenke.core.converters.references import Reference
from lenke.core.converters.text import String
from lenke.core.converters.times import Date, Instant

CONVERTERS: Mapping[str, Converter] = {
    "string": String(),
    "integer": Integer(),
    "decimal": DecimalNumber(),
    "money": Money(),
    "boolean": Boolean(),
    "date": Date(),
    "instant": Instant(),
    "country": Country(),
    "currency": Currency(),
    "phone": Phone(),
    "email": Email(),
    "enum": Enum(),
    "language": Language(),
    "unit": Unit(),
    "reference": Reference(),
}
