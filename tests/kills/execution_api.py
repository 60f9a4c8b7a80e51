"""Airflow's Execution API in earnest: its api-server over HTTP with PostgreSQL behind it, and neither scheduler nor worker beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from lenke.local import environment, keys, ports
from lenke.local.database import NAME, USER, Cluster
from lenke.local.places import REPOSITORY, Places
from lenke.local.processes import Processes
from lenke.local.setup import airflow
from tests.kills.dataflows import installation

_PATIENCE = 120.0


@dataclass(frozen=True)
class ExecutionApi:
    """The served API.

    :param url: its base address; :param variables: the environment of a process that works beside it.
    :param tasks: dataflow to the id of a task instance of it, and that one's token.
    """

    url: str
    variables: Mapping[str, str]
    tasks: Mapping[str, tuple[str, str]]
    cluster: Cluster

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Statements in one transaction; the rows of the last one."""
        connection = psycopg2.connect(host=str(self.cluster.socket), user=USER, password=self.cluster.password, dbname=NAME)
        try:
            with connection, connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def keep(self, dataflow: str, name: str) -> None:
        """Remember a dataflow's ledgers as they are, under a name."""
        for table, which in _kept(dataflow).items():
            kept = f"{name}_{table}_{dataflow}"
            self.sql(f"DROP TABLE IF EXISTS {kept}", f"CREATE TABLE {kept} AS SELECT * FROM {table} WHERE {which}")

    def restore(self, dataflow: str, name: str) -> None:
        """Put a dataflow's ledgers back as they were kept under a name."""
        kept = _kept(dataflow).items()
        self.sql(
            *(f"DELETE FROM {table} WHERE {which}" for table, which in kept),
            *(f"INSERT INTO {table} SELECT * FROM {name}_{table}_{dataflow}" for table, _ in kept),
        )

    def journal_keys(self, dataflow: str) -> list[str]:
        """Journal keys of a dataflow's ledgers that are there."""
        return [key for (key,) in self.sql(f"SELECT key FROM xcom WHERE {_kept(dataflow)['xcom']} AND key LIKE 'j.%' ORDER BY key")]


def _kept(dataflow: str) -> dict[str, str]:
    """What a dataflow's ledgers are made of in Airflow's database: table, and which of its rows."""
    asset = f"SELECT id FROM asset WHERE name = 'lenke_ledger_{dataflow}'"
    return {"xcom": f"dag_id = 'link_ledger' AND run_id LIKE '{dataflow}.%'", "asset_state_store": f"asset_id IN ({asset})"}


@contextmanager
def served(folder: Path) -> Iterator[ExecutionApi]:
    """The API on a free port, its files below ``folder``."""
    places = installation(folder)
    secrets = keys.load(places.keys)
    cluster = Cluster(places.postgres, secrets.database)
    variables = _variables(places, secrets, cluster.url, ports.reserve(29080).port)
    with Processes(places) as children:
        cluster.initialise()
        children.start("postgres", cluster.command, environment=os.environ, rank=9, signal=signal.SIGINT)
        assert cluster.wait(), f"PostgreSQL does not start: see {children.log('postgres')}"
        tasks = _prepare(variables)
        children.start("api-server", airflow("api-server", "--apps", "execution"), environment=variables)
        url = variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
        _wait(f"{url}health", children)
        yield ExecutionApi(url, variables, tasks, cluster)


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a process that needs Airflow's settings and no server."""
    places = installation(folder)
    return _variables(places, keys.load(places.keys), f"sqlite:///{places.home}/airflow.db", 1)


def _variables(places: Places, secrets: keys.Keys, database: str, port: int) -> dict[str, str]:
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "LENKE"))}
    base["PYTHONPATH"] = os.pathsep.join([str(places.plugins), str(REPOSITORY)])
    return environment.variables(places, secrets, database=database, port=port, connections={}, inherited=base)


def _prepare(variables: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    command = [sys.executable, "-m", "tests.kills.prepare"]
    done = subprocess.run(command, env=dict(variables), cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: (task, token) for name, (task, token) in found.items()}


def _wait(url: str, children: Processes) -> None:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        children.check()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer: see {children.log('api-server')}")
