"""The tenant's lists, read once in a client's life: countries, currencies, price lists, products by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lenke.core.errors import RejectedRecordError
from lenke.systems.superoffice.archive import Archive
from lenke.systems.superoffice.tenant import Tenant

# The price list by either of its keys: the archive "Product" has no erpPriceListKey of its own (vendor's archive reference).
_PRICE_LIST = ("priceList/erpPriceListKey", "priceListId")
_PRODUCT_COLUMNS = ("productId", "erpProductKey", "code", *_PRICE_LIST)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as quote lines refer to it."""

    id: str
    key: str
    code: str
    currency: str


@dataclass
class Lists:
    """Ids by code and the other way round.

    :param currency: the shop's: of products with one Code, the one in this currency is the shop's product.
    """

    tenant: Tenant
    archive: Archive
    currency: str
    _products: dict[str, Product] = field(default_factory=dict)
    _by_key: dict[str, Product] = field(default_factory=dict)
    _by_code: dict[str, list[Product]] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)

    def country_id(self, iso2: Any) -> int:
        """CountryId of an ISO 3166 alpha-2 code; raises RejectedRecordError."""
        if str(iso2) not in self._countries:
            raise RejectedRecordError("the tenant has no such country in its list", property="Country.TwoLetterISOCountry")
        return self._countries[str(iso2)]

    def currency_id(self, iso: Any) -> int:
        """The list id of an ISO 4217 code; raises RejectedRecordError."""
        if str(iso) not in self._currencies:
            raise RejectedRecordError("the tenant has no such currency in its list", property="Currency.Value")
        return self._currencies[str(iso)]

    def currency_of(self, *price_list_keys: Any) -> str | None:
        """The currency of a price list by the first of its keys that is known."""
        return next((found for key in price_list_keys if (found := self._price_lists.get(str(key)))), None)

    def shop_product(self, key: Any, code: Any) -> str | None:
        """Id of the shop's product for a line: the product of its key, or its namesake in the shop's currency; else by Code alone."""
        own = self._of_key(str(key)) if key else None
        if own is not None and own.currency == self.currency:
            return own.id
        namesakes = self._named(own.code if own else str(code or ""), self.currency)
        return namesakes[0].id if len(namesakes) == 1 else own.id if own else None

    def sold_as(self, product_id: str, currency: str) -> Product:
        """The product to put on a quote in ``currency`` for a product of the shop; raises RejectedRecordError."""
        product = self.products.get(product_id) or self._fresh().get(product_id)
        if product is None:
            raise RejectedRecordError("the product is not there", property="ProductId")
        if product.currency == currency:
            return product
        namesakes = self._named(product.code, currency)
        if len(namesakes) != 1:
            raise RejectedRecordError(f"no price list in {currency} has a product of this Code", property="ProductId")
        return namesakes[0]

    def _of_key(self, key: str) -> Product | None:
        """The product of an ERP key; one that is not known may be new, which is looked at once."""
        if not self._by_key or (key not in self._by_key and key not in self._unknown):
            self._unknown.add(key)
            self._fresh()
        return self._by_key.get(key)

    def forget_products(self) -> None:
        """Read the products anew when they are next needed."""
        self._products, self._by_key, self._by_code = {}, {}, {}

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by id."""
        return self._products or self._fresh()

    def _fresh(self) -> Mapping[str, Product]:
        self.forget_products()
        for row in self.archive.walk("/Product", _PRODUCT_COLUMNS):
            currency = self.currency_of(*map(row.get, _PRICE_LIST)) or ""
            product = Product(str(row["productId"]), str(row.get("erpProductKey") or ""), str(row.get("code") or ""), currency)
            self._products[product.id] = product
            self._by_key[product.key] = product
            self._by_code.setdefault(product.code, []).append(product)
        return self._products

    def _named(self, code: str, currency: str) -> list[Product]:
        if not self._products:
            self._fresh()
        return [one for one in self._by_code.get(code, ()) if code and one.currency == currency]

    @cached_property
    def _countries(self) -> Mapping[str, int]:
        rows = self.tenant.read("/List/Country/Items").body or ()
        return {str(row["TwoLetterISOCountry"]).upper(): int(row["CountryId"]) for row in rows if row.get("TwoLetterISOCountry")}

    @cached_property
    def _currencies(self) -> Mapping[str, int]:
        rows = self.tenant.read("/List/Currency/Items").body or ()
        return {str(row["Name"]).upper(): int(row["CurrencyId"]) for row in rows if row.get("Name")}

    @cached_property
    def _price_lists(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for connection in self.tenant.ask("Quote/GetAllAvailableQuoteConnectionsWithPriceLists") or ():
            for row in connection.get("PriceLists") or ():
                for key in (row.get("PriceListId"), row.get("ERPPriceListKey")):
                    found |= {str(key): str(row.get("Currency") or "").upper()} if key else {}
        return found
