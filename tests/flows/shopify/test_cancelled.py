"""Orders that are cancelled or refunded in the shop: their lines are nobody's edit."""

from __future__ import annotations

import pytest

from lenke.runtime.windows import Window
from tests.flows.shopify_shop import OFFICE, ORDERS, Pair

UNDONE = {"cancelledAt": "2026-06-01T08:00:00Z"}, {"displayFinancialStatus": "REFUNDED"}


def undo(pair: Pair, how: dict[str, str]) -> None:
    pair.shop_edit("Order", pair.order("order")["legacyResourceId"], how)


@pytest.mark.parametrize("how", UNDONE)
def test_the_accounts_keep_the_lines(pair: Pair, how: dict[str, str]) -> None:
    before = pair.sales_lines("order")
    undo(pair, how)
    assert pair.lines("order") == {}
    pair.settle()
    pair.engine.run(Window("full"))
    assert pair.sales_lines("order") == before
    assert pair.engine.parked(ORDERS) == {}


@pytest.mark.parametrize("how", UNDONE)
def test_an_edit_of_the_accounts_still_arrives(pair: Pair, how: dict[str, str]) -> None:
    undo(pair, how)
    pair.settle()
    pair.edit("order", "SalesOrders", DeliveryDate="2026-06-01")
    pair.settle()
    assert pair.order("order")["metafields"]["lenke"]["delivery_date"] == "2026-06-01"
    assert len(pair.sales_lines("order")) == 3
    assert pair.engine.quiet()
    assert pair.engine.parked(ORDERS) == {}


def test_an_order_that_the_accounts_emptied_takes_lines_again(pair: Pair) -> None:
    for line in pair.sales_lines("order").values():
        pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], str(line["Id"]), None)
    pair.settle()
    assert pair.lines("order") == {}
    assert pair.engine.quiet()
    new = {"ProductId": int(pair.ids["cup"]), "Quantity": 1, "ProductUnitPrice": 80, "Description": "Ny"}
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], None, new)
    pair.settle()
    assert list(pair.lines("order")) == ["Ny"]
    assert list(pair.sales_lines("order")) == ["Ny"]
    assert pair.engine.quiet()
    assert pair.engine.parked(ORDERS) == {}
