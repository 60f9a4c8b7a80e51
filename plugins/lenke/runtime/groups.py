"""The ledgers of an exclusive group (:mod:`lenke.core.links.groups`): what the siblings of a flow hold, and what it gives up to them."""

from __future__ import annotations

from lenke.core.links.groups import Prints, Siblings
from lenke.core.links.rows import Link, Table
from lenke.core.plan import changes
from lenke.runtime.flow_run import FlowRun, shape
from lenke.runtime.ledger import journal, recovery


def siblings(run: FlowRun) -> Siblings:
    """The ledgers of the group's other flows; raises LedgerError where one cannot be trusted."""
    links: dict[str, Link] = {}
    flows: dict[str, str] = {}
    shapes: dict[str, Prints] = {}
    closed: dict[str, str] = {}
    waiting: set[str] = set()
    lost: dict[str, Link] = {}
    for flow in run.dataflow.flows:
        if run.flow.group is None or flow.group != run.flow.group or flow.name == run.flow.name:
            continue
        ledger = run.store(flow).open()
        table = ledger.table
        entries, found = recovery.entries(ledger), _headers(table)
        if opened := ledger.manifest.open:
            # Of a run that is under way, or that died and was not settled yet: nothing of it is sent after now.
            folded = journal.fold(ledger.keys, opened)
            items = [(item, run.now().isoformat()) for item, _ in folded.open]
            entries |= {row.left: row for row in recovery.unknown(items, entries)}
            found |= {row.left: row for row in folded.rows if row.kind == "link" and not row.parent}
        waiting |= set(entries)
        lost |= {left: row for left, row in entries.items() if row.note["reason"] == "unknown_outcome"}
        links |= found
        shapes[flow.name] = shape(run.dataflow, flow, run.settings).header
        flows |= dict.fromkeys(found, flow.name)
        rows = changes.headers(table, "tombstone")
        closed |= dict(zip(changes.column(table, "left", rows), changes.column(table, "right", rows), strict=True))
    return Siblings(links, flows, shapes, shape(run.dataflow, run.flow, run.settings).header, closed, frozenset(waiting), lost)


def release(run: FlowRun) -> None:
    """Drop the links that a sibling has taken over since they were made, and what waits here of records that a sibling has linked."""
    if run.flow.group is None:
        return
    others, table = siblings(run), run.ledger.table
    gone = [link for link in _headers(table).values() if others.has_taken_over(link, run.flow.name)]
    # A create whose answer was lost, of a record that a sibling has found since.
    recheck = table.links(changes.headers(table, "recheck").tolist())
    waiting = [row for row in recheck if row.note.get("reason") == "unknown_outcome" and row.left in others.links]
    if gone or waiting:
        ids = {link.left for link in gone}
        lines = [line for line in table.links(changes.line_links(table).tolist()) if line.parent in ids]
        run.ledger.commit([link.dropped() for link in (*gone, *lines, *waiting)], at=run.now())


def _headers(table: Table) -> dict[str, Link]:
    return {link.left: link for link in table.links(changes.headers(table, "link").tolist())}
