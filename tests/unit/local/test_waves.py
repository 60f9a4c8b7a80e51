from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.local.dataflows import Dataflow, depth, levels
from lenke.local.follow import Run
from lenke.local.waves import Waves, again, step

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_run_that_is_there_is_followed_and_none_is_added() -> None:
    assert step("d", [Run("d", "r", "queued")], since=NOW, due=False) == "follow"
    assert step("d", [Run("d", "r", "running")], since=NOW, due=True) == "follow"


def test_a_run_that_ended_in_this_wave_counts_for_it() -> None:
    ended = Run("d", "r", "success", end=NOW + timedelta(seconds=1))
    assert step("d", [ended], since=NOW, due=False) == "follow"
    assert step("d", [ended], since=NOW + timedelta(minutes=1), due=False) == "trigger"


def test_the_scheduler_is_waited_for_where_it_is_about_to_start_one() -> None:
    assert step("d", [], since=NOW, due=True) == "wait"
    assert step("d", [Run("other", "r", "running")], since=NOW, due=False) == "trigger"


def test_waves_end_when_nothing_was_written_or_at_depth_and_one() -> None:
    assert again(1, depth=1, wrote=5)
    assert not again(1, depth=1, wrote=0)
    assert not again(2, depth=1, wrote=5)
    assert again(3, depth=3, wrote=1)
    assert not again(4, depth=3, wrote=1)


class _World:
    """Airflow, follower and watcher in one: a triggered run ends at the second look after, having written what is next."""

    def __init__(self, writes: dict[str, list[int]], *, due: Sequence[str] = (), failing: Sequence[str] = ()) -> None:
        self.triggered: list[str] = []
        self.unpaused: list[str] = []
        self.lines: list[str] = []
        self._writes = writes
        self._due = set(due)
        self._failing = failing
        self._known: list[Run] = []

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(self._known)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        self.triggered.append(path.split("/")[1])
        self._begin(self.triggered[-1])

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        dag_id = path.split("/")[1]
        self.unpaused.append(dag_id)
        return {"next_dagrun_run_after": "2026-01-01T00:00:00Z" if dag_id in self._due else None}

    def look(self) -> tuple[Run, ...]:
        ended = []
        for n, run in enumerate(self._known):
            if run.active:
                state = "failed" if run.dag_id in self._failing else "success"
                self._known[n] = Run(run.dag_id, run.run_id, state, end=datetime.now(UTC))
                ended.append(self._known[n])
        for dag_id in sorted(self._due & set(self.unpaused)):
            self._due.discard(dag_id)
            self._begin(dag_id)
        return tuple(ended)

    def _begin(self, dag_id: str) -> None:
        self._known.append(Run(dag_id, str(len(self._known)), "queued"))

    def seen(self, runs: Sequence[Run]) -> None:
        pass

    def line(self, text: str) -> None:
        self.lines.append(text)

    def ended(self, run: Run) -> int:
        return self._writes[run.dag_id].pop(0)


def _run(world: _World, found: Sequence[Dataflow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lenke.local.waves.time.sleep", lambda seconds: None)
    waves = Waves(world, world, world, check=lambda: None, pause=0)  # type: ignore[arg-type]
    waves.run(levels(found), depth=depth(found))


A = Dataflow("a_to_b", "a", "b", ())
B = Dataflow("b_to_c", "b", "c", ())


def test_the_scheduled_run_of_the_unpausing_is_the_first_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [10, 0]}, due=["a_to_b"])
    _run(world, [A], monkeypatch)
    assert world.triggered == ["a_to_b"]
    assert world.lines == ["Wave 1 of at most 2", "Wave 2 of at most 2"]


def test_a_quiet_first_wave_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [0]})
    _run(world, [A], monkeypatch)
    assert world.triggered == ["a_to_b"]


def test_waves_go_level_by_level_until_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1, 1, 0], "b_to_c": [1, 0, 0]})
    _run(world, [A, B], monkeypatch)
    assert world.triggered == ["a_to_b", "b_to_c"] * 3


def test_a_dataflow_that_failed_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _World({"a_to_b": [1], "b_to_c": [1, 0]}, failing=["a_to_b"])
    _run(world, [A, B], monkeypatch)
    assert world.triggered == ["a_to_b", "b_to_c", "b_to_c"]
