"""The last success of a flow: lag, parked records before, and a promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.runtime import latest, notices, places

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def succeed(home: ObjectStoragePath, run_id: str, *, read: datetime, at: datetime, parked: int) -> latest.Latest:
    return latest.succeeded(home, "d", "f", run_id=run_id, read_at=read.isoformat(), parked=parked, at=at)


@pytest.fixture
def home(tmp_path: Path) -> ObjectStoragePath:
    return ObjectStoragePath(f"file://{tmp_path}")


def test_lag_is_the_longest_that_an_edit_waited(home: ObjectStoragePath) -> None:
    first = succeed(home, "1", read=NOW, at=NOW + timedelta(seconds=20), parked=3)
    assert (first["lag_seconds"], first["parked_before"]) == (None, None)
    second = succeed(home, "2", read=NOW + timedelta(minutes=15), at=NOW + timedelta(minutes=15, seconds=20), parked=5)
    assert (second["lag_seconds"], second["parked_before"]) == (920.0, 3)


def test_a_commit_that_is_tried_again_changes_nothing(home: ObjectStoragePath) -> None:
    succeed(home, "1", read=NOW, at=NOW, parked=3)
    second = succeed(home, "2", read=NOW, at=NOW + timedelta(minutes=1), parked=5)
    assert succeed(home, "2", read=NOW, at=NOW + timedelta(minutes=9), parked=7) == second == latest.read(home, "d", "f")


def test_overdue_are_flows_whose_last_success_is_too_old_or_missing(home: ObjectStoragePath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "home", lambda: home)
    succeed(home, "1", read=NOW, at=NOW, parked=0)
    assert notices.overdue("d", ["f"], 60, NOW + timedelta(minutes=60)) == []
    assert notices.overdue("d", ["f", "never"], 60, NOW + timedelta(minutes=61)) == ["f", "never"]
