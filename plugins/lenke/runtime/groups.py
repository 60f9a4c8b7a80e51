"""Flows of one exclusive group: they part the left records by their filters and share the right ones.

A right record has one link over the whole group. A left record that changes sides (a person becomes a company) moves its link: the
flow that it belongs to now takes over the right record that a sibling had linked, and the sibling drops its row in its next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Link, Table
from lenke.core.plan import changes
from lenke.runtime.flow_run import FlowRun, shape

Prints = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Siblings:
    """What the other flows of a group hold.

    :param links: left id to its link; :param flows: left id to the flow that holds it.
    :param shapes: flow to its properties with the fingerprints of their mapping; :param own: those of the flow that asks.
    :param closed: left id to right id of tombstones.
    """

    links: Mapping[str, Link] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, Prints] = field(default_factory=dict)
    own: Prints = ()
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def rights(self) -> set[str]:
        """Right ids that have had a link in the group."""
        return {link.right for link in self.links.values()} | set(self.closed.values())

    def taken_over(self, id: str, *, since: str) -> Link:
        """A left record's link in the flow that takes it over, with what was agreed on in the properties that both flows map alike."""
        old, there = self.links[id], {told: at for at, told in enumerate(self.shapes[self.flows[id]])}
        from_ = [there.get(told, -1) for told in self.own]
        base = tuple(old.base[at] if at >= 0 else UNKNOWN for at in from_)
        left, right = (
            {here: stored[at] for here, at in enumerate(from_) if at in stored} for stored in (old.left_stored, old.right_stored)
        )
        return Link(id, old.right, base=base, left_stored=left, right_stored=right, note={"from": self.flows[id], "since": since})


def siblings(run: FlowRun) -> Siblings:
    """The ledgers of the group's other flows; raises LedgerError where one cannot be trusted."""
    links: dict[str, Link] = {}
    flows: dict[str, str] = {}
    shapes: dict[str, Prints] = {}
    closed: dict[str, str] = {}
    for flow in run.dataflow.flows:
        if run.flow.group is None or flow.group != run.flow.group or flow.name == run.flow.name:
            continue
        table = run.store(flow).open().table
        found = _headers(table)
        links |= found
        shapes[flow.name] = shape(run.dataflow, flow, run.settings).header
        flows |= dict.fromkeys(found, flow.name)
        rows = changes.headers(table, "tombstone")
        closed |= dict(zip(changes.column(table, "left", rows), changes.column(table, "right", rows), strict=True))
    return Siblings(links, flows, shapes, shape(run.dataflow, run.flow, run.settings).header, closed)


def release(run: FlowRun) -> None:
    """Drop the links that a sibling has taken over since they were made, and what waits here of records that a sibling has linked."""
    if run.flow.group is None:
        return
    others, table = siblings(run), run.ledger.table
    gone = [link for id, link in _headers(table).items() if _is_taken_over(link, others.links.get(id), run.flow.name)]
    # A create whose answer was lost, of a record that a sibling has found since.
    recheck = table.links(changes.headers(table, "recheck").tolist())
    waiting = [row for row in recheck if row.note.get("reason") == "unknown_outcome" and row.left in others.links]
    if gone or waiting:
        ids = {link.left for link in gone}
        lines = [line for line in table.links(changes.line_links(table).tolist()) if line.parent in ids]
        run.ledger.commit([link.dropped() for link in (*gone, *lines, *waiting)], at=run.now())


def _is_taken_over(mine: Link, other: Link | None, flow: str) -> bool:
    return other is not None and other.note.get("from") == flow and other.note["since"] > mine.note.get("since", "")


def _headers(table: Table) -> dict[str, Link]:
    return {link.left: link for link in table.links(changes.headers(table, "link").tolist())}
