"""What the plan is made from besides the two reads and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import Digester
from lenke.core.links.marker import marker
from lenke.core.links.match import Matches
from lenke.core.links.references import Index
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.plan.decided import Decided


@dataclass(frozen=True)
class Context:
    """The run's view of one flow.

    :param now: when the plan is made (UTC); :param read_at: when its reads began, where that is known.
    :param read_lag: per side, how much older than the last write a read may be.
    :param reckons: sides that reckon something from a record's lines by a call of its own.
    :param references: per reference target (``to``), the index of its links.
    :param matches: unlinked records that were found to belong together.
    :param gone: per side, linked ids that are verified to be no longer there, with the reason.
    :param constants: by table of the settings, the ids that stand for its keys.
    :param has_marker: the right system can hold Lenke's marker.
    :param recheck: recheck entries of the ledger by (side, id).
    :param lost_elsewhere: by left id, the recheck entry of a write that a sibling of an exclusive group sent, and whose answer was lost.
    :param paused_elsewhere: by left id, the sibling in which a person paused it.
    :param linked_elsewhere: by left id, the links of the siblings.
    :param left_behind: left ids that were read, and that the flow's ``where`` lets through no more, or never did.
    :param decided: what persons decided that this run applies.
    :param record_again: after how long an open conflict is recorded once more, lest the journal forget it.
    """

    dataflow: Dataflow
    flow: Flow
    now: datetime
    policy: Policy
    digester: Digester
    read_lag: Mapping[Side, timedelta]
    references: Mapping[str, Index]
    matches: Matches
    gone: Mapping[Side, Mapping[str, str]] = field(default_factory=dict)
    recheck: Mapping[tuple[str, str], Link] = field(default_factory=dict)
    lost_elsewhere: Mapping[str, Link] = field(default_factory=dict)
    paused_elsewhere: Mapping[str, str] = field(default_factory=dict)
    linked_elsewhere: Mapping[str, Link] = field(default_factory=dict)
    left_behind: Set[str] = frozenset()
    constants: Constants = field(default_factory=dict)
    has_marker: bool = True
    read_at: datetime | None = None
    decided: Decided = field(default_factory=Decided)
    record_again: timedelta = timedelta(days=15)
    reckons: frozenset[Side] = frozenset()

    @property
    def as_of(self) -> datetime:
        """The time that reads are at least as new as, but for the system's read lag."""
        return self.read_at or self.now

    def mark(self, id: str) -> str:
        """The marker of the record that is created for a left record."""
        return marker(self.dataflow.left, self.flow.left.entity, id)

    @property
    def mark_line(self) -> Callable[[Side, str], str]:
        """Markers of lines that are created for a line of the side given."""

        def mark(side: Side, id: str) -> str:
            return marker(self.dataflow.system(side), f"{self.flow.entity(side).entity}/line", id)

        return mark
