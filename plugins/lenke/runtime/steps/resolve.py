"""Step 3, link_resolve: join with the ledger, match what is unlinked, merge, and yield the plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypedDict

import numpy as np
import pandas as pd
import pyarrow as pa

from lenke.core.links.marker import marker
from lenke.core.links.match import Candidate, Matches, match
from lenke.core.links.merge import Policy
from lenke.core.links.rows import Link, Side, table
from lenke.core.mapping.apply import CanonicalBatch
from lenke.core.plan import brakes, changes
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.model import ACTION, Plan
from lenke.core.plan.reads import SideRead
from lenke.runtime import places, staging
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.claim import require
from lenke.runtime.ledger.segments import encode
from lenke.runtime.staging import Staged
from lenke.runtime.steps.extract import Extracted, recheck_rows
from lenke.runtime.steps.mapping import Mapped
from lenke.runtime.steps.records import read_records, to_frame

CHUNK = 250
CHUNKS_AT_MOST = 32


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


def resolve(run: FlowRun, extracted: Extracted, mapped: Mapped) -> Resolved:
    """Make the plan of one flow, check the brakes, and open its journal.

    :raises FatalError: another run has taken the flow over since the extract.
    :raises BrakeError: before the first write; the plan is staged and can be read.
    """
    require(run.claim, run.run_id)
    reads = {side: _read(run, side, extracted, mapped) for side in SIDES}
    read_at = datetime.fromisoformat(extracted["read_at"])
    gone = {side: _gone(run, side, reads[side], read_at) for side in SIDES}
    matches = _match(run, reads, extracted)
    reads["right"] = _whole_matches(run, reads["right"], matches, extracted)
    plan = build(run.ledger.table, reads["left"], reads["right"], _context(run, extracted, matches, gone))
    return _publish(run, plan)


def _read(run: FlowRun, side: Side, extracted: Extracted, mapped: Mapped) -> SideRead:
    lines = staging.read(mapped["lines"][side]) if side in mapped["lines"] else None
    batch = CanonicalBatch(staging.read(mapped["header"][side]), lines)
    frame = to_frame(staging.read(extracted[side]))
    read = run.reader(side).read(batch, frame, complete=extracted["complete"][side])
    links = len(changes.headers(run.ledger.table, "link"))
    if read.complete:
        brakes.check_empty(f"{run.dataflow.name}.{run.flow.name}", side, links=links, read=len(frame))
    return read


def _gone(run: FlowRun, side: Side, read: SideRead, read_at: datetime) -> dict[str, str]:
    """Linked ids that a complete read did not bring, verified by id; with the reason."""
    if not read.complete:
        return {}
    rows = changes.headers(run.ledger.table, "link")
    ids = changes.column(run.ledger.table, side, rows)
    absent = rows[changes.positions(read, ids) < 0]
    settled = [link for link in run.ledger.table.links(absent.tolist()) if _is_past_lag(run, side, link, read_at)]
    wanted = [link.left if side == "left" else link.right for link in settled]
    return dict(run.system(side).gone(run.entity(side), wanted)) if wanted else {}


def _is_past_lag(run: FlowRun, side: Side, link: Link, read_at: datetime) -> bool:
    pending = link.left_pending if side == "left" else link.right_pending
    return pending is None or read_at - datetime.fromisoformat(pending.at) >= run.read_lag[side]


def _match(run: FlowRun, reads: dict[Side, SideRead], extracted: Extracted) -> Matches:
    ledger = run.ledger.table
    taken = {
        side: set(changes.column(ledger, side, changes.headers(ledger, "link")))
        | set(changes.column(ledger, side, changes.headers(ledger, "tombstone")))
        for side in SIDES
    }
    left = _candidates(run, reads["left"], taken["left"], "left")
    if left and not reads["right"].complete:
        reads["right"] = _looked_up(run, left, reads["right"], extracted)
    right = _candidates(run, reads["right"], taken["right"], "right")
    matches = match(run.flow.match, left, right, reserved=_reserved(run, reads["left"], left))
    _bar(run, reads["right"], left, matches)
    _close(run, left, matches)
    return matches


def _bar(run: FlowRun, read: SideRead, left: Sequence[Candidate], matches: Matches) -> None:
    """A right record whose link is closed bars what would be matched with it: it is not created a second time."""
    ledger = run.ledger.table
    closed = set(changes.column(ledger, "right", changes.headers(ledger, "tombstone")))
    barring = [Candidate(id, read.texts_of(at), read.markers[at]) for at, id in enumerate(read.ids) if id in closed] if closed else []
    if not barring:
        return
    found = match(run.flow.match, matches.open(left), barring)
    matches.parked |= {id: ("closed_match", (right,)) for id, right in found.pairs.items()}
    matches.parked |= {id: ("closed_match", rights) for id, (_, rights) in found.parked.items()}


def _close(run: FlowRun, left: Sequence[Candidate], matches: Matches) -> None:
    """Find records that went on as something else in the right system before they were ever linked."""
    system, entity, marker_path = run.system("right"), run.entity("right"), run.traits("right").marker
    if marker_path is not None:
        _closed_by(matches, left, lambda one: one.marker, lambda values: system.closed(entity, marker_path, values))
    for rule in run.flow.match:
        spec = run.flow.property(rule.properties[0])
        if len(rule.properties) == 1 and spec.right is not None:
            path, name = spec.right.path, spec.name
            _closed_by(matches, left, lambda one: one.texts.get(name), lambda values: system.closed(entity, path, values))  # noqa: B023


def _closed_by(
    matches: Matches,
    left: Sequence[Candidate],
    value: Callable[[Candidate], str | None],
    ask: Callable[[Sequence[str]], Mapping[str, tuple[str, str]]],
) -> None:
    wanted = {text: one.id for one in matches.open(left) if (text := value(one))}
    if wanted:
        matches.closed |= {wanted[text]: told for text, told in ask(list(wanted)).items() if text in wanted}


def _reserved(run: FlowRun, read: SideRead, candidates: Sequence[Candidate]) -> set[str]:
    """Markers of left records that take no part in matching now; what was created for them is nobody else's."""
    taking_part = {one.id for one in candidates}
    waiting = {id for side, id in recheck_rows(run) if side == "left"}
    return {marker(run.dataflow.left, run.flow.left.entity, id) for id in ({*read.ids} | waiting) - taking_part}


def _candidates(run: FlowRun, read: SideRead, taken: set[str], side: Side) -> list[Candidate]:
    found = []
    for at, id in enumerate(read.ids):
        if id not in taken and (side == "right" or read.problems[at] is None):
            own = marker(run.dataflow.left, run.flow.left.entity, id) if side == "left" else read.markers[at]
            found.append(Candidate(id, read.texts_of(at), own))
    return found


def _looked_up(run: FlowRun, left: Sequence[Candidate], read: SideRead, extracted: Extracted) -> SideRead:
    """The right read and whatever marker and match keys find beyond it."""
    system, entity, traits = run.system("right"), run.entity("right"), run.traits("right")
    if traits.changes == "walk":  # its lookups compare raw texts; the list is as cheap, and compared canonically
        new = [record for record in system.list(entity) if record.id not in read.position]
        return _joined(run, read, new, extracted) if new else read
    records = []
    if traits.marker is not None:
        records += list(system.find(entity, traits.marker, [one.marker for one in left if one.marker]))
    for rule in run.flow.match:
        spec = run.flow.property(rule.properties[0])
        values = [text for one in left if (text := one.texts.get(spec.name)) is not None]
        if spec.right is not None and spec.right.path in traits.keys and values:
            records += list(system.find(entity, spec.right.path, values))
    new = [record for record in records if record.id not in read.position]
    return _joined(run, read, new, extracted) if new else read


def _whole_matches(run: FlowRun, read: SideRead, matches: Matches, extracted: Extracted) -> SideRead:
    """The right read with the details of list entries that were just matched."""
    wanted = [id for id in matches.pairs.values() if not read.whole[read.position[id]]]
    if not wanted:
        return read
    return _joined(run, read, list(run.system("right").get(run.entity("right"), wanted)), extracted)


def _joined(run: FlowRun, read: SideRead, records: Sequence[Any], extracted: Extracted) -> SideRead:
    more = read_records(run, "right", records, extracted["constants"])
    keep = np.asarray([id not in more.position for id in read.ids], dtype=np.bool_)

    def both(name: str) -> Any:
        return np.concatenate([getattr(read, name)[keep], getattr(more, name)])

    texts = pd.concat([read.texts[keep], more.texts], ignore_index=True)
    names = ("ids", "digests", "modified", "versions", "raws", "markers", "problems", "locks", "whole")
    return replace(read, texts=texts, lines=_joined_lines(read, more, keep), **{name: both(name) for name in names})


def _joined_lines(read: SideRead, more: SideRead, keep: Any) -> Any:
    if read.lines is None or more.lines is None:
        return more.lines
    kept = np.isin(read.lines.parents, read.ids[keep])

    def both(name: str) -> Any:
        return np.concatenate([getattr(read.lines, name)[kept], getattr(more.lines, name)])

    texts = pd.concat([read.lines.texts[kept], more.lines.texts], ignore_index=True)
    return replace(read.lines, texts=texts, **{name: both(name) for name in ("parents", "ids", "digests", "problems", "markers")})


def _context(run: FlowRun, extracted: Extracted, matches: Matches, gone: dict[Side, dict[str, str]]) -> Context:
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
        recheck=recheck_rows(run),
        constants=extracted["constants"],
        has_marker=run.traits("right").marker is not None,
        read_at=datetime.fromisoformat(extracted["read_at"]),
    )


def _publish(run: FlowRun, plan: Plan) -> Resolved:
    name = f"{run.dataflow.name}.{run.flow.name}"
    plan_id = _plan_id(plan)
    staged = _stage(run, plan)
    staging.write_bytes(run.folder("staging") / "plan.id", plan_id.encode())
    staging.write_json(run.folder("journal") / "conflicts.json", [_conflict(left, one) for left, one in plan.conflicts])
    why_dry = _why_dry(run, plan_id)
    changed = _changes(plan)
    creates = sum(action.verb == "create" for action in plan.actions)
    overridden = run.options.get("override_brake") == plan_id or decisions.approves(run.ledger.keys, plan_id)
    if not overridden and not why_dry:
        brakes.check(run.settings.brakes, name, links=plan.linked, changes=changed, creates=creates, plan_id=plan_id)
    resolved = Resolved(
        plan=staged,
        rows=_stage_rows(run, plan),
        plan_id=plan_id,
        journal=places.run_key(f"{plan_id}/{run.run_id}/{run.try_number}"),
        chunks=[] if why_dry else list(range(chunk_count(len(plan.actions)))),
        counts=_counts(plan, creates),
        dry_run=bool(why_dry),
        why_dry=why_dry,
        calls=run.calls,
    )
    if why_dry and run.ledger.is_new:
        # The place where a person's approval goes.
        run.ledger.commit([], at=run.now())
    if resolved["chunks"]:
        run.ledger.open_run(resolved["journal"], len(resolved["chunks"]), at=run.now())
    return resolved


def _changes(plan: Plan) -> int:
    """Updates and deletes of the side that gets more of them: the brake keeps one system from being changed wholesale."""
    updates = [action for action in plan.actions if action.verb == "update"]
    deleted = sum(row.kind == "tombstone" for row in plan.rows)
    return max(sum(bool(action.to_left) for action in updates), sum(bool(action.to_right) for action in updates)) + deleted


def _why_dry(run: FlowRun, plan_id: str) -> str:
    if run.window.dry_run:
        return f"dry run: nothing was written; read the plan with `lenke plan {run.dataflow.name} {run.flow.name}`"
    if (
        run.is_sandbox
        or run.ledger.manifest.approved
        or any(decisions.approves(run.ledger.keys, one) for one in (plan_id, decisions.FIRST_RUN))
    ):
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
    return staging.write(pa.table(columns, schema=schema), run.folder("staging") / "plan.parquet")


def _stage_rows(run: FlowRun, plan: Plan) -> str:
    place = run.folder("staging") / "rows.segment"
    staging.write_bytes(place, encode(table(plan.rows, run.store(run.flow).identity.shape.width)).encode())
    return str(place)


def _plan_id(plan: Plan) -> str:
    """The same for the same writes, whenever they are planned."""
    told = [
        [
            action.key,
            [
                [dict(write.values), [[one.verb, one.id, dict(one.values)] for one in write.lines]]
                for write in (action.to_left, action.to_right)
            ],
        ]
        for action in plan.actions
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _conflict(left: str, one: Any) -> dict[str, Any]:
    return {"left_id": left, "property": one.property, "left": one.left, "right": one.right, "winner": one.winner, "reason": one.reason}


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
