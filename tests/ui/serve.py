"""Airflow's API server on SQLite with a prepared ledger: no scheduler, no task. Arguments: the scene's folder and a port."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.sdk.configuration import conf
from airflow.utils.db import initdb

from lenke.runtime.ledger.metadata import MetadataKeys, MetadataWitness


def main(folder: Path, port: int) -> None:
    """Make the database, store the DAGs and the scene's ledgers in it, serve."""
    initdb()
    bag = DagBag(conf.get("core", "dags_folder"), bundle_name="dags-folder")
    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(bag, "dags-folder", None)
    for one in json.loads((folder / "ledgers.json").read_text()):
        keys = MetadataKeys(one["dataflow"], one["flow"], one["generation"])
        keys.prepare()
        for key, value in one["keys"].items():
            keys.set(key, value)
        MetadataWitness(one["dataflow"], one["flow"]).set(one["witness"])
    from airflow.api_fastapi.app import create_app

    uvicorn.run(create_app(apps="core"), host="127.0.0.1", port=port, log_level="info", access_log=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
