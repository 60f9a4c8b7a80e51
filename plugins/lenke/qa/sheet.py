"""The ticked list as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lenke.core.links.rows import SIDES, Side

_ID = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{5,})\b")
State = Literal["yes", "no", "none"]


def without_ids(text: str) -> str:
    """A system's words without the ids of records: they say nothing to a reader, and differ from one seed to the next."""
    return _ID.sub("…", text)


@dataclass(frozen=True, slots=True)
class Tick:
    """One box: ticked, not ticked, or nothing to tick; ``note`` says what was seen."""

    state: State
    note: str = ""

    @classmethod
    def of(cls, note: str = "", *, ok: bool) -> Tick:
        """Ticked where ``ok``."""
        return cls("yes" if ok else "no", note)


@dataclass(frozen=True, slots=True)
class Line:
    """One property.

    :param left: its path on the left as the document names it; :param right: likewise.
    :param edits: by the side that is edited, whether the edit crosses.
    :param reason: why an edit does not cross, with the vendor's fact.
    :param compared: both sides reckon it by themselves, so it is compared and no edit of it is to cross.
    """

    name: str
    left: str
    right: str
    edits: dict[Side, Tick]
    reason: str = ""
    compared: bool = False

    @property
    def ticked(self) -> bool:
        """Edits cross from both sides."""
        return all(self.edits[side].state == "yes" for side in SIDES)


@dataclass
class Sheet:
    """One flow's checklist, in the order in which it is written.

    :param remarks: values that a system refused on the way, and what else a person should know.
    """

    flow: str
    title: str
    checks: dict[str, Tick] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def synchronised(self) -> list[Line]:
        """Properties of which an edit is to cross."""
        return [line for line in self.lines if not line.compared]

    @property
    def compared(self) -> list[Line]:
        """Properties that are only compared."""
        return [line for line in self.lines if line.compared]

    @property
    def unticked(self) -> list[Line]:
        """Properties of which an edit does not cross both ways."""
        return [line for line in self.synchronised if not line.ticked]

    def complaints(self) -> Iterator[str]:
        """What the checklist does not allow: an unticked check, a property without a reason, more than a tenth of them unticked."""
        yield from (f"{self.flow}: {name}: {tick.note}" for name, tick in self.checks.items() if tick.state == "no")
        if bare := [line.name for line in (*self.unticked, *self.compared) if not line.reason]:
            yield f"{self.flow}: unticked without a reason: {', '.join(bare)}"
        if len(self.unticked) * 10 > len(self.synchronised):
            yield f"{self.flow}: {len(self.unticked)} of {len(self.synchronised)} properties are unticked, more than one in ten"
