"""An Airflow of the bench's own in a temporary folder: embedded PostgreSQL, API server, scheduler with LocalExecutor, DAG processor."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from lenke.local import environment, keys, ports
from lenke.local.api import Api, ApiError
from lenke.local.database import NAME, USER, Cluster
from lenke.local.places import Places
from lenke.local.processes import ProcessError, Processes
from lenke.local.setup import COMPONENTS, airflow

_FIRST_PORT = 8480
_PATIENCE = 180.0
# Links wait for no sensor and no deferred task.
_LEFT_OUT = ("triggerer",)


class BenchError(RuntimeError):
    """A run of the bench's DAG failed, or something did not start in time."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The running Airflow."""

    home: Path
    cluster: Cluster
    api: Api
    children: Processes

    def connect(self) -> Any:
        """A psycopg2 connection to Airflow's database, which commits by itself."""
        return connect(str(self.cluster.socket), self.cluster.password)

    def run(self, dag_id: str, conf: Mapping[str, Any], *, seconds: float = 900.0) -> None:
        """Trigger a DAG and wait for the run's end; BenchError unless it succeeds."""
        run = self.api.post(f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": dict(conf)})["dag_run_id"]
        state = ""

        def ended() -> bool:
            nonlocal state
            state = self.api.get(f"dags/{dag_id}/dagRuns/{run}")["state"]
            return state in ("success", "failed")

        _until(ended, self.children, f"the run {run} of {dag_id}", seconds=seconds, pause=0.5)
        if state != "success":
            message = f"the run {run} of {dag_id} failed: see {self.home / 'logs'} (--keep keeps the folder)"
            raise BenchError(message)


def connect(socket: str, password: str) -> Any:
    """A psycopg2 connection to Airflow's database, which commits by itself."""
    connection = psycopg2.connect(host=socket, user=USER, password=password, dbname=NAME)
    connection.autocommit = True
    return connection


@contextmanager
def ground(home: Path, dags: Sequence[Path]) -> Iterator[Ground]:
    """Start it all in ``home`` with copies of the DAG files; leaving the context ends every process."""
    places = Places(home=home)
    places.make()
    folder = home / "dags"
    folder.mkdir(exist_ok=True)
    for file in dags:
        shutil.copy(file, folder)
    made = keys.load(places.keys)
    cluster = Cluster(places.postgres, made.database)
    cluster.initialise()
    port = ports.choose(_FIRST_PORT)
    variables = environment.variables(places, made, database=cluster.url, port=port, connections={}) | {
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "PYTHONPATH": os.pathsep.join([str(places.root), str(places.plugins)]),
    }
    with Processes(places) as children:
        children.start("postgres", cluster.command, environment=os.environ, rank=9, signal=signal.SIGINT)
        _until(cluster.answers, children, "PostgreSQL")
        children.run("db-migrate", airflow("db", "migrate"), environment=variables)
        for name, arguments in COMPONENTS.items():
            if name not in _LEFT_OUT:
                children.start(name, airflow(*arguments), environment=variables, rank=0 if name == "scheduler" else 1)
        api = Api(f"http://{ports.HOST}:{port}", made.password)
        _until(api.up, children, "the API server")
        for file in dags:
            _until(lambda dag_id=file.stem: _is_known(api, dag_id), children, f"the DAG of {file.name}")  # type: ignore[misc]
        yield Ground(home, cluster, api, children)


def _is_known(api: Api, stem: str) -> bool:
    wanted = stem if stem == "link_ledger" else f"bench_{stem.removesuffix('_dag')}"
    try:
        return bool(api.get(f"dags/{wanted}")["dag_id"])
    except ApiError:
        return False


def _until(ready: Callable[[], bool], children: Processes, what: str, *, seconds: float = _PATIENCE, pause: float = 0.2) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        children.check()
        if time.monotonic() > limit:
            message = f"{what} was not ready within {seconds:.0f} s"
            raise ProcessError(message)
        time.sleep(pause)
