"""An action carried out on systems in memory: its targets compared, its fate, and what the ledger remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.references import Index
from lenke.core.links.rows import OTHER, Side
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan.model import Action, LineAction, SideWrite
from lenke.core.plan.outcome import Fold, SideResult, Stored, StoredLine
from lenke.core.plan.uncertain import LINE
from lenke.core.plan.writeback import write_back
from tests.laws.engine.ledger import Journal
from tests.laws.engine.reading import DIGESTER, differs, digest, make_read, version_digest
from tests.laws.engine.systems import Entity, Fields, Line, State
from tests.laws.engine.world import CrashError, Report, World

LOST = {"lost_before", "lost_after"}
# A person may give these back to a record, or a reference says them.
AGAIN = {"email", "number", "customer", "status", "currency"}
BEFORE = {"lost_before", "crash_before"}


class Writing:
    """The writes of one flow in one run.

    :param seen: the right records as the plan saw them.
    """

    def __init__(self, world: World, flow: Flow, indexes: Mapping[str, Index], report: Report, seen: Mapping[str, State]) -> None:
        self.world, self.flow, self.indexes, self.report, self.seen = world, flow, indexes, report, seen

    def carry_out(self, action: Action, journal: Journal) -> None:
        """Journal, send, remember; raises CrashError where the run dies."""
        journal.begin(action)
        self._is_for(action, action.right)
        results: dict[Side, SideResult] = {}
        if action.verb == "create" or action.to_right:
            results["right"] = self._send("right", action)
        made = results.get("right")
        if action.verb == "create" and made is not None and made.status == "done" and made.stored is not None:
            action = write_back(self.flow, action, made.stored, DIGESTER)
        if action.to_left:
            results["left"] = self._send("left", action)
        if any(result.status == "unknown" for result in results.values()):
            return
        ledger = self.world.ledgers[self.flow.name]
        old = {id: row for (side, id), row in ledger.recheck().items() if side == "left"}
        journal.settle(action, Fold(self.flow, self.world.clock.tick(), self.world.lag, old).rows(action, results))
        if self._fate == "crash_settled":
            raise CrashError(self._fate)

    def _is_for(self, action: Action, right: str) -> None:
        if right:
            self.world.partners[self.flow.group or self.flow.name, action.left].add(right)

    def _send(self, side: Side, action: Action) -> SideResult:
        write, entity = action.to(side), self.world.entities[self.flow.name, side]
        is_create = action.verb == "create" and side == "right"
        id = "" if is_create else action.left if side == "left" else action.right
        now = entity.present.get(id)
        self._fate = "done"
        if not is_create and self.is_moved(side, write, now):
            return SideResult("moved" if now else "gone", reason="the target changed since the plan was made")
        if now is not None and now.locked:
            known = side == "right" and id in self.seen and self.seen[id].locked
            assert not known, f"L14: {id} was seen to be locked, and is written all the same"
            return SideResult("locked", reason="locked")
        self._fate = self.world.fate(action, side)
        return self._answer(side, id, action, entity)

    def _answer(self, side: Side, id: str, action: Action, entity: Entity) -> SideResult:
        write, fate, is_create = action.to(side), self._fate, not id
        if fate in BEFORE:
            return self._unanswered()
        self.report.sent += 1
        if fate == "rejected":
            return SideResult("rejected", reason="refused")
        if entity.is_taken(write.values, id):
            return SideResult("not_unique", reason="taken")
        partial = fate == "partial" and not is_create and len(write.lines) > 1
        if partial:
            write = replace(write, lines=write.lines[:1])
        id = self._create(action, entity) if is_create else self._update(side, id, action, write, entity)
        self._is_for(action, id if side == "right" else "")
        if fate in ("lost_after", "crash_sent", "crash_answered"):
            return self._unanswered()
        return SideResult("done", id, self._stored(side, id, entity), partial=partial)

    def _unanswered(self) -> SideResult:
        if self._fate in LOST:
            return SideResult("unknown")
        raise CrashError(self._fate)

    def is_moved(self, side: Side, write: SideWrite, now: State | None) -> bool:
        """Whether a target is not what the plan saw."""
        if now is None:
            return True
        if differs(self.flow.properties, write.expected, now.fields, side, self.indexes):
            return True
        specs = self.flow.lines.properties if self.flow.lines else ()
        kept = [line for line in write.lines if line.verb != "create"]
        return any(
            line.id not in now.lines or differs(specs, line.expected, now.lines[line.id].fields, side, self.indexes) for line in kept
        )

    def _create(self, action: Action, entity: Entity) -> str:
        write = action.to_right
        self._check_references(write.values, self.flow.properties)
        lines = [Line(self._filled(line), line.marker) for line in write.lines]
        for line in write.lines:
            self._check_references(line.values, self.flow.lines.properties if self.flow.lines else ())
        id = entity.create({spec.name: write.values.get(spec.name) for spec in self.flow.properties}, lines, action.marker)
        self.world.lines |= {frozenset((made, line.other)) for made, line in zip(entity.present[id].lines, write.lines, strict=True)}
        return id

    def _update(self, side: Side, id: str, action: Action, write: SideWrite, entity: Entity) -> str:
        now = entity.present[id]
        lines: dict[str, Line | None] = {}
        for line in write.lines:
            if line.verb == "create":
                made = entity.next_line()
                lines[made] = Line(self._filled(line), line.marker)
                self.world.lines.add(frozenset((made, line.other)))
            elif line.verb == "remove":
                lines[line.id] = None
            else:
                old = now.lines[line.id]
                self.world.lines.add(frozenset((line.id, line.other)))
                self._check_needed(entity, line.values, old.fields, self._agreed(action, side, line.id))
                lines[line.id] = replace(old, fields={**old.fields, **line.values})
        self._check_needed(entity, write.values, now.fields, self._agreed(action, side))
        self._check_no_echo(side, action, write.values, now.fields)
        if side == "right":
            self._check_references(write.values, self.flow.properties)
        entity.update(id, write.values, lines)
        return id

    def _filled(self, line: LineAction) -> dict[str, str | None]:
        assert self.flow.lines is not None
        return {spec.name: line.values.get(spec.name) for spec in self.flow.lines.properties}

    def _stored(self, side: Side, id: str, entity: Entity) -> Stored:
        read = make_read(self.flow, side, {id: entity.present[id]}, self.indexes, entries=set())
        lines = read.lines
        found = [StoredLine(lines.ids[at], lines.row(at), lines.markers[at]) for at in read.line_positions(id)] if lines else []
        return Stored(read.row(0), found, version_digest(entity.present[id]) if self.flow.lines else 0)

    # --- laws that a single write can break ---

    def _check_needed(self, entity: Entity, values: Fields, held: Fields, agreed: Mapping[str, int | None]) -> None:
        """L5: nothing is told that a side holds in its own form; what form it gives to a value that is new there, nobody can know."""
        for name, text in values.items():
            is_new = agreed.get(name) is not None and digest(name, text) != agreed[name]
            needed = name not in agreed or entity.form(name, text) != held.get(name) or (is_new and text != held.get(name))
            assert needed, f"L5: {entity.name} is told {name} although it holds it already"

    def _check_no_echo(self, side: Side, action: Action, values: Fields, held: Fields) -> None:
        """L3: what both sides hold alike just now is not put asunder by a read of before they were so.

        Except where nobody knows any more what was sent, and where the read shows an edit that was taken back since.
        """
        if action.left in self.world.blind:
            return
        target, source = self.world.entities[self.flow.name, side], self.world.entities[self.flow.name, OTHER[side]]
        there_id = action.right if side == "left" else action.left
        there = source.present.get(there_id)
        for name in values.keys() - AGAIN if there else ():
            text, now = there.fields.get(name) if there else None, held.get(name)
            alike = text is not None and (source.form(name, now) == text or target.form(name, text) == now)
            assert not alike or target.form(name, values[name]) == now or source.has_returned(there_id, name, values[name]), (
                f"L3: {name} of {action.left} is the same on both sides, and changed"
            )

    def _agreed(self, action: Action, side: Side, line: str = "") -> dict[str, int | None]:
        """Properties whose form on this side is known: not at a first link, nor after a write whose answer or journal was lost.

        Each with the digest that was agreed on; None for a reference, which each side tells in its own words.
        """
        if action.left in self.world.blind:
            return {}
        old = next((one for one in action.old_lines if one.id(side) == line), None) if line else action.old
        specs = self.flow.lines.properties if line and self.flow.lines else self.flow.properties
        entry = self.world.ledgers[self.flow.name].recheck().get(("left", action.left))
        sent = entry.note.get("sent", {}).get(side, ()) if entry else ()
        told = {name.removeprefix(LINE) for name in sent}
        known = [(spec, old.base[at]) for at, spec in enumerate(specs) if old is not None and old.base[at] != UNKNOWN]
        return {spec.name: None if spec.to else base for spec, base in known if spec.name not in told}

    def _check_references(self, values: Mapping[str, str | None], properties: tuple[Property, ...]) -> None:
        for spec in properties:
            if spec.to is not None and (id := values.get(spec.name)) is not None:
                target = self.world.dataflow.targets(spec.to)[0].name
                assert id in self.world.entities[target, "right"].past, f"L9: {spec.name} refers to a record that is not linked"
