"""Another digest key: all or none of the ledgers, with their links and decisions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lenke.core.errors import LedgerError
from lenke.core.links.digests import UNKNOWN
from lenke.core.plan.decisions import Decision
from lenke.runtime.ledger import decisions, rekeying
from lenke.runtime.ledger.manifest import MANIFEST, OpenRun
from tests.unit.runtime.ledger.test_restoring import AT, OURS, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "flow_of" / "things")
    for id in ("1", "2", "3"):
        made.commit(id)
    return made


def under(world: World, key: str) -> World:
    """The same ledger as whoever has another key sees it."""
    return replace(world, identity=replace(OURS, key_id=key))


def test_links_stay_and_nothing_counts_as_agreed_on(world: World) -> None:
    other = under(world, "other")
    with pytest.raises(LedgerError, match="lenke ledger rekey"):
        other.store.open()
    assert "generation 2, 3 rows" in rekeying.rekey([other.store])[0]
    ledger = other.store.open()
    assert [(link.left, link.right, link.base) for link in ledger.table.links()] == [(id, f"r{id}", (UNKNOWN,)) for id in "123"]
    assert (ledger.manifest.cursor, ledger.manifest.synced, ledger.is_first_sync) == ({}, False, False)
    assert ledger.manifest.tenants == world.tenants


def test_what_was_committed_under_the_new_key_is_agreed_on(world: World) -> None:
    other = under(world, "other")
    rekeying.rekey([other.store])
    other.commit("4")
    assert [link.base for link in other.store.open().table.links()] == [(UNKNOWN,)] * 3 + [(1,)]


def test_a_second_time_there_is_nothing_to_do(world: World) -> None:
    other = under(world, "other")
    rekeying.rekey([other.store])
    before = other.store.open().manifest
    assert rekeying.rekey([other.store]) == ["every ledger is of today's digest key"]
    assert other.store.open().manifest == before


def test_a_flow_without_a_ledger_has_nothing_to_take_over(tmp_path: Path) -> None:
    assert rekeying.rekey([World(tmp_path / "none").store]) == ["every ledger is of today's digest key"]


def test_pauses_stand(world: World) -> None:
    decision = Decision("pause", "left", "1", "cli", AT.isoformat()).named()
    world.store.open().keys.set(decisions.KEY, decisions.text([decision]))
    other = under(world, "other")
    rekeying.rekey([other.store])
    ledger = other.store.open()
    assert decisions.pending(ledger.keys, ledger.manifest) == [decision]


@pytest.mark.parametrize("harm", ["open", "damaged"])
def test_one_ledger_that_cannot_go_on_keeps_all_as_they_are(world: World, harm: str, tmp_path: Path) -> None:
    second = World(tmp_path / "flow_of" / "second")
    second.commit("1")
    if harm == "open":
        second.store.open().open_run("run", 1, at=AT)
    else:
        second.generations[1].rows[MANIFEST] = "{}"
    with pytest.raises(LedgerError):
        rekeying.rekey([under(one, "other").store for one in (world, second)])
    assert world.store.open().manifest.generation == 1


def test_a_journal_whose_key_is_lost_is_left_behind(world: World) -> None:
    world.store.open().open_run("run", 1, at=AT)
    other = under(world, "other")
    rekeying.rekey([other.store], without_journal=True)
    assert other.store.open().manifest.open is None


def test_a_run_that_was_folded_holds_nobody_up(world: World) -> None:
    world.store.open().commit([], at=AT, open=OpenRun("run", 1, AT.isoformat(), folded=True))
    assert "generation 2" in rekeying.rekey([under(world, "other").store])[0]
