"""The ledger's places as the command line sees them: Airflow's own models, in a process that has the database.

Tasks never come here; they go through the Task SDK (``keys.py``, ``access.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from airflow.api.common.trigger_dag import trigger_dag
from airflow.models.asset import AssetModel
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.state.metastore import MetastoreBackend
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lenke.core.errors import LedgerError
from lenke.runtime.access import ledger_asset
from lenke.runtime.ledger.keys import DAG_ID, TASK_ID, run_id


class MetadataKeys:
    """One generation's ledger keys, read and written through the models."""

    def __init__(self, dataflow: str, flow: str, generation: int) -> None:
        self._run = run_id(dataflow, flow, generation)

    def get(self, key: str) -> str | None:
        """The value, or None where there is none."""
        with create_session() as session:
            return self._text(session, key)

    def set(self, key: str, value: str) -> None:
        """Store a value, replacing what was there."""
        with create_session() as session:
            # As the Execution API stores a text: the row's JSON column encodes it, so it must not be encoded before.
            XComModel.set(key, value, dag_id=DAG_ID, task_id=TASK_ID, run_id=self._run, serialize=False, session=session)

    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        """Replace a value by what ``make`` says of the present one; two that change it at the same time take turns."""
        with create_session() as session:
            session.scalars(select(DagRun.id).where(DagRun.dag_id == DAG_ID, DagRun.run_id == self._run).with_for_update()).all()
            text = make(self._text(session, key))
            XComModel.set(key, text, dag_id=DAG_ID, task_id=TASK_ID, run_id=self._run, serialize=False, session=session)

    def delete(self, key: str) -> None:
        """Take a key away; one that is not there is no error."""
        with create_session() as session:
            for row in session.scalars(select(XComModel).where(*self._place(), XComModel.key == key)):
                session.delete(row)

    def prepare(self) -> None:
        """Make the run that holds the keys; one that is there already is no error."""
        with create_session() as session:
            if session.scalar(select(DagRun.id).where(DagRun.dag_id == DAG_ID, DagRun.run_id == self._run)) is None:
                trigger_dag(DAG_ID, run_id=self._run, triggered_by=DagRunTriggeredByType.CLI, session=session)

    def _text(self, session: Session, key: str) -> str | None:
        value = session.scalar(select(XComModel.value).where(*self._place(), XComModel.key == key))
        if value is not None and not isinstance(value, str):
            raise LedgerError(f"XCom {key} of {DAG_ID} {self._run} was edited by hand")
        return value

    def _place(self) -> tuple[ColumnElement[bool], ...]:
        return (XComModel.dag_id == DAG_ID, XComModel.task_id == TASK_ID, XComModel.run_id == self._run)


class MetadataWitness:
    """A flow's witness in the table of asset states."""

    def __init__(self, dataflow: str, flow: str) -> None:
        self._asset, self._flow = ledger_asset(dataflow).name, flow

    def get(self) -> dict[str, int] | None:
        """Generation and sequences of the last commit, or None before the first."""
        from airflow.state import AssetScope

        with create_session() as session:
            asset = session.scalar(select(AssetModel.id).where(AssetModel.name == self._asset))
            stored = MetastoreBackend().get(AssetScope(asset_id=asset), self._flow, session=session) if asset is not None else None
        return None if stored is None else {name: int(value) for name, value in json.loads(json.loads(stored)).items()}

    def set(self, value: Mapping[str, int]) -> None:
        """Store it."""
        from airflow.state import AssetScope

        with create_session() as session:
            asset = session.scalar(select(AssetModel.id).where(AssetModel.name == self._asset))
            if asset is None:
                raise LedgerError(f"asset {self._asset} is not in the metadata database; let the DAG be parsed once, then try again")
            MetastoreBackend().set(AssetScope(asset_id=asset), self._flow, json.dumps(json.dumps(dict(value))), session=session)


def is_loading(dataflow: str) -> bool:
    """Whether a task of the dataflow is running."""
    with create_session() as session:
        found = session.scalar(
            select(TaskInstance.task_id).where(TaskInstance.dag_id == dataflow, TaskInstance.state == TaskInstanceState.RUNNING).limit(1)
        )
    return found is not None
