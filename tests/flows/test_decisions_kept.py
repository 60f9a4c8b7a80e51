"""Decisions that a run could not carry out are not used up: its load failed, or it read other records than they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import Traveller

from lenke.core.errors import FatalError
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.model import Flow
from lenke.runtime.steps import extract as extract_step
from lenke.runtime.steps.publish import Resolved
from lenke.runtime.windows import Window
from tests.flows.deciding import MANUAL, TEXT, WEBSITE
from tests.flows.harness import MAPPING, Harness
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.test_decisions_killed import choose, is_chosen, is_swapped, swap

PAST = Window("interval", datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC), moves_cursor=False, backfill=True)


@pytest.fixture(autouse=True)
def no_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was modified minutes ago is not read again for that alone."""
    monkeypatch.setattr(extract_step, "OVERLAP", timedelta(0))


def fail_load(engine: Harness, flow: str) -> None:
    """A run whose load task fails for good."""

    def before(found: Flow, resolved: Resolved) -> None:
        assert resolved["chunks"], "there is nothing to load"
        raise FatalError("the load task failed for good")

    engine.before_load = before
    engine.run(strict=False, flows=(flow,))
    engine.before_load = None


def an_old_order(few: Installation, clock: Traveller) -> str:
    """An order that no delta reads any more: another one was modified after it."""
    few.engine.run()
    order, *_, other = sorted(few.engine.right_of(ORDERS))
    _touch(few, clock, other)
    return order


def _touch(few: Installation, clock: Traveller, order: str) -> None:
    clock.shift(60)
    few.edit(SHOP, "Order", order, {"customer_reference": f"Noe annet {few.engine.runs}"})
    few.engine.run()
    few.engine.run()


@pytest.mark.parametrize("kind", ["release", "choose"])
def test_a_record_that_is_to_be_made_again_is_made_though_a_load_failed(few: Installation, clock: Traveller, kind: str) -> None:
    order = an_old_order(few, clock)
    if kind == "choose":
        few.edit(SHOP, "Order", order, {"customer_reference": "Redigert"})
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()
    _touch(few, clock, max(few.engine.right_of(ORDERS)))
    if kind == "choose":
        few.engine.desk(ORDERS).choose(order, "customer_reference", "left")
    else:
        few.engine.desk(ORDERS).release([order])
    fail_load(few.engine, ORDERS)
    few.engine.run(flows=(ORDERS,))
    assert order in few.engine.right_of(ORDERS)
    assert all(few.engine.decided(ORDERS).values())


def test_a_choice_is_carried_out_though_a_load_failed(few: Installation) -> None:
    few.engine.dataflow = loads_dataflow(TEXT.replace(WEBSITE, MANUAL, 1), str(MAPPING))
    told = choose(few)
    fail_load(few.engine, CUSTOMERS)
    few.engine.run(flows=(CUSTOMERS,))
    assert is_chosen(few, told)
    assert few.engine.parked(CUSTOMERS) == {}


def test_a_backfill_reads_the_records_that_are_relinked(few: Installation) -> None:
    few.engine.run()
    pairs = swap(few)
    few.engine.run(PAST, flows=(CUSTOMERS,))
    assert is_swapped(few, pairs)


def test_a_backfill_makes_the_record_that_is_released(few: Installation, clock: Traveller) -> None:
    order = an_old_order(few, clock)
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()
    _touch(few, clock, max(few.engine.right_of(ORDERS)))
    few.engine.desk(ORDERS).release([order])
    few.engine.run(PAST, flows=(ORDERS,))
    assert order in few.engine.right_of(ORDERS)
