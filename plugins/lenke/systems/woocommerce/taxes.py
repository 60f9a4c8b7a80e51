"""What VAT a product carries at home, and whether its price holds it: settings of the shop, asked for once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lenke.core.errors import AuthenticationError, RejectedRecordError
from lenke.systems.woocommerce.entities import Vat
from lenke.systems.woocommerce.lines import number, plain
from lenke.systems.woocommerce.wire import Row, Wire

_COUNTRY = "/settings/general/woocommerce_default_country"
_TAXES = "/settings/general/woocommerce_calc_taxes"
_PRICES = "/settings/tax/woocommerce_prices_include_tax"
_STANDARD = "standard"
_TAXABLE = "taxable"
_PLACES = ("state", "postcode", "city")


@dataclass(frozen=True, slots=True)
class Taxes:
    """A shop's tax classes at home.

    :param rates: tax class to per cent; None where the shop lets nobody see them.
    :param prices_hold_vat: what is entered as a product's price holds its VAT.
    :param charged: the shop reckons taxes at all; the rates and settings of one that does not are left over.
    """

    rates: Mapping[str, str | None] | None
    prices_hold_vat: bool
    charged: bool = True

    @classmethod
    def of(cls, wire: Wire) -> Taxes:
        """Ask the shop; where it lets nobody see its rates, its prices are taken to hold VAT."""
        try:
            if wire.one(_TAXES).get("value") == "no":
                return cls({}, prices_hold_vat=False, charged=False)
            holds = wire.one(_PRICES).get("value") != "no"
            country = str(wire.one(_COUNTRY).get("value") or "").partition(":")[0]
            return cls(_rates(list(wire.rows("/taxes", {})), country), holds)
        except (RejectedRecordError, AuthenticationError):
            return cls(None, prices_hold_vat=True)

    def vat(self, row: Row, parent: Row | None) -> Vat:
        """The VAT of a product, or of a variation of ``parent``: only what is ``taxable`` carries any, and no rate is none (11.0.1)."""
        taxed = self.charged and str(row.get("tax_status") or _TAXABLE) == _TAXABLE
        rate = "0" if not taxed else None if self.rates is None else self.rates.get(_class(row, parent), "0")
        return Vat(rate, rate if self.prices_hold_vat else "0")


def _class(row: Row, parent: Row | None) -> str:
    name = str(row.get("tax_class") or "")
    if parent is not None and name == "parent":
        name = str(parent.get("tax_class") or "")
    return name or _STANDARD


def _rates(rows: list[Row], country: str) -> dict[str, str | None]:
    """The first rate of each class that holds for the whole country, else for every country.

    None for one that is no number, and for a class whose rates hold for parts of the country only.
    """
    found: dict[str, str | None] = {}
    here = [row for row in rows if row.get("country") in (country, "")]
    for row in sorted(here, key=lambda row: (_is_of_a_part(row), not row.get("country"), int(row.get("priority") or 1))):
        rate = None if _is_of_a_part(row) else number(row.get("rate"))
        found.setdefault(str(row.get("class") or _STANDARD), None if rate is None else plain(rate))
    return found


def _is_of_a_part(row: Row) -> bool:
    return any(row.get(name) for name in _PLACES)
