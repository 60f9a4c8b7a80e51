"""L3 and L4: what became of each edit and of each line that was removed, once people and faults have stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.mapping.model import Flow, Property
from tests.laws.engine.flows import Tree
from tests.laws.engine.people import Edit, People, Removed
from tests.laws.engine.systems import Entity, Text
from tests.laws.engine.world import World


@dataclass
class Losses:
    """Nothing that a person did is lost.

    :param conflicts: (record, property) to all values that were told in a conflict.
    """

    tree: Tree
    people: People
    conflicts: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def check(self) -> None:
        """Raise AssertionError, with the law, where one does not hold."""
        for world in self.tree.worlds:
            for left, right, conflict in world.conflicts:
                texts = {text.casefold() for text in (conflict.left, conflict.right) if text is not None}
                for id in (left, right):  # a first link without an answer may come to nothing
                    self.conflicts[id, conflict.property] |= texts
        for world, flow, side in _places(self.tree):
            entity = world.entities[flow.name, side].name
            for edit in [edit for edit in self.people.edits.values() if edit.entity == entity]:
                self._check_edit(world, flow, side, edit)
            for removed in [removed for removed in self.people.removed if removed.entity == entity]:
                self._check_removed(world, flow, side, removed)

    def _check_edit(self, world: World, flow: Flow, side: Side, edit: Edit) -> None:
        """L4: the value came to the other side, or is told in a conflict. L3: and nothing but another person's edit changed it.

        Where an answer was lost, or the ledger, nobody can tell what was put back from what never was another value.
        """
        ids = self._ids(world, flow, side, edit)
        if ids is None or not _property(flow, edit).travels_to(OTHER[side]) or self._is_overruled(world, edit):
            return
        link, other = ids
        sides: dict[Side, Entity] = {one: world.entities[flow.name, one] for one in SIDES}
        told = edit.value.casefold() in self._told(edit)
        reached = any(_is_form(sides, side, edit, text) for text in _ever(sides[OTHER[side]], edit, link.id(OTHER[side]), other))
        is_put_back = not edit.line and sides[side].held_before(edit.id, edit.field, edit.value, edit.at)
        is_unknown = is_put_back and (self._is_in_doubt(edit) or self._is_put_back_unread(sides[side], edit))
        assert reached or told or is_unknown or self._is_superseded(edit), f"L4: an edit of {edit.field} is lost: {edit}"
        linked = self._ever_linked_with(edit.line or edit.id) - {edit.line or edit.id}
        if self._told(edit) or any((id, edit.field) in self.people.touched for id in linked):
            return
        if edit.line and (link.left in world.uncertain or self._is_partnerless(edit)):
            return  # a line may have had another partner in between
        if not edit.line and self._is_blind(edit) and sides[side].held_before(edit.id, edit.field, edit.value, edit.at):
            return  # put back after the journal of a write without an answer was lost: nothing tells its echo from an edit any more
        state = world.entities[flow.name, side].present[edit.id]
        fields = state.lines[edit.line].fields if edit.line else state.fields
        assert fields[edit.field] == edit.value, f"L3: an echo changed {edit.field}: {edit}"

    def _is_in_doubt(self, edit: Edit) -> bool:
        """Whether any dataflow has written its record, or one that is linked with it, without an answer."""
        linked = self._linked_with(edit.id)
        return any(linked & (world.blind | world.uncertain) for world in self.tree.worlds)

    def _is_put_back_unread(self, entity: Entity, edit: Edit) -> bool:
        """Whether a dataflow never read what stood there in between: to it, nothing has changed."""
        worlds = [world for world in self.tree.worlds if any(one is entity for one in world.entities.values())]
        return any(entity.is_unread(world.dataflow.name, edit.id, edit.field, edit.value, edit.at) for world in worlds)

    def _is_blind(self, edit: Edit) -> bool:
        """Whether a ledger was restored that had journalled writes of its record, or of one that is linked with it."""
        linked = self._linked_with(edit.id)
        return any(linked & world.blind for world in self.tree.worlds)

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
        """It went the other way first, and another person replaced it there, or removed the line, before it could come here."""
        linked = self._ever_linked_with(edit.line or edit.id) - {edit.line or edit.id}
        return self._is_partnerless(edit) or any(
            one.id in linked and one.field == edit.field and one.value.casefold() == edit.value.casefold() and one.at > edit.at
            for one in self.people.replaced
        )

    def _is_partnerless(self, edit: Edit) -> bool:
        """A person removed a line that this one was linked with; the line may go on as another one's partner."""
        return any(edit.line in removed.partners for removed in self.people.removed)

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

    def _ever_linked_with(self, id: str, without: frozenset[str] = frozenset()) -> set[str]:
        """Everything that is linked with a record, or ever was with a line, over all dataflows; not by way of some lines."""
        found, more = set[str](), {id}
        while more - found:
            found |= more
            more = more.union(*(self._linked_with(one) for one in found)) - without
            more = more.union(*(pair - without for world in self.tree.worlds for pair in world.lines if pair & found))
        return found

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
        given, own = {id for id, _ in self.people.touched}, removed.partners | {removed.line}
        taken = {line for line in still if line in given or (line in now and self._ever_linked_with(now[line], own) & given)}
        assert still == taken, f"L4: a removed line is still there: {removed}"


def _places(tree: Tree) -> list[tuple[World, Flow, Side]]:
    return [(world, flow, side) for world in tree.worlds for flow in world.dataflow.flows for side in SIDES]


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
