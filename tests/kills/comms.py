"""A task's line to Airflow without a task: its messages answered by Airflow's own supervisor code, over HTTP, in the same process."""

from __future__ import annotations

import os
from collections import deque
from typing import Any
from uuid import UUID

import psutil
import structlog
from airflow.sdk.api.client import Client, ServerResponseError
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import ErrorResponse
from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor


class _Supervisor(InProcessTestSupervisor):
    """Keeps the error of an answer, which Airflow's own one drops."""

    answers: deque[tuple[Any, ErrorResponse | None]]

    def send_msg(self, msg: Any, request_id: int, error: ErrorResponse | None = None, **dump_opts: Any) -> None:
        self.answers.append((msg, error))


class Comms:
    """What ``SUPERVISOR_COMMS`` is in a task.

    :param url: of the Execution API; :param task: id of the task instance that the token is for.
    """

    def __init__(self, url: str, task: str, token: str) -> None:
        self._log = structlog.get_logger(logger_name="task")
        self._supervisor = _Supervisor(
            id=UUID(task),
            pid=os.getpid(),
            process=psutil.Process(),  # type: ignore[arg-type]
            process_log=self._log,
            client=Client(base_url=url, token=token),
        )
        self._supervisor.answers = deque()

    def send(self, msg: Any) -> Any:
        """The answer; raises AirflowRuntimeError as in a task."""
        try:
            self._supervisor._handle_request(msg, self._log, 0)
        except ServerResponseError as error:
            detail = {"status_code": error.response.status_code, "message": str(error)}
            raise AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail)) from error
        answer, refused = self._supervisor.answers.popleft()
        if refused is not None:
            raise AirflowRuntimeError(refused)
        return answer

    def open(self) -> None:
        """Make it this process's line."""
        task_runner.SUPERVISOR_COMMS = self  # type: ignore[assignment]
