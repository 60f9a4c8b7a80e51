"""One sandbox for all contract tests; its faults, lag and switches are taken back after each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox as servers
from sandbox import Running


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox, seeded, on free ports, without a rate limit of its own."""
    home: Path = tmp_path_factory.mktemp("sandbox")
    with servers.start(home, seed=1, port_base=0, rate=0) as started:
        for connection in started.connections.values():
            connection["extra"]["requests_per_second"] = 10_000
        yield started


@pytest.fixture
def sandbox(running: Running) -> Iterator[Running]:
    """The sandbox in its usual state."""
    yield running
    running.clear_faults()
    running.lag(0)
