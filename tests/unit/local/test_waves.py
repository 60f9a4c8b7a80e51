from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.local.dataflows import Dataflow, depth, levels
from lenke.local.follow import Run
from lenke.local.waves import RUNS_AT_MOST, RestlessError, Waves, step

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_run_that_is_there_is_followed_and_none_is_added() -> None:
    assert step("d", [Run("d", "r", "queued")], since=NOW, due=False) == "follow"
    assert step("d", [Run("d", "r", "running")], since=NOW, due=True) == "follow"


def test_a_run_that_started_in_time_is_as_good_as_one_of_our_own() -> None:
    ended = Run("d", "r", "success", start=NOW + timedelta(seconds=1), end=NOW + timedelta(seconds=9))
    assert step("d", [ended], since=NOW, due=False) == "follow"
    assert step("d", [ended], since=NOW + timedelta(minutes=1), due=False) == "trigger"


def test_the_scheduler_is_waited_for_where_it_is_about_to_start_one() -> None:
    assert step("d", [], since=NOW, due=True) == "wait"
    assert step("d", [Run("other", "r", "running")], since=NOW, due=False) == "trigger"


class _World:
    """Airflow, follower and watcher in one: a run ends at the look after its start, has written what is next, and wakes its readers."""

    def __init__(
        self, writes: dict[str, list[int]], *, wakes: Mapping[str, Sequence[str]] | None = None, due: Sequence[str] = (), failing: str = ""
    ) -> None:
        self.started: list[str] = []
        self.triggered: list[str] = []
        self.lines: list[str] = []
        self._unpaused: set[str] = set()
        self._writes = writes
        self._wakes = wakes or {}
        self._due = set(due)
        self._failing = failing
        self._known: list[Run] = []
        self._queued: list[str] = []

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(self._known)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        self.triggered.append(path.split("/")[1])
        self._begin(self.triggered[-1])

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        dag_id = path.split("/")[1]
        (self._unpaused.discard if body["is_paused"] else self._unpaused.add)(dag_id)
        return {"next_dagrun_run_after": "2026-01-01T00:00:00Z" if dag_id in self._due else None}

    def wakes(self, dag_ids: Sequence[str]) -> bool:
        """The scheduler takes its time: what is queued becomes a run only after it was asked for."""
        waiting, self._queued = [dag_id for dag_id in self._queued if dag_id in dag_ids], []
        for dag_id in waiting:
            self._begin(dag_id)
        return bool(waiting)

    def look(self) -> tuple[Run, ...]:
        ended = []
        for n, run in enumerate(self._known):
            if run.active:
                state = "failed" if run.dag_id == self._failing else "success"
                self._known[n] = Run(run.dag_id, run.run_id, state, start=run.start, end=datetime.now(UTC))
                ended.append(self._known[n])
        for dag_id in sorted(self._due & self._unpaused):
            self._due.discard(dag_id)
            self._begin(dag_id)
        return tuple(ended)

    def _begin(self, dag_id: str) -> None:
        self.started.append(dag_id)
        self._known.append(Run(dag_id, str(len(self._known)), "queued", start=datetime.now(UTC)))

    def seen(self, runs: Sequence[Run]) -> None:
        pass

    def line(self, text: str) -> None:
        self.lines.append(text)

    def ended(self, run: Run) -> int:
        wrote = self._writes[run.dag_id].pop(0) if self._writes[run.dag_id] else 0
        if wrote:
            self._queued += [name for name in self._wakes.get(run.dag_id, ()) if name in self._unpaused and name not in self._queued]
        return wrote


def _run(world: _World, found: Sequence[Dataflow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lenke.local.waves.time.sleep", lambda seconds: None)
    waves = Waves(world, world, world, check=lambda: None, pause=0)  # type: ignore[arg-type]
    waves.run(levels(found), depth=depth(found), since=datetime.now(UTC))


A = Dataflow("a_to_b", "a", "b", ())
B = Dataflow("b_to_c", "b", "c", ())
BOTH = {"a_to_b": ["b_to_c"], "b_to_c": ["a_to_b"]}


def test_the_scheduled_run_of_the_unpausing_is_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [10, 0]}, due=["a_to_b"])
    _run(world, [A], monkeypatch)
    assert world.started == ["a_to_b"] * 2
    assert world.triggered == ["a_to_b"], "only the one that shows that what it wrote is agreed"
    assert world.lines == ["Once more, since they wrote in their last run: a_to_b"]


def test_a_quiet_first_run_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [0]})
    _run(world, [A], monkeypatch)
    assert world.triggered == ["a_to_b"]


def test_from_level_to_level_and_from_then_on_by_what_assets_wake(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1, 0], "b_to_c": [1, 0]}, wakes=BOTH)
    _run(world, [A, B], monkeypatch)
    # Each is paused while the other runs for the first time, and not woken by it; then both run once more.
    assert world.started == world.triggered == ["a_to_b", "b_to_c", "a_to_b", "b_to_c"]
    assert world._unpaused == {"a_to_b", "b_to_c"}


def test_where_the_first_runs_wrote_nothing_there_is_no_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [0], "b_to_c": [0]}, wakes=BOTH)
    _run(world, [A, B], monkeypatch)
    assert world.triggered == ["a_to_b", "b_to_c"]


def test_whatever_ends_the_first_load_leaves_nothing_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1], "b_to_c": [1]})
    ended = world.ended
    monkeypatch.setattr(world, "ended", lambda run: ended(run) if run.dag_id == "a_to_b" else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _run(world, [A, B], monkeypatch)
    assert world._unpaused == {"a_to_b", "b_to_c"}


def test_an_event_that_waits_for_the_scheduler_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [0, 0, 0], "b_to_c": [1, 1, 0]}, wakes={"b_to_c": ["a_to_b"]})
    _run(world, [A, B], monkeypatch)
    assert world.started.count("a_to_b") == 3
    assert not any(run.active for run in world.runs)


def test_a_dataflow_that_failed_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1], "b_to_c": [1, 0]}, failing="a_to_b")
    _run(world, [A, B], monkeypatch)
    assert world.triggered == ["a_to_b", "b_to_c", "b_to_c"]


def test_dataflows_that_undo_each_others_writes_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1] * 99, "b_to_c": [1] * 99}, wakes=BOTH)
    with pytest.raises(RestlessError, match="undo each other's values"):
        _run(world, [A, B], monkeypatch)
    assert len(world.started) <= 2 * (RUNS_AT_MOST + 2)
