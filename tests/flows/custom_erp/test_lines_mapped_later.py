"""An order flow that gains its lines when its orders are linked already: nobody has them twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from time_machine import Traveller

from lenke.core.mapping.load import loads_dataflow
from tests.flows.custom_erp.pair import ERP, ORDERS, SHOP, Pair, lines
from tests.flows.harness import ROOT, Harness

PATH = ROOT / "include/mappings/custom_webshop_to_custom_erp.yaml"
TEXT = PATH.read_text(encoding="utf-8")
WITHOUT = TEXT[: TEXT.index("    lines:\n")]


def counts(pair: Pair) -> dict[str, tuple[int, ...]]:
    return {id: tuple(map(len, lines(pair, id))) for id in pair.engine.right_of(ORDERS)}


@pytest.mark.parametrize("edited", ["left", "right", "none"])
def test_they_are_compared_and_not_added(pair: Pair, edited: str, clock: Traveller, tmp_path: Path) -> None:
    pair.engine.run()
    pair.engine.run()
    before = counts(pair)
    pair.engine = Harness(tmp_path / "other", pair.systems.connections, dataflow=loads_dataflow(WITHOUT, str(PATH)))
    clock.shift(3600)
    pair.engine.run()
    pair.engine.dataflow = loads_dataflow(TEXT, str(PATH))
    clock.shift(3600)
    order = min(before)
    if edited == "left":
        pair.systems.edit(SHOP, "Order", order, {"customer_reference": "Ny"})
    elif edited == "right":
        pair.systems.edit(ERP, "Order", pair.engine.right_of(ORDERS)[order], {"yourReference": "Ny"})
    for _ in range(3):
        pair.engine.run()
    assert counts(pair) == before
