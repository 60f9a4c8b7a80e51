from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Running, start
from tests.sandbox.callers import Office, Shop


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Both servers on free ports, without seed data and without a throttle."""
    with start(tmp_path / "home", seed=None, port_base=0, rate=0) as served:
        yield served


@pytest.fixture
def office(running: Running) -> Office:
    return Office(running)


@pytest.fixture
def shop(running: Running) -> Shop:
    return Shop(running)
