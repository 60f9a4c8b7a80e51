"""Two systems that tell no modified time: brakes and restores go by whether a run has read everything, not by the cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lenke.core.errors import BrakeError, LedgerError
from lenke.core.mapping.settings import Brakes
from lenke.runtime.ledger import maintenance
from lenke.runtime.windows import Window
from tests.flows.custom_erp.pair import PRODUCTS, SHOP, Pair

INTERVAL = Window("interval", datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC), moves_cursor=False)
WARE = {"name": "Ny vare", "price": "125.00", "vat_rate": "25", "unit": "pcs", "kind": "physical"}


@pytest.fixture
def timeless(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """The pair after its first sync, as without ``modified`` in both descriptions."""
    monkeypatch.setattr("lenke.systems.described.client.instant", lambda *_: None)
    monkeypatch.setattr(maintenance, "is_loading", lambda _: False)
    run = pair.engine.flow_run
    monkeypatch.setattr(
        maintenance, "_store", lambda _, flow: (one := run(pair.engine.dataflow.flow(flow), INTERVAL, {}, {})).store(one.flow)
    )
    pair.engine.run(flows=(PRODUCTS,))
    assert not any(pair.engine.manifest(PRODUCTS).cursor.values())
    return pair


def test_new_records_count_against_the_brake_after_the_first_sync(timeless: Pair) -> None:
    timeless.engine.settings = replace(timeless.engine.settings, brakes=Brakes(max_creates_least=1, max_creates_percent=1))
    for number in range(5):
        timeless.systems.create(SHOP, "Product", {"sku": f"NY-{number}", **WARE})
    with pytest.raises(BrakeError, match="max_creates"):
        timeless.engine.run(flows=(PRODUCTS,))


def test_intervals_go_on_at_once_after_a_restore_that_lacks_nothing(timeless: Pair) -> None:
    maintenance.restore(timeless.engine.dataflow.name, PRODUCTS)
    timeless.engine.run(INTERVAL, flows=(PRODUCTS,))


def test_intervals_wait_for_a_whole_run_after_a_restore_from_elsewhere(timeless: Pair) -> None:
    ledger = timeless.engine.home / "ledger"
    maintenance.restore(timeless.engine.dataflow.name, PRODUCTS, ledger)
    with pytest.raises(LedgerError, match="reads everything once"):
        timeless.engine.run(INTERVAL, flows=(PRODUCTS,))
    timeless.engine.run(flows=(PRODUCTS,))
    timeless.engine.run(INTERVAL, flows=(PRODUCTS,))
