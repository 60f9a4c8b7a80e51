"""Lines after a write: the ids that new ones were given, and what the ledger remembers of each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import OTHER, Link, Pending, Side
from lenke.core.mapping.model import Lines, Property
from lenke.core.plan.model import Action, LineAction, SideWrite


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as the system stored it."""

    id: str
    row: Row
    marker: str | None


@dataclass(frozen=True)
class LineFold:
    """Turns what one side stored into line links.

    :param at: when the side was written, where its reads may be older than that; else "".
    """

    spec: Lines
    side: Side
    write: SideWrite
    action: Action
    at: str = ""

    def written(self, lines: Iterable[Link], stored: Sequence[StoredLine] | None, *, partial: bool) -> list[Link]:
        """The line links after the side was written.

        :param stored: None where it is not known; a line whose fate is not known keeps its old link, and a new one has none yet.
        """
        rows = {line.id: line for line in stored} if stored is not None else None
        ids = self._created(stored or (), partial=partial)
        found = (self._written(line, rows, ids, partial=partial) for line in lines)
        return [line for line in found if line is not None]

    def undone(self, lines: Iterable[Link]) -> list[Link]:
        """The line links after the side was not written: what it was to be told is as it was."""
        found = (self._unwritten(line) for line in lines)
        return [line for line in found if line is not None]

    def _unwritten(self, line: Link) -> Link | None:
        made = self._action(line)
        return line if made is None or _is_former(line, made) else self._undone(line, made)

    def _written(self, line: Link, rows: Mapping[str, StoredLine] | None, ids: Mapping[str, str], *, partial: bool) -> Link | None:
        made = self._action(line)
        if made is None or _is_former(line, made):
            return line
        if made.verb == "remove":
            return line if rows is not None and made.id not in rows else None
        if made.verb == "create":
            if (id := ids.get(made.other)) is None:
                return None
            line = replace(line, left=id) if self.side == "left" else replace(line, right=id)
        now = rows.get(line.id(self.side)) if rows is not None else None
        if now is not None and partial and self._is_untouched(made, now.row):
            return self._undone(line, made)
        return self._settled(line, made, now)

    def _settled(self, line: Link, made: LineAction, now: StoredLine | None) -> Link:
        base, stored = list(line.base), dict(line.left_stored if self.side == "left" else line.right_stored)
        if now is not None:
            settle(self.spec.properties, base, stored, set(made.values), now.row, is_create=made.verb == "create")
        line = put_stored(replace(line, base=tuple(base)), self.side, stored)
        return put_pending(line, self.side, Pending(self.at, "", self._replaced(made)) if self.at else None)

    def _replaced(self, made: LineAction) -> dict[int, int]:
        return {at: made.expected[p.name] for at, p in enumerate(self.spec.properties) if made.expected.get(p.name)}

    def _undone(self, line: Link, made: LineAction) -> Link | None:
        """The link that the line had, under the ids that it has now; one that was found just now stays a link without anything agreed."""
        found = Link(line.left, line.right, line.parent, base=(UNKNOWN,) * len(line.base)) if line.left and line.right else None
        olds = self.action.old_lines
        old = next((one for one in olds if one.key == line.key), None) or next((one for one in olds if _is_rekeyed(one, line)), None)
        if old is not None and made.verb == "update":
            return put_back(self.spec.properties, line, old, made.values)
        return replace(old, left=line.left, right=line.right) if old is not None else found

    def _action(self, line: Link) -> LineAction | None:
        own, other = line.id(self.side), line.id(OTHER[self.side])
        for action in self.write.lines:
            if (own and action.id == own) or (not own and action.verb == "create" and action.other == other):
                return action
        return None

    def _is_untouched(self, made: LineAction, row: Row) -> bool:
        """A line that was not written in a partial success still holds what the plan saw."""
        return any(row.digests[at] == digest for at, digest in self._replaced(made).items())

    def _created(self, stored: Sequence[StoredLine], *, partial: bool) -> dict[str, str]:
        """The ids of created lines by the other side's ids: by marker, else each the likest of the new lines, if they are as many.

        In a partial success a new line may be somebody else's instead of ours: it is left to the next run.
        """
        creates = [one for one in self.write.lines if one.verb == "create"]
        marked = {line.marker: line.id for line in stored if line.marker}
        found = {one.other: marked[one.marker] for one in creates if one.marker in marked}
        known = {old.id(self.side) for old in self.action.old_lines} | set(found.values())
        free = [line for line in stored if line.id not in known and not line.marker]
        waiting = [one for one in creates if one.other not in found]
        if partial or len(free) != len(waiting):
            return found
        bases = {line.id(OTHER[self.side]): line.base for line in self.action.lines if not line.id(self.side)}
        for one in waiting:
            likest = max(free, key=lambda line: _likeness(bases.get(one.other, ()), line.row))
            free.remove(likest)
            found[one.other] = likest.id
        return found


def _is_former(line: Link, made: LineAction) -> bool:
    """A row that takes a line's former ids out of the ledger: what becomes of the line changes nothing about it."""
    return line.kind == "dropped" and made.verb != "remove"


def _is_rekeyed(old: Link, line: Link) -> bool:
    """The same line, whose left id is another one by now."""
    return bool(line.right) and (old.parent, old.right) == (line.parent, line.right)


def _likeness(base: Sequence[int], row: Row) -> int:
    return sum(wanted == digest != UNKNOWN for wanted, digest in zip(base, row.digests, strict=False))


def settle(properties: Sequence[Property], base: list[int], stored: dict[int, int], sent: set[str], row: Row, *, is_create: bool) -> None:
    """Compare what was stored with what was agreed; a value that the system gave by itself is not agreed yet.

    :param base: changed in place; ``stored`` likewise.
    """
    for at, spec in enumerate(properties):
        now = int(row.digests[at])
        if now == UNKNOWN:
            continue
        if spec.name in sent:
            stored.pop(at, None)
            if now != base[at]:
                stored[at] = now
        elif is_create and now != base[at]:
            if spec.direction == "two_way" and base[at] == UNKNOWN:
                stored[at] = now  # what it was made from lacks the property
            base[at] = UNKNOWN


def put_back(properties: Sequence[Property], link: Link, old: Link, names: Container[str]) -> Link:
    """The link with what was agreed before for some properties; the others stay as they are now."""
    base, left, right = list(link.base), dict(link.left_stored), dict(link.right_stored)
    for at, spec in enumerate(properties):
        if spec.name in names:
            base[at] = old.base[at]
            for now, then in ((left, old.left_stored), (right, old.right_stored)):
                now.pop(at, None)
                now.update({at: then[at]} if at in then else {})
    return replace(link, base=tuple(base), left_stored=left, right_stored=right)


def put_stored(link: Link, side: Side, stored: Mapping[int, int]) -> Link:
    """The link with what one side stored instead of the agreed values."""
    return replace(link, left_stored=stored) if side == "left" else replace(link, right_stored=stored)


def put_pending(link: Link, side: Side, pending: Pending | None) -> Link:
    """The link with the last write on one side."""
    return replace(link, left_pending=pending) if side == "left" else replace(link, right_pending=pending)
