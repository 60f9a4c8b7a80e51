"""A step within a running task: its view of the flow from the context, its result and figures to XCom and the log."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airflow.sdk import AssetAlias, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from lenke.core.errors import BrakeError, ConfigurationError, FenceError, PausedError
from lenke.core.mapping.model import SIDES, Dataflow, Flow
from lenke.core.mapping.settings import load_settings
from lenke.core.printable import printable
from lenke.runtime import access, assets, janitor, metrics, named, places, records
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.params import pauses, refuse_dropped, refuse_unknown
from lenke.runtime.steps.commit import commit as commit_step
from lenke.runtime.steps.extract import extract as extract_step
from lenke.runtime.steps.load import load as load_step
from lenke.runtime.steps.mapping import map_records as map_step
from lenke.runtime.steps.resolve import resolve as resolve_step
from lenke.runtime.windows import window
from lenke.runtime.xcom_backend import require_backend
from lenke.systems.limits import THROTTLED

log = logging.getLogger(__name__)


def extract(dataflow: Dataflow, flow: Flow) -> dict[str, Any]:
    """Read both sides; figures and references for the next tasks."""
    context = get_current_context()
    if flow.name not in (chosen := _chosen(dataflow, context)):
        raise AirflowSkipException(f"the run is for {', '.join(chosen)}")
    started = time.time()
    try:
        extracted = extract_step(flow_run(dataflow, flow, context))
    except PausedError as paused:
        context["ti"].xcom_push(key="paused", value=str(paused))
        raise AirflowSkipException(str(paused)) from paused
    unknown = records.unknown(context["params"].get("records") or (), extracted)
    log.info("read %s left and %s right records in %s calls", extracted["left"]["rows"], extracted["right"]["rows"], extracted["calls"])
    if unknown:
        log.warning("%s has no %s with id %s", dataflow.left, flow.left.entity, printable(", ".join(unknown)))
    return {**extracted, "started": started, "unknown": unknown, "throttled": THROTTLED.seconds}


def map_records(dataflow: Dataflow, flow: Flow) -> dict[str, Any]:
    """Map both sides to canonical columns."""
    context = get_current_context()
    return dict(map_step(flow_run(dataflow, flow, context), _pull(context, flow, "extract")))


def resolve(dataflow: Dataflow, flow: Flow) -> list[int]:
    """Make the plan; returns the numbers of its chunks, which ``load`` is mapped over."""
    context = get_current_context()
    try:
        resolved = resolve_step(flow_run(dataflow, flow, context), _pull(context, flow, "extract"), _pull(context, flow, "map"))
    except BrakeError as brake:
        context["ti"].xcom_push(key="braked", value={"read_at": _pull(context, flow, "extract")["read_at"], "text": str(brake)})
        raise
    context["ti"].xcom_push(key="resolved", value={**resolved, "throttled": THROTTLED.seconds})
    log.info("plan %s: %s", resolved["plan_id"], ", ".join(f"{name} {value}" for name, value in resolved["counts"].items()))
    if resolved["dry_run"]:
        log.warning("nothing is written: %s", resolved["why_dry"])
    return resolved["chunks"]


def load(dataflow: Dataflow, flow: Flow, chunk: int) -> dict[str, float]:
    """Write one chunk of the plan."""
    context = get_current_context()
    run = flow_run(dataflow, flow, context)
    resolved = _pull(context, flow, "link_resolve", "resolved")
    figures = load_step(run, _pull(context, flow, "extract"), resolved, chunk, fence=_fence())
    told = ", ".join(f"{name} {value}" for name, value in figures.items())
    log.info("chunk %s of %s is finished: %s", chunk + 1, len(resolved["chunks"]), told)
    return {**figures, "throttled": THROTTLED.seconds}


def commit(dataflow: Dataflow, flow: Flow) -> dict[str, Any]:
    """Fold the outcomes into the ledger, write the report, and tell by assets what was really written."""
    context = get_current_context()
    extracted, resolved = _pull(context, flow, "extract"), _pull(context, flow, "link_resolve", "resolved")
    if extracted is None and flow.name not in _chosen(dataflow, context):
        raise AirflowSkipException("the flow was not asked for")
    run = flow_run(dataflow, flow, context)
    committed = commit_step(
        run,
        extracted,
        resolved,
        _figures(context, flow, extracted, resolved),
        braked=_braked(context, flow, extracted),
        paused=_pull(context, flow, "extract", "paused") or "",
    )
    for side in SIDES:
        if committed["wrote_left" if side == "left" else "wrote_right"]:
            context["outlet_events"][AssetAlias(assets.alias(dataflow, flow))].add(assets.written(dataflow, flow, side))
    metrics.emit(dataflow.name, flow.name, _report(context, flow))
    log.info("%s: %s", committed["state"], ", ".join(f"{name} {value}" for name, value in committed["report"].items()))
    return dict(committed)


def finish(dataflow: Dataflow) -> None:
    """Fail the run where a flow failed or braked, and sweep old files."""
    context = get_current_context()
    settings = load_settings(places.include() / "settings.yaml")
    run = context["dag_run"]
    chosen = _chosen(dataflow, context)
    states = {name: (context["ti"].xcom_pull(task_ids=f"{name}.commit") or {}).get("state", "failed") for name in chosen}
    context["ti"].xcom_push(key="flows", value={flow: _outcome(context, dataflow.flow(flow), state) for flow, state in states.items()})
    janitor.sweep(places.home(), settings.retention, run.run_after)
    bad = {name: state for name, state in states.items() if state not in ("success", "dry_run", "paused")}
    if bad:
        raise AirflowFailException(
            "; ".join(f"{name}: {state}" for name, state in bad.items()) + ". See the log of the first failed task of the flow"
        )
    unknown = [(context["ti"].xcom_pull(task_ids=f"{name}.extract") or {}).get("unknown", []) for name in chosen]
    if nowhere := records.nowhere(unknown):
        raise AirflowFailException(
            f"{printable(', '.join(nowhere))}: no record of {dataflow.left} that {', '.join(chosen)} would read has this id; "
            f"param records takes ids of the left system, {dataflow.left}"
        )


def _chosen(dataflow: Dataflow, context: Mapping[str, Any]) -> list[str]:
    """The flows that the run is for; whoever names a part means its owner, which it is read and written with.

    :raises ConfigurationError: a name that no flow has.
    """
    asked = context["params"].get("flows") or [flow.name for flow in dataflow.flows]
    _running(dataflow, [name for name, _ in pauses(context["params"])], "param pause")
    return _running(dataflow, asked, "param flows")


def _report(context: Mapping[str, Any], flow: Flow) -> dict[str, Any]:
    """What a flow's commit wrote down in this run; nothing where it did not come that far."""
    ti = context["ti"]
    file = places.home() / "reports" / places.run_folder(ti.dag_id, context["dag_run"].run_id) / f"{flow.name}.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _outcome(context: Mapping[str, Any], flow: Flow, state: str) -> dict[str, Any]:
    """What became of a flow, for whoever is told of it: counts, and what a brake said."""
    report = _report(context, flow)
    return {"state": state, "note": report.get("note", ""), "parked": report.get("parked", 0), "parked_before": report.get("parked_before")}


def _running(dataflow: Dataflow, names: Sequence[str], where: str) -> list[str]:
    try:
        return list(dict.fromkeys(named.running(dataflow, name).name for name in names))
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def flow_run(dataflow: Dataflow, flow: Flow, context: Mapping[str, Any]) -> FlowRun:
    """The step's view of its flow."""
    require_backend()
    settings = load_settings(places.include() / "settings.yaml")
    run, params = context["dag_run"], context["params"]
    refuse_dropped(run.conf or {}, params)
    refuse_unknown(dataflow, params)
    return FlowRun(
        dataflow=dataflow,
        flow=flow,
        settings=settings,
        run_id=run.run_id,
        window=window(
            params, run_type=str(getattr(run.run_type, "value", run.run_type)), start=run.data_interval_start, end=run.data_interval_end
        ),
        digester=access.digester(),
        access=access.airflow_access(dataflow.name, settings, context),
        home=places.home(),
        try_number=context["ti"].try_number,
        options={name: params.get(name) for name in ("override_brake", "max_changes", "pause")},
    )


def _fence() -> Callable[[], None]:
    """A check that costs nothing: a task process whose supervisor died has another parent."""
    parent = os.getppid()

    def fence() -> None:
        if os.getppid() != parent:
            raise FenceError("the task's supervisor is gone; another try has taken over or soon will, so this process stops")

    return fence


def _pull(context: Mapping[str, Any], flow: Flow, task_id: str, key: str = "return_value") -> Any:
    return context["ti"].xcom_pull(task_ids=f"{flow.name}.{task_id}", key=key)


def _braked(context: Mapping[str, Any], flow: Flow, extracted: Any) -> str:
    """What a brake said of these reads: its XCom outlives a clear that does not come as far as planning again."""
    told = _pull(context, flow, "link_resolve", "braked")
    # A run that was begun under an older version may have left a text alone.
    return str(told["text"]) if isinstance(told, Mapping) and extracted and told["read_at"] == extracted["read_at"] else ""


def _figures(context: Mapping[str, Any], flow: Flow, extracted: Any, resolved: Any) -> dict[str, Any]:
    chunks = resolved["chunks"] if resolved else []
    loads = [context["ti"].xcom_pull(task_ids=f"{flow.name}.load", map_indexes=chunk) or {} for chunk in chunks]
    calls = sum(part.get("calls", 0) for part in (extracted or {}, resolved or {}, *loads))
    throttled = sum(part.get("throttled", 0.0) for part in (extracted or {}, resolved or {}, *loads))
    return {"calls": calls, "throttled": throttled, "seconds": time.time() - extracted["started"] if extracted else 0.0}
