"""The pair before and after its first sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from lenke.core.mapping.load import load_dataflow
from tests.flows.custom_erp.pair import ERP, SHOP, Pair, records
from tests.flows.harness import ROOT, Harness
from tests.flows.installation import RATE


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with sandbox.start(tmp_path / "sandbox", systems=(SHOP, ERP), port_base=0, rate=RATE, records=records()) as systems:
        dataflow = load_dataflow(ROOT / "include/mappings/custom_webshop_to_custom_erp.yaml")
        yield Pair(systems, Harness(tmp_path / "lenke", systems.connections, dataflow=dataflow))


@pytest.fixture
def synced(pair: Pair) -> Pair:
    pair.engine.run()
    pair.written()
    return pair
