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
