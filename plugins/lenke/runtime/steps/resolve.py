"""Step 3, link_resolve: join with the ledger, match what is unlinked, merge, and yield the plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

import pyarrow as pa

from lenke.core.links.conflicts import Policy
from lenke.core.links.groups import Siblings
from lenke.core.links.match import Matches
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import Table, table
from lenke.core.mapping.apply import CanonicalBatch
from lenke.core.plan import brakes, changes, decided
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.decided import DONE, Applied
from lenke.core.plan.model import ACTION, Plan
from lenke.core.plan.reads import SideRead
from lenke.runtime import conflicts, places, staging
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.groups import siblings
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.claim import require
from lenke.runtime.ledger.segments import encode
from lenke.runtime.staging import Staged
from lenke.runtime.steps import figures
from lenke.runtime.steps.extract import Extracted, recheck_rows
from lenke.runtime.steps.history import summary
from lenke.runtime.steps.mapping import Mapped
from lenke.runtime.steps.matching import matched, whole_matches
from lenke.runtime.steps.records import to_frame

CHUNK = 250
CHUNKS_AT_MOST = 32
# Rows of a plan that are read together: a page of a long plan must not read all of it.
PLAN_GROUP = 500


class Resolved(TypedDict):
    """What ``link_resolve`` hands on; figures, ids and references only."""

    plan: Staged
    rows: str
    plan_id: str
    journal: str
    chunks: list[int]
    counts: dict[str, int]
    dry_run: bool
    why_dry: str
    calls: int
    decided: dict[str, str]
    choices: dict[str, str]
    released: list[str]


def resolve(run: FlowRun, extracted: Extracted, mapped: Mapped) -> Resolved:
    """Make the plan of one flow, check the brakes, and open its journal.

    :raises FatalError: another run has taken the flow over since the extract.
    :raises BrakeError: before the first write; the plan is staged and can be read.
    """
    require(run.claim, run.run_id)
    reads = {side: _read(run, side, extracted, mapped) for side in SIDES}
    read_at = datetime.fromisoformat(extracted["read_at"])
    others = siblings(run)
    applied = _applied(run, extracted, reads, others)
    gone = {side: _gone(run, side, reads[side], read_at, applied.table) for side in SIDES}
    matches = matched(run, reads, extracted, applied, others)
    reads["right"] = whole_matches(run, reads["right"], matches, extracted)
    plan = build(applied.table, reads["left"], reads["right"], _context(run, extracted, matches, gone, applied, others))
    return _publish(run, plan, figures.read(run.flow, reads), sorted(applied.decided.released))


def _applied(run: FlowRun, extracted: Extracted, reads: Mapping[Side, SideRead], others: Siblings) -> Applied:
    """The ledger with what persons decided before the extract, whose records were read, and have not taken back since."""
    taken = [one for one in run.decisions if one.id in extracted["decisions"]]
    present = {side: reads[side].position for side in SIDES}
    return decided.apply(taken, run.ledger.table, recheck_rows(run), present, now=run.now(), elsewhere=others.rights)


def _read(run: FlowRun, side: Side, extracted: Extracted, mapped: Mapped) -> SideRead:
    lines = staging.read(mapped["lines"][side]) if side in mapped["lines"] else None
    batch = CanonicalBatch(staging.read(mapped["header"][side]), lines)
    frame = to_frame(staging.read(extracted[side]))
    read = run.reader(side).read(batch, frame, complete=extracted["complete"][side])
    links = len(run.ledger.table.headers("link"))
    if read.complete:
        brakes.check_empty(f"{run.dataflow.name}.{run.flow.name}", side, links=links, read=len(frame))
    return read


def _gone(run: FlowRun, side: Side, read: SideRead, read_at: datetime, ledger: Table) -> dict[str, str]:
    """Linked ids that a complete read did not bring, verified by id; with the reason."""
    if not read.complete:
        return {}
    rows = ledger.headers("link")
    ids = ledger.column(side, rows)
    absent = rows[changes.positions(read, ids) < 0]
    settled = [link for link in ledger.links(absent.tolist()) if _is_past_lag(run, side, link, read_at)]
    wanted = [link.left if side == "left" else link.right for link in settled]
    return dict(run.system(side).gone(run.entity(side), wanted)) if wanted else {}


def _is_past_lag(run: FlowRun, side: Side, link: Link, read_at: datetime) -> bool:
    pending = link.left_pending if side == "left" else link.right_pending
    return pending is None or read_at - datetime.fromisoformat(pending.at) >= run.read_lag[side]


def _context(
    run: FlowRun, extracted: Extracted, matches: Matches, gone: dict[Side, dict[str, str]], applied: Applied, others: Siblings
) -> Context:
    choice = run.settings.on_link.sandbox if run.is_sandbox else run.settings.on_link.real
    return Context(
        dataflow=run.dataflow,
        flow=run.flow,
        now=run.now(),
        policy=Policy(choice, timedelta(seconds=run.settings.clock_skew_seconds)),
        digester=run.digester,
        read_lag=run.read_lag,
        references=run.references,
        matches=matches,
        gone=gone,
        recheck=applied.recheck,
        lost_elsewhere=others.lost,
        constants=extracted["constants"],
        has_marker=run.traits("right").marker is not None,
        read_at=datetime.fromisoformat(extracted["read_at"]),
        decided=applied.decided,
        record_again=timedelta(days=run.settings.retention.journal_days) / 2,
        reckons=frozenset(side for side in SIDES if run.traits(side).reckons),
    )


def _publish(run: FlowRun, plan: Plan, parts: dict[str, int], released: list[str]) -> Resolved:
    name = f"{run.dataflow.name}.{run.flow.name}"
    plan_id = _plan_id(plan)
    staged = _stage(run, plan)
    staging.write_bytes(run.folder("staging") / "plan.id", plan_id.encode())
    staging.write_json(run.folder("staging") / "plan.json", {"id": plan_id, "run": run.run_id, "at": run.now().isoformat()} | summary(plan))
    why_dry = _why_dry(run, plan_id)
    changed = _changes(plan)
    creates = sum(action.verb == "create" for action in plan.actions)
    overridden = run.options.get("override_brake") == plan_id or _is_approved(run, plan_id)
    if not overridden and not why_dry:
        allowed = run.options.get("max_changes")
        brakes.check(
            run.settings.brakes,
            name,
            links=plan.linked,
            changes=changed,
            creates=creates,
            plan_id=plan_id,
            allowed=allowed,
            first=run.ledger.is_first_sync,
        )
    conflicts.record(run.folder("staging" if why_dry else "journal"), plan)
    resolved = Resolved(
        plan=staged,
        rows=_stage_rows(run, plan),
        plan_id=plan_id,
        journal=places.run_key(f"{plan_id}/{run.run_id}/{run.try_number}"),
        chunks=[] if why_dry else list(range(chunk_count(len(plan.actions)))),
        counts=_counts(plan, creates) | parts | figures.planned(run.flow, plan.actions),
        dry_run=bool(why_dry),
        why_dry=why_dry,
        calls=run.calls,
        decided=plan.decided | _approvals(run, plan_id),
        choices=plan.choices,
        released=released,
    )
    if why_dry and run.ledger.is_new:
        # The place where a person's approval goes.
        run.ledger.commit([], at=run.now())
    if resolved["chunks"]:
        run.ledger.open_run(resolved["journal"], len(resolved["chunks"]), at=run.now())
    return resolved


def _approvals(run: FlowRun, plan_id: str) -> dict[str, str]:
    """Approvals that this run uses up: of its plan, of the first run, and of earlier plans that a whole run goes past."""
    waiting = [one for one in run.pending if one.kind == "approve"]
    used = {one.id: DONE for one in waiting if one.subject in (plan_id, decisions.FIRST_RUN)}
    return ({one.id: "another plan was carried out" for one in waiting} if run.window.moves_cursor else {}) | used


def _is_approved(run: FlowRun, subject: str) -> bool:
    """Whether a person approved a plan, or the first run, and no run has used that up."""
    return any(one.kind == "approve" and one.subject == subject for one in run.pending)


def _changes(plan: Plan) -> int:
    """Updates and deletes of the side that gets more of them: the brake keeps one system from being changed wholesale."""
    updates = [action for action in plan.actions if action.verb == "update"]
    deleted = sum(row.kind == "tombstone" for row in plan.rows)
    return max(sum(bool(action.to_left) for action in updates), sum(bool(action.to_right) for action in updates)) + deleted


def _why_dry(run: FlowRun, plan_id: str) -> str:
    if run.window.dry_run:
        return f"dry run: nothing was written; read the plan with `lenke plan {run.dataflow.name} {run.flow.name}`"
    if run.is_sandbox or run.ledger.manifest.approved or any(_is_approved(run, one) for one in (plan_id, decisions.FIRST_RUN)):
        return ""
    name = f"{run.dataflow.name} {run.flow.name}"
    return (
        f"first run against real systems: nothing was written. Read the plan with `lenke plan {name}`, approve it "
        f"with `lenke ledger approve {run.dataflow.name} {plan_id}` (`{decisions.FIRST_RUN}` instead of the id approves all flows, unseen)"
    )


def chunk_count(actions: int) -> int:
    """How many chunks a plan is loaded in."""
    return min(CHUNKS_AT_MOST, -(-actions // CHUNK))


def _stage(run: FlowRun, plan: Plan) -> Staged:
    columns = {
        "key": [action.key for action in plan.actions],
        "verb": [action.verb for action in plan.actions],
        "left": [action.left for action in plan.actions],
        "right": [action.right for action in plan.actions],
        "action": [ACTION.dump_json(action).decode() for action in plan.actions],
    }
    schema = pa.schema([(name, pa.string()) for name in columns])
    return staging.write(pa.table(columns, schema=schema), run.folder("staging") / "plan.parquet", group=PLAN_GROUP)


def _stage_rows(run: FlowRun, plan: Plan) -> str:
    place = run.folder("staging") / "rows.segment"
    staging.write_bytes(place, encode(table(plan.rows, run.store(run.flow).identity.shape.width)).encode())
    return str(place)


def _plan_id(plan: Plan) -> str:
    """The same for the same writes, whenever they are planned."""
    told: list[list[Any]] = [
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


def _counts(plan: Plan, creates: int) -> dict[str, int]:
    return {
        "read_left": plan.counts.read_left,
        "read_right": plan.counts.read_right,
        "unchanged": plan.counts.unchanged,
        "conflicts": len(plan.conflicts),
        "parked": len({(one.side, one.id) for one in plan.parked}),
        "differs": len(plan.differs),
        "creates": creates,
        "updates": sum(action.verb == "update" for action in plan.actions),
    }
