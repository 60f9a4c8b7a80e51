"""A locked record is not written: the edit waits with the lock's name and crosses once the lock opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.columns import raw_at
from lenke.core.mapping.model import Flow, Lock
from lenke.qa.crossing import Key, find, key
from lenke.qa.item import Item
from lenke.qa.session import Edit, Session
from lenke.qa.sheet import Tick


def locked(session: Session, items: Sequence[Item], crossed: Mapping[Side, Mapping[Key, Tick]]) -> Tick:
    """Every lock that covers a section, one after the other.

    :param crossed: edits that cross, by the side edited.
    """
    flow, section = items[0].flow, items[0].section
    part = section if section != flow.name else ""
    locks = [lock for lock in flow.locks if lock.covers(part)]
    if not locks:
        return Tick("none", "no life cycle locks these records")
    ticks = [_Trial(session, lock, items).tick(crossed[OTHER[lock.side]]) for lock in locks]
    # A lock that could not be brought about was not seen to fail; one of them at least must have been seen to hold.
    state: Any = "yes" if {tick.state for tick in ticks} <= {"yes", "none"} and any(tick.state == "yes" for tick in ticks) else "no"
    return Tick(state, "; ".join(tick.note for tick in ticks))


@dataclass
class _Trial:
    session: Session
    lock: Lock
    items: Sequence[Item]

    def tick(self, crossed: Mapping[Key, Tick]) -> Tick:
        """Lock a record, edit the other side, look; open it, look again."""
        fitting = [item for item in self.items if item.spec.travels_to(self.lock.side) and _crosses(item, crossed)]
        if not fitting:
            return Tick("no", f"{self.lock.name}: no property that crosses to the {self.lock.side}")
        item = min(fitting, key=lambda one: (one.is_line, one.spec.type != "string"))
        complaint = "no record is locked so, and nobody could lock one"
        flow = item.flow
        for left in [*self.session.free(flow)[::-1][:12], *self.session.locked[flow.name][:40]]:
            pair = self.session.desk.read(flow, [left]).get(left)
            if pair is None or find(item, OTHER[self.lock.side], {left: pair}, locked=True) is None:
                continue
            was = raw_at(pair.half(self.lock.side).values.raw, self.lock.path)
            if was in self.lock.values:
                return self._held(item, left, None)
            if pair.half("left").locked or pair.half("right").locked:
                continue
            for value in self.lock.values:
                try:
                    self._set(item, pair.half(self.lock.side).values.id, value)
                except ValueError as problem:
                    complaint = f"{self.lock.path} could not be set to {value!r}: {problem}"
                    continue
                if self._stands(flow, left) in self.lock.values:
                    return self._held(item, left, was)
        return Tick("none", f"{self.lock.name}: {complaint}")

    def _stands(self, flow: Flow, left: str) -> Any:
        pair = self.session.desk.read(flow, [left]).get(left)
        return raw_at(pair.half(self.lock.side).values.raw, self.lock.path) if pair else None

    def _set(self, item: Item, id: str, value: Any) -> None:
        try:
            self.session.write(item.flow, self.lock.side, id, None, {self.lock.path: value})
        except ValueError:
            if value != "invoiced":
                raise
            # No page lets a person write this word: sending the invoice does.
            self.session.everybody[0].invoice(id, system=item.flow.entity(self.lock.side).system)

    def _held(self, item: Item, left: str, was: Any) -> Tick:
        session, other = self.session, OTHER[self.lock.side]
        session.spoiled.add((item.flow.name, left))
        pair = session.desk.read(item.flow, [left])[left]
        place = _place(item, pair)
        edit = session.edit(item, other, pair, place) if place is not False else None
        if edit is None:
            return Tick("no", f"{self.lock.name}: nothing could be edited on the {other} side")
        session.run()
        if (problem := self._is_waiting(edit)) is not None:
            return Tick("no", f"{self.lock.name}: {problem}")
        stays = f"{self.lock.name}: an edit of `{item.spec.name}` waits with this name, and the lock does not open again"
        if was is None:
            return Tick("yes", stays)
        try:
            self._set(item, pair.half(self.lock.side).values.id, was)
        except ValueError:
            return Tick("yes", stays)
        if self._stands(item.flow, left) in self.lock.values:
            return Tick("yes", stays)
        session.run()
        return self._released(edit)

    def _is_waiting(self, edit: Edit) -> str | None:
        """None where the edit waits as it should, else what is wrong."""
        note = self.session.desk.parked(edit.item.flow).get(edit.left)
        if note is None or note.get("reason") != "locked" or note.get("text") != self.lock.name:
            return f"the record is not parked with this lock, but {note.get('reason') if note else 'not at all'}"
        name = edit.item.spec.name
        pair = self.session.desk.read(edit.item.flow, [edit.left])[edit.left]
        held = pair.values(self.lock.side, edit.line)
        return None if held and held.texts.get(name) == edit.before[name] else f"`{name}` was written to a locked record"

    def _released(self, edit: Edit) -> Tick:
        name, flow = edit.item.spec.name, edit.item.flow
        for _ in range(2):
            pair = self.session.desk.read(flow, [edit.left])[edit.left]
            line = _now(edit, pair)
            own, other = pair.values(edit.side, line), pair.values(self.lock.side, line)
            same = own and other and own.texts.get(name) == other.texts.get(name)
            if same and edit.left not in self.session.desk.parked(flow):
                return Tick("yes", f"{self.lock.name}: an edit of `{name}` waited with this name and crossed when it opened")
            self.session.run()
        return Tick("no", f"{self.lock.name}: the edit of `{name}` did not cross when the lock opened")


def _now(edit: Edit, pair: Any) -> Any:
    """The edited line under the ids that it has now: what opens the lock may give the other side's line another one."""
    if edit.line is None:
        return None
    at = SIDES.index(edit.side)
    return next((line for line in pair.lines if line[at] == edit.line[at]), edit.line)


def _place(item: Item, pair: Any) -> Any:
    """The header (None), or a line that both sides hold; False where there is none."""
    if not item.is_line:
        return None
    return next((line for line in pair.lines if pair.values("left", line) and pair.values("right", line)), False)


def _crosses(item: Item, crossed: Mapping[Key, Tick]) -> bool:
    tick = crossed.get(key(item))
    return tick is not None and tick.state == "yes" and item.spec.type not in ("boolean", "reference")
