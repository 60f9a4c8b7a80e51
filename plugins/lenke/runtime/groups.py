"""The ledgers of an exclusive group (:mod:`lenke.core.links.groups`): what the siblings of a flow hold, and what it gives up to them."""

from __future__ import annotations

from lenke.core.links.groups import Sibling, Siblings
from lenke.core.links.rows import Kind, Link
from lenke.core.links.table import Table
from lenke.core.mapping.model import Flow
from lenke.core.plan.decisions import paused
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger import decisions, journal, recovery

HELD: tuple[Kind, ...] = ("link", "tombstone", "recheck")


def siblings(run: FlowRun) -> Siblings:
    """The ledgers of the group's other flows; raises LedgerError where one cannot be trusted."""
    group = run.flow.group
    others = [flow for flow in run.dataflow.flows if group is not None and flow.group == group and flow.name != run.flow.name]
    own = run.shape(run.flow).header
    return Siblings.of(own, [_sibling(run, flow) for flow in others])


def _sibling(run: FlowRun, flow: Flow) -> Sibling:
    ledger = run.store(flow).open()
    rows = [row for kind in HELD for row in _headers(ledger.table, kind)]
    if opened := ledger.manifest.open:
        # Of a run that is under way, or that died and was not settled yet: nothing of it is sent after now.
        folded = journal.fold(ledger.keys, opened, ledger.shape)
        items = [(item, run.now().isoformat()) for item, _ in folded.open]
        rows += [*folded.rows, *recovery.unknown(items, recovery.entries(ledger, folded.rows))]
    decided = [*decisions.pending(ledger.keys, ledger.manifest), *run.left_out(flow)]
    return Sibling(flow.name, run.shape(flow).header, rows, paused(decided) - {""})


def release(run: FlowRun) -> None:
    """Drop the links that a sibling has taken over since they were made, and what waits here of records that a sibling has linked."""
    if run.flow.group is None:
        return
    table = run.ledger.table
    gone = siblings(run).given_up(run.flow.name, [*_headers(table, "link"), *_headers(table, "recheck")])
    if gone:
        ids = {row.left for row in gone if row.kind == "link"}
        lines = [line for line in table.links(table.line_links().tolist()) if line.parent in ids]
        run.ledger.commit([row.dropped() for row in (*gone, *lines)], at=run.now())


def _headers(table: Table, kind: Kind) -> list[Link]:
    return table.links(table.headers(kind).tolist())
