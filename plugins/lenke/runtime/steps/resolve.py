"""Step 3, link_resolve: join with the ledger, match what is unlinked, merge, and yield the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lenke.core.errors import FatalError
from lenke.core.links.conflicts import Policy
from lenke.core.links.groups import Siblings
from lenke.core.links.match import Matches
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import Table
from lenke.core.mapping.apply import CanonicalBatch
from lenke.core.plan import changes, decided
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.decided import Applied
from lenke.core.plan.reads import SideRead
from lenke.runtime import staging
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.groups import siblings
from lenke.runtime.ledger import journal
from lenke.runtime.ledger.claim import require
from lenke.runtime.steps import figures
from lenke.runtime.steps.extract import Extracted, is_all_read, recheck_rows
from lenke.runtime.steps.mapping import Mapped
from lenke.runtime.steps.matching import matched, whole_matches
from lenke.runtime.steps.publish import Resolved, Told, publish
from lenke.runtime.steps.records import to_frame


def resolve(run: FlowRun, extracted: Extracted, mapped: Mapped) -> Resolved:
    """Make the plan of one flow, check the brakes, and open its journal.

    :raises FatalError: another run has taken the flow over since the extract, or this one is loading a plan already.
    :raises BrakeError: before the first write; the plan is staged and can be read.
    """
    require(run.claim, run.run_id)
    run.require_mapping(extracted.get("mapping", ""))
    _refuse_open(run)
    reads = {side: _read(run, side, extracted, mapped) for side in SIDES}
    read_at = datetime.fromisoformat(extracted["read_at"])
    others = siblings(run)
    applied = _applied(run, extracted, reads, others)
    gone = {side: _gone(run, side, reads[side], read_at, applied.table) for side in SIDES}
    matches = matched(run, reads, extracted, applied, others)
    reads["right"] = whole_matches(run, reads["right"], matches, extracted)
    context = replace(_context(run, extracted, matches, gone, applied, others), left_behind=_left_behind(extracted, reads["left"]))
    plan = build(applied.table, reads["left"], reads["right"], context)
    told = Told(extracted["read_at"], figures.read(run.flow, reads), sorted(applied.decided.released), _emptied(run, reads))
    return publish(run, plan, told)


def _refuse_open(run: FlowRun) -> None:
    """A plan of this very run that is being loaded is not made anew: what it has written would be planned once more."""
    opened = run.ledger.manifest.open
    if opened is not None and journal.has_begun(run.ledger.keys, opened):
        raise FatalError("this run has begun to load its plan; clear the flow from its extract task on, or only its load tasks")


def _emptied(run: FlowRun, reads: Mapping[Side, SideRead]) -> list[Side]:
    links = len(run.ledger.table.headers("link"))
    return [side for side in SIDES if links and is_all_read(run, side) and not len(reads[side].ids)]


def _applied(run: FlowRun, extracted: Extracted, reads: Mapping[Side, SideRead], others: Siblings) -> Applied:
    """The ledger with what persons decided before the extract, whose records were read, and have not taken back since."""
    taken = [one for one in run.decisions if one.id in extracted["decisions"]]
    present = {side: reads[side].position for side in SIDES}
    return decided.apply(taken, run.ledger.table, recheck_rows(run), present, now=run.now(), elsewhere=others.rights)


def _read(run: FlowRun, side: Side, extracted: Extracted, mapped: Mapped) -> SideRead:
    lines = staging.read(mapped["lines"][side]) if side in mapped["lines"] else None
    batch = CanonicalBatch(staging.read(mapped["header"][side]), lines)
    frame = to_frame(staging.read(extracted[side]))
    return run.reader(side).read(batch, frame, complete=extracted["complete"][side])


def _left_behind(extracted: Extracted, read: SideRead) -> frozenset[str]:
    """Left records that were read, and that the flow's ``where`` does not let through; of a list entry that says nothing."""
    staged = staging.read(extracted["left"])
    ids = zip(staged.column("id").to_pylist(), staged.column("whole").to_pylist(), strict=True)
    return frozenset(id for id, whole in ids if whole and id not in read.position)


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
        paused_elsewhere=others.paused,
        linked_elsewhere=others.links,
        constants=extracted["constants"],
        has_marker=run.traits("right").marker is not None,
        read_at=datetime.fromisoformat(extracted["read_at"]),
        decided=applied.decided,
        record_again=timedelta(days=run.settings.retention.journal_days) / 2,
        reckons=frozenset(side for side in SIDES if run.traits(side).reckons),
    )
