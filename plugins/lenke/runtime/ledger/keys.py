"""Where a flow's ledger keys live: the port, and Airflow's ``xcom`` table behind it."""

from __future__ import annotations

import time
from inspect import getattr_static
from typing import Protocol

from lenke.core.errors import FenceError, LedgerError

DAG_ID = "link_ledger"
TASK_ID = "links"


class Keys(Protocol):
    """The keys of one flow and generation. Values are text; names are made of ``[A-Za-z0-9_.-]``."""

    def get(self, key: str) -> str | None:
        """The value, or None where there is none."""

    def set(self, key: str, value: str) -> None:
        """Store a value, replacing what was there."""

    def delete(self, key: str) -> None:
        """Take a key away; one that is not there is no error."""

    def prepare(self) -> None:
        """Make the place where keys can be set; one that is there already is no error."""


def run_id(dataflow: str, flow: str, generation: int) -> str:
    """The ``link_ledger`` run that holds one generation of a flow's ledger."""
    return f"{dataflow}.{flow}.{generation}"


class XComKeys:
    """Keys as XCom rows of the task instance ``link_ledger/links`` in one run, through the Task SDK.

    A call that fails because the supervisor is gone raises FenceError: whatever else this process did would run beside
    the retry that is already under way.
    """

    def __init__(self, run: str) -> None:
        self._place = {"dag_id": DAG_ID, "task_id": TASK_ID, "run_id": run}

    def get(self, key: str) -> str | None:
        """The value, or None where there is none."""
        from airflow.sdk.execution_time.xcom import XCom

        try:
            value = XCom.get_one(key=key, map_index=-1, **self._place)
        except (OSError, EOFError) as error:
            raise _gone() from error
        if value is not None and not isinstance(value, str):
            raise LedgerError(f"XCom {key} of {DAG_ID} {self._place['run_id']} was edited by hand; run `lenke ledger restore`")
        return value

    def set(self, key: str, value: str) -> None:
        """Store a value, replacing what was there."""
        from airflow.sdk.execution_time.xcom import XCom

        try:
            XCom.set(key=key, value=value, **self._place)
        except (OSError, EOFError) as error:
            raise _gone() from error

    def delete(self, key: str) -> None:
        """Take a key away; one that is not there is no error."""
        from airflow.sdk.bases.xcom import BaseXCom
        from airflow.sdk.execution_time.comms import DeleteXCom
        from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS
        from airflow.sdk.execution_time.xcom import XCom

        try:
            # XCom.delete fetches the value first, a whole segment, in case the backend keeps it elsewhere.
            if getattr_static(XCom, "purge") is getattr_static(BaseXCom, "purge"):
                SUPERVISOR_COMMS.send(DeleteXCom(key=key, map_index=-1, dag_id=DAG_ID, task_id=TASK_ID, run_id=self._place["run_id"]))
            else:
                XCom.delete(key=key, map_index=-1, **self._place)
        except (OSError, EOFError) as error:
            raise _gone() from error

    def prepare(self) -> None:
        """Make the run that holds the keys; one that is there already is no error."""
        _create_run(self._place["run_id"])


def _gone() -> FenceError:
    return FenceError("the task's supervisor is gone; another try has taken over or soon will, so this process stops")


def _create_run(run: str) -> None:
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse, TriggerDagRun
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS

    # A fresh installation's DAG processor may not have stored link_ledger yet: the API answers 404 until it has.
    for attempt in range(30):
        try:
            answer = SUPERVISOR_COMMS.send(TriggerDagRun(dag_id=DAG_ID, run_id=run))
        except AirflowRuntimeError as error:
            answer = error.error
        if not isinstance(answer, ErrorResponse) or answer.error == ErrorType.DAGRUN_ALREADY_EXISTS:
            return
        time.sleep(min(0.2 * (attempt + 1), 2.0))
    raise LedgerError(f"the DAG {DAG_ID} is not there, so no ledger can be made; put dags/{DAG_ID}.py into the DAGs folder (paused)")
