"""The plan as data: actions that a person can read before they are sent, and that survive from task to task as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

from lenke.core.links.conflicts import Conflict
from lenke.core.links.rows import Link, Side

LineVerb = Literal["create", "update", "remove"]
ActionVerb = Literal["create", "update"]


@dataclass(frozen=True, slots=True)
class LineAction:
    """What becomes of one line on one side.

    :param id: the line's id on that side ("" for a create).
    :param other: the line's id on the other side, or "".
    :param values: property to canonical text.
    :param expected: property to the digest that the target line is believed to hold.
    :param whole: all canonical texts of the merged line (rates and conditions need them).
    :param marker: Lenke's key for a line to be created.
    """

    verb: LineVerb
    id: str = ""
    other: str = ""
    values: Mapping[str, str | None] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    whole: Mapping[str, str | None] = field(default_factory=dict)
    marker: str = ""


@dataclass(frozen=True, slots=True)
class SideWrite:
    """What is sent to one side of a pair.

    :param values: changed property to canonical text (None empties it).
    :param expected: changed property to the digest that the target is believed to hold.
    :param current: the target's JSON text as read, or None where it was not read.
    :param reckon: the side reckons something from the record's lines, which are sent now or may have been sent before.
    :param seen: of an update: one digest over what is sent, to tell whether a refused one has changed since.
    """

    values: Mapping[str, str | None] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    current: str | None = None
    lines: tuple[LineAction, ...] = ()
    seen: int = 0
    reckon: bool = False

    def __bool__(self) -> bool:
        return bool(self.values or self.lines or self.reckon)


@dataclass(frozen=True, slots=True)
class Action:
    """One record to be written, on one side or both.

    :param key: unique within the plan.
    :param link: the ledger row once every write has succeeded (its right id is "" for a create); ``old`` the present one.
    :param begun: of a pair that the ledger does not hold yet: the link as it was before, matched just now or a sibling's.
    :param told: what each side may have been told before, by writes without an answer, named as :func:`.uncertain.sent` does; None where
        no pair was merged.
    :param doubt: what of ``told`` this action does not decide.
    :param whole: all canonical texts of the merged record.
    :param lines: the line links once every write has succeeded; a line to be created has "" on the side that lacks it.
    :param marker: Lenke's key for a record to be created.
    :param seen: of a create: one digest over the source record, to tell whether a refused one has changed since.
    :param rechecked: the record is on the recheck list, and comes off it when the writes have succeeded.
    """

    key: str
    verb: ActionVerb
    left: str
    right: str
    link: Link
    old: Link | None = None
    begun: Link | None = None
    told: Mapping[str, Sequence[str]] | None = None
    doubt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    to_left: SideWrite = SideWrite()
    to_right: SideWrite = SideWrite()
    whole: Mapping[str, str | None] = field(default_factory=dict)
    marker: str = ""
    lines: tuple[Link, ...] = ()
    old_lines: tuple[Link, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    seen: int = 0
    rechecked: bool = False

    def to(self, side: Side) -> SideWrite:
        """What is sent to one side."""
        return self.to_left if side == "left" else self.to_right


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that cannot go now.

    :param reason: a code: missing_required, invalid_value, ambiguous_match, duplicate_match, missing_reference, locked,
        rejected, not_unique, moved, gone, stale, unknown_outcome, conflict, deleted_edited, both_needed, incomplete, paused.
    :param waits_for: of a missing reference: ``flow:id`` of what is not linked.
    :param properties: of a conflict: what a person must choose, ``line <property>`` for lines.
    :param values: of a conflict: one digest over both sides' values, to tell whether it is the one that was recorded before.
    """

    side: Side
    id: str
    reason: str
    property: str = ""
    text: str = ""
    waits_for: str = ""
    properties: tuple[str, ...] = ()
    values: int = 0


@dataclass
class Counts:
    """The figures of one flow's run, as in the report."""

    read_left: int = 0
    read_right: int = 0
    unchanged: int = 0
    skipped: int = 0


@dataclass
class Plan:
    """All that a run will do to one flow.

    :param rows: ledger rows that change without a write (agreements, tombstones, moved recheck entries).
    :param parked: what cannot go, for the recheck list.
    :param conflicts: (left id, conflict) that were found, with their winners.
    :param differs: (left id, property) of ``check`` properties that differ.
    :param doubt: left id to what each side may have been told before of a pair that was merged, as far as that is not decided now.
    :param recorded: left ids whose open conflicts are as an earlier run has recorded them.
    :param decided: decision id to what became of it, once the rows are in the ledger.
    :param choices: decision id to the left id that it chose for: it counts until that record is no longer parked.
    """

    actions: list[Action] = field(default_factory=list)
    rows: list[Link] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    conflicts: list[tuple[str, Conflict]] = field(default_factory=list)
    differs: list[tuple[str, str]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    linked: int = 0
    doubt: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)
    decided: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


ACTIONS: TypeAdapter[Sequence[Action]] = TypeAdapter(Sequence[Action])
ACTION: TypeAdapter[Action] = TypeAdapter(Action)
