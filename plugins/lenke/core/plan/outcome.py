"""From what became of an action's writes to the ledger rows that remember it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import OTHER, SIDES, Link, Pending, Side
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan import recheck, uncertain
from lenke.core.plan.model import Action, Parked, SideWrite
from lenke.core.plan.written import LineFold, StoredLine, put_back, put_pending, put_stored, settle
from lenke.core.ports import Status

__all__ = ["Fold", "SideResult", "Stored", "StoredLine"]

REASONS: Mapping[Status, str] = {
    "rejected": "rejected",
    "not_unique": "not_unique",
    "moved": "moved",
    "locked": "locked",
    "gone": "gone",
    "retriable": "unknown_outcome",
    "unknown": "unknown_outcome",
}
# Links are settled in the order in which the sides are written.
ORDER: tuple[Side, Side] = ("right", "left")


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the system stored it: its canonical row, lines and version digest, and the JSON text that they were read from."""

    row: Row
    lines: Sequence[StoredLine] = ()
    version: int = 0
    raw: str = ""


@dataclass(frozen=True, slots=True)
class SideResult:
    """What became of one side's write of an action.

    :param stored: None where that is not known.
    :param uncertain: of an update: an earlier try may have written it, or some of it.
    :param found: of a create: an earlier try made the record, and may have died before it was whole.
    """

    status: Status
    id: str = ""
    stored: Stored | None = None
    reason: str = ""
    property: str = ""
    partial: bool = False
    uncertain: bool = False
    found: bool = False


@dataclass(frozen=True)
class Fold:
    """Turns results into rows.

    :param now: a time after the writes (UTC): what is read less than ``read_lag`` later may be older than they are.
    :param old_recheck: recheck entries of the ledger by left id.
    :param tries: how often a refused record is sent in all.
    """

    flow: Flow
    now: datetime
    read_lag: Mapping[Side, timedelta]
    old_recheck: Mapping[str, Link] = field(default_factory=dict)
    tries: int = recheck.TRIES

    def rows(self, action: Action, results: Mapping[Side, SideResult]) -> list[Link]:
        """The ledger rows after an action; none for a create that did not happen, but its recheck entry."""
        rows: list[Link] = []
        if action.verb == "update" or results["right"].status == "done":
            link = action.link if action.right else replace(action.link, right=results["right"].id)
            rows += self._pair(action, link, results)
        failed = [(side, result) for side, result in results.items() if result.status != "done" or result.partial]
        if failed:
            rows += self._parked(action, *failed[0], self._told(action, failed))
        elif left_out := self._left_out(action, results):
            rows += self._incomplete(action, left_out)
        elif action.rechecked:
            rows.append(Link(left=action.left, kind="settled"))
        return rows

    def _left_out(self, action: Action, results: Mapping[Side, SideResult]) -> list[int]:
        """The properties that a create was to tell and that its record lacks, where it may have been made in part."""
        made = results.get("right")
        if action.verb != "create" or made is None or made.stored is None or not (made.partial or made.found):
            return []
        row, told = made.stored.row, action.to_right.values
        return [
            at
            for at, spec in enumerate(self.flow.properties)
            if told.get(spec.name) is not None and row.texts.get(spec.name) is None and row.digests[at] != UNKNOWN
        ]

    def _incomplete(self, action: Action, left_out: Sequence[int]) -> list[Link]:
        """Both sides are read again in the next run, which fills what is lacking."""
        names = ", ".join(self.flow.properties[at].name for at in left_out)
        parked = Parked("left", action.left, "incomplete", text=f"an earlier try made the record without {names}")
        return [recheck.entry(parked, self.old_recheck.get(action.left), self.now)]

    def _doubt(self, action: Action, failed: Sequence[Side]) -> dict[str, list[str]] | None:
        """What earlier writes may have told of what failed now, and of what was held back; None where no pair was merged."""
        if action.told is None:
            return None
        writes = [action.to(side) for side in failed]
        names = {name for write in writes for name in write.values}
        lines, reckons = any(write.lines for write in writes), any(write.reckon for write in writes)
        open_now = uncertain.open_of(action.told, names, lines=lines, reckons=reckons)
        both = {side: list(dict.fromkeys([*action.doubt.get(side, ()), *open_now.get(side, ())])) for side in SIDES}
        return {side: found for side, found in both.items() if found}

    def _told(self, action: Action, failed: Sequence[tuple[Side, SideResult]]) -> uncertain.Told | None:
        """What of earlier writes is still in doubt, and all that is sent to a failed side that an earlier try may have written."""
        doubt = self._doubt(action, [side for side, _ in failed])
        again = [side for side, result in failed if result.uncertain and result.status != "done"]
        if not again:
            return doubt
        sent = uncertain.sent(action)
        return (doubt or {}) | {name: sent[name] for name in (*again, uncertain.PAIR) if name in sent}

    def _parked(self, action: Action, side: Side, result: SideResult, told: uncertain.Told | None) -> list[Link]:
        reason = "rejected" if result.partial else REASONS[result.status]
        parked = Parked("left", action.left, reason, result.property, result.reason)
        old = self.old_recheck.get(action.left)
        if reason in recheck.REFUSED:
            seen = action.to(side).seen or action.seen
            return [recheck.refused(parked, old, self.now, seen=seen, most=self.tries, doubt=told)]
        entry = recheck.entry(parked, old, self.now, doubt=told)
        return [entry] if entry != old else []

    def _pair(self, action: Action, link: Link, results: Mapping[Side, SideResult]) -> list[Link]:
        lines = list(action.lines)
        for side in ORDER:
            write, result = action.to(side), results.get(side)
            if result is None:
                continue
            fold = LineFold(self.flow.lines, side, write, action, self._line_pending(side, action)) if self.flow.lines else None
            if result.status == "done":
                link = self._written(link, side, write, result, is_create=action.verb == "create" and side == "right")
                link = self._unfilled(link, self._left_out(action, results)) if side == "right" else link
                lines = fold.written(lines, result.stored.lines if result.stored else None, partial=result.partial) if fold else []
            else:
                link = self._undone(link, action, write)
                lines = fold.undone(lines) if fold else []
        for side, result in results.items():
            link = self._versioned(link, lines, side, result)
        return ([link] if link != action.old else []) + [line for line in lines if line not in action.old_lines]

    def _written(self, link: Link, side: Side, write: SideWrite, result: SideResult, *, is_create: bool) -> Link:
        base, stored = list(link.base), dict(link.left_stored if side == "left" else link.right_stored)
        if result.stored is not None:
            settle(self.flow.properties, base, stored, set(write.values), result.stored.row, is_create=is_create)
        link = put_stored(replace(link, base=tuple(base)), side, stored)
        return put_pending(link, side, self._pending(side, write, result))

    def _unfilled(self, link: Link, left_out: Sequence[int]) -> Link:
        """The link of a record made in part: nothing is agreed of what it lacks."""
        base = tuple(UNKNOWN if at in left_out else digest for at, digest in enumerate(link.base))
        return replace(link, base=base, right_stored={at: now for at, now in link.right_stored.items() if at not in left_out})

    def _pending(self, side: Side, write: SideWrite, result: SideResult) -> Pending | None:
        if not self.read_lag[side]:
            return None
        replaced = {at: write.expected[spec.name] for at, spec in enumerate(self.flow.properties) if write.expected.get(spec.name)}
        modified = result.stored.row.modified if result.stored else None
        removed = tuple(line.id for line in write.lines if line.verb == "remove")
        return Pending(self.now.isoformat(), modified.isoformat() if modified else "", replaced, removed)

    def _line_pending(self, side: Side, action: Action) -> str:
        """When lines were written that a read may not show yet; "" where reads are current or the record was not there before."""
        return self.now.isoformat() if self.read_lag[side] and action.verb == "update" else ""

    def _undone(self, link: Link, action: Action, write: SideWrite) -> Link:
        """The side was not written: its properties keep the base that they had, and a closed link still owes what it owed."""
        old = action.old or action.begun or Link(action.left, base=(UNKNOWN,) * len(link.base))
        if link.kind == "tombstone":
            return old
        # The versions stay old as well, so that the next run reads both sides whole again.
        link = replace(link, left_version=old.left_version, right_version=old.right_version)
        return put_back(self.flow.properties, link, old, write.values)

    def _versioned(self, link: Link, lines: Sequence[Link], side: Side, result: SideResult) -> Link:
        """The link with the version that was written, but only where it holds nothing that a person must still be told of."""
        if result.status != "done" or result.stored is None or not result.stored.version:
            return link
        version = result.stored.version if self._holds(link, lines, side, result.stored) else UNKNOWN
        return replace(link, left_version=version) if side == "left" else replace(link, right_version=version)

    def _holds(self, link: Link, lines: Sequence[Link], side: Side, stored: Stored) -> bool:
        """Whether a record is as the link says: an edit made between plan and write would be under the new version, too."""
        if not _is_as_agreed(self.flow.properties, link, side, stored.row):
            return False
        known = {line.id(side): line for line in lines if line.kind == "link"}
        properties = self.flow.lines.properties if self.flow.lines else ()
        return known.keys() == {line.id for line in stored.lines} and all(
            _is_as_agreed(properties, known[line.id], side, line.row) for line in stored.lines
        )


def _is_as_agreed(properties: Sequence[Property], link: Link, side: Side, row: Row) -> bool:
    return all(
        not spec.travels_to(OTHER[side]) or row.digests[at] in (UNKNOWN, link.base[at], link.stored(side, at))
        for at, spec in enumerate(properties)
    )
