"""Starting the first run of every dataflow from the tree's root to its leaves; from then on assets start whatever must follow.

A dataflow that wrote wakes those that read what it wrote, and none else: an edit goes on from system to system until nobody finds
anything to write. What a dataflow wrote itself does not wake it, so one that wrote in its last run is started once more in the end.

While the first runs go on, those that have had theirs are paused: each flow that a first load writes would wake them once more, in
its midst. All of them have a second run after it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, Protocol

from lenke.core.errors import LenkeError
from lenke.local.api import Api, ApiError
from lenke.local.dataflows import Dataflow
from lenke.local.follow import Follower, Run, instant

# The scheduler starts a due run within a second or two of the unpausing, later on a busy machine.
_SECONDS_FOR_DUE_RUN = 30.0
# No tree of five dataflows needs as many runs of one of them to come to rest.
RUNS_AT_MOST = 20


class RestlessError(LenkeError):
    """Dataflows go on waking each other."""


class Watcher(Protocol):
    """Who is told of what is seen."""

    def seen(self, runs: Sequence[Run]) -> None:
        """All runs, after every look."""

    def ended(self, run: Run) -> int:
        """A run that has ended; returns how many records it wrote."""

    def line(self, text: str) -> None:
        """A line for a person."""


def step(dag_id: str, runs: Sequence[Run], *, since: datetime, due: bool) -> Literal["follow", "wait", "trigger"]:
    """How a dataflow gets its run.

    :param runs: every run seen.
    :param since: a run that started since then, whoever started it, is as good as one of our own.
    :param due: the scheduler is about to start one by itself.
    """
    mine = [run for run in runs if run.dag_id == dag_id]
    if any(run.active or (run.start is not None and run.start >= since) for run in mine):
        return "follow"
    return "wait" if due else "trigger"


class Waves:
    """Starts the runs of unpaused dataflows and follows them, and every other run that appears meanwhile."""

    def __init__(self, api: Api, follower: Follower, watcher: Watcher, *, check: Callable[[], None], pause: float = 1.0) -> None:
        self._api = api
        self._follower = follower
        self._watcher = watcher
        self._check = check
        self._interval = pause
        self._dag_ids: list[str] = []
        self._wrote: dict[str, int] = {}
        self._ended: Counter[str] = Counter()

    def run(self, levels: Sequence[Sequence[Dataflow]], *, depth: int, since: datetime) -> None:
        """All of it; returns when no run is queued or running, nor about to be.

        :param levels: are started one after the other, each when those before are at rest.
        :param depth: how many dataflows an edit crosses at most.
        :param since: runs that started since then count as started here.
        :raises RestlessError: it does not come to rest.
        """
        self._dag_ids = [dataflow.dag_id for level in levels for dataflow in level]
        if len(levels) > 1:
            self._first_load(levels, since=since)
        else:
            self._begin(self._dag_ids, since=since)
        for _ in range(depth):
            if again := self._unsettled():
                self._watcher.line(f"Once more, since they wrote in their last run: {', '.join(again)}")
                self._begin(again, since=datetime.now(UTC))

    def _first_load(self, levels: Sequence[Sequence[Dataflow]], *, since: datetime) -> None:
        try:
            for level in levels:
                dag_ids = [dataflow.dag_id for dataflow in level]
                self._begin(dag_ids, since=since)
                self._pause_all(dag_ids, paused=True)
        finally:
            with suppress(ApiError):  # what ended the waves says why
                self._pause_all(self._dag_ids, paused=False)
        if any(self._wrote.values()):
            self._watcher.line("All once more, now that each has written what it lacked")
            self._begin(self._dag_ids, since=datetime.now(UTC))

    def _pause_all(self, dag_ids: Sequence[str], *, paused: bool) -> None:
        for dag_id in dag_ids:
            self._api.patch(f"dags/{dag_id}", {"is_paused": paused})

    def _unsettled(self) -> list[str]:
        return [dag_id for dag_id in self._dag_ids if self._wrote.get(dag_id) and not self._has_failed(dag_id)]

    def _begin(self, dag_ids: Sequence[str], *, since: datetime) -> None:
        self._start([dag_id for dag_id in dag_ids if not self._has_failed(dag_id)], since=since)
        self.settle()

    def settle(self) -> None:
        """Follow until no run is queued or running, nor about to be started by an asset."""
        while not self._is_silent():
            for dag_id, runs in self._ended.items():
                if runs > RUNS_AT_MOST and self._wrote[dag_id]:
                    raise RestlessError(
                        f"{dag_id} still writes in its {runs}th run: two dataflows undo each other's values; "
                        f"`lenke plan {dag_id} <flow>` shows which properties"
                    )
            time.sleep(self._interval)

    def _is_silent(self) -> bool:
        # In this order: an event that is waiting becomes a run in one step, so one of the two looks around the question sees it.
        return not self._busy() and not self._follower.wakes(self._dag_ids) and not self._busy()

    def _busy(self) -> bool:
        self.look()
        return any(run.active for run in self._follower.runs)

    def look(self) -> None:
        """One look at Airflow, told to the watcher."""
        self._check()
        for run in self._follower.look():
            self._wrote[run.dag_id] = self._watcher.ended(run)
            self._ended[run.dag_id] += 1
        self._watcher.seen(self._follower.runs)

    def _start(self, dag_ids: Collection[str], *, since: datetime) -> None:
        due = {dag_id for dag_id in dag_ids if self._unpaused_and_due(dag_id)}
        limit = time.monotonic() + _SECONDS_FOR_DUE_RUN
        waiting = set(dag_ids)
        while waiting:
            self.look()
            late = time.monotonic() > limit
            for dag_id in sorted(waiting):
                what = step(dag_id, self._follower.runs, since=since, due=dag_id in due and not late)
                if what == "trigger":
                    self._api.post(f"dags/{dag_id}/dagRuns", {"logical_date": None})
                if what != "wait":
                    waiting.discard(dag_id)
            if waiting:
                time.sleep(0.3)

    def _unpaused_and_due(self, dag_id: str) -> bool:
        dag = self._api.patch(f"dags/{dag_id}", {"is_paused": False})
        after = instant(dag.get("next_dagrun_run_after"))
        return after is not None and after <= datetime.now(UTC)

    def _has_failed(self, dag_id: str) -> bool:
        return any(run.dag_id == dag_id and run.state == "failed" for run in self._follower.runs)
