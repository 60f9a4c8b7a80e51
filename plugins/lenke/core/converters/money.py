"""Amounts: canonical is the net amount; a price that holds VAT is converted with its record's own rate.

A price with VAT in it has two decimals, so many net prices share one such price: a net price that none of them has (99.99 at
25 %) is stored there as the nearest (124.99) and reads back as another net price (99.992). With ``scale: 4`` every gross price of
two decimals comes back as it was. Rounding happens only where the net side was edited by hand. At a rate of 0 nothing is rounded:
the price is the net one, with all its decimals.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from lenke.core.converters.base import Companion, InvalidValueError, Place, writes_text
from lenke.core.converters.numbers import EXACT, DecimalNumber, json_number, parse_number, plain, quantize
from lenke.core.errors import ConfigurationError
from lenke.core.mapping.model import SIDES, Property

_GROSS_SCALE = 2


class Money(DecimalNumber):
    """A net amount with ``scale`` (2) decimals, rounded half up. The companion is the raw VAT rate of the same record."""

    forms: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[frozenset[str]] = frozenset({"as_", "vat", "rate", "rate_form"})
    default_scale: ClassVar[int] = 2

    def get(self, raw: Any, place: Place, companion: Any = None) -> Decimal | None:
        """The net amount; raises InvalidValueError for a bad amount or a bad VAT rate."""
        number = parse_number(raw)
        if number is None:
            return None
        if is_gross(place):
            number = EXACT.divide(number, _factor(companion, place))
        return quantize(number, self.scale(place.property))

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> int | float | str:
        """The amount as the side keeps it; text has at least two decimals."""
        number = value
        if is_gross(place) and (factor := _factor(companion, place)) != 1:
            number = quantize(EXACT.multiply(value, factor), _GROSS_SCALE)
        return _price_text(number) if writes_text(place, like, default=False) else json_number(number)

    def companion(self, place: Place) -> Companion | None:
        """The VAT rate's path, where this side's price holds VAT."""
        return Companion(path=place.field.rate) if place.field.rate and is_gross(place) else None

    def check(self, property: Property) -> list[tuple[tuple[str, ...], str]]:
        """``rate`` says nothing without ``vat``."""
        found = super().check(property)
        for side in SIDES:
            field = property.field(side)
            if field and field.rate and not field.vat:
                found.append(((side, "rate"), "a rate needs vat: shop or vat: included beside it"))
        return found

    def choices(self, place: Place) -> tuple[str, ...]:
        """Whether the price holds VAT, and the rate used where a record names none."""
        return ("gross", str(place.settings.vat_percent)) if is_gross(place) else ("net",)


def is_gross(place: Place) -> bool:
    """Whether this side's amount holds VAT; raises ConfigurationError where the settings do not say."""
    if place.field.vat != "shop":
        return place.field.vat == "included"
    basis = place.settings.price_basis.get(place.system)
    if basis is None:
        raise ConfigurationError(f"settings.yaml: price_basis: say whether prices in {place.system} are gross or net")
    return basis == "gross"


def _factor(companion: Any, place: Place) -> Decimal:
    """1 + rate; a missing rate is the installation's."""
    try:
        rate = parse_number(companion)
    except InvalidValueError as error:
        raise InvalidValueError(f"has a VAT rate that {error}") from None
    if rate is None:
        rate = place.settings.vat_percent
    elif place.field.rate_form == "fraction":
        rate = EXACT.multiply(rate, Decimal(100))
    if not 0 <= rate < 1000:
        raise InvalidValueError("has a VAT rate that is no per cent")
    return EXACT.add(Decimal(1), EXACT.divide(rate, Decimal(100)))


def _price_text(number: Decimal) -> str:
    whole, _, decimals = plain(number).partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"
