"""The XCom backend keeps frames out of the metadata database."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from lenke.runtime.xcom_backend import LenkeXCom


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIRFLOW__LENKE__HOME", f"file://{tmp_path}")
    return tmp_path


def test_a_returned_frame_becomes_a_uri_and_comes_back(home: Path) -> None:
    frame = pd.DataFrame({"email": ["kari@example.com", None], "id": ["9007199254740993", "2"]})
    stored = LenkeXCom.serialize_value(frame, key="return_value", dag_id="d", run_id="scheduled__2026-11-20T00:00:00+00:00")
    assert "kari" not in str(stored)
    assert str(home) in str(stored)
    back = LenkeXCom.deserialize_value(SimpleNamespace(value=stored))
    assert back["id"].tolist() == frame["id"].tolist()


def test_staged_files_are_their_owners_alone(home: Path) -> None:
    LenkeXCom.serialize_value(pd.DataFrame({"a": [1]}), dag_id="d", run_id="r")
    (file,) = [path for path in home.rglob("*") if path.is_file()]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", ["text", 5, {"a": [1, 2]}, None])
def test_everything_else_is_stored_as_airflow_does(value: object) -> None:
    stored = LenkeXCom.serialize_value(value)
    assert LenkeXCom.deserialize_value(SimpleNamespace(value=stored)) == value
