"""A price that holds VAT on one side, and its rate: edited on two sides at once, both hold the same net price after."""

from __future__ import annotations

import pytest

from tests.flows.custom_erp.pair import ERP, ORDERS, PRODUCTS, SHOP, Pair


@pytest.fixture
def product(synced: Pair) -> str:
    """The left id of a product at 250.00 with 25 % VAT."""
    id = synced.first(PRODUCTS, vat_rate="25")
    synced.systems.edit(SHOP, "Product", id, {"price": "250.00"})
    settle(synced)
    return id


def settle(pair: Pair) -> None:
    for _ in range(3):
        pair.engine.run()


def prices(pair: Pair, id: str) -> tuple[str, float]:
    return pair.left(PRODUCTS, id)["price"], pair.right(PRODUCTS, id)["salesPrice"]


@pytest.mark.parametrize("theirs", [{}, {"salesPrice": 300}], ids=["rate alone", "rate and price"])
def test_rate_on_the_right_and_price_on_the_left(synced: Pair, product: str, theirs: dict[str, int]) -> None:
    synced.systems.edit(SHOP, "Product", product, {"price": "500.00"})
    synced.systems.edit(ERP, "Product", synced.right_id(PRODUCTS, product), {"vatRate": 0.15, **theirs})
    settle(synced)
    left, right = prices(synced, product)
    assert left == "460.00"
    assert right == pytest.approx(400)


def test_rate_on_the_left_and_price_on_the_right(synced: Pair, product: str) -> None:
    synced.systems.edit(SHOP, "Product", product, {"vat_rate": "15"})
    synced.systems.edit(ERP, "Product", synced.right_id(PRODUCTS, product), {"salesPrice": 300})
    settle(synced)
    left, right = prices(synced, product)
    assert float(left) == pytest.approx(right * 1.15, abs=0.01)


def test_rate_and_price_of_an_order_line(synced: Pair) -> None:
    order = min(synced.engine.right_of(ORDERS))
    ours, theirs = synced.left(ORDERS, order)["lines"][0], synced.right(ORDERS, order)["orderLines"][0]
    rate = "vatRate" if "vatRate" in theirs else "vat"
    synced.systems.edit_line(SHOP, "Order", order, str(ours["id"]), {"unit_price": "500.00"})
    synced.systems.edit_line(ERP, "Order", synced.right_id(ORDERS, order), theirs["lineId"], {rate: 0.15})
    settle(synced)
    assert synced.left(ORDERS, order)["lines"][0]["unit_price"] == "460.00"
