"""A flow's ledger in memory: rows, cursors, the journal of the run under way, and the backup of each commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lenke.core.links import table as ledger
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import Table
from lenke.core.mapping.model import Flow
from lenke.core.plan import recheck, uncertain
from lenke.core.plan.model import Action

Cursor = Mapping[Side, datetime]


@dataclass
class Journal:
    """What a run is about to send, by action, and the rows of what it has settled."""

    waiting: dict[str, Action] = field(default_factory=dict)
    rows: list[Link] = field(default_factory=list)

    def begin(self, action: Action) -> None:
        self.waiting[action.key] = action

    def settle(self, action: Action, rows: Sequence[Link]) -> None:
        self.waiting.pop(action.key, None)
        self.rows += rows

    def lost(self, old: Mapping[tuple[str, str], Link], now: datetime) -> list[Link]:
        """Recheck entries of writes whose outcome nobody knows; nothing of them is sent after now."""
        return [unknown(action, old.get(("left", action.left)), now) for action in self.waiting.values()]


def unknown(action: Action, old: Link | None, at: datetime) -> Link:
    """The recheck entry of a write whose answer was lost."""
    sent = uncertain.sent(action) if action.verb == "update" else {}
    seen = recheck.seen_of(action.to_left, action.to_right, create=action.seen)
    return recheck.unknown(action.verb, action.left, old, at, seen=seen, sent=sent)


@dataclass
class Ledger:
    """One flow's rows, and how far each side was seen.

    :param journal: of a run that has not come to its commit.
    """

    width: int
    table: Table
    cursor: dict[Side, datetime] = field(default_factory=dict)
    journal: Journal | None = None
    _backup: tuple[Table, dict[Side, datetime]] | None = None
    _links: list[Link] | None = None

    @classmethod
    def of(cls, flow: Flow) -> Ledger:
        width = max(len(flow.properties), len(flow.lines.properties) if flow.lines else 0)
        return cls(width, ledger.empty(width))

    def commit(self, rows: Sequence[Link], cursor: Cursor | None = None) -> None:
        """The run's rows and cursor, in one step; its journal is done with."""
        if rows:
            self.table, self._links = ledger.latest([self.table, ledger.table(rows, self.width)], self.width), None
        self.cursor.update(cursor or {})
        self.journal = None
        self._backup = (self.table, dict(self.cursor))

    def recover(self, now: datetime) -> None:
        """Fold the journal of a run that died; the cursor stays where it was."""
        if self.journal is not None:
            self.commit([*self.journal.rows, *self.journal.lost(self.recheck(), now)])

    def restart(self) -> None:
        """Read everything back from its stored form."""
        self.table, self._links = ledger.table(self.links, self.width), None

    def restore(self) -> bool:
        """Lose the ledger and bring it back from the newest backup; what a dead run had journalled is lost, so everything is read anew.

        Returns whether writes may be in no row.
        """
        is_open = self.journal is not None
        self.table, self.cursor = self._backup or (ledger.empty(self.width), {})
        self.cursor = {} if is_open else dict(self.cursor)
        self.journal, self._links = None, None
        self._backup = (self.table, dict(self.cursor))
        return is_open

    @property
    def links(self) -> list[Link]:
        if self._links is None:
            self._links = self.table.links()
        return self._links

    def kind(self, kind: str) -> list[Link]:
        return [link for link in self.links if link.kind == kind and not link.parent]

    def lines(self) -> list[Link]:
        return [link for link in self.links if link.kind == "link" and link.parent]

    def recheck(self) -> dict[tuple[str, str], Link]:
        return {("left", row.left) if row.left else ("right", row.right): row for row in self.kind("recheck")}
