"""The five steps of every flow as Airflow tasks, and the DAG that holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator

# Airflow's type stub lacks two of these names.
from airflow.sdk import (  # type: ignore[attr-defined]
    DAG,
    AssetAlias,
    AssetAny,
    AssetOrTimeSchedule,
    AsyncCallback,
    CronDataIntervalTimetable,
    DeadlineAlert,
    TaskGroup,
    task,
)

from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.runtime import access, assets, pools, running
from lenke.runtime.deadlines import RunMade
from lenke.runtime.notices import LateNotifier, RunNotifier
from lenke.runtime.params import params
from lenke.runtime.retry import BUSY_RETRIES, DELAY, RETRIES, IntentRetryPolicy
from lenke.runtime.tries import TryNotifier


def build_dag(file: str, doc: str | None) -> DAG:
    """The DAG of the mapping that shares its stem with a DAG file.

    :param file: the DAG file's ``__file__``; :param doc: its docstring.
    """
    stem, mappings = Path(file).stem, Path(file).resolve().parents[1] / "include" / "mappings"
    dataflow = load_dataflow(mappings / f"{stem}.yaml")
    with DAG(
        dag_id=stem,
        schedule=_schedule(dataflow, mappings),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        doc_md=doc,
        tags=["lenke", dataflow.left, dataflow.right],
        params=params(dataflow),
        deadline=_deadline(dataflow),
        default_args={
            "owner": "lenke",
            "retries": RETRIES,
            "retry_delay": DELAY,
            "retry_policy": IntentRetryPolicy(),
            "on_retry_callback": TryNotifier(),
            "on_failure_callback": TryNotifier(),
        },
    ) as dag:
        _chain(dataflow)
    return dag


def _schedule(dataflow: Dataflow, mappings: Path) -> Any:
    """Its hours, and besides whenever another dataflow has written what this one reads."""
    hours = CronDataIntervalTimetable(dataflow.schedule, timezone="UTC") if dataflow.schedule else None
    waking = assets.waking(dataflow, mappings)
    if hours is None:
        return AssetAny(*waking) if waking else None
    return AssetOrTimeSchedule(timetable=hours, assets=AssetAny(*waking)) if waking else hours


def _deadline(dataflow: Dataflow) -> DeadlineAlert | None:
    """Whoever runs the dataflow is told where it has not succeeded for the time that its mapping promises."""
    if dataflow.promise_minutes is None:
        return None
    told = {"dataflow": dataflow.name, "flows": [flow.name for flow in dataflow.flows], "minutes": dataflow.promise_minutes}
    interval = timedelta(minutes=dataflow.promise_minutes)
    return DeadlineAlert(reference=RunMade(), interval=interval, callback=AsyncCallback(LateNotifier, kwargs=told))


def _chain(dataflow: Dataflow) -> None:
    """The flows in the order of their references; one that failed does not stop the later ones."""
    before: Any = None
    for flow in dataflow.ordered():
        first, last = _flow(dataflow, flow)
        if before is not None:
            before >> first
        before = last

    told = RunNotifier()

    @task(task_id="finish", trigger_rule="all_done", retries=0, on_failure_callback=told, on_success_callback=told)
    def finish() -> None:
        running.finish(dataflow)

    before >> finish()


def _flow(dataflow: Dataflow, flow: Flow) -> tuple[Any, Any]:
    """The TaskGroup of one flow; returns its first and its last task.

    Frames are no arguments and no return values: Airflow writes an argument's text into its database. Each task opens
    what it needs itself.
    """

    # Not among the DAG's default_args: Airflow's page of the DAG cannot show an asset there.
    inlets = [access.ledger_asset(dataflow.name)]

    @task(
        task_id="extract",
        pool=pools.claiming(dataflow.name),
        trigger_rule="all_done",
        retries=BUSY_RETRIES,
        show_return_value_in_logs=False,
        inlets=inlets,
    )
    def extract() -> Any:
        return running.extract(dataflow, flow)

    @task(task_id="map", show_return_value_in_logs=False, inlets=inlets)
    def map_records() -> Any:
        return running.map_records(dataflow, flow)

    @task(task_id="link_resolve", pool=pools.reading(dataflow.right), show_return_value_in_logs=False, inlets=inlets)
    def link_resolve() -> list[int]:
        return running.resolve(dataflow, flow)

    @task(task_id="load", pool=pools.WRITER, show_return_value_in_logs=False, inlets=inlets)
    def load(chunk: int) -> Any:
        return running.load(dataflow, flow, chunk)

    @task(
        task_id="commit",
        trigger_rule="all_done",
        outlets=[AssetAlias(assets.alias(dataflow, flow))],
        show_return_value_in_logs=False,
        inlets=inlets,
    )
    def commit() -> Any:
        return running.commit(dataflow, flow)

    with TaskGroup(group_id=flow.name):
        first, chunks, last = extract(), link_resolve(), commit()
        first >> map_records() >> chunks
        load.expand(chunk=chunks) >> last
    for part in flow.parts:
        _part(flow, part, last)
    return first, last


def _part(owner: Flow, part: str, last: Any) -> None:
    """A part's place in the graph: it went with its owner. The scheduler passes an empty task without a worker."""
    with TaskGroup(group_id=part, tooltip=f"read, planned and written with {owner.name}"):
        last >> EmptyOperator(task_id=f"with_{owner.name}")
