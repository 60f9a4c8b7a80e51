"""Step 5, commit: fold the outcomes into the ledger in one step, advance the cursor, write the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypedDict

import numpy as np
import pyarrow.compute as pc
from airflow.sdk import ObjectStoragePath

from lenke.core.links.rows import Link
from lenke.core.plan.decided import DONE
from lenke.runtime import latest, staging, tries
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger import decisions, journal, recovery
from lenke.runtime.ledger.claim import release
from lenke.runtime.ledger.journal import Folded
from lenke.runtime.ledger.segments import decode
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.figures import by_part, linked, of_plan
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
    """
    report: dict[str, Any] = dict.fromkeys(FIGURES, 0) | {"flow": run.flow.name, "calls": loads.get("calls", 0)}
    report["seconds"] = round(loads.get("seconds", 0.0), 1)
    state = "braked" if braked else "paused" if paused else "failed"
    if resolved is not None and extracted is not None:
        report |= {name: resolved["counts"][name] for name in ("read_left", "read_right", "unchanged", "conflicts")}
        state = "dry_run" if resolved["dry_run"] else _fold(run, extracted, resolved, report)
        report |= {name: resolved["counts"][name] for name in ("parked",) if resolved["dry_run"]}
    if resolved is None or not resolved["dry_run"]:
        report |= _standing(run) if resolved is not None else {}
    counts = (resolved["counts"] if resolved is not None else {}) | report
    report = {name: value for name, value in report.items() if "." not in name} | {"parts": by_part(run.flow, counts, PART_FIGURES)}
    if state == "dry_run" and resolved is not None:
        report |= _planned(run, resolved["counts"])
    report |= {"state": state, "note": braked or paused or (resolved["why_dry"] if resolved is not None else "")}
    report |= {"run": run.run_id, "at": run.now().isoformat(), "plan": resolved["plan_id"] if resolved is not None else ""}
    report |= _told(run, extracted, loads, report)
    release(run.claim, run.run_id)
    staging.write_json(run.folder("reports") / f"{run.flow.name}.json", report)
    return Committed(
        flow=run.flow.name,
        state=state,
        report={name: report[name] for name in (*FIGURES, "flow", "state")},
        wrote_left=bool(report["created_left"] or report["updated_left"]),
        wrote_right=bool(report["created_right"] or report["updated_right"]),
    )


def _told(run: FlowRun, extracted: Extracted | None, loads: Mapping[str, float], report: Mapping[str, Any]) -> dict[str, Any]:
    """What the report tells besides figures: how long an edit waited, what the systems made us wait, which tries failed and why."""
    told: dict[str, Any] = {
        "throttled_seconds": round(loads.get("throttled", 0.0), 1),
        "tries": tries.of_flow(run.folder("reports"), run.flow.name),
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


def _fold(run: FlowRun, extracted: Extracted, resolved: Resolved, report: dict[str, Any]) -> str:
    rows = decode(ObjectStoragePath(resolved["rows"]).read_text()).links()
    opened = run.ledger.manifest.open
    if resolved["chunks"] and run.ledger.manifest.settled == resolved["journal"]:
        return _committed_before(run, resolved, report)
    if resolved["chunks"] and (opened is None or opened.run != resolved["journal"]):
        return "success"  # an earlier try of this task has committed it, and other runs have committed since
    folded = journal.fold(run.ledger.keys, opened) if opened else Folded([], [], [])
    finished = _is_finished(resolved, folded)
    # The cursor moves only past records that were finished or are on the recheck list.
    changes: dict[str, Any] = {"cursor": extracted["cursor"], "synced": True} if finished and run.window.moves_cursor else {}
    if finished and resolved["chunks"]:
        changes["carried_out"] = resolved["journal"]
    recovery.finish(
        run.ledger,
        rows,
        at=run.now(),
        folded=folded,
        tenants=extracted["tenants"],
        approved=True,
        tries=run.settings.parked.tries,
        decided=_decided(run, resolved, [*rows, *folded.rows]),
        refresh_after=timedelta(days=run.settings.retention.refresh_after_days),
        **changes,
    )
    report |= folded.counts
    return "success" if finished else "failed"


def _decided(run: FlowRun, resolved: Resolved, rows: Sequence[Link]) -> dict[str, str]:
    """The manifest's applied decisions after this run; those that a person has cleared away are forgotten with the next that is applied."""
    present = run.ledger.manifest.decided
    waiting = recovery.entries(run.ledger, rows)
    new = dict(resolved["decided"])
    # A choice that could not be carried out yet (moved, locked, refused) is not used up.
    new |= {id: DONE for id, left in resolved["choices"].items() if left not in waiting or waiting[left].note["reason"] == "conflict"}
    if not new:
        return present
    kept = {one.id for one in decisions.read(run.ledger.keys, run.ledger.manifest.decisions)}
    return {id: outcome for id, outcome in present.items() if id in kept} | new


def _committed_before(run: FlowRun, resolved: Resolved, report: dict[str, Any]) -> str:
    """An earlier try of this task died after it had committed: what was written is told all the same, or other DAGs would not wake."""
    recovery.finish(run.ledger, [], at=run.now())
    report |= run.ledger.manifest.figures
    return "success" if run.ledger.manifest.carried_out == resolved["journal"] else "failed"


def _is_finished(resolved: Resolved, folded: Folded) -> bool:
    if not resolved["chunks"]:
        return True
    planned = set(staging.read(resolved["plan"]).column("key").to_pylist())
    return planned <= folded.done


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
