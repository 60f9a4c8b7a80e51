"""What a run has done becomes the ledger: its plan's rows, its journals', its cursor, and the decisions that it has used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import ObjectStoragePath

from lenke.core.errors import FatalError
from lenke.core.links.rows import Link
from lenke.core.plan import recheck
from lenke.core.plan.decided import DONE
from lenke.runtime import staging
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger import decisions, journal, recovery
from lenke.runtime.ledger.claim import require
from lenke.runtime.ledger.journal import Folded
from lenke.runtime.ledger.manifest import OpenRun
from lenke.runtime.ledger.reshape import reshape
from lenke.runtime.ledger.segments import decode
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.publish import Resolved


def fold(run: FlowRun, extracted: Extracted, resolved: Resolved, report: dict[str, Any]) -> str:
    """Fold a plan's rows and journals; ``success`` where all of it was carried out, else ``failed``. ``report`` gains the figures.

    :raises FatalError: another run has taken the flow over, or has committed since.
    """
    require(run.claim, run.run_id)
    opened = run.ledger.manifest.open
    if resolved["chunks"] and run.ledger.manifest.settled == resolved["journal"]:
        return _committed_before(run, resolved, report)
    if resolved["chunks"] and (opened is None or opened.run != resolved["journal"]):
        raise FatalError("the plan is not open any more; clear the flow from its extract task on")
    folded = journal.fold(run.ledger.keys, opened, run.ledger.shape) if opened else Folded([], [], [])
    undone = _undone(resolved, folded)
    rows, finished = recheck.counting(_rows(run, resolved, opened), undone), not undone
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
        # Whoever approved a plan without a write has seen none.
        approved=resolved["approved"],
        tries=run.settings.parked.tries,
        decided=_decided(run, _applied(run, resolved, [*rows, *folded.rows]) if finished else _approvals(run, resolved)),
        refresh_after=timedelta(days=run.settings.retention.refresh_after_days),
        **changes,
    )
    report |= folded.counts
    return "success" if finished else "failed"


def _rows(run: FlowRun, resolved: Resolved, opened: OpenRun | None) -> list[Link]:
    """The plan's own rows, their digests in the order of today's properties: the mapping may have changed since it was made."""
    then = opened.shape if opened else None
    planned = decode(ObjectStoragePath(resolved["rows"]).read_text())
    return reshape(planned, then or run.ledger.shape, run.ledger.shape).links()


def _applied(run: FlowRun, resolved: Resolved, rows: Sequence[Link]) -> dict[str, str]:
    """What became of each decision; a choice that could not be carried out yet (moved, locked, refused) is not used up."""
    waiting = recovery.entries(run.ledger, rows)
    chosen = {id: DONE for id, left in resolved["choices"].items() if left not in waiting or waiting[left].note["reason"] == "conflict"}
    return resolved["decided"] | chosen


def _approvals(run: FlowRun, resolved: Resolved) -> dict[str, str]:
    """Of a plan that was not carried out whole, only the approval is used up: the rest is decided once more, by the next run."""
    approved = {one.id for one in run.pending if one.kind == "approve"}
    return {id: outcome for id, outcome in resolved["decided"].items() if id in approved}


def _decided(run: FlowRun, new: Mapping[str, str]) -> dict[str, str]:
    """The manifest's applied decisions after this run; those that a person has cleared away are forgotten with the next that is applied."""
    present = run.ledger.manifest.decided
    if not new:
        return present
    kept = {one.id for one in decisions.read(run.ledger.keys, run.ledger.manifest.decisions)}
    return {id: outcome for id, outcome in present.items() if id in kept} | dict(new)


def _committed_before(run: FlowRun, resolved: Resolved, report: dict[str, Any]) -> str:
    """An earlier try of this task died after it had committed: what was written is told all the same, or other DAGs would not wake."""
    recovery.finish(run.ledger, [], at=run.now())
    report |= run.ledger.manifest.figures
    return "success" if run.ledger.manifest.carried_out == resolved["journal"] else "failed"


def _undone(resolved: Resolved, folded: Folded) -> set[str]:
    """Left ids of the plan's actions that were not carried out, or whose outcome nobody knows."""
    if not resolved["chunks"]:
        return set()
    plan = staging.read(resolved["plan"])
    keys = zip(plan.column("key").to_pylist(), plan.column("left").to_pylist(), strict=True)
    return {left for key, left in keys if key not in folded.done}
