"""A restore takes back what is this flow's own, and refuses the rest before it writes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lenke.core.errors import LedgerError
from lenke.core.links.rows import Link
from lenke.core.plan.decisions import Decision
from lenke.runtime.ledger import decisions, restoring
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import Shape
from lenke.runtime.ledger.store import Identity, Store
from tests.flows.mortal import MemoryKeys, MemoryWitness

AT = datetime(2026, 11, 20, tzinfo=UTC)
OURS = Identity("flow_of", "things", Shape((("name", "0"),)), "k")
TENANTS = {"left": "shop", "right": "office"}


@dataclass
class World:
    """One flow's ledger, its generations in memory and its exports in a folder."""

    folder: Path
    identity: Identity = OURS
    tenants: dict[str, str] = field(default_factory=lambda: dict(TENANTS))
    generations: dict[int, MemoryKeys] = field(default_factory=dict)
    witness: MemoryWitness = field(default_factory=MemoryWitness)

    @property
    def store(self) -> Store:
        return Store(self.identity, lambda one: self.generations.setdefault(one, MemoryKeys()), self.witness, Backups(self.folder))

    def commit(self, *ids: str) -> None:
        rows = [Link(id, f"r{id}", base=(1,)) for id in ids]
        self.store.open().commit(rows, at=AT, tenants=self.tenants, cursor={"left": AT.isoformat()}, synced=True)

    def restore(self, source: Path | None = None) -> str:
        told = restoring.restore(self.store, Backups(source or self.folder), is_elsewhere=source is not None)
        return "\n".join(told)

    @property
    def ids(self) -> list[str]:
        return [link.left for link in self.store.open().table.links()]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "flow_of" / "things")
    for id in ("1", "2", "3"):
        made.commit(id)
    return made


Change = Callable[[World], World]
STRANGERS: list[tuple[str, str, Change]] = [
    ("another digest key", "lenke_digest_key", lambda one: replace(one, identity=replace(OURS, key_id="x"))),
    ("another dataflow", "other_flow_of.things", lambda one: replace(one, identity=replace(OURS, dataflow="other_flow_of"))),
    ("another flow", "flow_of.others", lambda one: replace(one, identity=replace(OURS, flow="others"))),
    ("another tenant", "left tenant", lambda one: replace(one, tenants={**TENANTS, "left": "other-shop"})),
]


@pytest.mark.parametrize(("said", "change"), [one[1:] for one in STRANGERS], ids=[one[0] for one in STRANGERS])
def test_the_export_of_something_else_is_refused_before_anything_is_written(
    world: World, tmp_path: Path, said: str, change: Change
) -> None:
    change(World(tmp_path / "elsewhere")).commit("9")
    before = world.witness.value
    with pytest.raises(LedgerError, match=said):
        world.restore(tmp_path / "elsewhere")
    assert (world.ids, world.witness.value, list(world.generations)) == (["1", "2", "3"], before, [1])


def test_another_tenant_is_known_by_the_last_export_where_the_ledger_is_lost(world: World, tmp_path: Path) -> None:
    World(tmp_path / "elsewhere", tenants={**TENANTS, "right": "other-office"}).commit("9")
    world.generations[1].rows.clear()
    with pytest.raises(LedgerError, match="right tenant"):
        world.restore(tmp_path / "elsewhere")
    world.restore()
    assert world.ids == ["1", "2", "3"]


def test_an_older_export_of_the_same_ledger_is_taken(world: World, tmp_path: Path) -> None:
    World(tmp_path / "elsewhere").commit("1")
    world.restore(tmp_path / "elsewhere")
    assert world.ids == ["1"]


def test_what_was_decided_here_stands_whatever_generation_the_export_is_of(world: World, tmp_path: Path) -> None:
    elsewhere = World(tmp_path / "elsewhere")
    elsewhere.commit("1")
    elsewhere.restore()
    pause = Decision("pause", "1", AT.isoformat()).named()
    decisions.change(world.generations[1], world.store.open().manifest, lambda _: [pause])
    world.restore(tmp_path / "elsewhere")
    ledger = world.store.open()
    assert (ledger.manifest.generation, decisions.pending(ledger.keys, ledger.manifest)) == (3, [pause])


def damage(world: World, file: str) -> None:
    """Cut a file of the newest export short, as a full disk does."""
    newest = max(world.folder.glob(file), key=lambda path: path.name)
    newest.write_bytes(newest.read_bytes()[:50])


def test_a_damaged_export_is_told_with_its_flow_and_remedy(world: World) -> None:
    damage(world, "manifest-*.json")
    with pytest.raises(LedgerError, match=r"flow_of\.things: .*manifest-0001-000000003\.json.*lenke ledger restore flow_of things"):
        world.store.open()


def test_a_whole_ledger_goes_on_once_its_damaged_export_is_removed(world: World) -> None:
    damage(world, "manifest-*.json")
    max(world.folder.glob("manifest-*.json")).unlink()
    world.store.open().commit([], at=AT)
    assert world.store.backups.newest() == world.store.open().manifest


@pytest.mark.parametrize("file", ["manifest-*.json", "*.parquet"])
def test_a_restore_takes_the_newest_export_that_can_be_read_and_says_so(world: World, file: str) -> None:
    damage(world, file)
    told = world.restore()
    assert world.ids == ["1", "2"]
    assert "commit 2 of generation 1 is back" in told
    assert "manifest-0001-000000003.json" in told
    # What came after it is found where both systems are read as a whole.
    assert not world.store.open().manifest.synced


def test_a_restore_after_a_restore_whose_export_is_damaged_makes_a_new_generation(world: World) -> None:
    world.restore()
    damage(world, "manifest-*.json")
    world.witness.value = None
    world.restore()
    assert (world.ids, world.store.open().manifest.generation) == (["1", "2", "3"], 3)
    assert not world.store.open().manifest.synced


def test_a_restore_from_nothing_but_damaged_exports_changes_nothing(world: World) -> None:
    for path in world.folder.glob("manifest-*.json"):
        path.write_bytes(b"half")
    before = {path: path.read_bytes() for path in world.folder.iterdir()}
    with pytest.raises(LedgerError, match=r"none of the exports.*FOLDER"):
        world.restore()
    assert list(world.generations) == [1]
    assert {path: path.read_bytes() for path in world.folder.iterdir()} == before


def test_commits_go_on_after_a_restore_beside_what_is_damaged(world: World) -> None:
    damage(world, "manifest-*.json")
    world.restore()
    world.commit("4")
    assert world.ids == ["1", "2", "4"]


def test_a_folder_without_an_export_of_the_flow_is_named(world: World, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="elsewhere"):
        world.restore(tmp_path / "elsewhere")
