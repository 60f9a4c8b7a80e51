"""A product's currency, by whichever key of its price list the two lists share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lenke.systems.superoffice.lists import Lists


class Rows:
    """An archive of one product."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row

    def walk(self, path: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        return [{column: self.row.get(column) for column in columns}]


@pytest.mark.parametrize(
    ("row", "currency"),
    [
        ({"priceListId": 7, "priceList/erpPriceListKey": "NOK-2026"}, "NOK"),
        ({"priceListId": 7, "priceList/erpPriceListKey": ""}, "NOK"),
        ({"priceListId": 7}, "NOK"),
        ({"priceListId": 0, "priceList/erpPriceListKey": "NOK-2026"}, "NOK"),
        ({"priceListId": 8, "priceList/erpPriceListKey": "8"}, "EUR"),
        ({"priceListId": 9, "priceList/erpPriceListKey": "none"}, ""),
    ],
)
def test_either_key_tells_the_currency(row: dict[str, Any], currency: str) -> None:
    price_lists = [
        {"PriceListId": 7, "ERPPriceListKey": "NOK-2026", "Currency": "nok"},
        {"PriceListId": 8, "ERPPriceListKey": "8", "Currency": "EUR"},
    ]
    tenant = SimpleNamespace(ask=lambda _: [{"PriceLists": price_lists}])
    rows = Rows({"productId": 1, "erpProductKey": "SUO_1", "code": "A", **row})
    lists = Lists(cast("Any", tenant), cast("Any", rows), "NOK")
    assert lists.products["1"].currency == currency
