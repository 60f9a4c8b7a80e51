"""Flows of one exclusive group: they part the left records by their filters and share the right ones.

A right record has one link over the whole group. A left record that changes sides (a person becomes a company) moves its link: the
flow that it belongs to now takes over the right record that a sibling had linked, and the sibling drops its row in its next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lenke.core.links.rows import Link, Table
from lenke.core.plan import changes
from lenke.runtime.flow_run import FlowRun


@dataclass(frozen=True)
class Siblings:
    """What the other flows of a group hold.

    :param links: left id to its link; :param flows: left id to the flow that holds it.
    :param closed: left id to right id of tombstones.
    """

    links: Mapping[str, Link] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def rights(self) -> set[str]:
        """Right ids that have had a link in the group."""
        return {link.right for link in self.links.values()} | set(self.closed.values())

    def taken_over(self, id: str, *, since: str) -> Mapping[str, Any]:
        """The note of a link that is taken over from a sibling; empty where there is none."""
        return {"from": self.flows[id], "since": since} if id in self.links else {}


def siblings(run: FlowRun) -> Siblings:
    """The ledgers of the group's other flows; raises LedgerError where one cannot be trusted."""
    links: dict[str, Link] = {}
    flows: dict[str, str] = {}
    closed: dict[str, str] = {}
    for flow in run.dataflow.flows:
        if run.flow.group is None or flow.group != run.flow.group or flow.name == run.flow.name:
            continue
        table = run.store(flow).open().table
        found = _headers(table)
        links |= found
        flows |= dict.fromkeys(found, flow.name)
        rows = changes.headers(table, "tombstone")
        closed |= dict(zip(changes.column(table, "left", rows), changes.column(table, "right", rows), strict=True))
    return Siblings(links, flows, closed)


def release(run: FlowRun) -> None:
    """Drop the links that a sibling has taken over since they were made."""
    if run.flow.group is None:
        return
    others, table = siblings(run), run.ledger.table
    gone = [link for id, link in _headers(table).items() if _is_taken_over(link, others.links.get(id), run.flow.name)]
    if gone:
        ids = {link.left for link in gone}
        lines = [line for line in table.links(changes.line_links(table).tolist()) if line.parent in ids]
        run.ledger.commit([link.dropped() for link in (*gone, *lines)], at=run.now())


def _is_taken_over(mine: Link, other: Link | None, flow: str) -> bool:
    return other is not None and other.note.get("from") == flow and other.note["since"] > mine.note.get("since", "")


def _headers(table: Table) -> dict[str, Link]:
    return {link.left: link for link in table.links(changes.headers(table, "link").tolist())}
