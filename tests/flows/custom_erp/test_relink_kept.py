"""A relink whose load failed, between two systems that both filter by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from lenke.runtime.steps import extract as extract_step
from tests.flows.custom_erp.pair import ERP, PRODUCTS, SHOP, Pair
from tests.flows.test_decisions_kept import fail_load


def test_a_relinked_pair_is_made_alike_though_a_load_failed(synced: Pair, clock: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract_step, "OVERLAP", timedelta(0))
    synced.engine.run()
    (one, right_one), (_, right_two), *_, (last, _) = sorted(synced.engine.right_of(PRODUCTS).items())
    clock.shift(60)
    synced.systems.edit(SHOP, "Product", last, {"description": "Ny tekst"})
    synced.engine.run()
    synced.engine.run()
    synced.systems.delete(ERP, "Product", right_one)
    synced.engine.desk(PRODUCTS).relink(one, right_two)
    fail_load(synced.engine, PRODUCTS)
    for _ in range(2):
        synced.engine.run(flows=(PRODUCTS,))
    assert synced.right_id(PRODUCTS, one) == right_two
    assert synced.left(PRODUCTS, one)["name"] == synced.right(PRODUCTS, one)["title"]
