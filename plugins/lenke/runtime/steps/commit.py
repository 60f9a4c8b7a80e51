"""Step 5, commit: fold the outcomes into the ledger in one step, advance the cursor, write the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np
import pyarrow.compute as pc
from airflow.sdk import ObjectStoragePath

from lenke.runtime import latest, staging, tried
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger.claim import release
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.figures import by_part, linked, of_plan
from lenke.runtime.steps.folding import fold
from lenke.runtime.steps.publish import Resolved

FIGURES = (
    "read_left",
    "read_right",
    "linked",
    "created_left",
    "created_right",
    "updated_left",
    "updated_right",
    "unchanged",
    "parked",
    "conflicts",
    "calls",
    "seconds",
)


PART_FIGURES = FIGURES[:7]
WRITES = FIGURES[3:7]


class Committed(TypedDict):
    """What ``commit`` hands on."""

    flow: str
    state: str
    report: dict[str, Any]
    wrote_left: bool
    wrote_right: bool


def commit(
    run: FlowRun,
    extracted: Extracted | None,
    resolved: Resolved | None,
    loads: Mapping[str, float],
    *,
    braked: str = "",
    paused: str = "",
) -> Committed:
    """Close the flow's run, whatever became of its tasks.

    :param extracted: None where ``extract`` failed; ``resolved`` None where ``link_resolve`` failed or braked.
    :param loads: figures of the finished chunks: calls, seconds, and seconds throttled.
    :param braked: what the brake said, where one stopped the flow; :param paused: who paused it, where it was left out.
    :raises FatalError: another run has taken the flow over, or has committed since.
    """
    resolved = _of_this_pass(run, extracted, resolved)
    if resolved is not None and (told := _reported(run, resolved["journal"])):
        release(run.claim, run.run_id)
        return _committed(told)
    report: dict[str, Any] = dict.fromkeys(FIGURES, 0) | {"flow": run.flow.name, "calls": loads.get("calls", 0)}
    report["seconds"] = round(loads.get("seconds", 0.0), 1)
    state = "braked" if braked else "paused" if paused else "failed"
    if resolved is not None and extracted is not None:
        report |= {name: resolved["counts"][name] for name in ("read_left", "read_right", "unchanged", "conflicts")}
        state = "dry_run" if resolved["dry_run"] else fold(run, extracted, resolved, report)
        report |= _standing(run) | ({"parked": resolved["counts"]["parked"]} if resolved["dry_run"] else {})
    counts = (resolved["counts"] if resolved is not None else {}) | report
    report = {name: value for name, value in report.items() if "." not in name} | {"parts": by_part(run.flow, counts, PART_FIGURES)}
    if state == "dry_run" and resolved is not None:
        report |= _planned(run, resolved["counts"])
    report |= {"state": state, "note": braked or paused or (resolved["why_dry"] if resolved is not None else "")}
    report |= {"run": run.run_id, "at": run.now().isoformat(), "plan": resolved["plan_id"] if resolved is not None else ""}
    report |= {"journal": resolved["journal"] if resolved is not None else ""} | _told(run, extracted, loads, report)
    staging.write_json(_place(run), report)
    release(run.claim, run.run_id)
    return _committed(report)


def _of_this_pass(run: FlowRun, extracted: Extracted | None, resolved: Resolved | None) -> Resolved | None:
    """The plan, if it counts.

    Its XCom outlives a clear that does not come as far as planning again: it is of other reads than the cursor then. One that wrote
    nothing under another mapping says nothing under this.
    """
    if extracted is None or resolved is None or resolved.get("read_at") != extracted["read_at"]:
        return None
    return resolved if resolved["chunks"] or extracted.get("mapping") == run.mapping else None


def _place(run: FlowRun) -> ObjectStoragePath:
    place: ObjectStoragePath = run.folder("reports") / f"{run.flow.name}.json"
    return place


def _reported(run: FlowRun, journal: str) -> dict[str, Any]:
    """What this task has committed before: it died before Airflow heard of it, or was cleared, and others may have committed since."""
    place, opened = _place(run), run.ledger.manifest.open
    told = dict(json.loads(place.read_text())) if place.exists() else {}
    return told if told.get("journal") == journal and (opened is None or opened.run != journal) else {}


def _committed(report: Mapping[str, Any]) -> Committed:
    state = report["state"]
    return Committed(
        flow=report["flow"],
        state=state,
        report={name: report[name] for name in (*FIGURES, "flow", "state")},
        wrote_left=bool(report["created_left"] or report["updated_left"]),
        wrote_right=bool(report["created_right"] or report["updated_right"]),
    )


def _told(run: FlowRun, extracted: Extracted | None, loads: Mapping[str, float], report: Mapping[str, Any]) -> dict[str, Any]:
    """What the report tells besides figures: how long an edit waited, what the systems made us wait, which tries failed and why."""
    told: dict[str, Any] = {
        "throttled_seconds": round(loads.get("throttled", 0.0), 1),
        "tries": tried.of_flow(run.folder("reports"), run.flow.name),
    }
    # A backfill, some records or a dry run say nothing of how far the flow is behind.
    if extracted is None or report["state"] != "success" or not run.window.moves_cursor:
        return told | {"lag_seconds": None, "parked_before": None}
    names = (run.dataflow.name, run.flow.name)
    after = latest.succeeded(run.home, *names, run_id=run.run_id, read_at=extracted["read_at"], parked=report["parked"], at=run.now())
    return told | {"lag_seconds": after["lag_seconds"], "parked_before": after["parked_before"]}


def _planned(run: FlowRun, counts: Mapping[str, int]) -> dict[str, Any]:
    """Kept apart from what was written: it would count as that."""
    planned = of_plan(counts)
    return {"planned": {name: planned.get(name, 0) for name in WRITES}, "planned_parts": by_part(run.flow, planned, WRITES)}


def _standing(run: FlowRun) -> dict[str, int]:
    table = run.ledger.table
    waiting = table.headers("recheck")
    # What a person has dismissed is out of the lists until it changes.
    dismissed = pc.match_substring(table.rows.column("extra").take(waiting), '"dismissed":').to_numpy()
    return {
        "linked": len(table.headers("link")),
        "parked": len(waiting) - int(np.sum(dismissed)),
        **linked(run.flow, table),
    }
