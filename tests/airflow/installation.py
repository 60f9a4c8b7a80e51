"""One real installation in a folder: embedded PostgreSQL, Airflow's four processes, LocalExecutor. Nothing is mocked.

It runs a copy of dags/, include/ and plugins/, so that nothing that is edited meanwhile changes under it. The copy differs in one
line: the schedule is once a day, twelve hours away, so that no run starts by itself but the one that unpausing starts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from lenke.local import dataflows, environment, keys, parsing, pools, ports, sessions
from lenke.local.api import Api
from lenke.local.database import NAME, USER, Cluster
from lenke.local.places import REPOSITORY, Places
from lenke.local.processes import Processes
from lenke.local.setup import COMPONENTS, airflow

DAG = "custom_webshop_to_poweroffice_go"
SYSTEMS = ("custom_webshop", "poweroffice_go")
FLOWS = ("customer_to_customers", "product_to_product", "order_to_salesorders")
# A dead supervisor is noticed after this many seconds; a busy machine must still beat in time.
HEARTBEAT_TIMEOUT = 12
_PATIENCE = 180.0
# A machine that is busy with other things may need more of it.
_SLOWNESS = float(os.environ.get("LENKE_TESTS_SLOWNESS", "1"))
_RANKS = {"scheduler": 0}


@dataclass(frozen=True)
class Installation:
    """A running Airflow.

    :param variables: the environment of its processes, for a command line of the same installation.
    :param metrics: the UDP socket that Airflow's StatsD client sends Lenke's metrics to, and no others.
    :param check: ProcessError if one of its processes has ended.
    """

    places: Places
    api: Api
    cluster: Cluster
    variables: Mapping[str, str]
    metrics: socket.socket
    check: Callable[[], None]

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own on Airflow's database; its rows, if it gives any."""
        connection = psycopg2.connect(host=str(self.cluster.socket), user=USER, password=self.cluster.password, dbname=NAME)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def command(self, *arguments: str, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
        """``python <arguments>`` in this installation's environment; output as text, no check of the code."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=self.places.root, env=dict(self.variables), capture_output=True, text=True, timeout=seconds, check=False
        )
        self.check()
        return done

    def airflow(self, *arguments: str) -> str:
        """An ``airflow`` command that must succeed; its output."""
        done = self.command("-m", "airflow", *arguments)
        assert done.returncode == 0, f"airflow {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def connect(self, id: str, connection: Mapping[str, Any]) -> None:
        """Store a connection in Airflow, in place of one with the same id."""
        if self.sql("SELECT 1 FROM connection WHERE conn_id = %s", id):
            self.api._call("DELETE", f"connections/{id}")
        extra = connection.get("extra")
        self.api.post("connections", {"connection_id": id, **connection, "extra": _json(extra) if extra else None})

    def until(self, ready: Callable[[], Any], what: str, *, seconds: float = 120.0, pause: float = 0.2) -> Any:
        """The first true answer; the test fails after ``seconds``, or when a process has ended."""
        limit = time.monotonic() + seconds * _SLOWNESS
        while not (answer := ready()):
            self.check()
            assert time.monotonic() < limit, f"{what} did not come in {seconds:.0f} s"
            time.sleep(pause)
        return answer


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """An installation below ``folder``, with one of its DAGs unpaused; at the end every process of it is gone, or the test fails."""
    places = Places(root=_copy(folder / "repository"), home=folder / "airflow")
    places.make()
    began = datetime.now(UTC)
    leaders: tuple[sessions.Leader, ...] = ()
    try:
        with Processes(places) as children, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as metrics:
            metrics.bind((ports.HOST, 0))
            metrics.setblocking(False)
            try:
                found = _start(places, children, metrics)
                parsing.wait(found.api, [DAG, "link_ledger"], since=began, check=children.check)
                pools.create(found.api, dataflows.load(places.mappings))
                _begin(found)
                yield found
            finally:
                leaders = sessions.read(places.processes)
    finally:
        left = [process for leader in leaders for process in sessions.members(leader)]
        for process in left:
            process.kill()
        assert not left, f"processes were left over: {[process.pid for process in left]}"


def _begin(found: Installation) -> None:
    """Unpause; the one run that this starts by itself ends at once, since there is no connection yet."""
    found.api.patch(f"dags/{DAG}", {"is_paused": False})

    def ended() -> bool:
        return any(run["state"] == "failed" for run in found.api.get(f"dags/{DAG}/dagRuns")["dag_runs"])

    found.until(ended, "the scheduled run that unpausing starts")


def _copy(root: Path) -> Path:
    for name in ("dags", "include", "plugins"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    hour = (datetime.now(UTC).hour + 12) % 24
    for mapping in (root / "include" / "mappings").glob("*.yaml"):
        text, count = re.subn(r"(?m)^schedule:.*$", f'schedule: "0 {hour} * * *"', mapping.read_text(encoding="utf-8"))
        assert count == 1, f"{mapping.name} has no schedule to replace"
        mapping.write_text(text, encoding="utf-8")
    return root


def _start(places: Places, children: Processes, metrics: socket.socket) -> Installation:
    secrets = keys.load(places.keys)
    cluster = Cluster(places.postgres, secrets.database)
    cluster.initialise()
    children.start("postgres", cluster.command, environment=os.environ, rank=9, signal=signal.SIGINT)
    assert cluster.wait(), f"PostgreSQL does not start: see {children.log('postgres')}"
    port = ports.reserve(28080).port
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "LENKE"))}
    variables = environment.variables(places, secrets, database=cluster.url, port=port, connections={}, inherited=base)
    variables |= _for_tests(places, metrics)
    children.run("db-migrate", airflow("db", "migrate"), environment=variables)
    for name, arguments in COMPONENTS.items():
        children.start(name, airflow(*arguments), environment=variables, rank=_RANKS.get(name, 1))
    found = Installation(places, Api(f"http://{ports.HOST}:{port}", secrets.password), cluster, variables, metrics, children.check)
    found.until(found.api.up, "an answer of the api-server", seconds=_PATIENCE)
    return found


def _for_tests(places: Places, metrics: socket.socket) -> dict[str, str]:
    return {
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": ports.HOST,
        "AIRFLOW__METRICS__STATSD_PORT": str(metrics.getsockname()[1]),
        "AIRFLOW__METRICS__METRICS_ALLOW_LIST": "lenke",
        "PYTHONPATH": str(places.plugins),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT),
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    }
