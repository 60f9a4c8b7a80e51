"""Airflow in a process and a home of its own, on SQLite: for what needs no scheduler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lenke.local import environment, keys
from lenke.local.places import REPOSITORY, Places

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """``ask(script, connections)``: a script of this folder run in that Airflow; the JSON of its last line."""
    places = Places(home=tmp_path_factory.mktemp("dags") / "airflow")
    places.make()
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "LENKE"))}
    base["PYTHONPATH"] = os.pathsep.join([str(places.plugins), str(REPOSITORY)])

    def asked(script: str, connections: Mapping[str, str] | None = None) -> Any:
        database = f"sqlite:///{places.home}/airflow.db"
        secrets = keys.load(places.keys)
        variables = environment.variables(places, secrets, database=database, port=1, connections=connections or {}, inherited=base)
        command = [sys.executable, str(Path(__file__).parent / script)]
        done = subprocess.run(command, env=variables, cwd=places.home, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{script}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    return asked
