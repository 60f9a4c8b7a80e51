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


@dataclass(frozen=True, slots=True)
class Taxes:
    """A shop's tax classes at home.

    :param rates: tax class to per cent.
    :param prices_hold_vat: what is entered as a product's price holds its VAT.
    :param charged: the shop reckons taxes at all; the rates and settings of one that does not are left over.
    """

    rates: Mapping[str, str | None]
    prices_hold_vat: bool
    charged: bool = True

    @classmethod
    def of(cls, wire: Wire) -> Taxes:
        """Ask the shop; one that lets nobody see its rates has none, and its prices are taken to hold VAT."""
        try:
            if wire.one(_TAXES).get("value") == "no":
                return cls({}, prices_hold_vat=False, charged=False)
            holds = wire.one(_PRICES).get("value") != "no"
            country = str(wire.one(_COUNTRY).get("value") or "").partition(":")[0]
            return cls(_rates(list(wire.rows("/taxes", {})), country), holds)
        except (RejectedRecordError, AuthenticationError):
            return cls({}, prices_hold_vat=True)

    def vat(self, row: Row, parent: Row | None) -> Vat:
        """The VAT of a product, or of a variation of ``parent``."""
        rate = "0" if row.get("tax_status") == "none" or not self.charged else self.rates.get(_class(row, parent))
        return Vat(rate, rate if self.prices_hold_vat else "0")


def _class(row: Row, parent: Row | None) -> str:
    name = str(row.get("tax_class") or "")
    if parent is not None and name == "parent":
        name = str(parent.get("tax_class") or "")
    return name or _STANDARD


def _rates(rows: list[Row], country: str) -> dict[str, str | None]:
    """The first rate of each class that holds for the whole country, else for every country; None for one that is no number."""
    found: dict[str, str | None] = {}
    for row in sorted(rows, key=lambda row: (not row.get("country"), int(row.get("priority") or 1))):
        if row.get("country") in (country, "") and not row.get("state") and not row.get("postcode"):
            rate = number(row.get("rate"))
            found.setdefault(str(row.get("class") or _STANDARD), None if rate is None else plain(rate))
    return found
