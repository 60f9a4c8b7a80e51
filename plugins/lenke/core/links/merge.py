"""The three-way merge of one linked pair: what each side changed since both last agreed, property by property.

Everything is decided on digests; values travel along only to be written. The truth table (L and R: what the sides hold
now; a side that was not read, or whose property is absent, takes no part):

====  ================  ===================  =========================================================
case  base              L, R                 result
====  ================  ===================  =========================================================
1     unknown           one not read         nothing yet; both are needed
1a    unknown           one absent           nothing; what the other one holds is known, so that it needs no second look
2     unknown           equal                agreed
3     unknown           one empty            the empty side is filled
4     unknown           different            ``on_link``: left, right, or hold (a conflict)
5     known             neither changed      nothing
6     known             L changed            R := L
7     known             R changed            L := R
8     known             both, to one value   agreed
9     known             both, one emptied    the value wins, the emptying is a recorded conflict
10    known             both                 the property's conflict policy
11    either            withheld by ``when`` filled, where the condition itself travels to that side now
12    known             the target did not   sent again, where what it is read by travels to that side now: a price that holds VAT by its
                        change, or won       VAT rate, a telephone number by its country
13    known             R changed, and may   as 10: the left went back to what was agreed after a write whose answer was lost
                        be what it was told
====  ================  ===================  =========================================================

A one-way property whose own ``on_link`` names the side that is written keeps, in case 4, what that side has: agreed, not written.
A side that stored something else than was agreed has not changed while it holds either of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from lenke.core.links.conflicts import CHOSEN, UNCERTAIN, Conflict, Policy, Winner
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.mapping.model import Property


@dataclass(frozen=True, slots=True)
class Row:
    """One side of a pair as read: digests in the order of the properties, canonical texts by name."""

    digests: Sequence[int]
    texts: Mapping[str, str | None]
    modified: datetime | None = None


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
    for position, spec in enumerate(properties):
        state.withheld(position, spec)
    for spec in properties:
        state.restated(spec, properties)
    return state.result()


class _State:
    """The pair under way; one instance a pair."""

    def __init__(self, link: Link, left: Row | None, right: Row | None, policy: Policy) -> None:
        self.old, self.policy = link, policy
        self.rows: dict[Side, Row | None] = {"left": left, "right": right}
        self.base = list(link.base)
        self.stored: dict[Side, dict[int, int]] = {"left": dict(link.left_stored), "right": dict(link.right_stored)}
        self.merge = Merge(link)

    def result(self) -> Merge:
        base, left, right = tuple(self.base), self.stored["left"], self.stored["right"]
        if (base, left, right) != (self.old.base, self.old.left_stored, self.old.right_stored):
            self.merge.link = replace(self.old, base=base, left_stored=left, right_stored=right)
        return self.merge

    def property(self, at: int, spec: Property) -> None:
        now = self._now(at)
        if spec.direction == "check":
            if UNKNOWN not in now.values() and now["left"] != now["right"]:
                self.merge.differs.append(spec.name)
        elif spec.direction == "two_way":
            self._two_way(at, spec, now)
        else:
            self._one_way(at, spec, now, source="left" if spec.direction == "to_right" else "right")

    def withheld(self, at: int, spec: Property) -> None:
        """Case 11: the target's condition did not hold, so what stood there before is no base to compare with."""
        now = self._now(at)
        for source in SIDES:
            target = OTHER[source]
            told = self._told(target)
            if spec.when is None or spec.name in told or not spec.travels_to(target):
                continue
            if spec.when.property in told and now[source] != UNKNOWN and now[target] == UNKNOWN:
                self._agree(at, now[source])
                told[spec.name] = self._text(source, spec)

    def restated(self, spec: Property, properties: Sequence[Property]) -> None:
        """Case 12: the same price with VAT under another rate, or number in another country, would be another one, which nobody meant."""
        for target in SIDES:
            told = self._told(target)
            if spec.name in told or not spec.travels_to(target) or not read_by(spec, target, properties) & told.keys():
                continue
            text = self._decided(spec, target)
            if text is not None:
                told[spec.name] = text

    def _decided(self, spec: Property, target: Side) -> str | None:
        """What both sides hold of a property after this merge; the target's own where a person has still to decide."""
        ours = self._text(target, spec)
        if spec.name in self._told(OTHER[target]) or any(
            one.property == spec.name and one.winner == "none" for one in self.merge.conflicts
        ):
            return ours
        return self._text(OTHER[target], spec) or ours

    def _now(self, at: int) -> dict[Side, int]:
        return {side: UNKNOWN if row is None else int(row.digests[at]) for side, row in self.rows.items()}

    def _two_way(self, at: int, spec: Property, now: dict[Side, int]) -> None:
        if self.base[at] == UNKNOWN:
            self._first(at, spec, now)
            return
        changed = {side: self._changed(side, at, now) for side in SIDES}
        if UNKNOWN not in now.values() and any(changed.values()) and self._is_contested(spec, changed):
            changed = dict.fromkeys(SIDES, True)
        if changed["left"] and changed["right"]:
            self._both(at, spec, now)
        elif changed["left"]:  # case 6
            self._carry(at, spec, "left", now)
        elif changed["right"]:  # case 7
            self._carry(at, spec, "right", now)

    def _is_contested(self, spec: Property, changed: Mapping[Side, bool]) -> bool:
        """Case 13, or a person chose a side: whatever it holds counts, be it what was agreed."""
        return spec.name in self.policy.chosen or any(changed[side] and self.policy.is_written(side, spec.name) for side in SIDES)

    def _changed(self, side: Side, at: int, now: dict[Side, int]) -> bool:
        if now[side] == self.base[at]:
            self.stored[side].pop(at, None)
            return False
        return now[side] not in (UNKNOWN, self.old.stored(side, at))

    def _first(self, at: int, spec: Property, now: dict[Side, int]) -> None:
        if UNKNOWN in now.values():  # cases 1 and 1a
            self._await(at, spec, now)
            return
        for stored in self.stored.values():
            stored.pop(at, None)
        if now["left"] == now["right"]:  # case 2
            self._agree(at, now["left"])
        elif self._text("right", spec) is None:  # case 3
            self._carry(at, spec, "left", now)
        elif self._text("left", spec) is None:  # case 3
            self._carry(at, spec, "right", now)
        else:  # case 4
            chosen = self.policy.chosen.get(spec.name)
            winner = chosen or self.policy.teller(spec.name) or spec.on_link or self.policy.on_link
            self._conflict(spec, "none" if winner == "hold" else winner, CHOSEN if chosen else "first link")
            if winner != "hold":
                self._carry(at, spec, winner, now)

    def _await(self, at: int, spec: Property, now: dict[Side, int]) -> None:
        """The side that was not read is needed, unless it is known to lack the property: it would tell where it no longer did."""
        for side in SIDES:
            if now[OTHER[side]] == UNKNOWN:
                continue
            if self.rows[side] is not None or at in self.stored[OTHER[side]]:
                self.stored[OTHER[side]][at] = now[OTHER[side]]
            else:
                self.merge.needs_both |= not self._is_settled(side, at, spec, now)

    def _is_settled(self, side: Side, at: int, spec: Property, now: dict[Side, int]) -> bool:
        """The unread side was read in the version that it has, and held no such part then; the other side has nothing to tell it."""
        holds_another = self.stored[side].get(at, now[OTHER[side]]) != now[OTHER[side]]
        return bool(self.old.version(side)) and self._text(OTHER[side], spec) is None and not holds_another

    def _both(self, at: int, spec: Property, now: dict[Side, int]) -> None:
        if now["left"] == now["right"]:  # case 8
            self._agree(at, now["left"])
            return
        winner, reason = self._winner(spec)
        self._conflict(spec, winner, reason)
        if winner != "none":
            self._carry(at, spec, winner, now)

    def _winner(self, spec: Property) -> tuple[Winner, str]:
        if chosen := self.policy.chosen.get(spec.name):
            return chosen, CHOSEN
        teller = self.policy.teller(spec.name)
        if teller and self.policy.is_written(OTHER[teller], spec.name):  # case 13
            return teller, UNCERTAIN
        empty = {side: self._text(side, spec) is None for side in SIDES}
        if empty["left"] != empty["right"]:  # case 9
            return ("right" if empty["left"] else "left"), "the other side emptied it"
        if teller:
            return teller, UNCERTAIN
        if spec.conflict == "newest":
            return self._newest()
        if spec.conflict == "manual":
            return "none", "manual"
        return spec.conflict, f"policy {spec.conflict}"

    def _newest(self) -> tuple[Winner, str]:
        left, right = (row.modified if row else None for row in self.rows.values())
        if left is None or right is None or abs(left - right) < self.policy.clock_skew:
            return "left", "newest, but a tie"
        return ("left" if left > right else "right"), "newest"

    def _one_way(self, at: int, spec: Property, now: dict[Side, int], *, source: Side) -> None:
        if now[source] == UNKNOWN or self._is_foreign(spec, OTHER[source], now):
            return
        if self.base[at] == UNKNOWN:
            self._first_one_way(at, spec, now, source, OTHER[source])
        elif self._changed(source, at, now) or self._is_left_behind(at, spec, OTHER[source], now):
            self._carry(at, spec, source, now)

    def _is_left_behind(self, at: int, spec: Property, target: Side, now: dict[Side, int]) -> bool:
        """Case 13 of a property that goes one way: nobody but this property's source is asked what the target should hold."""
        return self.policy.is_written(target, spec.name) and self._changed(target, at, now)

    def _is_foreign(self, spec: Property, target: Side, now: dict[Side, int]) -> bool:
        """The target holds an id outside the installation's table, which is somebody's own choice."""
        field = spec.field(target)
        return bool(field and field.lookup) and self.rows[target] is not None and now[target] == UNKNOWN

    def _first_one_way(self, at: int, spec: Property, now: dict[Side, int], source: Side, target: Side) -> None:
        if self.rows[target] is None:
            self.merge.needs_both = True
        elif now[source] == now[target] or self._text(source, spec) is None:
            self._agree(at, now[source])
        elif self._text(target, spec) is not None and (chosen := self.policy.chosen.get(spec.name)):
            self._conflict(spec, chosen, CHOSEN)
            if chosen == target:
                self._agree(at, now[source])
            else:
                self._carry(at, spec, source, now)
        elif self._text(target, spec) is None or not self._keeps(spec, target):
            self._carry(at, spec, source, now)
        elif self.policy.teller(spec.name) == source:
            self._conflict(spec, source, "first link")
            self._carry(at, spec, source, now)
        elif spec.on_link == target:
            self._conflict(spec, target, "first link")
            self._agree(at, now[source])
        else:
            self._conflict(spec, "none", "first link")

    def _keeps(self, spec: Property, target: Side) -> bool:
        """Whether the target of a one-way property keeps what it holds at a first link, or a person is asked."""
        return spec.on_link == target or (spec.on_link or self.policy.on_link) == "hold"

    def _carry(self, at: int, spec: Property, source: Side, now: dict[Side, int]) -> None:
        target = OTHER[source]
        held = self.old.stored(target, at) if self.rows[target] is None else now[target]
        self._agree(at, now[source])
        if held == now[source]:
            return
        self._told(target)[spec.name] = self._text(source, spec)

    def _agree(self, at: int, digest: int) -> None:
        self.base[at] = digest
        for stored in self.stored.values():
            stored.pop(at, None)

    def _told(self, side: Side) -> dict[str, str | None]:
        return self.merge.to_left if side == "left" else self.merge.to_right

    def _text(self, side: Side, spec: Property) -> str | None:
        row = self.rows[side]
        return row.texts.get(spec.name) if row is not None else None

    def _conflict(self, spec: Property, winner: Winner, reason: str) -> None:
        self.merge.conflicts.append(Conflict(spec.name, self._text("left", spec), self._text("right", spec), winner, reason))


def read_by(spec: Property, side: Side, properties: Sequence[Property]) -> set[str]:
    """The properties by which a value of this one is read on a side."""
    field = spec.field(side)
    if field is not None and field.vat is not None:
        return {p.name for p in properties if (rate := p.field(side)) is not None and rate.path == field.rate}
    return {spec.options.region} if spec.options.region else set()
