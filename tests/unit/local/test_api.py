"""What is asked of Airflow's API again where it answers late, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from lenke.local.api import Api, ApiError


class Late(Api):
    """An API that answers from its third request on."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", "secret")
        self.asked = 0

    def _once(self, method: str, path: str, **arguments: Any) -> Any:
        self.asked += 1
        if self.asked < 3:
            raise requests.exceptions.ReadTimeout("late")
        return {"total_entries": 0}


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Late:
    monkeypatch.setattr("lenke.local.api.time.sleep", lambda seconds: None)
    return Late()


@pytest.mark.parametrize(
    "call",
    [lambda api: api.get("dags"), lambda api: api.ask("dags/~/dagRuns/list", {}), lambda api: api.patch("dags/a", {"is_paused": False})],
)
def test_a_late_answer_to_what_changes_nothing_twice_is_waited_for(late: Late, call: Callable[[Api], Any]) -> None:
    assert call(late) == {"total_entries": 0}


def test_a_run_is_never_started_twice(late: Late) -> None:
    with pytest.raises(ApiError, match=r"does not answer POST dags/a/dagRuns \(ReadTimeout\)"):
        late.post("dags/a/dagRuns", {"logical_date": None})
    assert late.asked == 1
