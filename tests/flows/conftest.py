"""Installations for the flow tests: one first sync for all of them, copied for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lenke.runtime.steps.commit import Committed
from tests.flows import small
from tests.flows.installation import CUSTOMERS, ORDERS, Installation, Snapshot, installed
from tests.flows.parted import parted


@dataclass(frozen=True)
class FirstRun:
    """The first sync of the whole seed, and what it said."""

    snapshot: Snapshot
    committed: dict[str, Committed]
    written: list[dict[str, Any]]


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    folder = tmp_path_factory.mktemp("synced")
    with installed(folder) as made:
        committed = made.engine.run()
        written, state = made.written(), made.engine.state()
    return FirstRun(Snapshot(folder, state), committed, written)


@pytest.fixture
def synced(first_run: FirstRun, tmp_path: Path) -> Iterator[Installation]:
    """The whole seed after its first sync."""
    with first_run.snapshot.copy(tmp_path) as copied:
        yield copied


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("small")
    with installed(folder, records=small.records()) as made:
        made.engine.run()
        state = made.engine.state()
    return Snapshot(folder, state)


@pytest.fixture
def few(small_run: Snapshot, tmp_path: Path) -> Iterator[Installation]:
    """A handful of records after their first sync."""
    with small_run.copy(tmp_path) as copied:
        yield copied


@pytest.fixture
def customer(few: Installation) -> str:
    """The left id of a linked customer."""
    return min(few.engine.right_of(CUSTOMERS))


@pytest.fixture
def order(few: Installation) -> str:
    """The left id of a linked order."""
    return min(few.engine.right_of(ORDERS))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Installation]:
    """A handful of records whose customers are parted by their type into two flows of an exclusive group, after their first sync."""
    with installed(tmp_path, records=small.records()) as found:
        found.engine.dataflow = parted()
        found.engine.run()
        yield found
