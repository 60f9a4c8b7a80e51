"""Do not unpause. The XComs of this dag are Lenke's ledger: which records of two systems belong together.

Each run holds the ledger of one flow (`<dataflow>.<flow>.<generation>`). The runs are meant to stay queued: their task
never runs, so that nothing clears its XComs. Do not delete runs, do not edit or delete XComs, and leave this dag out of
`airflow db clean` (`--exclude-dag-ids link_ledger`). `lenke ledger verify` checks the ledger, `lenke ledger restore`
brings it back from its backup.
"""

from datetime import UTC, datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG(
    dag_id="link_ledger",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    tags=["lenke", "ledger"],
):
    EmptyOperator(task_id="links")
