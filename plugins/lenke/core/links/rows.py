"""The rows of a flow's ledger as values: links, tombstones and the recheck list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lenke.core.links.digests import UNKNOWN

# "dropped" takes a link or tombstone out of the ledger, "settled" a recheck entry.
Kind = Literal["link", "tombstone", "recheck", "dropped", "settled"]
KINDS: tuple[Kind, ...] = ("link", "tombstone", "recheck", "dropped", "settled")
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
Positions = NDArray[np.int64]
OTHER: Mapping[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Pending:
    """A side's last write, remembered until it was seen or the system's ``read_lag`` is over.

    :param at: when it was written (UTC, ISO 8601).
    :param modified: the record's modified time as the write's answer gave it, or "".
    :param replaced: property position to the digest that the write replaced.
    :param removed: ids of the lines that the write removed.
    """

    at: str
    modified: str = ""
    replaced: Mapping[int, int] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One ledger row.

    :param base: the agreed digest per property, in the order of the manifest's properties; UNKNOWN where none is agreed.
    :param left_stored: property position to the digest of what the left side stored instead of the agreed value, or, where none is agreed,
        of what it held when the right side lacked the property; ``right_stored`` likewise.
    :param left_version: digest of the left record's version where reads of it come in two steps, else 0.
    :param note: of a link that a person has made anew: former, the right ids that its left record had before; of one in an exclusive
        group: from (the flow that had it before), since, heard; of a tombstone: side,
        reason, since; of a recheck entry: reason, property, text, waits_for, since, next_try, tries, seen.
    """

    left: str
    right: str = ""
    parent: str = ""
    kind: Kind = "link"
    base: tuple[int, ...] = ()
    left_stored: Mapping[int, int] = field(default_factory=dict)
    right_stored: Mapping[int, int] = field(default_factory=dict)
    left_pending: Pending | None = None
    right_pending: Pending | None = None
    left_version: int = 0
    right_version: int = 0
    note: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What a later row replaces: the link of (parent, left id), or the recheck entry of (side, id)."""
        return row_key(self.kind, self.parent, self.left, self.right)

    def id(self, side: Side) -> str:
        """The record's (or line's) id on one side."""
        return self.left if side == "left" else self.right

    def version(self, side: Side) -> int:
        """The digest of the record's version as last read whole; 0 where there is none."""
        return self.left_version if side == "left" else self.right_version

    def pending(self, side: Side) -> Pending | None:
        """The last write on one side."""
        return self.left_pending if side == "left" else self.right_pending

    def stored(self, side: Side, position: int) -> int:
        """The digest that ``side`` is known to hold for a property."""
        own = self.left_stored if side == "left" else self.right_stored
        return own.get(position, self.base[position] if position < len(self.base) else UNKNOWN)

    def is_edited(self, side: Side, position: int, now: int) -> bool:
        """Whether a side shows neither what was agreed on of a property nor what it was last known to hold."""
        stored = self.stored(side, position)
        return stored != UNKNOWN and now not in (UNKNOWN, self.base[position], stored)

    @property
    def former(self) -> tuple[str, ...]:
        """Right ids that the left record had before a person linked it anew, the last one last."""
        return tuple(self.note.get("former", ()))

    @property
    def is_unanswered(self) -> bool:
        """Whether a recheck entry is of a write that may have been carried out: its answer was lost."""
        return self.note.get("reason") == "unknown_outcome" or bool(self.note.get("sent")) or LOST in self.note

    @property
    def is_let_go(self) -> bool:
        """Whether a person has looked what became of a write without an answer: the entry was listed for it, and released."""
        return self.note.get("reason") == "unknown_outcome" and "released" in self.note

    def dropped(self) -> Link:
        """The row that takes this one out of the ledger."""
        return Link(left=self.left, right=self.right, parent=self.parent, kind="settled" if self.kind == "recheck" else "dropped")


# In a recheck entry that tells something else by now: what the record was like when a create of it was sent whose answer was lost, and
# when it was sent.
LOST, LOST_AT = "lost", "lost_at"

# In a closed link's note: the record that is still there is to be archived.
OWED = "archive"


def former_note(ids: Iterable[str]) -> dict[str, list[str]]:
    """What a row's note tells of former right ids; nothing where there are none."""
    listed = list(dict.fromkeys(ids))
    return {"former": listed} if listed else {}


# In a link's note: since when a sibling's update was on its recheck list, whose answer was lost, and which the link has been merged with.
HEARD = "heard"


def has_heard(link: Link, lost: Link) -> bool:
    """Whether a link was merged with what a sibling's lost update told, by the sibling's recheck entry."""
    return str(link.note.get(HEARD, "")) >= str(lost.note["since"])


def row_key(kind: str, parent: str, left: str, right: str) -> tuple[str, str, str]:
    """The identity of a ledger row."""
    if kind in ("recheck", "settled"):
        return ("recheck", "left" if left else "right", left or right)
    return ("link", parent, left)
