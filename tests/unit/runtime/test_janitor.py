"""Old staging and journals go, young ones stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import ObjectStoragePath

from lenke.core.mapping.settings import Retention
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
