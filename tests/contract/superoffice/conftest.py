"""A small SuperOffice and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lenke.systems.registry import client_for
from sandbox import Running, start
from tests.contract.suite import HASTE
from tests.flows.superoffice_small import OFFICE, records


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with start(tmp_path / "home", systems=(OFFICE,), port_base=0, rate=0, records=records()) as served:
        yield served


@pytest.fixture
def client(running: Running) -> Iterator[Any]:
    opened = client_for(OFFICE, running.connections[OFFICE], patience=HASTE)
    yield opened
    opened.close()
