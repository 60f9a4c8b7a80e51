"""What becomes of a property that both sides hold differently: the installation's policy, a person's choice, and the record of it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from lenke.core.links.rows import OTHER, Link, Side
from lenke.core.mapping.model import OnLink

Winner = Literal["left", "right", "none"]
# Why a conflict went as it did where a person settled it.
CHOSEN = "a person chose"
# ... and where a write without an answer may have given what stands there.
UNCERTAIN = "an uncertain write"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed one property to different values, or a first link found two values.

    :param of_lines: the property is one of the record's lines.
    """

    property: str
    left: str | None
    right: str | None
    winner: Winner
    reason: str
    of_lines: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What the installation decides about merging.

    :param on_link: for properties that do not say: left, right or hold.
    :param clock_skew: modified times nearer to each other than this are a tie.
    :param sent: per side, properties that it may have been told by a write whose answer was lost. What it holds now is most
        likely that value in its own form, so the other side's is sent again; were it an edit, the conflict tells both values.
    :param written: the same, but of the very record that is merged (for lines, each property before the line's id): where that side
        alone is not as agreed, the other one went back to what was agreed after the write was sent.
    :param chosen: property to the side that a person chose, should it be in conflict.
    """

    on_link: OnLink
    clock_skew: timedelta = timedelta(seconds=5)
    sent: Mapping[Side, Set[str]] = field(default_factory=dict)
    written: Mapping[Side, Set[str]] = field(default_factory=dict)
    chosen: Mapping[str, Side] = field(default_factory=dict)

    def teller(self, property: str) -> Side | None:
        """The side whose value was sent for a property, if a write of it is uncertain."""
        return next((OTHER[side] for side, names in self.sent.items() if property in names), None)

    def of_line(self, link: Link) -> Policy:
        """The policy for one line: what was told of others says nothing of this one."""
        told = {side: [name.partition(" ") for name in names] for side, names in self.written.items()}
        return replace(self, written={side: {name for name, _, id in found if id == link.id(side)} for side, found in told.items()})

    def is_written(self, side: Side, property: str) -> bool:
        """Whether a write whose answer was lost may have given this side's record or line what it holds."""
        return property in self.written.get(side, ())
