"""What is said and kept of a try that failed."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core import errors
from lenke.runtime import places, tried, tries

BUSY = errors.ThrottledError("GET /Customers: 429, too many requests", delay=timedelta(seconds=7))


def context(
    error: BaseException | None, number: int, *, task: str = "flow.load", map_index: int = 0, most: int = 3, retries: int = 3
) -> dict[str, Any]:
    ti = SimpleNamespace(
        dag_id="d",
        task_id=task,
        map_index=map_index,
        try_number=number,
        max_tries=most,
        task=SimpleNamespace(retry_delay=timedelta(seconds=5), retries=retries),
    )
    return {"ti": ti, "dag_run": SimpleNamespace(run_id="manual__1"), "exception": error}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStoragePath:
    found = ObjectStoragePath(f"file://{tmp_path}")
    monkeypatch.setattr(places, "home", lambda: found)
    return found


@pytest.mark.parametrize(
    ("error", "number", "said"),
    [
        (BUSY, 1, "Try 1 failed, the next one starts in 7 s: ThrottledError: GET /Customers: 429, too many requests"),
        (errors.AuthenticationError("401"), 1, "Try 1 failed and there is no further one: AuthenticationError: 401"),
        (BUSY, 4, "Try 4 failed and there is no further one: ThrottledError: GET /Customers: 429, too many requests"),
        (
            errors.UnknownOutcomeError("?"),
            1,
            "Try 1 failed, the next one starts in 5 s, which first looks for what this one may have written: ",
        ),
        (ValueError("kari@example.com"), 1, "Try 1 failed, the next one starts in 5 s: ValueError"),
    ],
)
def test_the_last_line_says_why_and_what_comes(
    home: ObjectStoragePath, caplog: pytest.LogCaptureFixture, error: BaseException, number: int, said: str
) -> None:
    with caplog.at_level(logging.INFO):
        tries.TryNotifier()(context(error, number))
    assert said in caplog.messages[-1]
    assert caplog.messages[-2] == "::endgroup::", "else Airflow's UI shows it folded"
    assert "kari@example.com" not in caplog.text


def test_the_tries_of_a_flow_are_kept_for_its_report(home: ObjectStoragePath) -> None:
    tries.TryNotifier()(context(BUSY, 1, map_index=2))
    tries.TryNotifier()(context(BUSY, 2, map_index=2))
    tries.TryNotifier()(context(BUSY, 1, task="other.load"))
    found = tried.of_flow(home / "reports" / "d" / "manual__1", "flow")
    assert [(one["task"], one["map_index"], one["try"], one["wait_seconds"]) for one in found] == [
        ("flow.load", 2, 1, 7.0),
        ("flow.load", 2, 2, 7.0),
    ]
    assert tried.of_flow(home / "reports" / "d" / "another", "flow") == []


def test_what_a_process_left_half_written_is_no_try(home: ObjectStoragePath) -> None:
    tries.TryNotifier()(context(BUSY, 1))
    reports = home / "reports" / "d" / "manual__1"
    (reports / tried.FOLDER / "flow.load.0.2.json.0f0f.part").write_bytes(b'{"task": "flow')
    assert [one["try"] for one in tried.of_flow(reports, "flow")] == [1]


@pytest.mark.parametrize(("waited", "cleared", "goes_on"), [(0, 0, 3), (6, 0, 3), (0, 4, 3), (6, 4, 3)])
def test_tries_count_from_the_last_clear_and_without_those_that_only_waited(
    home: ObjectStoragePath, waited: int, cleared: int, goes_on: int
) -> None:
    """Airflow counts a task's tries on over a clear, and adds its retries to what it had."""
    most, first = cleared + 240, cleared + 1
    for number in range(first, first + waited):
        told = context(errors.BusyError("busy", delay=timedelta(seconds=1)), number, most=most, retries=240)
        assert tries._failed(told)["wait_seconds"] == 1
        tries.TryNotifier()(told)
    waits = []
    for number in range(first + waited, first + waited + goes_on + 1):
        told = context(errors.RetriableError("down"), number, most=most, retries=240)
        tries.TryNotifier()(told)
        waits.append(tries._failed(told)["wait_seconds"])
    assert waits == [5.0, 10.0, 20.0, None]
