"""Which records a run reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.runtime.windows import Window, window

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("params", "run_type", "expected"),
    [
        ({}, "scheduled", Window("delta")),
        ({}, "manual", Window("delta")),
        ({}, "asset_triggered", Window("delta")),
        ({"full": True}, "manual", Window("full")),
        ({"dry_run": True}, "manual", Window("delta", moves_cursor=False, dry_run=True)),
        ({"full": True, "dry_run": True}, "manual", Window("full", moves_cursor=False, dry_run=True)),
        ({}, "backfill", Window("interval", START, END, moves_cursor=False, backfill=True)),
        ({"full": True}, "backfill", Window("full", moves_cursor=False, backfill=True)),
        (
            {"window_by": "created"},
            "backfill",
            Window("interval", START, END, moves_cursor=False, by="created", backfill=True),
        ),
        (
            {"since": "2026-11-01T00:00:00Z", "window_by": "created"},
            "manual",
            Window("interval", START, None, moves_cursor=False, by="created"),
        ),
        ({"since": "2026-11-01T00:00:00Z"}, "manual", Window("interval", START, None, moves_cursor=False)),
        (
            {"since": "2026-11-01T02:00:00+02:00", "until": "2026-11-02T00:00:00Z"},
            "manual",
            Window("interval", START, END, moves_cursor=False),
        ),
        ({"records": ["1", 2]}, "manual", Window("records", records=("1", "2"), moves_cursor=False)),
    ],
)
def test_window(params: dict[str, Any], run_type: str, expected: Window) -> None:
    assert window(params, run_type=run_type, start=START, end=END) == expected


@pytest.mark.parametrize("text", ["yesterday", "2026-11-01T00:00:00"])
def test_an_instant_without_offset_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"since .*2026-01-31T00:00:00Z"):
        window({"since": text}, run_type="manual", start=None, end=None)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"records": ["1"], "since": "2026-11-01T00:00:00Z"}, "param records and param since exclude each other"),
        ({"records": ["1"], "full": True}, "param records and param full exclude each other"),
        ({"full": True, "until": "2026-11-01T00:00:00Z"}, "param full and param until exclude each other"),
        ({"window_by": "created"}, "param window_by is created, but there is no window"),
        ({"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "param until .* is before param since"),
    ],
)
def test_params_that_cannot_be_meant_together_are_named(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        window(params, run_type="manual", start=None, end=None)


def test_an_interval_holds_its_ends_and_what_tells_no_time() -> None:
    found = Window("interval", START, END)
    assert found.holds(START)
    assert found.holds(END)
    assert found.holds(None)
    assert not found.holds(START - timedelta(seconds=1))
    assert not found.holds(END + timedelta(seconds=1))
