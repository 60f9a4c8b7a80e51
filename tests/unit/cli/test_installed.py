"""``lenke check`` and ``lenke setup pools`` look at the installation's own include/, and say so where nothing is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lenke.cli import app
from lenke.local.places import Places

ONE = "woocommerce_to_poweroffice_go.yaml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An include/ of its own, with one dataflow."""
    folder = tmp_path / "own"
    (folder / "mappings").mkdir(parents=True)
    shutil.copy(Places().mappings / ONE, folder / "mappings")
    shutil.copy(Places().settings, folder)
    monkeypatch.setenv("LENKE_INCLUDE", str(folder))
    return folder


def lenke(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_check_looks_at_the_files_of_the_installation(data: Path) -> None:
    done = lenke("check")
    assert done.output.splitlines() == [f"ok     {data / 'settings.yaml'}", f"ok     {data / 'mappings' / ONE}"]
    assert done.exit_code == 0


def test_check_asks_for_a_dag_file_where_dags_are_beside_the_data(data: Path) -> None:
    (data.parent / "dags").mkdir()
    done = lenke("check")
    assert f"no DAG file {data.parent / 'dags' / ONE.replace('.yaml', '.py')}" in done.output
    assert done.exit_code == 1


def test_check_says_what_is_missing(data: Path) -> None:
    (data / "settings.yaml").unlink()
    (data / "mappings" / ONE).unlink()
    done = lenke("check")
    assert f"error  {data / 'settings.yaml'}: cannot be read" in done.output
    assert f"error  {data / 'mappings'}: no mapping here" in done.output
    assert "LENKE_INCLUDE" in done.output
    assert done.exit_code == 1


def test_the_pools_are_of_the_installations_dataflows(data: Path) -> None:
    pools = json.loads(lenke("setup", "pools").output)
    assert any("woocommerce" in name for name in pools)
    assert not any("shopify" in name or "superoffice" in name for name in pools)
