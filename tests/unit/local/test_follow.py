from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from lenke.local.follow import Follower, Run, Task, loudest, run_of, tasks_of

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def _instance(task_id: str, state: str | None, **more: Any) -> dict[str, Any]:
    return {"task_id": task_id, "state": state, "duration": 1.0, "try_number": 1, **more}


def _entry(run_id: str, state: str, dag_id: str = "d") -> dict[str, Any]:
    return {
        "dag_id": dag_id,
        "dag_run_id": run_id,
        "state": state,
        "run_type": "manual",
        "start_date": "2026-11-20T10:00:00Z",
        "end_date": None,
    }


def test_the_loudest_state_is_that_of_the_whole() -> None:
    assert loudest(["success", "running", "queued"]) == "running"
    assert loudest(["running", "failed"]) == "failed"
    assert loudest(["success", "skipped"]) == "success"
    assert loudest(["success", "waiting"]) == "waiting"
    assert loudest(["success", "a state of a later Airflow"]) == "a state of a later Airflow"
    assert loudest([]) == "waiting"


def test_mapped_instances_are_one_task_and_steps_stand_in_order() -> None:
    instances = [
        _instance("finish", None),
        _instance("b.load", None),
        _instance("a.commit", "running"),
        _instance("a.load", "success"),
        _instance("a.load", "failed", try_number=3),
        _instance("a.extract", "success"),
    ]
    assert tasks_of(instances, ["a", "b"]) == (
        Task("a", "extract", "success", 1, 1, 1, 1.0),
        Task("a", "load", "failed", 2, 2, 3, 2.0),
        Task("a", "commit", "running", 0, 1, 1, 1.0),
        Task("b", "load", "waiting", 0, 1, 1, 1.0),
        Task("", "finish", "waiting", 0, 1, 1, 1.0),
    )


def test_seconds_of_a_run_that_has_not_started_and_of_one_that_ended() -> None:
    assert Run("d", "r", "queued").seconds == 0.0
    entry = _entry("r", "success") | {"end_date": "2026-11-20T10:00:12.5+00:00"}
    assert run_of(entry, [], []).seconds == 12.5


class _Airflow:
    """Answers a follower's questions from one list of run entries per look."""

    def __init__(self, looks: list[list[dict[str, Any]]], ended: dict[str, dict[str, Any]]) -> None:
        self._looks = iter(looks)
        self._now: list[dict[str, Any]] = []
        self._ended = ended

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        if "start_date_gte" in body:
            self._now = next(self._looks)
        return {"dag_runs": self._now if "start_date_gte" in body else [e for e in self._now if e["state"] in body["states"]]}

    def get(self, path: str) -> Any:
        return self._ended[path.rpartition("/")[2]]

    def pages(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        return iter([_instance("a.load", "success")])


def _follower(airflow: _Airflow) -> Follower:
    return Follower(airflow, {"d": ("a",)}, since=SINCE)  # type: ignore[arg-type]


def test_a_run_is_told_once_when_it_ends_even_if_it_was_never_seen_active() -> None:
    running, over, quick = _entry("one", "running"), _entry("one", "success"), _entry("two", "failed")
    follower = _follower(_Airflow([[running], [over, quick], [over, quick]], {}))
    assert follower.look() == ()
    assert [run.run_id for run in follower.look()] == ["one", "two"]
    assert follower.look() == ()
    assert [run.state for run in follower.runs] == ["success", "failed"]


def test_a_run_left_by_an_earlier_start_is_followed_to_its_end_though_it_is_not_recent() -> None:
    follower = _follower(_Airflow([[_entry("old", "running")], []], {"old": _entry("old", "success")}))
    follower.look()
    assert [(run.run_id, run.state) for run in follower.look()] == [("old", "success")]


@pytest.mark.parametrize(("states", "expected"), [(["success", "running"], "running"), ([], "waiting")])
def test_state_of_a_flow(states: list[str], expected: str) -> None:
    assert Run("d", "r", "running", tasks=tuple(Task("a", str(n), state) for n, state in enumerate(states))).flow_state("a") == expected
