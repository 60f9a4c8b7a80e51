"""The XCom backend keeps frames out of the metadata database."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pandas as pd
import pytest
from airflow.providers.common.io.xcom.backend import XComObjectStorageBackend
from airflow.sdk.bases.xcom import BaseXCom

from lenke.runtime.xcom_backend import LenkeXCom, beside


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


class CompanyXCom(BaseXCom):
    """A backend that an installation has already: it keeps values elsewhere."""

    kept: ClassVar[list[Any]] = []

    @staticmethod
    def serialize_value(value: Any, **where: Any) -> Any:
        CompanyXCom.kept.append(value)
        return {"company": len(CompanyXCom.kept) - 1}

    @staticmethod
    def deserialize_value(result: Any) -> Any:
        stored = result.value
        return CompanyXCom.kept[stored["company"]] if isinstance(stored, dict) and "company" in stored else stored


def test_beside_another_backend_it_takes_frames_and_the_ledger_only(home: Path) -> None:
    backend = beside(CompanyXCom)
    assert issubclass(backend, LenkeXCom), "the tasks would refuse to start"
    theirs = backend.serialize_value("text", dag_id="theirs")
    assert theirs == {"company": 0}
    assert backend.deserialize_value(SimpleNamespace(value=theirs)) == "text"
    assert backend.serialize_value("segment", dag_id="link_ledger") == "segment"
    frame = backend.serialize_value(pd.DataFrame({"id": ["1"]}), dag_id="theirs", run_id="r")
    assert backend.deserialize_value(SimpleNamespace(value=frame))["id"].tolist() == ["1"]
    assert CompanyXCom.kept == ["text"]


def test_beside_airflows_object_storage_backend(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH", f"file://{home}/company")
    monkeypatch.setenv("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD", "10")
    backend = beside(XComObjectStorageBackend)
    long = "x" * 100
    theirs = backend.serialize_value(long, dag_id="theirs", key="k", task_id="t", run_id="r")
    assert theirs.startswith(f"file://{home}/company/")
    assert backend.deserialize_value(SimpleNamespace(value=theirs)) == long
    assert backend.serialize_value(long, dag_id="link_ledger", key="k", task_id="t", run_id="r") == long
    assert backend.deserialize_value(SimpleNamespace(value=long)) == long
