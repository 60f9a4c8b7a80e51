"""The first run against real systems writes what a person has approved, flow by flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lenke.runtime.ledger.decisions import FIRST_RUN
from tests.flows import small
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, Installation, installed


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Installation]:
    """A handful of records before the first sync, over connections that nobody has marked as a sandbox's."""
    with installed(tmp_path, records=small.records()) as made:
        for name, found in made.engine.connections.items():
            extra = {key: value for key, value in found["extra"].items() if key != "sandbox"}
            made.engine.connections = {**made.engine.connections, name: {**found, "extra": extra}}
        yield made


def states(real: Installation) -> dict[str, str]:
    return {flow: one["state"] for flow, one in real.engine.run().items()}


def approve(real: Installation, *flows: str) -> None:
    for flow in flows:
        real.engine.desk(flow).approve(real.engine.waiting_plan(flow))


def test_a_plan_without_a_write_approves_nothing_that_comes_later(real: Installation) -> None:
    """Orders wait until customers and products are linked, so that their first plan is empty."""
    assert set(states(real).values()) == {"dry_run"}
    assert len({real.engine.waiting_plan(flow) for flow in (CUSTOMERS, PRODUCTS, ORDERS)}) == 3
    approve(real, ORDERS)
    assert set(states(real).values()) == {"dry_run", "success"}
    approve(real, CUSTOMERS, PRODUCTS)
    written = states(real)
    assert {flow for flow, state in written.items() if state == "dry_run"} == {ORDERS}
    assert real.systems.records(OFFICE, "SalesOrders") == []
    approve(real, ORDERS)
    assert states(real)[ORDERS] == "success"
    assert real.systems.records(OFFICE, "SalesOrders") != []
    real.engine.run()
    assert real.engine.quiet()


def test_the_first_run_that_was_approved_unseen_writes_what_comes_later_too(real: Installation) -> None:
    real.engine.run()
    for flow in (CUSTOMERS, PRODUCTS, ORDERS):
        real.engine.desk(flow).approve(FIRST_RUN)
    assert set(states(real).values()) == {"success"}
    assert real.systems.records(OFFICE, "SalesOrders") != []
