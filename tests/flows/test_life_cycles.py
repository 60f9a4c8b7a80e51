"""Deletes leave a tombstone and nothing else; a locked order waits and is released; an invoiced one is closed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lenke.runtime.windows import Window
from tests.flows.installation import OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints

FULL = Window("full")


@pytest.fixture
def order(few: Installation) -> str:
    """The left id of a linked order."""
    return min(few.engine.right_of(ORDERS))


def tombstones(few: Installation) -> dict[str, tuple[str, str]]:
    """Left id to (side, reason)."""
    return {link.left: (link.note["side"], link.note["reason"]) for link in few.engine.links(ORDERS) if link.kind == "tombstone"}


def silent(few: Installation, *, runs: int = 2) -> None:
    """Some runs, full ones too, that write nothing."""
    for _ in range(runs):
        few.engine.run()
        few.engine.run(FULL)
    assert few.asked() == []


def test_right_record_deleted(few: Installation, order: str) -> None:
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()
    assert tombstones(few) == {order: ("right", "deleted")}
    assert order not in few.engine.right_of(ORDERS)
    silent(few)
    assert len(few.systems.records(OFFICE, "SalesOrders")) == len(few.engine.right_of(ORDERS)) == 5
    assert few.engine.parked(ORDERS) == {}


def test_left_edit_after_the_right_was_deleted_waits_for_a_person(few: Installation, order: str) -> None:
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()
    few.edit(SHOP, "Order", order, {"customer_reference": "Etter slettingen"})
    silent(few)
    assert few.engine.parked(ORDERS) == {order: ("deleted_edited", "customer_reference")}


def test_deleted_on_one_side_and_edited_on_the_other_at_once(few: Installation, order: str) -> None:
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.edit(SHOP, "Order", order, {"customer_reference": "Samtidig"})
    silent(few)
    assert few.engine.parked(ORDERS) == {order: ("deleted_edited", "customer_reference")}
    assert few.left(ORDERS, order)["customer_reference"] == "Samtidig"


def test_left_record_deleted(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.systems.delete(SHOP, "Order", order)
    silent(few)
    assert tombstones(few) == {order: ("left", "deleted")}
    assert few.systems.record(OFFICE, "SalesOrders", right) is not None


def test_right_edit_after_the_left_was_deleted_waits_for_a_person(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.systems.delete(SHOP, "Order", order)
    few.edit(OFFICE, "SalesOrders", right, {"CustomerReference": "Etter slettingen"})
    silent(few)
    assert few.systems.record(SHOP, "Order", order) is None
    assert [reason for reason, _ in few.engine.parked(ORDERS).values()] == ["deleted_edited"]


def test_invoiced_order_is_closed_and_a_later_edit_is_locked(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.systems.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    few.systems.invoice(right)
    few.engine.run()
    few.asked()
    assert tombstones(few) == {order: ("right", "invoiced")}
    few.edit(SHOP, "Order", order, {"customer_reference": "For sent"})
    silent(few)
    assert few.engine.parked(ORDERS) == {order: ("locked", "customer_reference")}


def test_confirmed_order_is_not_fought_and_released_in_draft(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    few.edit(SHOP, "Order", order, {"customer_reference": "Venter"})
    line = few.left(ORDERS, order)["lines"][0]
    few.systems.edit_line(SHOP, "Order", order, str(line["id"]), {"quantity": "23"})
    few.engine.run()
    assert {row["system"] for row in few.asked()} == {SHOP}  # the status, which only travels to the left
    assert few.left(ORDERS, order)["accounting_status"] == "confirmed"
    assert few.engine.parked(ORDERS)[order][0] == "locked"
    note = next(link.note for link in few.engine.links(ORDERS) if link.kind == "recheck")
    assert note["text"] == "order is Confirmed in PowerOffice GO"
    silent(few)

    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Draft"})
    few.engine.run()
    assert few.right(ORDERS, order)["CustomerReference"] == "Venter"
    assert Decimal("23") in [Decimal(str(one["Quantity"])) for one in few.right(ORDERS, order)["SalesOrderLines"]]
    assert few.engine.parked(ORDERS) == {}
    few.engine.run()
    assert complaints(few) == []
    few.asked()
    silent(few)


def test_order_confirmed_between_plan_and_load(few: Installation, order: str) -> None:
    right = few.engine.right_of(ORDERS)[order]
    few.edit(SHOP, "Order", order, {"customer_reference": "Venter"})

    def confirm(flow: object, _: object) -> None:
        if getattr(flow, "name", "") == ORDERS:
            few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})

    few.engine.before_load = confirm
    few.engine.run()
    few.engine.before_load = None
    assert few.engine.parked(ORDERS)[order][0] == "locked"
    few.engine.run()
    few.asked()
    silent(few)
    few.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Draft"})
    few.engine.run()
    assert few.right(ORDERS, order)["CustomerReference"] == "Venter"
    few.engine.run()
    assert complaints(few) == []
