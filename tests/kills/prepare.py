"""Fills Airflow's database: tables, the DAGs as they are, a run of each dataflow; prints a task's token for each, as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from airflow.api_fastapi.auth.tokens import JWTGenerator, get_signing_args
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance
from airflow.sdk.configuration import conf
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import select

LEDGER, RUN = "link_ledger", "swept"
# The whole sweep takes less.
VALID_SECONDS = 6 * 3600.0


def _run(dag_id: str) -> str:
    """A run of the DAG; the id of one of its task instances."""
    dag = SerializedDagModel.get_dag(dag_id)
    assert dag is not None, f"{dag_id} was not stored"
    now = datetime.now(UTC)
    dag.create_dagrun(
        run_id=RUN,
        logical_date=now,
        data_interval=(now, now),
        run_after=now,
        run_type=DagRunType.MANUAL,
        triggered_by=DagRunTriggeredByType.TEST,
        state=DagRunState.RUNNING,
    )
    with create_session() as session:
        own = select(TaskInstance.id).where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == RUN)
        return str(min(session.scalars(own), key=str))


def main() -> None:
    """Make all of it."""
    initdb()
    bag = DagBag(conf.get("core", "dags_folder"), bundle_name="dags-folder")
    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(bag, "dags-folder", None)
    audience = conf.get_mandatory_list_value("execution_api", "jwt_audience")[0]
    arguments: dict[str, Any] = get_signing_args(make_secret_key_if_needed=False)
    generator = JWTGenerator(valid_for=VALID_SECONDS, audience=audience, issuer=None, **arguments)
    tasks = {name: _run(name) for name in bag.dags if name != LEDGER}
    print("\n" + json.dumps({name: [task, generator.generate({"sub": task})] for name, task in tasks.items()}))


if __name__ == "__main__":
    main()
