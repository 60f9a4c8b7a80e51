"""Flows of one exclusive group: they part the left records by their filters and share the right ones.

A right record has one link over the whole group. A left record that changes sides (a person becomes a company) moves its link: the
flow that it belongs to now takes over the right record that a sibling had linked, and the sibling drops its row in its next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Kind, Link, Pending, former_note
from lenke.core.mapping.prints import Prints, places

__all__ = ["Prints", "Sibling", "Siblings"]


@dataclass(frozen=True)
class Sibling:
    """Another flow of the group.

    :param prints: its properties with the fingerprints of their mapping.
    :param rows: the header rows of its ledger, then what only the journal of a run has that came to no commit; later ones count.
    :param paused: left ids that a person paused in it.
    """

    flow: str
    prints: Prints
    rows: Sequence[Link]
    paused: frozenset[str] = frozenset()

    def held(self, kind: Kind) -> list[Link]:
        """Its rows of one kind as they stand."""
        latest = {row.key: row for row in self.rows if not row.parent}
        return [row for row in latest.values() if row.kind == kind]


@dataclass(frozen=True)
class Siblings:
    """What the other flows of a group hold.

    :param links: left id to its link; :param flows: left id to the flow that holds it.
    :param shapes: flow to its properties with the fingerprints of their mapping; :param own: those of the flow that asks.
    :param closed: left id to right id of tombstones.
    :param waiting: left ids that a sibling may have created a right record for, or will: it is nobody else's.
    :param lost: of those, the recheck entries of writes that were sent and had no answer, be it of an earlier try, by left id.
    :param paused: left id to the flow in which a person paused it.
    """

    links: Mapping[str, Link] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, Prints] = field(default_factory=dict)
    own: Prints = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    lost: Mapping[str, Link] = field(default_factory=dict)
    paused: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, own: Prints, others: Sequence[Sibling]) -> Siblings:
        """What the other flows hold together; ``own`` are the properties of the flow that asks."""
        links = [(one.flow, link) for one in others for link in one.held("link")]
        entries = {row.left: row for one in others for row in one.held("recheck") if row.left}
        return cls(
            links={link.left: link for _, link in links},
            flows={link.left: flow for flow, link in links},
            shapes={one.flow: one.prints for one in others},
            own=own,
            closed={row.left: row.right for one in others for row in one.held("tombstone")},
            waiting=frozenset(entries),
            lost={left: row for left, row in entries.items() if row.is_unanswered},
            paused={left: one.flow for one in others for left in one.paused},
        )

    @property
    def rights(self) -> set[str]:
        """Right ids that have had a link in the group."""
        return {link.right for link in self.links.values()} | set(self.closed.values())

    def taken_over(self, id: str, *, since: str) -> Link:
        """A left record's link in the flow that takes it over, with what was agreed on in the properties that both flows map alike."""
        old, from_ = self.links[id], places(self.own, self.shapes[self.flows[id]])
        base = tuple(old.base[at] if at >= 0 else UNKNOWN for at in from_)
        left, right = (
            {here: stored[at] for here, at in enumerate(from_) if at in stored} for stored in (old.left_stored, old.right_stored)
        )
        note = former_note(old.former) | {"from": self.flows[id], "since": since}
        link = Link(id, old.right, base=base, left_stored=left, right_stored=right, note=note)
        return replace(link, left_pending=_moved(old.left_pending, from_), right_pending=_moved(old.right_pending, from_))

    def has_taken_over(self, mine: Link, flow: str) -> bool:
        """Whether a sibling holds the record of a link of ``flow`` by now, having taken it over since that link was made."""
        other = self.links.get(mine.left)
        return other is not None and other.note.get("from") == flow and other.note["since"] > mine.note.get("since", "")

    def given_up(self, flow: str, mine: Sequence[Link]) -> list[Link]:
        """Of the rows of ``flow``, the links that a sibling has taken over, with what waited of their records, and lost creates of
        records that a sibling has linked since.

        A lost update is of a record that ``flow`` was about to take over itself, be it that a sibling waits for what became of it.
        """
        taken = {row.left for row in mine if row.kind == "link" and not row.parent and self.has_taken_over(row, flow)}
        return [row for row in mine if (row.left in taken and not row.parent) or self._is_linked_since(row)]

    def _is_linked_since(self, row: Link) -> bool:
        is_lost_create = row.kind == "recheck" and row.note.get("reason") == "unknown_outcome" and not row.note.get("sent")
        return is_lost_create and row.left in self.links and row.left not in self.lost


def _moved(pending: Pending | None, from_: Sequence[int]) -> Pending | None:
    """The last write as the taking flow's properties tell it: a read may be older than a sibling's write, too."""
    if pending is None:
        return None
    return replace(pending, replaced={here: pending.replaced[at] for here, at in enumerate(from_) if at in pending.replaced})
