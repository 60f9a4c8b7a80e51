"""What was read, written and dated when: loads that outlast the read lag, records dated in the future, edits that move no date."""

from __future__ import annotations

from typing import Any

import pytest
from time_machine import Traveller

from lenke.runtime.windows import Window
from sandbox.poweroffice_go.products import Products
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation
from tests.flows.strange import store

LAG = 1.5
FULL = Window("full")
# Five of these outlast the lag.
SLOW = 0.4
PEOPLE = 6


def tombstones(few: Installation, flow: str) -> list[str | None]:
    return [link.left for link in few.engine.links(flow) if link.kind == "tombstone"]


def slow(few: Installation, clock: Traveller, **rule: Any) -> None:
    few.systems.watch(OFFICE, lambda request, answer: None, sleep=clock.shift)
    few.systems.fault(OFFICE, "slow", seconds=SLOW, **rule)


def test_left_edits_survive_a_load_that_outlasts_the_lag(few: Installation, clock: Traveller) -> None:
    wanted = {id: f"+472270010{n}" for n, id in enumerate(sorted(few.engine.right_of(CUSTOMERS)))}
    few.lag(LAG, clock)
    for id, phone in wanted.items():
        few.edit(SHOP, "Customer", id, {"phone": phone})
    slow(few, clock, match={"method": "PATCH"})
    few.engine.run(flows=(CUSTOMERS,))
    few.systems.clear_faults()
    few.engine.run(flows=(CUSTOMERS,))
    assert {id: few.left(CUSTOMERS, id)["phone"].replace(" ", "") for id in wanted} == wanted
    assert few.engine.conflicts(CUSTOMERS) == []


def test_records_made_by_a_load_that_outlasts_the_lag_are_not_taken_for_deleted(few: Installation, clock: Traveller) -> None:
    few.lag(LAG, clock)
    for n in range(PEOPLE):
        person = {"type": "person", "first_name": f"Kari {n}", "last_name": "Ny", "email": f"ny.{n}@example.org"}
        few.systems.create(SHOP, "Customer", person)
    slow(few, clock, match={"method": "POST", "path": "/Customers"})
    few.engine.run(flows=(CUSTOMERS,))
    few.systems.clear_faults()
    few.engine.run(flows=(CUSTOMERS,))
    assert tombstones(few, CUSTOMERS) == []
    clock.shift(LAG)
    few.engine.run(flows=(CUSTOMERS,))
    assert tombstones(few, CUSTOMERS) == []


def test_a_lost_create_is_not_repeated_before_the_replica_could_show_it(
    few: Installation, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not mind a code twice: nothing but Lenke's patience keeps the product from being made again."""
    check = Products._check
    monkeypatch.setattr(Products, "_check", lambda self, body, touched, own: check(self, body, touched - {"Code"}, own=own))
    few.lag(LAG, clock)
    made = [f"NY-{n}" for n in range(PEOPLE)]
    for sku in made:
        few.systems.create(SHOP, "Product", {"sku": sku, "name": "Ny", "price": "10.00"})
    slow(few, clock, count=5, match={"method": "POST", "path": "/Products"})
    few.systems.fault(OFFICE, "drop_reply", count=1, match={"method": "POST", "path": "/Products"})
    few.engine.run(flows=(PRODUCTS,), strict=False)
    few.systems.clear_faults()
    codes = [product["Code"] for product in few.systems.records(OFFICE, "Products")]
    assert {sku: codes.count(sku) for sku in made} == dict.fromkeys(made, 1)


def test_a_record_dated_in_the_future_hides_no_later_edit(few: Installation) -> None:
    future, other, *_ = sorted(few.engine.right_of(CUSTOMERS))
    store(few, SHOP, "Customer", future, updated_at="2099-01-01T00:00:00.000Z")
    few.engine.run()
    few.edit(SHOP, "Customer", other, {"phone": "+47 22700101"})
    few.engine.run()
    assert few.right(CUSTOMERS, other)["PhoneNumber"] == "+4722700101"


def test_full_window_finds_a_line_edit_that_moved_no_date(few: Installation) -> None:
    few.systems.switch(OFFICE, "line_edits_bump", on=False)
    order, right = min(few.engine.right_of(ORDERS).items())
    line = few.right(ORDERS, order)["SalesOrderLines"][0]
    few.systems.edit_line(OFFICE, "SalesOrders", right, line["Id"], {"Description": "Endret tekst"})
    few.engine.run(FULL)
    few.engine.run(FULL)
    assert "Endret tekst" in [line["description"] for line in few.left(ORDERS, order)["lines"]]
