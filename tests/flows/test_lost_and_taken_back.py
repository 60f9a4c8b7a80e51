"""A write whose answer was lost, and an edit that is taken back or goes on before the next run."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.errors import FatalError
from lenke.core.mapping.model import Flow
from lenke.runtime.steps.publish import Resolved
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints


def lose(few: Installation, method: str, path: str, *, effect: bool = True) -> None:
    """A run whose writes come, and whose answers do not."""
    few.systems.fault(OFFICE, "drop_reply", effect=effect, count=50, match={"method": method, "path": path})
    retries, few.engine.retries = few.engine.retries, 0
    few.engine.run(strict=False)
    few.engine.retries = retries
    few.systems.clear_faults()


@pytest.fixture
def order(few: Installation) -> str:
    return min(few.engine.right_of(ORDERS))


def names(few: Installation, order: str) -> tuple[list[str], list[str]]:
    """What the lines on both sides are called."""
    left, right = few.left(ORDERS, order)["lines"], few.right(ORDERS, order)["SalesOrderLines"]
    return [line["description"] for line in left], [line["Description"] for line in right]


def settled(few: Installation) -> None:
    for _ in range(2):
        few.engine.run()
    assert complaints(few) == []
    assert few.engine.quiet()


@pytest.mark.parametrize("before", [None, "https://for.example.org"])
@pytest.mark.parametrize("after", [None, "https://for.example.org"])
def test_a_property_is_put_back_or_emptied(few: Installation, before: str | None, after: str | None) -> None:
    left = min(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", left, {"website": before})
    few.engine.run()
    few.edit(SHOP, "Customer", left, {"website": "https://feil.example.org"})
    lose(few, "PATCH", "/Customers/*")
    assert few.right(CUSTOMERS, left)["WebsiteUrl"] == "https://feil.example.org"
    few.edit(SHOP, "Customer", left, {"website": after})
    settled(few)
    assert (few.left(CUSTOMERS, left)["website"], few.right(CUSTOMERS, left)["WebsiteUrl"]) == (after, after)


def test_a_line_that_was_added_is_removed(few: Installation, order: str) -> None:
    before = names(few, order)
    pattern: dict[str, Any] = {name: value for name, value in few.left(ORDERS, order)["lines"][0].items() if name != "id"}
    made = few.systems.edit_line(SHOP, "Order", order, None, {**pattern, "description": "Feil linje", "position": 99})
    lose(few, "POST", "/SalesOrders/*")
    assert "Feil linje" in names(few, order)[1]
    few.systems.edit_line(SHOP, "Order", order, made, None)
    settled(few)
    assert names(few, order) == before


def test_a_line_that_was_edited_is_removed(few: Installation, order: str) -> None:
    lines = few.left(ORDERS, order)["lines"]
    few.systems.edit_line(SHOP, "Order", order, str(lines[0]["id"]), {"quantity": "77"})
    lose(few, "PATCH", "/SalesOrders/*")
    few.systems.edit_line(SHOP, "Order", order, str(lines[0]["id"]), None)
    settled(few)
    assert len(few.right(ORDERS, order)["SalesOrderLines"]) == len(lines) - 1
    assert few.engine.parked(ORDERS) == {}


def test_a_line_of_a_new_order_is_removed(few: Installation, order: str) -> None:
    body = {name: few.left(ORDERS, order)[name] for name in ("ordered_at", "currency", "customer_id", "lines")}
    body["lines"] = [{name: value for name, value in line.items() if name not in ("id", "external_ref")} for line in body["lines"]]
    new = few.systems.create(SHOP, "Order", {"number": 990002, **body})
    lose(few, "POST", "/SalesOrders/*")
    few.systems.edit_line(SHOP, "Order", new, str(few.left(ORDERS, new)["lines"][0]["id"]), None)
    settled(few)
    assert [len(side) for side in names(few, new)] == [len(body["lines"]) - 1] * 2


@pytest.mark.parametrize("effect", [True, False], ids=["took effect", "had none"])
def test_a_first_link_that_was_begun_goes_on_whatever_its_key_is_by_then(few: Installation, effect: bool) -> None:
    person = {"first_name": "Ane", "last_name": "Lid", "email": "ane.lid@example.org"}
    right = few.systems.create(
        OFFICE, "Customers", {"IsPerson": True, "FirstName": "Ane", "LastName": "Lid", "EmailAddress": person["email"]}
    )
    left = few.systems.create(SHOP, "Customer", {"type": "person", **person, "website": "https://lid.example.org"})
    before = len(few.systems.records(OFFICE, "Customers"))
    lose(few, "PATCH", "/Customers/*", effect=effect)
    assert left not in few.engine.right_of(CUSTOMERS)
    few.edit(SHOP, "Customer", left, {"email": "ane.berg@example.org"})
    settled(few)
    assert few.engine.right_of(CUSTOMERS)[left] == right
    assert len(few.systems.records(OFFICE, "Customers")) == before
    assert few.right(CUSTOMERS, left)["EmailAddress"] == "ane.berg@example.org"


def test_a_load_that_never_began_forgets_nothing(few: Installation, order: str) -> None:
    """What was planned beside a reference that is not linked decides nothing until it is sent."""

    def stop(flow: Flow, resolved: Resolved) -> None:
        raise FatalError(f"{flow.name}: no worker for its load")

    few.edit(SHOP, "Order", order, {"customer_reference": "riktig"})
    few.engine.run()
    few.edit(SHOP, "Order", order, {"customer_reference": "feil"})
    lose(few, "PATCH", "/SalesOrders/*")
    person = few.systems.create(SHOP, "Customer", {"type": "person", "first_name": "Ane", "last_name": "Lid", "email": "ane@example.org"})
    few.edit(SHOP, "Order", order, {"customer_reference": "enda en", "customer_id": int(person)})
    few.engine.before_load = stop
    few.engine.run(strict=False)
    few.engine.before_load = None
    few.edit(SHOP, "Order", order, {"customer_reference": "riktig"})
    settled(few)
    assert (few.left(ORDERS, order)["customer_reference"], few.right(ORDERS, order)["CustomerReference"]) == ("riktig", "riktig")
