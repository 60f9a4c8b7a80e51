"""Starting runs in waves: root to leaves, again until a wave wrote nothing, so that an edit reaches every system."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Literal, Protocol

from lenke.local.api import Api
from lenke.local.dataflows import Dataflow
from lenke.local.follow import Follower, Run, instant

# The scheduler starts a due run within a second or two of the unpausing, later on a busy machine.
_SECONDS_FOR_DUE_RUN = 30.0


class Watcher(Protocol):
    """Who is told of what is seen."""

    def seen(self, runs: Sequence[Run]) -> None:
        """All runs, after every look."""

    def ended(self, run: Run) -> int:
        """A run that has ended; returns how many records it wrote."""

    def line(self, text: str) -> None:
        """A line for a person."""


def step(dag_id: str, runs: Sequence[Run], *, since: datetime, due: bool) -> Literal["follow", "wait", "trigger"]:
    """How a dataflow gets its run of this wave.

    :param runs: every run seen.
    :param since: when the wave began.
    :param due: the scheduler is about to start one by itself.
    """
    mine = [run for run in runs if run.dag_id == dag_id]
    if any(run.active or (run.end is not None and run.end >= since) for run in mine):
        return "follow"
    return "wait" if due else "trigger"


def again(wave: int, *, depth: int, wrote: int) -> bool:
    """Whether another wave follows: an edit crosses at most ``depth`` dataflows, and one more wave shows that all is quiet."""
    return wrote > 0 and wave < depth + 1


class Waves:
    """Starts the runs of unpaused dataflows and follows them, and every other run that appears meanwhile."""

    def __init__(self, api: Api, follower: Follower, watcher: Watcher, *, check: Callable[[], None], pause: float = 1.0) -> None:
        self._api = api
        self._follower = follower
        self._watcher = watcher
        self._check = check
        self._pause = pause
        self._wrote = 0

    def run(self, levels: Sequence[Sequence[Dataflow]], *, depth: int) -> None:
        """All waves; returns when no run is queued or running."""
        wave = 0
        more = True
        while more:
            wave += 1
            self._wrote = 0
            self._watcher.line(f"Wave {wave} of at most {depth + 1}")
            for level in levels:
                self._start([d.dag_id for d in level if not self._has_failed(d.dag_id)], since=datetime.now(UTC))
                self.settle()
            more = again(wave, depth=depth, wrote=self._wrote)

    def settle(self) -> None:
        """Follow until no run is queued or running."""
        self.look()
        while any(run.active for run in self._follower.runs):
            time.sleep(self._pause)
            self.look()

    def look(self) -> None:
        """One look at Airflow, told to the watcher."""
        self._check()
        for run in self._follower.look():
            self._wrote += self._watcher.ended(run)
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
