"""From what became of an action's writes to the ledger rows that remember it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Pending, Side
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan import recheck
from lenke.core.plan.model import Action, LineAction, Parked, SideWrite
from lenke.core.ports import Status

REASONS: Mapping[Status, str] = {
    "rejected": "rejected",
    "not_unique": "not_unique",
    "moved": "moved",
    "locked": "locked",
    "gone": "gone",
    "retriable": "unknown_outcome",
    "unknown": "unknown_outcome",
}


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as the system stored it."""

    id: str
    row: Row
    marker: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the system stored it: its canonical row, lines and version digest."""

    row: Row
    lines: Sequence[StoredLine] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class SideResult:
    """What became of one side's write of an action; ``stored`` is None where that is not known."""

    status: Status
    id: str = ""
    stored: Stored | None = None
    reason: str = ""
    property: str = ""
    partial: bool = False


@dataclass(frozen=True)
class Fold:
    """Turns results into rows.

    :param old_recheck: recheck entries of the ledger by left id.
    """

    flow: Flow
    now: datetime
    read_lag: Mapping[Side, timedelta]
    old_recheck: Mapping[str, Link] = field(default_factory=dict)

    def rows(self, action: Action, results: Mapping[Side, SideResult]) -> list[Link]:
        """The ledger rows after an action; none for a create that did not happen, but its recheck entry."""
        failed = {side: result for side, result in results.items() if result.status != "done" or result.partial}
        rows: list[Link] = []
        created = action.verb == "update" or results["right"].status == "done"
        if created:
            link = action.link if action.right else replace(action.link, right=results["right"].id)
            rows += self._pair(action, link, results)
        if failed:
            rows.append(self._parked(action, next(iter(failed.values()))))
        elif action.rechecked:
            rows.append(Link(left=action.left, kind="settled"))
        return rows

    def _parked(self, action: Action, result: SideResult) -> Link:
        reason = "rejected" if result.partial else REASONS[result.status]
        parked = Parked("left", action.left, reason, result.property, result.reason)
        old = self.old_recheck.get(action.left)
        if reason in recheck.REFUSED:
            return recheck.refused(parked, old, self.now, seen=action.seen)
        return recheck.entry(parked, old, self.now)

    def _pair(self, action: Action, link: Link, results: Mapping[Side, SideResult]) -> list[Link]:
        lines = [replace(line) for line in action.lines]
        writes: tuple[tuple[Side, SideWrite], ...] = (("right", action.to_right), ("left", action.to_left))
        for side, write in writes:
            result = results.get(side)
            if result is None:
                continue
            if result.status == "done":
                link = self._stored(link, side, write, result, is_create=action.verb == "create")
                lines = [found for line in lines if (found := self._line(line, side, write, result, action)) is not None]
            else:
                link = self._undone(link, action, write)
                lines = list(action.old_lines) if action.verb == "update" else lines
        changed = [line for line in lines if line not in action.old_lines]
        return ([link] if link != action.old else []) + changed

    def _stored(self, link: Link, side: Side, write: SideWrite, result: SideResult, *, is_create: bool) -> Link:
        base = list(link.base)
        stored = dict(link.left_stored if side == "left" else link.right_stored)
        if result.stored is not None:
            _settle(self.flow.properties, base, stored, set(write.values), result.stored.row, is_create=is_create)
        link = _with(link, side, base, stored, self._pending(side, self.flow.properties, write.expected, result))
        if result.stored is None or not result.stored.version:
            return link
        return replace(link, left_version=result.stored.version) if side == "left" else replace(link, right_version=result.stored.version)

    def _pending(self, side: Side, properties: Sequence[Property], expected: Mapping[str, int], result: SideResult) -> Pending | None:
        if not self.read_lag[side]:
            return None
        replaced = {at: expected[spec.name] for at, spec in enumerate(properties) if expected.get(spec.name)}
        modified = result.stored.row.modified if result.stored else None
        return Pending(self.now.isoformat(), modified.isoformat() if modified else "", replaced)

    def _line(self, line: Link, side: Side, write: SideWrite, result: SideResult, action: Action) -> Link | None:
        """The line link after the side was written; None while its own line is not known yet."""
        assert self.flow.lines is not None
        if line.kind == "dropped" or result.stored is None:
            return line if line.left and line.right else None
        made = _action_for(line, side, write)
        id = line.left if side == "left" else line.right
        if not id and made is not None:
            id = _created_id(made, side, result.stored.lines, action)
            if not id:
                return None
            line = replace(line, left=id) if side == "left" else replace(line, right=id)
        found = next((one for one in result.stored.lines if one.id == id), None)
        if found is None or made is None:
            return line
        base, stored = list(line.base), dict(line.left_stored if side == "left" else line.right_stored)
        _settle(self.flow.lines.properties, base, stored, set(made.values), found.row, is_create=made.verb == "create")
        if result.partial and made.verb == "update":
            return _partly(self.flow.lines.properties, line, made, found.row, action)
        return _with(line, side, base, stored, None)

    def _undone(self, link: Link, action: Action, write: SideWrite) -> Link:
        """The side was not written: its properties keep the base that they had."""
        old = action.old or Link(action.left, base=(UNKNOWN,) * len(link.base))
        base = list(link.base)
        left, right = dict(link.left_stored), dict(link.right_stored)
        for at, spec in enumerate(self.flow.properties):
            if spec.name in write.values:
                base[at] = old.base[at]
                for now, then in ((left, old.left_stored), (right, old.right_stored)):
                    now.pop(at, None)
                    now.update({at: then[at]} if at in then else {})
        # The versions stay old as well, so that the next run reads both sides whole again.
        return replace(
            link,
            base=tuple(base),
            left_stored=left,
            right_stored=right,
            left_version=old.left_version,
            right_version=old.right_version,
        )


def _settle(properties: Sequence[Property], base: list[int], stored: dict[int, int], sent: set[str], row: Row, *, is_create: bool) -> None:
    """Compare what was stored with what was agreed; a value that the system gave by itself is not agreed yet."""
    for at, spec in enumerate(properties):
        now = int(row.digests[at])
        if now == UNKNOWN:
            continue
        if spec.name in sent:
            stored.pop(at, None)
            if now != base[at]:
                stored[at] = now
        elif is_create and now != base[at]:
            base[at] = UNKNOWN


def _partly(properties: Sequence[Property], line: Link, made: LineAction, row: Row, action: Action) -> Link:
    """A line that was not written in a partial success keeps its old link."""
    position = {spec.name: at for at, spec in enumerate(properties)}
    if any(row.digests[position[name]] == digest for name, digest in made.expected.items()):
        return next((old for old in action.old_lines if old.key == line.key), line)
    return line


def _with(link: Link, side: Side, base: list[int], stored: dict[int, int], pending: Pending | None) -> Link:
    if side == "left":
        return replace(link, base=tuple(base), left_stored=stored, left_pending=pending)
    return replace(link, base=tuple(base), right_stored=stored, right_pending=pending)


def _action_for(line: Link, side: Side, write: SideWrite) -> LineAction | None:
    own, other = (line.left, line.right) if side == "left" else (line.right, line.left)
    for action in write.lines:
        if (own and action.id == own) or (not own and action.verb == "create" and action.other == other):
            return action
    return None


def _created_id(made: LineAction, side: Side, lines: Sequence[StoredLine], action: Action) -> str:
    """The id that a created line was given: by its marker, else the new line that stands where it was sent."""
    for line in lines:
        if line.marker and line.marker == made.marker:
            return line.id
    known = {old.left if side == "left" else old.right for old in action.old_lines}
    new = [line.id for line in lines if line.id not in known and not line.marker]
    write = action.to_left if side == "left" else action.to_right
    order = [one for one in write.lines if one.verb == "create"].index(made)
    return new[order] if len(new) == sum(one.verb == "create" for one in write.lines) else ""
