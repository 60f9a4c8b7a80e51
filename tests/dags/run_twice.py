"""``dag.test()`` of the dataflow, twice, against whatever its connections lead to, then of one flow that is paused.

Prints the states and figures, and what the ledger says of the decision, as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.pool import Pool
from airflow.sdk.configuration import conf
from airflow.utils.db import initdb

from lenke.runtime import pools
from lenke.runtime.ledger import maintenance

DAG = "custom_webshop_to_poweroffice_go"
FLOW = "customer_to_customers"


def _figures(run_id: str) -> dict[str, Any]:
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run_id)
    folder = Path(conf.get("lenke", "home").removeprefix("file://")) / "reports" / DAG / safe
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def main() -> None:
    """Make the database, store the DAGs, run."""
    initdb()
    bag = DagBag(conf.get("core", "dags_folder"), bundle_name="dags-folder")
    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(bag, "dags-folder", None)
    for name, (slots, description) in pools.wanted([(DAG, "custom_webshop", "poweroffice_go")]).items():
        Pool.create_or_update_pool(name, slots, description, include_deferred=False)
    dag = bag.get_dag(DAG)
    assert dag is not None
    # Airflow 3.3.2 cannot test a DAG that has a deadline: the alert has no row of its own there.
    dag.deadline = None
    runs = [dag.test() for _ in range(2)]
    maintenance.desk(DAG, FLOW, who="kari").pause()
    (standing,) = maintenance.tell_decisions(DAG, FLOW)
    runs.append(dag.test(run_conf={"flows": [FLOW]}))
    maintenance.desk(DAG, FLOW).unpause()
    told = [{"state": str(run.state), "flows": _figures(run.run_id)} for run in runs]
    print("\n" + json.dumps([*told, [standing, *maintenance.tell_decisions(DAG, FLOW)]]))


if __name__ == "__main__":
    main()
