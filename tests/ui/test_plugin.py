"""Airflow loads the plugin, and goes on whatever becomes of the pages."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from lenke.local.places import REPOSITORY
from lenke.ui.entry import Pages
from tests.ui.conftest import PASSWORDS, Server
from tests.ui.scene import DAG

SECRET = "somebody@example.com"


def api(server: Server, path: str) -> Any:
    token = requests.post(f"{server.url}/auth/token", json={"username": "admin", "password": PASSWORDS["admin"]}, timeout=30).json()
    answer = requests.get(f"{server.url}/api/v2/{path}", headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=30)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.airflow
def test_airflow_lists_the_plugin_with_its_app_its_entry_and_its_tab(server: Server) -> None:
    assert api(server, "plugins/importErrors")["import_errors"] == []
    (plugin,) = [one for one in api(server, "plugins")["plugins"] if one["name"] == "lenke"]
    assert [one["url_prefix"] for one in plugin["fastapi_apps"]] == ["/lenke"]
    views = {view["destination"]: view["href"] for view in plugin["external_views"]}
    assert views == {"nav": "/lenke/", "dag": "/lenke/{DAG_ID}/"}


@pytest.mark.airflow
def test_a_damaged_index_is_made_anew_while_a_person_waits(server: Server) -> None:
    (server.scene.folder / "lenke" / "ui").mkdir(exist_ok=True)
    for path in (server.scene.folder / "lenke" / "ui").iterdir():
        if path.name.endswith("-wal") or path.name.endswith("-shm"):
            path.unlink()
        else:
            path.write_bytes(b"damaged" * 1000)
    assert sorted(server.scene.links)[0] in server.page(f"{DAG}/links")


@pytest.mark.airflow
def test_an_index_that_cannot_be_made_stops_the_pages_and_nothing_else(server: Server) -> None:
    folder = server.scene.folder / "lenke" / "ui"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("no folder")
    try:
        answer = server.get(f"{DAG}/links")
        assert answer.status_code == 503
        assert "it is made anew" in answer.text
        assert api(server, "dags")["total_entries"] >= 5
        assert requests.get(f"{server.url}/", timeout=30).status_code == 200
    finally:
        folder.unlink()
    assert server.get(f"{DAG}/links").status_code == 200


def ask(pages: Pages) -> tuple[int, bytes]:
    """The status and body that an ASGI server would send for GET /."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    asyncio.run(pages({"type": "http", "method": "GET", "path": "/"}, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_pages_that_cannot_be_imported_answer_500_and_raise_nothing() -> None:
    status, body = ask(Pages("lenke.ui.nothing_of_this_name"))
    assert status == 500
    assert b"Airflow itself is not affected" in body


def test_what_an_error_says_is_not_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError(SECRET)

    module = ModuleType("broken_pages")
    module.build = lambda: broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "broken_pages", module)
    with caplog.at_level(logging.DEBUG):
        assert ask(Pages("broken_pages"))[0] == 500
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_the_plugin_is_loaded_without_loading_the_pages() -> None:
    """Every task process loads plugins; FastAPI and Jinja2 are the API server's to pay for."""
    code = "import lenke.ui.entry, sys; print(sorted({'fastapi', 'jinja2', 'lenke.core'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("lazy", "loaded"), [("True", False), ("False", True)])
def test_what_tasks_need_is_imported_where_plugins_load_at_the_start_of_a_process(lazy: str, loaded: bool, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LAZY_LOAD_PLUGINS": lazy,
    }
    code = "import airflow, sys; print('lenke.runtime.tasks' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(loaded)
