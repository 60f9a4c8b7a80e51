"""The index of links follows the ledger's export: commit by commit, through rewrites, damage and loss."""

from __future__ import annotations

import random
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lenke.core.links.rows import Link
from lenke.runtime.ledger import segments
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import Manifest, Segment, Shape
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.store import Identity, Store
from lenke.ui.index import ask, catalogue, files, links
from lenke.ui.index.links import LinkIndex

AT = datetime(2026, 11, 20, tzinfo=UTC)
SHAPE = Shape((("name", "0"),))


class Keys(dict[str, str]):
    def set(self, key: str, value: str) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)

    def prepare(self) -> None:
        return


class Note:
    value: dict[str, int] | None = None

    def get(self) -> dict[str, int] | None:
        return self.value

    def set(self, value: Mapping[str, int]) -> None:
        self.value = dict(value)


@dataclass
class Pair:
    """A ledger and the index of its export."""

    ledger: Ledger
    index: LinkIndex

    def commit(self, *rows: Link, **how: Any) -> None:
        self.ledger.commit(rows, at=AT, **how)
        self.look()

    def look(self) -> None:
        files.sound(self.index.path, links.SCHEMA, self.index.refresh)

    def indexed(self) -> set[tuple[str, str, str, int]]:
        with files.reading(self.index.path) as connection:
            return {tuple(row) for row in connection.execute("SELECT parent, left, right, kind FROM link")}

    def waiting(self) -> set[tuple[str, str, str]]:
        with files.reading(self.index.path) as connection:
            return {tuple(row) for row in connection.execute("SELECT side, id, reason FROM parked")}

    def is_in_step(self) -> bool:
        held = self.ledger.table.links()
        in_links = {(one.parent, one.left, one.right, int(one.kind == "tombstone")) for one in held if one.kind != "recheck"}
        parked = {("left" if one.left else "right", one.left or one.right, one.note["reason"]) for one in held if one.kind == "recheck"}
        return self.indexed() == in_links and self.waiting() == parked


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    monkeypatch.setattr(segments, "ROWS_PER_SEGMENT", 10)
    keys, backups = Keys(), Backups(tmp_path / "ledger")
    ledger = Store(Identity("flow_of", "things", SHAPE, "k"), lambda _: keys, Note(), backups).open()
    made = Pair(ledger, LinkIndex(tmp_path / "ui" / "things.sqlite", backups))
    made.commit(*(link(at) for at in range(100)))
    return made


def link(at: int, right: str = "", **how: Any) -> Link:
    return Link(f"l{at:03}", right or f"r{at:03}", base=(at + 1,), **how)


def names_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by the name of every segment that is read."""
    read: list[str] = []
    text = Backups.text

    def noted(self: Backups, manifest: Manifest, segment: Segment) -> str:
        read.append(segment.name)
        return text(self, manifest, segment)

    monkeypatch.setattr(Backups, "text", noted)
    return read


def parked(id: str, reason: str = "rejected") -> Link:
    return Link(id, kind="recheck", note={"reason": reason, "since": AT.isoformat()})


def test_it_holds_what_the_ledger_holds_after_any_sequence_of_commits(pair: Pair) -> None:
    letters = random.Random(7)
    for _ in range(40):
        rows: list[Link] = []
        for at in letters.sample(range(120), letters.choice([1, 3, 30])):
            how = letters.randrange(5)
            rows.append(
                [
                    link(at, f"r{letters.randrange(999)}"),
                    link(at).dropped(),
                    link(at, kind="tombstone", note={"side": "left"}),
                    parked(f"l{at:03}", letters.choice(["rejected", "conflict"])),
                    parked(f"l{at:03}").dropped(),
                ][how]
            )
        pair.commit(*rows)
        assert pair.is_in_step()


def test_a_key_that_is_dropped_and_taken_again_in_one_commit_is_there(pair: Pair) -> None:
    pair.commit(link(1).dropped(), link(1, "new"))
    assert pair.is_in_step()
    assert ask.record(pair.index, "l001").link is not None


def test_only_appended_segments_are_read(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    read = names_read(monkeypatch)
    pair.commit(link(5, "other"))
    assert len(read) == 1
    read.clear()
    pair.look()
    assert read == []


def test_segments_that_were_refreshed_are_not_read_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    read = names_read(monkeypatch)
    pair.ledger.commit([], at=AT + timedelta(days=9), refresh_after=timedelta(days=3))
    pair.look()
    assert read == []
    assert pair.is_in_step()


def test_a_damaged_file_is_thrown_away_and_made_anew(pair: Pair) -> None:
    pair.index.path.write_bytes(b"no database at all" * 100)
    for name in ("-wal", "-shm"):
        pair.index.path.with_name(pair.index.path.name + name).unlink(missing_ok=True)
    pair.look()
    assert pair.is_in_step()


def test_a_file_of_another_version_is_made_anew(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "VERSION", files.VERSION + 1)
    pair.look()
    assert pair.is_in_step()


def test_the_file_is_its_owners_alone(pair: Pair) -> None:
    for path in pair.index.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_another_generation_is_read_whole(pair: Pair) -> None:
    keys = Keys()
    backups = pair.index.backups
    other = Store(Identity("flow_of", "things", SHAPE, "k"), lambda _: keys, Note(), Backups(pair.index.path.parent / "elsewhere")).open()
    other.manifest = other.manifest.next(generation=2)
    other.commit([link(7)], at=AT)
    other.export_to(backups)
    pair.look()
    assert pair.indexed() == {("", "l007", "r007", 0)}


def test_an_export_that_is_gone_empties_the_index(pair: Pair) -> None:
    for path in (pair.index.path.parent.parent / "ledger").iterdir():
        path.unlink()
    assert catalogue._look(pair.index)
    assert pair.indexed() == set()
    assert pair.index.state() == {}


def test_a_long_way_behind_is_read_by_a_thread_and_the_old_state_shown_meanwhile(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "AT_ONCE", 5)
    before = pair.indexed()
    pair.ledger.commit([link(at, "moved") for at in range(50)], at=AT)
    assert not catalogue._look(pair.index)
    catalogue.settle()
    assert catalogue._look(pair.index)
    assert pair.is_in_step()
    assert pair.indexed() != before


def test_pages_go_through_all_links_once_and_in_order(pair: Pair) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask.links(pair.index, after=after, limit=7)
        seen += [row["left"] for row in page.rows]
        after = page.after
    assert seen == [f"l{at:03}" for at in range(100)]


def test_pages_go_through_the_recheck_list_by_reason(pair: Pair) -> None:
    pair.commit(*(parked(f"l{at:03}", "conflict" if at % 3 else "rejected") for at in range(20)))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = ask.parked(pair.index, reason="conflict", after=after, limit=4)
        seen += [row["id"] for row in page.rows]
        after = page.after
    assert seen == [f"l{at:03}" for at in range(20) if at % 3]


@pytest.mark.parametrize("text", ["l00", "r005", "%", "_", "l0%", "", "é\U0010ffff"])
def test_search_takes_every_character_as_itself(pair: Pair, text: str) -> None:
    pair.commit(Link("l0%x", "r_", base=(1,)), Link("é\U0010ffffz", "q", base=(1,)))
    held = [one for one in pair.ledger.table.links() if one.left.startswith(text) or one.right.startswith(text)]
    assert {row["left"] for row in ask.search(pair.index, text, limit=500)} == {one.left for one in held}
