"""The three-way merge of one linked pair: what each side changed since both last agreed, property by property.

Everything is decided on digests; values travel along only to be written. The truth table (L and R: what the sides hold
now; a side that was not read, or whose property is absent, takes no part):

====  ================  ==================  =========================================================
case  base              L, R                result
====  ================  ==================  =========================================================
1     unknown           one not seen        nothing yet; both are needed
2     unknown           equal               agreed
3     unknown           one empty           the empty side is filled
4     unknown           different           ``on_link``: left, right, or hold (a conflict)
5     known             neither changed     nothing
6     known             L changed           R := L
7     known             R changed           L := R
8     known             both, to one value  agreed
9     known             both, one emptied   the value wins, the emptying is a recorded conflict
10    known             both                the property's conflict policy
====  ================  ==================  =========================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.model import OnLink, Property

Winner = Literal["left", "right", "none"]


@dataclass(frozen=True, slots=True)
class Row:
    """One side of a pair as read: digests in the order of the properties, canonical texts by name."""

    digests: Sequence[int]
    texts: Mapping[str, str | None]
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed one property to different values, or a first link found two values."""

    property: str
    left: str | None
    right: str | None
    winner: Winner
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What the installation decides about merging.

    :param on_link: for properties that do not say: left, right or hold.
    :param clock_skew: modified times nearer to each other than this are a tie.
    """

    on_link: OnLink
    clock_skew: timedelta = timedelta(seconds=5)


@dataclass
class Merge:
    """The result for one pair; ``link`` is the row to store once every write has succeeded."""

    link: Link
    to_left: dict[str, str | None] = field(default_factory=dict)
    to_right: dict[str, str | None] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    needs_both: bool = False


def merge(properties: Sequence[Property], link: Link, left: Row | None, right: Row | None, policy: Policy) -> Merge:
    """Merge one pair.

    :param properties: in the order of the link's base.
    :param left: None where that side was not read or its read is stale; ``right`` likewise.
    """
    state = _State(link, left, right, policy)
    for position, spec in enumerate(properties):
        state.property(position, spec)
    return state.result()


class _State:
    """The pair under way; one instance a pair."""

    def __init__(self, link: Link, left: Row | None, right: Row | None, policy: Policy) -> None:
        self.old, self.rows, self.policy = link, {"left": left, "right": right}, policy
        self.base = list(link.base)
        self.stored: dict[str, dict[int, int]] = {"left": dict(link.left_stored), "right": dict(link.right_stored)}
        self.merge = Merge(link)

    def result(self) -> Merge:
        changed = (tuple(self.base), self.stored["left"], self.stored["right"])
        if changed != (self.old.base, self.old.left_stored, self.old.right_stored):
            self.merge.link = replace(self.old, base=changed[0], left_stored=changed[1], right_stored=changed[2])
        return self.merge

    def property(self, at: int, spec: Property) -> None:
        now = {side: self._digest(side, at) for side in ("left", "right")}
        if spec.direction == "check":
            if UNKNOWN not in now.values() and now["left"] != now["right"]:
                self.merge.differs.append(spec.name)
        elif spec.direction == "two_way":
            self._two_way(at, spec, now)
        else:
            self._one_way(at, spec, now, source="left" if spec.direction == "to_right" else "right")

    def _digest(self, side: str, at: int) -> int:
        row = self.rows[side]
        return int(row.digests[at]) if row is not None else UNKNOWN

    def _two_way(self, at: int, spec: Property, now: dict[str, int]) -> None:
        if self.base[at] == UNKNOWN:
            self._first(at, spec, now)
            return
        changed = {side: self._changed(side, at, now) for side in ("left", "right")}
        if changed["left"] and changed["right"]:
            self._both(at, spec, now)
        elif changed["left"]:  # case 6
            self._carry(at, spec, "left", now)
        elif changed["right"]:  # case 7
            self._carry(at, spec, "right", now)

    def _changed(self, side: Side, at: int, now: dict[str, int]) -> bool:
        return now[side] not in (UNKNOWN, self.old.stored(side, at))

    def _first(self, at: int, spec: Property, now: dict[str, int]) -> None:
        if UNKNOWN in now.values():  # case 1
            self.merge.needs_both |= None in self.rows.values()
        elif now["left"] == now["right"]:  # case 2
            self._agree(at, now["left"])
        elif self._text("right", spec) is None:  # case 3
            self._carry(at, spec, "left", now)
        elif self._text("left", spec) is None:  # case 3
            self._carry(at, spec, "right", now)
        else:  # case 4
            winner = spec.on_link or self.policy.on_link
            self._conflict(spec, "none" if winner == "hold" else winner, "first link")
            if winner != "hold":
                self._carry(at, spec, winner, now)

    def _both(self, at: int, spec: Property, now: dict[str, int]) -> None:
        if now["left"] == now["right"]:  # case 8
            self._agree(at, now["left"])
            return
        winner, reason = self._winner(spec)
        self._conflict(spec, winner, reason)
        if winner != "none":
            self._carry(at, spec, winner, now)

    def _winner(self, spec: Property) -> tuple[Winner, str]:
        empty = {side: self._text(side, spec) is None for side in ("left", "right")}
        if empty["left"] != empty["right"]:  # case 9
            return ("right" if empty["left"] else "left"), "the other side emptied it"
        if spec.conflict == "newest":
            return self._newest()
        if spec.conflict == "manual":
            return "none", "manual"
        return spec.conflict, f"policy {spec.conflict}"

    def _newest(self) -> tuple[Winner, str]:
        times = [row.modified if row else None for row in (self.rows["left"], self.rows["right"])]
        if times[0] is None or times[1] is None or abs(times[0] - times[1]) < self.policy.clock_skew:
            return "left", "newest, but a tie"
        return ("left" if times[0] > times[1] else "right"), "newest"

    def _one_way(self, at: int, spec: Property, now: dict[str, int], *, source: Side) -> None:
        target: Side = "right" if source == "left" else "left"
        if now[source] == UNKNOWN:
            return
        if self.base[at] == UNKNOWN:
            self._first_one_way(at, spec, now, source, target)
        elif now[source] != self.old.stored(source, at):
            self._carry(at, spec, source, now)

    def _first_one_way(self, at: int, spec: Property, now: dict[str, int], source: Side, target: Side) -> None:
        if now[target] == UNKNOWN:
            self.merge.needs_both |= self.rows[target] is None
        elif now[source] == now[target] or self._text(source, spec) is None:
            self._agree(at, now[source])
        elif self._text(target, spec) is not None and (spec.on_link or self.policy.on_link) == "hold":
            self._conflict(spec, "none", "first link")
        else:
            self._carry(at, spec, source, now)

    def _carry(self, at: int, spec: Property, source: Side, now: dict[str, int]) -> None:
        target: Side = "right" if source == "left" else "left"
        self._agree(at, now[source])
        if now[target] == now[source]:
            return
        (self.merge.to_right if target == "right" else self.merge.to_left)[spec.name] = self._text(source, spec)

    def _agree(self, at: int, digest: int) -> None:
        self.base[at] = digest
        for stored in self.stored.values():
            stored.pop(at, None)

    def _text(self, side: str, spec: Property) -> str | None:
        row = self.rows[side]
        return row.texts.get(spec.name) if row is not None else None

    def _conflict(self, spec: Property, winner: Winner, reason: str) -> None:
        self.merge.conflicts.append(Conflict(spec.name, self._text("left", spec), self._text("right", spec), winner, reason))
