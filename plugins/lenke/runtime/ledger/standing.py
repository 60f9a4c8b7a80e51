"""What a flow's ledger holds now, by id: looked up when a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lenke.core.links.rows import SIDES, Link, Side
from lenke.runtime.ledger import waiting
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.waiting import Waiting


@dataclass(frozen=True)
class Standing:
    """Recheck entries, tombstones and links of one flow."""

    flow: str
    ledger: Ledger

    @cached_property
    def entries(self) -> dict[tuple[str, str], Waiting]:
        """Parked records by side and id."""
        return {(one.side, one.id): one for one in waiting.parked(self.flow, self.ledger)}

    @cached_property
    def tombstones(self) -> dict[Side, dict[str, Link]]:
        """Closed links by the id of each side."""
        table = self.ledger.table
        rows = table.links(table.headers("tombstone").tolist())
        return {"left": {row.left: row for row in rows}, "right": {row.right: row for row in rows}}

    @cached_property
    def links(self) -> dict[Side, dict[str, str]]:
        """Per side, a linked record's id to the other side's."""
        table = self.ledger.table
        rows = table.headers("link")
        pairs = list(zip(table.column("left", rows), table.column("right", rows), strict=True))
        return {"left": dict(pairs), "right": {right: left for left, right in pairs}}

    @cached_property
    def known(self) -> dict[Side, set[str]]:
        """Every id that the ledger holds, per side."""
        return {side: {*self.links[side], *self.tombstones[side], *(id for of, id in self.entries if of == side)} for side in SIDES}

    def left_of(self, id: str, side: Side) -> str:
        """The left id of a record that is known there, or linked with right ``id``; empty where the ledger knows none."""
        if side == "right":
            return self.links["right"].get(id, "")
        return id if id in self.known["left"] else ""

    def is_closed_and_edited(self, left: str) -> bool:
        """Whether a link is closed because one record has gone, and the other one was edited since."""
        tombstone = self.tombstones["left"].get(left)
        if tombstone is None:
            return False
        survivor = ("left", left) if tombstone.note.get("side") == "right" else ("right", tombstone.right)
        return survivor in self.entries
