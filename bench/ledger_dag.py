"""Measures one phase of the ledger's bench within a task.

An Airflow dag of Lenke's bench: a copy of this file lies in a temporary DAGs folder beside ``link_ledger.py``.
"""

from __future__ import annotations

import cProfile
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import DAG, get_current_context, task

from bench import phases
from lenke.runtime.access import AssetWitness, ledger_asset
from lenke.runtime.ledger.keys import XComKeys, run_id
from lenke.runtime.xcom_backend import require_backend

with DAG(
    dag_id="bench_ledger",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    is_paused_upon_creation=False,
    doc_md=__doc__,
    tags=["lenke", "bench"],
):

    @task(retries=0, inlets=[ledger_asset(phases.DATAFLOW)])
    def measure() -> None:
        """One phase for one number of links; the figures go to the file that the run's conf names."""
        require_backend()
        context = get_current_context()
        conf = context["dag_run"].conf or {}
        count, flow = conf["links"], phases.flow(conf["links"])
        store = phases.store(
            count,
            Path(conf["backups"]),
            lambda generation: XComKeys(run_id(phases.DATAFLOW, flow, generation)),
            AssetWitness(context["asset_state_store"], phases.DATAFLOW, flow),
        )
        with cProfile.Profile() if conf["profile"] else nullcontext() as profile:
            figures = phases.PHASES[conf["phase"]](store, count)
        if profile is not None:
            profile.dump_stats(conf["out"] + ".profile")
        Path(conf["out"]).write_text(json.dumps(figures), encoding="utf-8")

    measure()
