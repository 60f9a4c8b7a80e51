"""A pair of sandbox systems that an installation is pointed at, and runs of the dataflow on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sandbox
from sandbox import Running
from sandbox.site import Answer, Site
from sandbox.wire import Request
from tests.airflow.installation import DAG, FLOWS, SYSTEMS, Installation
from tests.airflow.small import Records

WRITES = ("created_left", "created_right", "updated_left", "updated_right")
ENDED = ("success", "failed")


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    :param flows: flow to the figures that its commit left in the report.
    """

    run_id: str
    state: str
    flows: Mapping[str, Mapping[str, Any]]

    def sum(self, *names: str) -> int:
        """Figures added up over all flows."""
        return sum(int(figures.get(name, 0)) for figures in self.flows.values() for name in names)


@dataclass
class Wire:
    """What goes over the wire of both systems: counted, and stopped by ``hold`` before it takes effect.

    :ivar requests: requests of the vendors' APIs that were sent so far.
    :ivar hold: called with system and request before each.
    """

    requests: int = 0
    hold: Callable[[str, Request], None] = lambda system, request: None

    def tap(self, site: Site) -> None:
        """Listen to one system."""
        answer = site.answer

        def tapped(request: Request) -> Answer:
            self.requests += 1
            self.hold(site.system.name, request)
            return answer(request)

        site.answer = tapped  # type: ignore[method-assign]


@dataclass(frozen=True)
class World:
    """One sandbox with the installation that syncs it."""

    airflow: Installation
    systems: Running
    home: Path
    wire: Wire = field(default_factory=Wire)

    def trigger(self, **params: Any) -> str:
        """Start a run by hand; its id."""
        return str(self.airflow.api.post(f"dags/{DAG}/dagRuns", {"logical_date": None, "conf": params})["dag_run_id"])

    def run(self, **params: Any) -> Run:
        """Start a run by hand and wait for its end."""
        return self.wait(self.trigger(**params))

    def scheduled(self) -> str:
        """Let the scheduler start, now, a run of its own for the day that ends now; its id."""
        end = datetime.now(UTC) - timedelta(minutes=1)
        self.airflow.sql(
            "UPDATE dag SET next_dagrun = %s, next_dagrun_data_interval_start = %s, next_dagrun_data_interval_end = %s,"
            " next_dagrun_create_after = %s WHERE dag_id = %s",
            *(end - timedelta(days=1), end - timedelta(days=1), end, end, DAG),
        )

        def started() -> list[str]:
            return [run["dag_run_id"] for run in self.runs() if run["run_type"] == "scheduled" and run["state"] not in ENDED]

        return str(self.airflow.until(started, "the scheduled run")[0])

    def backfill(self, first: datetime, last: datetime, *, backwards: bool = False, **params: Any) -> list[str]:
        """Start a backfill of five days with Airflow's usual ten runs at a time; its run ids."""
        # The scheduler looks every half minute whether a backfill has come to its end, and lets no other begin before.
        self.airflow.until(lambda: all(one["completed_at"] for one in self._backfills()), "the end of all backfills")
        before = {run["dag_run_id"] for run in self.runs()}
        body = {"dag_id": DAG, "from_date": first.isoformat(), "to_date": last.isoformat(), "max_active_runs": 10}
        self.airflow.api.post("backfills", body | {"run_backwards": backwards, "reprocess_behavior": "none", "dag_run_conf": params})

        def made() -> list[str]:
            runs = [run["dag_run_id"] for run in self.runs() if run["run_type"] == "backfill" and run["dag_run_id"] not in before]
            return runs if len(runs) >= 5 else []

        return list(self.airflow.until(made, "five runs of the backfill"))

    def wait(self, run_id: str, *, seconds: float = 180.0) -> Run:
        """Wait for a run's end."""

        def state() -> str | None:
            found = str(self.airflow.api.get(f"dags/{DAG}/dagRuns/{run_id}")["state"])
            return found if found in ENDED else None

        return Run(run_id, self.airflow.until(state, f"the end of {run_id}", seconds=seconds), self._figures(run_id))

    def runs(self) -> list[dict[str, Any]]:
        """The dataflow's runs as Airflow lists them."""
        return list(self.airflow.api.get(f"dags/{DAG}/dagRuns", limit=100)["dag_runs"])

    def tasks(self, run_id: str) -> dict[str, dict[str, Any]]:
        """Task instances of a run by id, mapped ones as ``id[n]``."""
        found = self.airflow.api.pages(f"dags/{DAG}/dagRuns/{run_id}/taskInstances", "task_instances")
        return {f"{one['task_id']}[{one['map_index']}]" if one["map_index"] >= 0 else one["task_id"]: one for one in found}

    def log(self, run_id: str, task: str) -> str:
        """All log files of a task of a run."""
        folder = self.airflow.places.logs / f"dag_id={DAG}" / f"run_id={run_id}" / f"task_id={task}"
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.log")))

    def writes(self) -> int:
        """How many write requests have reached both systems."""
        return sum(len(self.systems.audit(name)) for name in SYSTEMS)

    def _backfills(self) -> list[dict[str, Any]]:
        return list(self.airflow.api.get("backfills", dag_id=DAG)["backfills"])

    def _figures(self, run_id: str) -> dict[str, dict[str, Any]]:
        safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run_id)
        folder = self.airflow.places.reports / DAG / safe
        return {flow: json.loads((folder / f"{flow}.json").read_text()) for flow in FLOWS if (folder / f"{flow}.json").exists()}


@contextmanager
def world(airflow: Installation, home: Path, *, records: Records | None = None) -> Iterator[World]:
    """A new sandbox on free ports, the installation's connections pointed at it, every trace of an earlier one forgotten.

    :param records: what the systems hold; the whole seed if not given.
    """
    with sandbox.start(home, records=records, port_base=0, rate=0) as systems:
        found = World(airflow, systems, home)
        for site in systems._sites.values():
            found.wire.tap(site)
        quiet(found)
        _forget(found)
        for name, connection in systems.connections.items():
            airflow.connect(name, {**connection, "extra": {**connection["extra"], "requests_per_second": 10_000}})
        yield found
        quiet(found)


def quiet(found: World) -> None:
    """Wait until no run of the dataflow is queued or running."""
    found.airflow.until(lambda: all(run["state"] in ENDED for run in found.runs()), "the end of all runs", seconds=180.0)


def _forget(found: World) -> None:
    # A DAG without any scheduled run gets one as soon as its file is parsed again.
    for run in found.runs():
        if run["run_type"] != "scheduled":
            found.airflow.api._call("DELETE", f"dags/{DAG}/dagRuns/{run['dag_run_id']}")
    found.airflow.sql("DELETE FROM dag_run WHERE dag_id = 'link_ledger'")
    found.airflow.sql("DELETE FROM asset_state_store")
    for name in ("staging", "journal", "reports", "ledger"):
        shutil.rmtree(found.airflow.places.lenke / name, ignore_errors=True)
