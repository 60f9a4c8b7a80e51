"""The shop edits an order's lines and confirms it at once: the accounts get both, whatever answer is lost on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.flows.installation import OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints

LOST: dict[str, dict[str, Any] | None] = {
    "nothing": None,
    "the header's answer": {"path": "/SalesOrders/*", "body": "CustomerReference"},
    "a line's answer": {"path": "/SalesOrders/*/Lines"},
    "the confirmation's answer": {"path": "/SalesOrders/*", "body": "Confirmed"},
}


@pytest.mark.parametrize("fault", ["drop_reply", "timeout_before"])
@pytest.mark.parametrize("lost", LOST)
def test_an_order_is_confirmed_with_its_last_edits_in_it(few: Installation, lost: str, fault: str) -> None:
    order = min(few.engine.right_of(ORDERS))
    line = few.left(ORDERS, order)["lines"][0]
    few.systems.edit_line(SHOP, "Order", order, str(line["id"]), {"quantity": "23"})
    few.edit(SHOP, "Order", order, {"customer_reference": "Siste", "accounting_status": "confirmed"})
    if match := LOST[lost]:
        few.systems.fault(OFFICE, fault, count=1, match={"method": "PATCH", **match})
    few.engine.run()
    for _ in range(2):
        few.engine.run()
    right = few.right(ORDERS, order)
    assert (right["SalesOrderStatus"], right["CustomerReference"]) == ("Confirmed", "Siste")
    assert [Decimal(str(one["Quantity"])) for one in right["SalesOrderLines"]].count(Decimal(23)) == 1
    assert len(right["SalesOrderLines"]) == len(few.left(ORDERS, order)["lines"])
    assert (few.engine.parked(ORDERS), few.engine.conflicts(ORDERS), complaints(few)) == ({}, [], [])
    few.asked()
    few.engine.run()
    assert few.asked() == []
