"""The end of step 3: the plan is staged, held against the brakes, and its journal opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pyarrow as pa

from lenke.core.links.rows import Side
from lenke.core.links.table import table
from lenke.core.plan import brakes
from lenke.core.plan.decided import DONE
from lenke.core.plan.model import ACTION, Plan
from lenke.runtime import conflicts, places, staging
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.segments import encode
from lenke.runtime.staging import Staged
from lenke.runtime.steps import figures
from lenke.runtime.steps.history import summary

CHUNK = 250
CHUNKS_AT_MOST = 32
# Rows of a plan that are read together: a page of a long plan must not read all of it.
PLAN_GROUP = 500


class Resolved(TypedDict):
    """What ``link_resolve`` hands on; figures, ids and references only.

    ``read_at`` is that of the extract which the plan was made of; ``approved``: later runs of the flow may write without being asked.
    """

    read_at: str
    plan: Staged
    rows: str
    plan_id: str
    journal: str
    chunks: list[int]
    counts: dict[str, int]
    dry_run: bool
    why_dry: str
    calls: int
    approved: bool
    decided: dict[str, str]
    choices: dict[str, str]
    released: list[str]


@dataclass(frozen=True)
class Told:
    """What goes along with a plan.

    :param read_at: of the extract; :param counts: figures of what was read.
    :param released: left ids whose earlier tries no longer count.
    :param emptied: sides that read empty although there are links.
    """

    read_at: str
    counts: Mapping[str, int]
    released: Sequence[str]
    emptied: Sequence[Side]


def publish(run: FlowRun, plan: Plan, told: Told) -> Resolved:
    """Stage a plan, hold it against the brakes, open its journal, and hand it on.

    :raises BrakeError: before the first write; the plan is staged and can be read.
    """
    plan_id = _plan_id(run, plan)
    staged = _stage(run, plan, plan_id)
    why_dry = _why_dry(run, plan_id)
    if not why_dry:
        _brake(run, plan, plan_id, told.emptied)
    conflicts.record(run.folder("staging" if why_dry else "journal"), plan)
    resolved = Resolved(
        read_at=told.read_at,
        plan=staged,
        rows=_stage_rows(run, plan),
        plan_id=plan_id,
        journal=places.run_key(f"{plan_id}/{run.run_id}/{run.try_number}"),
        chunks=[] if why_dry else list(range(chunk_count(len(plan.actions)))),
        counts=_counts(plan) | dict(told.counts) | figures.planned(run.flow, plan.actions),
        dry_run=bool(why_dry),
        why_dry=why_dry,
        calls=run.calls,
        approved=bool(plan.actions) or _is_known(run) or _is_approved(run, decisions.FIRST_RUN),
        decided=plan.decided | _approvals(run, plan_id),
        choices=plan.choices,
        released=list(told.released),
    )
    _open(run, resolved)
    return resolved


def _brake(run: FlowRun, plan: Plan, plan_id: str, emptied: Sequence[Side]) -> None:
    if run.options.get("override_brake") == plan_id or _is_approved(run, plan_id):
        return
    name = f"{run.dataflow.name}.{run.flow.name}"
    for side in emptied:
        brakes.stop_empty(name, side, links=plan.linked, plan_id=plan_id)
    brakes.check(
        run.settings.brakes,
        name,
        links=plan.linked,
        changes=_changes(plan),
        creates=_creates(plan),
        plan_id=plan_id,
        allowed=run.options.get("max_changes"),
        first=run.ledger.is_first_sync,
    )


def _open(run: FlowRun, resolved: Resolved) -> None:
    if resolved["dry_run"] and run.ledger.is_new:
        # The place where a person's approval goes.
        run.ledger.commit([], at=run.now())
    if resolved["chunks"]:
        run.ledger.open_run(resolved["journal"], len(resolved["chunks"]), at=run.now())


def _approvals(run: FlowRun, plan_id: str) -> dict[str, str]:
    """Approvals that this run uses up: of its plan, of the first run, and of earlier plans that a whole run goes past."""
    waiting = [one for one in run.pending if one.kind == "approve"]
    used = {one.id: DONE for one in waiting if one.subject in (plan_id, decisions.FIRST_RUN)}
    return ({one.id: "another plan was carried out" for one in waiting} if run.window.moves_cursor else {}) | used


def _is_approved(run: FlowRun, subject: str) -> bool:
    """Whether a person approved a plan, or the first run, and no run has used that up."""
    return any(one.kind == "approve" and one.subject == subject for one in run.pending)


def _is_known(run: FlowRun) -> bool:
    """Whether nobody needs to be asked: a sandbox, or a flow whose writes a person has approved once."""
    return run.is_sandbox or run.ledger.manifest.approved


def _changes(plan: Plan) -> int:
    """Updates and deletes of the side that gets more of them: the brake keeps one system from being changed wholesale."""
    updates = [action for action in plan.actions if action.verb == "update" and action.link.kind == "link"]
    deleted = {row.left for row in [*plan.rows, *(action.link for action in plan.actions)] if row.kind == "tombstone"}
    return max(sum(bool(action.to_left) for action in updates), sum(bool(action.to_right) for action in updates)) + len(deleted)


def _creates(plan: Plan) -> int:
    return sum(action.verb == "create" for action in plan.actions)


def _why_dry(run: FlowRun, plan_id: str) -> str:
    if run.window.dry_run:
        return f"dry run: nothing was written; read the plan with `lenke plan {run.dataflow.name} {run.flow.name}`"
    if _is_known(run) or any(_is_approved(run, one) for one in (plan_id, decisions.FIRST_RUN)):
        return ""
    name = f"{run.dataflow.name} {run.flow.name}"
    return (
        f"first run against real systems: nothing was written. Read the plan with `lenke plan {name}`, approve it "
        f"with `lenke ledger approve {run.dataflow.name} {plan_id}` (`{decisions.FIRST_RUN}` instead of the id approves all flows, unseen)"
    )


def chunk_count(actions: int) -> int:
    """How many chunks a plan is loaded in."""
    return min(CHUNKS_AT_MOST, -(-actions // CHUNK))


def _stage(run: FlowRun, plan: Plan, plan_id: str) -> Staged:
    folder = run.folder("staging")
    staged = staging.write(_columns(plan), folder / "plan.parquet", group=PLAN_GROUP)
    staging.write_bytes(folder / "plan.id", plan_id.encode())
    staging.write_json(folder / "plan.json", {"id": plan_id, "run": run.run_id, "at": run.now().isoformat()} | summary(plan))
    return staged


def _columns(plan: Plan) -> pa.Table:
    columns = {
        "key": [action.key for action in plan.actions],
        "verb": [action.verb for action in plan.actions],
        "left": [action.left for action in plan.actions],
        "right": [action.right for action in plan.actions],
        "action": [ACTION.dump_json(action).decode() for action in plan.actions],
    }
    schema = pa.schema([(name, pa.string()) for name in columns])
    return pa.table(columns, schema=schema)


def _stage_rows(run: FlowRun, plan: Plan) -> str:
    place = run.folder("staging") / "rows.segment"
    staging.write_bytes(place, encode(table(plan.rows, run.store(run.flow).identity.shape.width)).encode())
    return str(place)


def _plan_id(run: FlowRun, plan: Plan) -> str:
    """The same for the same writes of a flow, whenever they are planned."""
    told: list[list[Any]] = [["flow", run.dataflow.name, run.flow.name]]
    told += [
        [
            action.key,
            action.right,
            [
                [dict(write.values), [[one.verb, one.id, dict(one.values)] for one in write.lines]]
                for write in (action.to_left, action.to_right)
            ],
        ]
        for action in plan.actions
    ]
    # Closed links count against the brakes, so a plan that closes others is another plan.
    told += [["t", row.left, row.right] for row in plan.rows if row.kind == "tombstone"]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "read_left": plan.counts.read_left,
        "read_right": plan.counts.read_right,
        "unchanged": plan.counts.unchanged,
        "conflicts": len(plan.conflicts),
        "parked": len({(one.side, one.id) for one in plan.parked}),
        "differs": len(plan.differs),
        "creates": _creates(plan),
        "updates": sum(action.verb == "update" for action in plan.actions),
    }
