"""A product that WooCommerce does not tax costs what its price says, and stands on the account without VAT."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.systems.woocommerce.lines import number
from lenke.systems.woocommerce.taxes import Taxes, _rates
from lenke.systems.woocommerce.wire import Row
from tests.flows.woocommerce.shop import PRODUCTS, SHOP, Pair, lines

UNTAXED = [{"tax_class": "zero-rate"}, {"tax_status": "shipping"}, {"tax_status": "none"}]


@pytest.mark.parametrize(("fields", "account", "price"), [*((fields, 3100, 210) for fields in UNTAXED), ({}, 3000, 168)])
@pytest.mark.parametrize("as_variation", [False, True], ids=["simple", "variation"])
def test_what_is_not_taxed_has_no_vat_in_its_price(
    pair: Pair, fields: dict[str, Any], account: int, price: float, as_variation: bool
) -> None:
    body: dict[str, Any] = {"name": "Bok", "sku": "BOK-1", "regular_price": "210.00", **fields}
    if as_variation:
        parent = pair.systems.create(SHOP, "Product", body | {"sku": "BOK", "type": "variable"})
        body = {"sku": "BOK-1", "regular_price": "210.00", "parent_id": int(parent), "tax_class": "parent"}
    key = pair.systems.create(SHOP, "Product", body)
    order = pair.systems.create(SHOP, "Order", {"customer_id": 2, "line_items": [{"product_id": int(key), "quantity": 2}]})
    pair.engine.run()
    made, line = pair.right(PRODUCTS, key), lines(pair, order)["BOK-1"]
    assert (made["UnitPrice"], made["StandardSalesAccount"]) == (price, account)
    assert line["NetAmount"] == pytest.approx(2 * price)
    assert number(pair.left("Order", order)["total"]) == 420
    pair.settle()


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ([], "0"),
        ([{"country": "SE", "rate": "25.0000"}], "0"),
        ([{"country": "NO", "rate": "25.0000"}], "25"),
        ([{"country": "NO", "rate": "?"}], None),
        ([{"country": "NO", "state": "SJ", "rate": "0.0000"}], None),
        ([{"country": "NO", "city": "BODØ", "rate": "0.0000"}, {"country": "", "rate": "12.0000"}], "12"),
    ],
)
def test_no_rate_is_none_only_where_the_rates_say_so(rows: list[dict[str, str]], rate: str | None) -> None:
    told: list[Row] = [{"id": at, "state": "", "postcode": "", "city": "", "class": "standard", **row} for at, row in enumerate(rows)]
    taxes = Taxes(_rates(told, "NO"), prices_hold_vat=True)
    assert taxes.vat({"tax_status": "taxable", "tax_class": ""}, None).in_price == rate


def test_rates_that_nobody_may_see_are_not_nought() -> None:
    assert Taxes(None, prices_hold_vat=True).vat({"tax_status": "taxable", "tax_class": "zero-rate"}, None).in_price is None
