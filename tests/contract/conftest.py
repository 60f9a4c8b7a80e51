"""One sandbox for all contract tests of a system; its faults, lag and switches are taken back after each.

Which systems it serves: the one that the test class's ``case`` or the test module's ``SYSTEM`` names, else all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

import sandbox as servers
from sandbox import Running
from sandbox.server import SYSTEMS


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Running]]:
    """Starts the named systems, seeded, on free ports, without a rate limit of their own; each set of names once."""
    with ExitStack() as stack:

        @cache
        def start(*names: str) -> Running:
            home = tmp_path_factory.mktemp("sandbox")
            started = stack.enter_context(servers.start(home, seed=1, systems=names, port_base=0, rate=0))
            for connection in started.connections.values():
                connection["extra"]["requests_per_second"] = 10_000
            return started

        yield start


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, served: Callable[..., Running]) -> Iterator[Running]:
    """The sandbox in its usual state."""
    case = getattr(request.cls, "case", None)
    named = case.system if case is not None else getattr(request.module, "SYSTEM", None)
    running = served(*([named] if named else SYSTEMS))
    yield running
    running.clear_faults()
    for system in running.connections:
        running.lag(0, system=system)
