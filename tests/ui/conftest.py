"""Airflow's API server with the pages, its own login and its own permissions: one for the folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from lenke.local import environment, keys, ports
from lenke.local.places import REPOSITORY, Places
from tests.ui.scene import DIGEST_KEY, Scene, made

PASSWORDS = {"admin": "a-long-password", "viewer": "another-password"}


@dataclass
class Server:
    """A running API server.

    :param url: of Airflow; the pages are below ``/lenke``.
    """

    url: str
    scene: Scene
    log: Path
    sessions: dict[str, requests.Session] = field(default_factory=dict)

    def session(self, user: str | None) -> requests.Session:
        """A browser's session: logged in by cookie, or anonymous."""
        name = user or ""
        if name not in self.sessions:
            session = self.sessions[name] = requests.Session()
            session.trust_env = False
            if user:
                token = session.post(f"{self.url}/auth/token", json={"username": user, "password": PASSWORDS[user]}, timeout=30)
                session.cookies.set("_token", token.json()["access_token"])
        return self.sessions[name]

    def get(self, path: str, user: str | None = "admin", **query: str) -> requests.Response:
        return self.session(user).get(f"{self.url}/lenke/{path}", params=query, headers={"Accept": "text/html"}, timeout=30)

    def page(self, path: str, user: str | None = "admin", **query: str) -> str:
        """The text of a page that must come."""
        answer = self.get(path, user, **query)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}\n{self.log.read_text()[-2000:]}"
        return answer.text

    def token(self, path: str, user: str = "admin", **query: str) -> str:
        """The token of a form on a page."""
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.page(path, user, **query))
        return found[1] if found else ""

    def post(
        self, path: str, form: dict[str, Any], user: str | None = "admin", *, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """A form that is sent as a browser sends one of ours, unless ``headers`` say otherwise."""
        told = {"Sec-Fetch-Site": "same-origin", "Origin": self.url} if headers is None else headers
        return self.session(user).post(f"{self.url}/lenke/{path}", data=form, headers={"Accept": "text/html", **told}, timeout=60)


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with made(tmp_path_factory.mktemp("scene")) as found:
        yield found


@pytest.fixture(scope="session")
def server(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server with ``admin``, who may do all, and ``viewer``, who may read."""
    with served(scene, tmp_path_factory.mktemp("server")) as found:
        yield found


def variables(scene: Scene, home: Path, port: int) -> dict[str, str]:
    """The environment of an Airflow on SQLite whose Lenke home is the scene's."""
    places = Places(home=home / "airflow")
    places.make()
    secrets = keys.load(places.keys)
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "LENKE"))}
    base["PYTHONPATH"] = os.pathsep.join([str(places.plugins), str(REPOSITORY)])
    made = environment.variables(places, secrets, database=f"sqlite:///{home}/airflow.db", port=port, connections={}, inherited=base)
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps(PASSWORDS))
    return made | {
        "AIRFLOW__LENKE__HOME": f"file://{scene.folder}/lenke",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW_CONN_LENKE_DIGEST_KEY": json.dumps({"conn_type": "generic", "password": DIGEST_KEY.hex()}),
    }


@contextmanager
def served(scene: Scene, home: Path) -> Iterator[Server]:
    """The server while it runs; it is ended by its process id."""
    port = ports.reserve(28480).port
    log = home / "server.log"
    command = [sys.executable, str(Path(__file__).parent / "serve.py"), str(scene.folder), str(port)]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=variables(scene, home, port), cwd=home, stdout=sink, stderr=subprocess.STDOUT)
    try:
        url = f"http://{ports.HOST}:{port}"
        _await(process, url, log)
        yield Server(url, scene, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the server answers; each time after the process was given a moment to end."""
    for _ in range(1600):
        try:
            if requests.get(f"{url}/api/v2/version", timeout=5, proxies={"http": ""}).ok:
                return
        except requests.RequestException:
            pass
        try:
            process.wait(timeout=0.25)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the API server did not start:\n{log.read_text(errors='replace')[-4000:]}")
