"""Exports are whole or not there, and their owner's alone, on the kind of path that tasks use."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core.errors import LedgerError
from lenke.core.links.rows import Link
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import Shape
from lenke.runtime.ledger.store import Identity, Store
from tests.flows.mortal import KilledError, MemoryKeys, MemoryWitness

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    keys = MemoryKeys()
    identity = Identity("flow_of", "things", Shape((("name", "0"),)), "k")
    made = Store(identity, lambda _: keys, MemoryWitness(), Backups(ObjectStoragePath(f"file://{tmp_path}/ledger")))
    made.open().commit([Link("1", "r1", base=(1,))], at=AT)
    return made


def test_an_export_is_readable_by_its_owner_only(store: Store, tmp_path: Path) -> None:
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "ledger").iterdir()}
    assert modes == {"0o600"}


@pytest.mark.parametrize("file", ["parquet", "json"])
def test_a_process_that_dies_in_the_middle_of_an_export_leaves_a_ledger_that_opens(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    real, opened = os.open, os.fdopen

    def torn(path: Any, flags: int, mode: int = 0o777) -> int:
        number = real(path, flags, mode)
        if file in str(path):
            os.write(number, b"half")
            raise KilledError
        return number

    def in_place(path: ObjectStoragePath, data: bytes) -> None:
        with opened(torn(path.path, os.O_WRONLY | os.O_CREAT), "wb") as whole:
            whole.write(data)

    with monkeypatch.context() as dying:
        dying.setattr("lenke.runtime.staging.os.open", torn)
        # The way of writing that has no moment at which the file is there as a whole.
        dying.setattr(ObjectStoragePath, "write_bytes", in_place)
        with pytest.raises(KilledError):
            store.open().commit([Link("2", "r2", base=(2,))], at=AT)
    after = store.open()
    assert [link.left for link in after.table.links()] == ["1", "2"]
    after.commit([], at=AT)
    newest = store.backups.newest()
    assert newest == after.manifest
    assert store.backups.texts(newest) == {segment.name: after.keys.get(segment.name) for segment in newest.segments}


def test_parts_of_files_whose_writer_died_long_ago_are_removed(store: Store, tmp_path: Path) -> None:
    for name, age in (("old", 7200), ("new", 0)):
        part = tmp_path / "ledger" / f"{name}.part"
        part.write_bytes(b"half")
        os.utime(part, (time.time() - age,) * 2)
    store.open().commit([Link("2", "r2", base=(2,))], at=AT)
    assert [path.name for path in (tmp_path / "ledger").glob("*.part")] == ["new.part"]


@pytest.mark.parametrize("changes", [[Link("2", "r2", base=(2,))], []])
@pytest.mark.parametrize("damage", ["damaged", "gone"])
def test_a_last_export_that_could_not_be_restored_is_found_and_mended_by_the_next_commit(
    store: Store, tmp_path: Path, damage: str, changes: list[Link]
) -> None:
    store.backups.check()
    (file,) = (tmp_path / "ledger").glob("*.parquet")
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"damaged")
    with pytest.raises(LedgerError, match=f"{file.name}.*commit writes it anew"):
        store.backups.check()
    file.unlink(missing_ok=True)
    store.open().commit(changes, at=AT)
    store.backups.check()
