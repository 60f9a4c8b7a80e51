"""Faults on the wire: when they end, a clean run or two leave no record twice, none lost, and no journal key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from time_machine import Traveller

from tests.flows.installation import OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints
from tests.flows.stir import stir


def settle(few: Installation) -> None:
    """The fault is over: one run mends everything, and the next has nothing to do."""
    few.systems.clear_faults()
    few.engine.run()
    assert complaints(few) == []
    assert few.engine.journal_keys() == []
    assert few.engine.all_parked() == set()
    few.asked()
    few.engine.run()
    assert few.asked() == []


def hits(few: Installation, system: str) -> int:
    """How many requests the faults in force have hit."""
    return few.systems.hits(system)


def test_without_a_fault(few: Installation) -> None:
    stir(few)
    few.engine.run()
    verbs = {(row["system"], row["method"], row["verb"]) for row in few.written()}
    assert {verb[1] for verb in verbs if verb[0] == OFFICE} == {"POST", "PATCH", "DELETE"}
    settle(few)
    assert few.engine.quiet()


CREATES = [(OFFICE, "POST", "/Customers"), (OFFICE, "POST", "/Products"), (OFFICE, "POST", "/SalesOrders/Complete")]
UPDATES = [
    (OFFICE, "POST", "/SalesOrders/*/Lines"),
    (OFFICE, "PATCH", "/Customers"),
    (OFFICE, "PATCH", "/SalesOrders"),
    (OFFICE, "DELETE", "/SalesOrders"),
    (SHOP, "PATCH", "/customers"),
    (SHOP, "POST", "/orders/batch"),
]
LOST = (
    [("drop_reply", *place) for place in CREATES + UPDATES]
    + [("truncate", *place) for place in CREATES]
    + [("timeout_before", *place) for place in CREATES]
)


@pytest.mark.parametrize(("fault", "system", "method", "path"), LOST)
def test_lost_reply(few: Installation, fault: str, system: str, method: str, path: str) -> None:
    stir(few)
    few.systems.fault(system, fault, count=2, match={"method": method, "path": path})
    few.engine.run(strict=False)
    assert hits(few, system)
    settle(few)


@pytest.mark.parametrize("fault", ["drop_reply", "5xx", "html"])
def test_every_write_fails_for_a_whole_run(few: Installation, fault: str) -> None:
    stir(few)
    for method in ("POST", "PATCH", "DELETE"):
        few.systems.fault(SHOP, fault, match={"method": method})
        few.systems.fault(OFFICE, fault, match={"method": method, "path": "/[CPS]*"})
    few.engine.run(strict=False)
    assert few.engine.errors
    settle(few)


STORMS: list[dict[str, Any]] = [
    {"name": "429", "seconds": 0.01, "count": 2},
    {"name": "5xx", "rate": 0.3},
    {"name": "html", "rate": 0.3},
    {"name": "truncate", "rate": 0.3},
    {"name": "expire_token", "rate": 0.3},
]


@pytest.mark.parametrize("rule", STORMS, ids=[rule["name"] for rule in STORMS])
def test_storm(few: Installation, rule: dict[str, Any]) -> None:
    stir(few)
    stormy = [OFFICE] if rule["name"] == "expire_token" else [OFFICE, SHOP]
    for system in stormy:
        few.systems.fault(system, **rule)
    few.engine.run(strict=False)
    assert all(hits(few, system) for system in stormy)
    few.engine.run(strict=False)
    settle(few)


def test_lost_replies_while_reads_lag(few: Installation, clock: Traveller) -> None:
    """That a record is not found proves nothing until the lag is over."""
    few.lag(1.0, clock)
    stir(few)
    few.systems.fault(OFFICE, "drop_reply", count=4, match={"method": "POST", "path": "/[CPS]*"})
    few.engine.run(strict=False)
    assert hits(few, OFFICE) == 4
    few.systems.clear_faults()
    few.engine.run(strict=False)
    few.lag(1.0, clock)
    settle(few)


class Unsent(requests.adapters.HTTPAdapter):
    """The first DELETE never arrives, and something happens before it is tried again."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = [meanwhile]

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        if request.method == "DELETE" and self._meanwhile:
            self._meanwhile.pop()()
            raise requests.ReadTimeout
        return super().send(request, *args, **options)


def test_a_line_that_is_edited_between_two_tries_of_its_removal_stays(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    line = next(link for link in few.engine.links(ORDERS) if link.parent == order)
    few.systems.edit_line(SHOP, "Order", order, line.left, None)
    few.engine.adapter = Unsent(lambda: few.systems.edit_line(OFFICE, "SalesOrders", right, line.right, {"Description": "Endret"}))
    few.engine.run(flows=(ORDERS,), strict=False)
    few.engine.adapter = None
    few.engine.run(flows=(ORDERS,))
    assert "Endret" in [one["Description"] for one in few.right(ORDERS, order)["SalesOrderLines"]]
    assert few.engine.conflicts(ORDERS) or few.engine.parked(ORDERS)
