"""The laws, once people and faults have stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.mapping.model import Flow, Property
from tests.laws.engine.flows import LAG, Tree
from tests.laws.engine.people import Edit, People, Removed
from tests.laws.engine.systems import Entity, State, Text
from tests.laws.engine.world import DELTA, Mode, Report, World

# Runs of all dataflows until nothing is left to do: a release, its references, and what a moved or rebased record needs more.
ROUNDS = 5
Reports = list[dict[str, Report]]


@dataclass
class Laws:
    """Everything that must hold after a history."""

    tree: Tree
    people: People
    conflicts: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def check(self) -> None:
        """Raise AssertionError, with the law, where one does not hold."""
        last = self._come_to_rest()
        for world, reports in zip(self.tree.worlds, last, strict=True):
            for _, left, conflict in world.conflicts:
                texts = {text.casefold() for text in (conflict.left, conflict.right) if text is not None}
                self.conflicts[left, conflict.property] |= texts
            for group in _groups(world):
                _check_bijection(world, group)
            for flow in world.dataflow.flows:
                self._check_converged(world, flow, reports[flow.name])
        for entity in [entity for system in self.tree.systems for entity in system.values()]:
            _check_no_duplicate(entity)
        self._check_edits()

    def _check_edits(self) -> None:
        for world, flow, side in _places(self.tree):
            entity = world.entities[flow.name, side].name
            for edit in [edit for edit in self.people.edits.values() if edit.entity == entity]:
                self._check_edit(world, flow, side, edit)
            for removed in [removed for removed in self.people.removed if removed.entity == entity]:
                self._check_removed(world, flow, side, removed)

    # --- L1, L2, L11: faults have stopped, all waits are over: run until nothing is done ---

    def _come_to_rest(self) -> Reports:
        for world in self.tree.worlds:
            for ledger in world.ledgers.values():
                ledger.recover(self.tree.clock.now)
        self.tree.clock.tick(timedelta(days=8).total_seconds())
        # Only a full read finds what was deleted; until then a write to it finds its target gone, run by run.
        if not self.people.has_deleted:
            self._runs(DELTA)
            # Whatever changed was read since its cursor.
            _check_silent(self._round(Mode(full=True)), "L11: a full run finds what no delta has brought")
        self._runs(Mode(full=True))
        last = self._round(Mode(full=True))
        _check_silent(last, "L2: a run without an edit")
        for reports in last:
            for name, report in reports.items():
                assert not report.rows, f"L2: a run without an edit changes ledger rows of {name}: {report.rows}"
        return last

    def _runs(self, mode: Mode) -> None:
        found: Reports = []
        for _ in range(ROUNDS + 2 * self.tree.depth):
            found = self._round(mode)
            if all(not report.sent and not report.rows for reports in found for report in reports.values()):
                return
        busy = [(name, report.sent, report.rows) for reports in found for name, report in reports.items() if report.sent or report.rows]
        raise AssertionError(f"L1: it does not come to rest: {busy}")

    def _round(self, mode: Mode) -> Reports:
        # What another dataflow wrote just now is not believed before the lag is over.
        self.tree.clock.tick(LAG.total_seconds())
        found = [world.run(mode) for world in self.tree.worlds]
        stopped = {report.stopped for reports in found for report in reports.values()} - {"", "brake"}
        assert not stopped, f"L12: a run without a fault stops: {stopped}"
        return found

    # --- L1: both sides agree, or it is told why not ---

    def _check_converged(self, world: World, flow: Flow, last: Report) -> None:
        ledger = world.ledgers[flow.name]
        left = world.of(flow, "left", world.entities[flow.name, "left"].present)
        links, parked = {link.left: link for link in ledger.kind("link")}, ledger.recheck()
        known = {link.left for one in world.dataflow.flows if one.group and one.group == flow.group for link in _closed(world, one)}
        closed = {link.left for link in ledger.kind("tombstone")} | known
        if last.plan is None:
            return  # a brake: one side is empty for good
        lost = set(left) - set(links) - closed - {id for side, id in parked if side == "left"}
        assert not lost, f"L1: neither linked nor parked: {lost}"
        for link in [link for link in links.values() if link.left in left]:
            reasons = {one.reason for one in last.plan.parked if (one.side, one.id) == ("left", link.left)}
            assert not reasons or ("left", link.left) in parked, f"L1: {link.left} is parked, but not on the recheck list"
            if reasons <= {"conflict"} and ("left", link.left) not in parked:
                self._check_pair(world, flow, link)

    def _check_pair(self, world: World, flow: Flow, link: Link) -> None:
        sides: dict[Side, Entity] = {side: world.entities[flow.name, side] for side in SIDES}
        left, right = sides["left"].present[link.left], sides["right"].present[link.right]
        to_left = world.index(flow)
        for spec in flow.properties:
            theirs = right.fields.get(spec.name)
            if spec.to is not None and theirs is not None:
                theirs = to_left[spec.to].to_left.get(theirs, theirs)
            if spec.direction == "two_way":
                assert _alike(sides, spec.name, left.fields.get(spec.name), theirs), f"L1: {spec.name} of {link.left} differs"
        if flow.lines is not None:
            self._check_lines(world, flow, link, left, right)

    def _check_lines(self, world: World, flow: Flow, link: Link, left: State, right: State) -> None:
        sides: dict[Side, Entity] = {side: world.entities[flow.name, side] for side in SIDES}
        pairs = {line.left: line.right for line in world.ledgers[flow.name].lines() if line.parent == link.left}
        assert pairs.keys() == left.lines.keys(), f"L1: lines of {link.left} are not all linked"
        assert set(pairs.values()) == right.lines.keys(), f"L1: lines of {link.right} are not all linked"
        for ours, theirs in pairs.items():
            for name, text in left.lines[ours].fields.items():
                assert _alike(sides, name, text, right.lines[theirs].fields.get(name)), f"L1: line {ours} differs in {name}"

    # --- L3 and L4 ---

    def _check_edit(self, world: World, flow: Flow, side: Side, edit: Edit) -> None:
        """L4: the value came to the other side, or is told in a conflict. L3: and nothing but another person's edit changed it."""
        ids = self._ids(world, flow, side, edit)
        if ids is None or not _property(flow, edit).travels_to(OTHER[side]) or self._is_overruled(world, edit):
            return
        link, other = ids
        sides: dict[Side, Entity] = {one: world.entities[flow.name, one] for one in SIDES}
        told = edit.value.casefold() in self._told(edit)
        reached = any(_is_form(sides, side, edit, text) for text in _ever(sides[OTHER[side]], edit, link.id(OTHER[side]), other))
        assert reached or told or self._is_superseded(edit), f"L4: an edit of {edit.field} is lost: {edit}"
        linked = self._linked_with(edit.line or edit.id) - {edit.line or edit.id}
        if self._told(edit) or any((id, edit.field) in self.people.touched for id in linked):
            return
        if edit.line and (link.left in world.uncertain or any(edit.line in removed.partners for removed in self.people.removed)):
            return  # a line may have had another partner in between
        state = world.entities[flow.name, side].present[edit.id]
        fields = state.lines[edit.line].fields if edit.line else state.fields
        assert fields[edit.field] == edit.value, f"L3: an echo changed {edit.field}: {edit}"

    def _is_overruled(self, world: World, edit: Edit) -> bool:
        """Another dataflow only ever writes this property here: whatever a person gives it is put right by design."""
        others = [
            (flow, side) for one, flow, side in _places(self.tree) if one is not world and one.entities[flow.name, side].name == edit.entity
        ]
        return any(not _property(flow, edit).travels_to(OTHER[side]) for flow, side in others)

    def _told(self, edit: Edit) -> set[str]:
        """All values that were in conflict for this property of the record, or of one that is linked with it."""
        return set().union(*(self.conflicts[id, edit.field] for id in self._linked_with(edit.id)))

    def _is_superseded(self, edit: Edit) -> bool:
        """It went the other way first, and was replaced there by another person before it could come here."""
        linked = self._linked_with(edit.line or edit.id) - {edit.line or edit.id}
        return any(
            one.id in linked and one.field == edit.field and one.value.casefold() == edit.value.casefold() and one.at > edit.at
            for one in self.people.replaced
        )

    def _ids(self, world: World, flow: Flow, side: Side, edit: Edit) -> tuple[Link, str] | None:
        """The header's link and what the record or line is called on the other side; None where it waits, is closed or gone."""
        ledger = world.ledgers[flow.name]
        link = next((link for link in ledger.kind("link") if link.id(side) == edit.id), None)
        if link is None or ("left", link.left) in ledger.recheck() or link.left not in self._own(world, flow):
            return None
        if (
            edit.id not in world.entities[flow.name, side].present
            or link.id(OTHER[side]) not in world.entities[flow.name, OTHER[side]].present
        ):
            return None  # a brake keeps the links of a side that is empty by now
        if not edit.line:
            return link, link.id(OTHER[side])
        line = next((one for one in ledger.lines() if one.id(side) == edit.line), None)
        return (link, line.id(OTHER[side])) if line else None

    def _own(self, world: World, flow: Flow) -> set[str]:
        return set(world.of(flow, "left", world.entities[flow.name, "left"].present))

    def _linked_with(self, id: str) -> set[str]:
        """Everything that is linked with a record or line, over all dataflows."""
        found, more = set[str](), {id}
        while more - found:
            found |= more
            for world in self.tree.worlds:
                for ledger in world.ledgers.values():
                    pairs = [{link.left, link.right} for link in ledger.links if link.kind in ("link", "tombstone")]
                    more = more.union(*(pair for pair in pairs if pair & found))
        return found

    def _check_removed(self, world: World, flow: Flow, side: Side, removed: Removed) -> None:
        """L4: a line that was removed does not come back and is gone on the other side, too; one that a person gave may take its place."""
        state = world.entities[flow.name, side].present.get(removed.id)
        assert state is None or removed.line not in state.lines, f"L4: a removed line is back: {removed}"
        ledger = world.ledgers[flow.name]
        link = next((link for link in ledger.kind("link") if link.id(side) == removed.id), None)
        if state is None or link is None or ("left", link.left) in ledger.recheck() or link.left in world.uncertain:
            return
        other = world.entities[flow.name, OTHER[side]].present.get(link.id(OTHER[side]))
        still = removed.partners & set(other.lines) if other else set()
        now = {line.id(OTHER[side]): line.id(side) for line in ledger.lines()}
        given = {id for id, _ in self.people.touched}
        taken = {line for line in still if line in given or (line in now and self._linked_with(now[line]) & given)}
        assert still == taken, f"L4: a removed line is still there: {removed}"


def _places(tree: Tree) -> list[tuple[World, Flow, Side]]:
    return [(world, flow, side) for world in tree.worlds for flow in world.dataflow.flows for side in SIDES]


def _groups(world: World) -> list[list[Flow]]:
    found: dict[str, list[Flow]] = defaultdict(list)
    for flow in world.dataflow.flows:
        found[flow.group or flow.name].append(flow)
    return list(found.values())


def _closed(world: World, flow: Flow) -> list[Link]:
    return world.ledgers[flow.name].kind("tombstone")


def _property(flow: Flow, edit: Edit) -> Property:
    return next(spec for spec in (flow.lines.properties if edit.line and flow.lines else flow.properties) if spec.name == edit.field)


def _is_form(sides: Mapping[Side, Entity], side: Side, edit: Edit, text: Text) -> bool:
    """Whether the other side's text is what a person gave, in one of the two systems' forms."""
    return text == sides[OTHER[side]].form(edit.field, edit.value) or sides[side].form(edit.field, text) == edit.value


def _ever(entity: Entity, edit: Edit, header: str, other: str) -> set[Text]:
    """All values that the property ever had on the other side; of a line, in any line there, since a line can get another partner."""
    if not edit.line:
        return entity.ever.get((other, edit.field), set())
    states = [state for _, state in entity.past[header] if state is not None]
    return {line.fields.get(edit.field) for state in states for line in state.lines.values()}


def _alike(sides: dict[Side, Entity], name: str, left: Text, right: Text) -> bool:
    return left == right or sides["right"].form(name, left) == right or sides["left"].form(name, right) == left


def _check_silent(found: Reports, law: str) -> None:
    for reports in found:
        for name, report in reports.items():
            told = (
                [(action.key, dict(action.to_left.values), dict(action.to_right.values)) for action in report.plan.actions]
                if report.plan
                else []
            )
            assert not report.sent, f"{law} writes in {name}: {told}"


def _check_bijection(world: World, group: list[Flow]) -> None:
    links = [link for flow in group for link in world.ledgers[flow.name].kind("link")]
    for side in SIDES:
        ids = [link.id(side) for link in links]
        assert len(ids) == len(set(ids)), f"L7: a {side} record of {group[0].name} has two links"
        lines = [(line.parent, line.id(side)) for flow in group for line in world.ledgers[flow.name].lines()]
        assert len(lines) == len(set(lines)), f"L7: a {side} line of {group[0].name} has two links"


def _check_no_duplicate(entity: Entity) -> None:
    seen = [past[0][1] for id, past in entity.past.items() if id not in entity.unseen]
    made = [state.marker for state in seen if state is not None and state.marker]
    assert len(made) == len(set(made)), f"L6: a record was created twice in {entity.name}"
    for id, state in entity.present.items():
        lines = [line.marker for line in state.lines.values() if line.marker]
        assert len(lines) == len(set(lines)), f"L6: a line was created twice in {id}"
