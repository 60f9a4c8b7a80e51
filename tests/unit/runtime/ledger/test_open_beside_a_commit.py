"""Whoever opens a ledger while its flow's run commits sees the state before or after, never a damaged one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lenke.core.errors import LedgerError
from lenke.core.links.rows import Link
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import MANIFEST, Shape
from lenke.runtime.ledger.store import Identity, Store
from tests.flows.mortal import KilledError, MemoryKeys, MemoryWitness, no_trip

AT = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Before:
    """Keys, witness or backups as a reader sees them; ``act`` comes right after a value was read from them."""

    thing: Any
    act: Callable[[], None]
    key: str = ""

    def get(self, *key: str) -> Any:
        found = self.thing.get(*key)
        if not self.key or self.key in key:
            self.act()
        return found

    def newest(self) -> Any:
        found = self.thing.newest()
        self.act()
        return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    keys = MemoryKeys()
    return Store(Identity("flow_of", "things", Shape((("name", "0"),)), "k"), lambda _: keys, MemoryWitness(), Backups(tmp_path))


def commit(store: Store, base: int) -> None:
    """A commit that writes the whole ledger anew, and deletes the segments before."""
    store.open().commit([Link(f"l{number}", f"r{number}", base=(base,)) for number in range(50)], at=AT)


def committing(store: Store, times: int) -> Callable[[], None]:
    """What commits at each of the first so many calls."""
    left = list(range(1, times + 1))
    return lambda: commit(store, 100 + left.pop()) if left else None


def beside(store: Store, place: str, act: Callable[[], None]) -> Store:
    """The store as another process reads it."""
    if place == "witness":
        return replace(store, witness=Before(store.witness, act))  # type: ignore[arg-type]
    if place == "backup":
        return replace(store, backups=Before(store.backups, act))  # type: ignore[arg-type]
    keys = Before(store.keys(1), act, MANIFEST)
    return replace(store, keys=lambda _: keys)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("place", ["witness", "backup", "manifest"])
def test_a_reader_beside_commits_sees_the_last_of_them(store: Store, place: str, times: int) -> None:
    commit(store, 1)
    found = beside(store, place, committing(store, times)).open()
    assert found.table.links() == store.open().table.links()


@pytest.mark.parametrize("place", ["witness", "backup", "manifest"])
def test_a_reader_beside_the_first_commit_sees_a_new_ledger_or_the_first_one(store: Store, place: str) -> None:
    assert len(beside(store, place, committing(store, 1)).open().table) in (0, 50)


@pytest.mark.parametrize("place", ["witness", "manifest"])
def test_a_reader_of_a_ledger_that_never_rests_gives_up(store: Store, place: str) -> None:
    commit(store, 1)
    with pytest.raises(LedgerError, match="generation 1"):
        beside(store, place, committing(store, 1000)).open()


def test_what_is_damaged_at_rest_is_told(store: Store) -> None:
    commit(store, 1)
    (name,) = (key for key in store.keys(1).rows if key.startswith("seg."))  # type: ignore[attr-defined]
    store.keys(1).delete(name)
    with pytest.raises(LedgerError, match="lost key"):
        store.open()


def test_a_reader_exports_nothing_and_the_next_commit_does(store: Store, tmp_path: Path) -> None:
    commit(store, 1)
    for path in tmp_path.iterdir():
        path.unlink()
    ledger = store.open()
    assert list(tmp_path.iterdir()) == []
    assert not ledger.commit([], at=AT)
    assert store.backups.newest() == ledger.manifest


def test_a_first_commit_that_died_before_its_manifest_leaves_a_new_ledger(store: Store) -> None:
    def trip(place: str) -> None:
        if place == f"set {MANIFEST}":
            raise KilledError(place)

    store.keys(1).trip = trip  # type: ignore[attr-defined]
    with pytest.raises(KilledError):
        commit(store, 1)
    store.keys(1).trip = no_trip  # type: ignore[attr-defined]
    assert store.open().is_new
    commit(store, 2)
    assert len(store.open().table) == 50
