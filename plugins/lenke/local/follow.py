"""Every run of the dataflows as Airflow's API tells it: triggered, scheduled, woken by an asset, or left by an earlier start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lenke.local.api import Api

ACTIVE = frozenset({"queued", "running"})
# The states a task instance can stay in while its run goes on, from what most deserves to be shown to what least does.
_LOUDEST = (
    "failed", "upstream_failed", "running", "up_for_retry", "deferred", "awaiting_input", "restarting", "queued", "scheduled",
    "up_for_reschedule", "removed", "waiting", "success", "skipped",
)  # fmt: skip
_STEPS = ("extract", "map", "link_resolve", "load", "commit")
_FINISHED = frozenset({"success", "failed", "upstream_failed", "skipped", "removed"})


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a run; a mapped one is shown as a whole.

    :param flow: the TaskGroup, or "" for a task outside the flows.
    :param state: Airflow's word; ``waiting`` for a task that has not been scheduled.
    :param done: finished task instances, of ``total``.
    :param seconds: wall time of all its instances together.
    """

    flow: str
    name: str
    state: str
    done: int = 0
    total: int = 1
    tries: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one dataflow."""

    dag_id: str
    run_id: str
    state: str
    kind: str = ""
    start: datetime | None = None
    end: datetime | None = None
    tasks: tuple[Task, ...] = field(default=())

    @property
    def active(self) -> bool:
        """Queued or running."""
        return self.state in ACTIVE

    @property
    def seconds(self) -> float:
        """From its start to its end, or until now."""
        if self.start is None:
            return 0.0
        return max(0.0, ((self.end or datetime.now(UTC)) - self.start).total_seconds())

    def flow_state(self, flow: str) -> str:
        """A flow's state: the loudest of its tasks' states, ``waiting`` for a flow without tasks."""
        return loudest(task.state for task in self.tasks if task.flow == flow)


def loudest(states: Iterable[str]) -> str:
    """The state of a whole whose parts are in ``states``."""
    return min(states, key=lambda state: _LOUDEST.index(state) if state in _LOUDEST else 2, default="waiting")


class Follower:
    """Keeps every run seen since its making, in the order they were seen.

    :param flows: dag id to the flows of its mapping.
    """

    def __init__(self, api: Api, flows: Mapping[str, Sequence[str]], *, since: datetime) -> None:
        self._api = api
        self._flows = flows
        self._since = since
        self._runs: dict[tuple[str, str], Run] = {}

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, as last looked at."""
        return tuple(self._runs.values())

    def look(self) -> tuple[Run, ...]:
        """Ask Airflow; returns the runs that have ended since the last look."""
        raw = self._listed()
        for key in [key for key, run in self._runs.items() if run.active and key not in raw]:
            raw[key] = self._api.get(f"dags/{key[0]}/dagRuns/{key[1]}")
        ended = []
        for key, entry in raw.items():
            before = self._runs.get(key)
            if before is not None and not before.active:
                continue
            self._runs[key] = run_of(entry, self._instances(*key), self._flows[key[0]])
            if not self._runs[key].active:
                ended.append(self._runs[key])
        return tuple(ended)

    def wakes(self, dag_ids: Sequence[str]) -> bool:
        """Whether an asset is about to start one of these DAGs: its event waits for the end of a run, or for the scheduler's next look."""
        return any(
            self._api.get(f"dags/{dag_id}/assets/queuedEvents")["total_entries"] and not self._api.get(f"dags/{dag_id}")["is_paused"]
            for dag_id in dag_ids
        )

    def _listed(self) -> dict[tuple[str, str], dict[str, Any]]:
        # A run may start and end between two looks: the list of active ones alone would miss it.
        recent = max(self._since, datetime.now(UTC) - timedelta(minutes=10)).isoformat()
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for query in ({"start_date_gte": recent}, {"states": sorted(ACTIVE)}):
            body = {"dag_ids": sorted(self._flows), "page_limit": 100, "order_by": "run_after", **query}
            for entry in self._api.ask("dags/~/dagRuns/list", body)["dag_runs"]:
                found.setdefault((entry["dag_id"], entry["dag_run_id"]), entry)
        return found

    def _instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return list(self._api.pages(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances"))


def run_of(entry: dict[str, Any], instances: Sequence[dict[str, Any]], flows: Sequence[str]) -> Run:
    """A run from the API's entry and its task instances."""
    return Run(
        dag_id=entry["dag_id"],
        run_id=entry["dag_run_id"],
        state=entry["state"],
        kind=entry.get("run_type") or "",
        start=instant(entry.get("start_date")),
        end=instant(entry.get("end_date")),
        tasks=tasks_of(instances, flows),
    )


def tasks_of(instances: Sequence[dict[str, Any]], flows: Sequence[str]) -> tuple[Task, ...]:
    """Task instances, those of one mapped task put together: flow by flow in the order of their steps, then what is in no flow."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for instance in instances:
        grouped.setdefault(instance["task_id"], []).append(instance)
    tasks = [_task(name, parts) for name, parts in grouped.items()]
    return tuple(sorted(tasks, key=lambda task: (flows.index(task.flow) if task.flow in flows else len(flows), _step(task.name))))


def _step(name: str) -> int:
    return _STEPS.index(name) if name in _STEPS else len(_STEPS)


def _task(task_id: str, parts: Sequence[dict[str, Any]]) -> Task:
    flow, _, name = task_id.rpartition(".")
    states = [part["state"] or "waiting" for part in parts]
    seconds = sum(part.get("duration") or 0.0 for part in parts)
    done = sum(state in _FINISHED for state in states)
    return Task(flow, name, loudest(states), done, len(parts), max(part.get("try_number") or 0 for part in parts), seconds)


def instant(text: str | None) -> datetime | None:
    """An API time."""
    return datetime.fromisoformat(text) if text else None
