"""Starting everything: the database, the sandbox where it is wanted, Airflow's four processes."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lenke.core.mapping.settings import load_settings
from lenke.local import connections, dataflows, environment, keys, metadata, ports
from lenke.local.api import Api
from lenke.local.connections import Decision
from lenke.local.database import Cluster
from lenke.local.dataflows import Dataflow
from lenke.local.places import Places
from lenke.local.processes import ProcessError, Processes
from lenke.local.screen import Screen

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    # Logs are read from the shared folder: no log servers, which would listen on every address.
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# Started last: a task of it that the API does not answer yet fails its first try.
_STARTS_TASKS = "scheduler"
OWN_DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_PATIENCE = 180.0
# The scheduler ends first, while the API that its tasks report to still answers; the database last.
_RANKS = {_STARTS_TASKS: 0}
_RANK_OF_DATABASE = 9


@dataclass(frozen=True, slots=True)
class Running:
    """A local Airflow that answers.

    :param ready: the dataflows that have their connections.
    """

    api: Api
    port: int
    ready: tuple[Dataflow, ...]


class SetUp:
    """Starts the processes one after the other, as far as one needs the other."""

    def __init__(self, places: Places, screen: Screen, children: Processes) -> None:
        self._places = places
        self._screen = screen
        self._children = children
        self._keys = keys.load(places.keys)

    def start(self, found: Sequence[Dataflow], *, port: int) -> Running:
        """Start it all; returns when the API answers. ProcessError or ConfigurationError if that cannot be."""
        url = self._database()
        self._migrate(url, port)
        decisions = self._decide(url, found)
        connections_of_sandbox = self._sandbox(decisions)
        # The sandbox has its own ports, which may be the one that is asked for.
        port = self._port(port)
        variables = self._variables(url, port, connections_of_sandbox)
        for name in sorted(COMPONENTS.keys() - {_STARTS_TASKS}):
            self._component(name, variables)
        api = Api(f"http://{ports.HOST}:{port}", self._keys.password)
        self._until(api.up, "api-server")
        self._component(_STARTS_TASKS, variables)
        self._screen.line(f"Airflow {version('apache-airflow')} answers on port {port}")
        return Running(api, port, tuple(d.dataflow for d in decisions if d.on != "nothing"))

    def _component(self, name: str, variables: Mapping[str, str]) -> None:
        self._children.start(name, airflow(*COMPONENTS[name]), environment=variables, rank=_RANKS.get(name, 1))

    def _database(self) -> str:
        own = os.environ.get(OWN_DATABASE)
        if own:
            self._screen.line(f"Uses the database that {OWN_DATABASE} names")
            return own
        cluster = Cluster(self._places.postgres, self._keys.database)
        cluster.initialise()
        self._children.start("postgres", cluster.command, environment=os.environ, rank=_RANK_OF_DATABASE, signal=signal.SIGINT)
        self._until(cluster.answers, "postgres")
        self._screen.line("PostgreSQL runs")
        return cluster.url

    def _port(self, wanted: int) -> int:
        self._reserved = ports.reserve(wanted)
        if self._reserved.port != wanted:
            self._screen.line(f"Port {wanted} is taken: the UI will be on {self._reserved.port}")
        return self._reserved.port

    def _migrate(self, url: str, port: int) -> None:
        stamp = self._places.home / "migrated"
        wanted = f"{version('apache-airflow')} {url.split('@')[-1]}"
        # The database may be another one than it was: made anew, or an old one put back.
        if stamp.exists() and stamp.read_text(encoding="utf-8") == f"{wanted} {metadata.revision(url)}":
            return
        self._children.run("db-migrate", airflow("db", "migrate"), environment=self._variables(url, port, {}))
        stamp.write_text(f"{wanted} {metadata.revision(url)}", encoding="utf-8")
        self._screen.line("Airflow's tables are made")

    def _decide(self, url: str, found: Sequence[Dataflow]) -> tuple[Decision, ...]:
        known = connections.from_rows(metadata.connections(url), self._keys.fernet) | connections.from_environment(os.environ)
        decisions = tuple(connections.decide(dataflow, known, self._ids()) for dataflow in found)
        for decision in decisions:
            self._screen.line(decision.line, style="yellow" if decision.on == "nothing" else "")
        metadata.pause(url, [decision.dataflow.dag_id for decision in decisions if decision.on == "nothing"])
        return decisions

    def _ids(self) -> Mapping[str, str]:
        return load_settings(self._places.settings).connections if self._places.settings.exists() else {}

    def _sandbox(self, decisions: Sequence[Decision]) -> dict[str, str]:
        """Start the sandbox systems that are wanted; the connections that lead there."""
        systems = dataflows.systems([decision.dataflow for decision in decisions if decision.on == "sandbox"])
        given = connections.from_environment(os.environ)
        systems = tuple(system for system in systems if self._ids().get(system, system) not in given)
        if not systems:
            return {}
        described = self._places.sandbox / "sandbox.json"
        described.unlink(missing_ok=True)
        command = [sys.executable, "-m", "sandbox", "--home", str(self._places.sandbox), "--systems", ",".join(systems)]
        self._children.start("sandbox", command, environment=os.environ)
        self._until(lambda: _complete(described, systems), "sandbox")
        self._screen.line(f"The sandbox answers for {', '.join(systems)}")
        return connections.sandbox_variables(_read(described), systems, self._ids())

    def _variables(self, url: str, port: int, added: Mapping[str, str]) -> dict[str, str]:
        return environment.variables(self._places, self._keys, database=url, port=port, connections=added)

    def _until(self, ready: Callable[[], bool], name: str) -> None:
        limit = time.monotonic() + _PATIENCE
        while not ready():
            self._children.check()
            if time.monotonic() > limit:
                message = f"{name} did not answer within {_PATIENCE:.0f} s: see {self._children.log(name)}"
                raise ProcessError(message)
            time.sleep(0.1)


def airflow(*arguments: str) -> list[str]:
    """The command line of an Airflow component, run by this interpreter."""
    return [sys.executable, "-m", "airflow", *arguments]


def _complete(path: Path, systems: Sequence[str]) -> bool:
    return set(systems) <= set(_read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}
