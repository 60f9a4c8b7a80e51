"""What the tasks ask Airflow for, and what its answers mean."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse

from lenke.core.errors import RetriableError
from lenke.runtime.access import is_active


class Server:
    """Answers with a state, or with an error of a status."""

    def __init__(self, answer: str | int | None) -> None:
        self.answer = answer

    def get_dagrun_state(self, dag: str, run: str) -> str:
        if isinstance(self.answer, str):
            return self.answer
        raise AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail={"status_code": self.answer}))


@pytest.mark.parametrize(("answer", "active"), [("running", True), ("queued", True), ("success", False), ("failed", False), (404, False)])
def test_a_run_that_was_deleted_or_has_ended_is_not_active(answer: str | int, active: bool) -> None:
    assert is_active({"ti": Server(answer)}, "d", "r") is active


@pytest.mark.parametrize("answer", [500, 503, None])
def test_a_run_whose_state_cannot_be_read_keeps_its_claim(answer: int | None) -> None:
    with pytest.raises(RetriableError, match="the state of run r could not be read"):
        is_active({"ti": Server(answer)}, "d", "r")
