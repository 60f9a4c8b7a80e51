"""Old staging and journals go, young ones stay."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import attach

from lenke.core.mapping.settings import Retention
from lenke.runtime import staging
from lenke.runtime.janitor import sweep

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _file(root: Path, kind: str, run: str, days: int) -> Path:
    path = root / kind / "flow" / run / "part" / "a.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    stamp = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def test_each_kind_is_kept_for_its_own_time(tmp_path: Path) -> None:
    old, young = _file(tmp_path, "staging", "old", 8), _file(tmp_path, "staging", "young", 6)
    journal, ledger = _file(tmp_path, "journal", "old", 8), _file(tmp_path, "ledger", "old", 400)
    removed = sweep(ObjectStoragePath(f"file://{tmp_path}"), Retention(), NOW)
    assert removed == 1
    assert not old.exists()
    assert all(path.exists() for path in (young, journal, ledger))


@pytest.fixture
def bucket() -> Iterator[ObjectStoragePath]:
    """An object store in memory, which keeps its times elsewhere than a file system does."""
    store = fsspec.filesystem("memory")
    attach("memory", fs=store)
    yield ObjectStoragePath("memory://bucket/lenke")
    store.store.clear()


def test_what_an_object_store_holds_is_not_older_than_it_is(bucket: ObjectStoragePath) -> None:
    staged = staging.write(pa.table({"a": [1]}), bucket / "staging" / "d" / "run" / "f" / "x.parquet")
    assert sweep(bucket, Retention(), datetime.now(UTC)) == 0
    assert staging.read(staged).num_rows == 1
    assert sweep(bucket, Retention(), datetime.now(UTC) + timedelta(days=8)) == 1


def test_what_tells_no_age_is_kept(bucket: ObjectStoragePath, monkeypatch: pytest.MonkeyPatch) -> None:
    staging.write(pa.table({"a": [1]}), bucket / "staging" / "d" / "run" / "f" / "x.parquet")
    monkeypatch.setattr(staging, "modified", lambda place: None)
    assert sweep(bucket, Retention(), datetime.now(UTC) + timedelta(days=400)) == 0


def test_two_that_sweep_at_once_do_not_end_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _file(tmp_path, "staging", "one", 8), _file(tmp_path, "staging", "two", 8)
    home, real = ObjectStoragePath(f"file://{tmp_path}"), staging.modified

    def modified(place: ObjectStoragePath) -> datetime | None:
        if first.exists() and second.exists():
            found = real(place)
            second.unlink()
            return found
        return real(place)

    monkeypatch.setattr(staging, "modified", modified)
    sweep(home, Retention(), NOW)
    sweep(home, Retention(), NOW)
    assert not first.exists()


def test_what_cannot_be_removed_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _file(tmp_path, "staging", "old", 8)

    def refused(path: ObjectStoragePath) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ObjectStoragePath, "unlink", refused)
    assert sweep(ObjectStoragePath(f"file://{tmp_path}"), Retention(), NOW) == 0
    assert "a.parquet is too old to be kept and could not be removed: Permission denied" in caplog.text


def test_folders_that_hold_nothing_any_more_go_too(tmp_path: Path) -> None:
    _file(tmp_path, "staging", "old", 8)
    young = _file(tmp_path, "staging", "young", 6)
    sweep(ObjectStoragePath(f"file://{tmp_path}"), Retention(), NOW)
    assert [path.name for path in (tmp_path / "staging" / "flow").iterdir()] == ["young"]
    assert young.exists()
