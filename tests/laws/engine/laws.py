"""The laws, once people and faults have stopped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.model import ARCHIVED, Flow
from tests.laws.engine.flows import LAG, Tree
from tests.laws.engine.losses import Losses
from tests.laws.engine.people import People
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

    def check(self) -> None:
        """Raise AssertionError, with the law, where one does not hold."""
        last = self._come_to_rest()
        for world, reports in zip(self.tree.worlds, last, strict=True):
            for group in _groups(world):
                _check_bijection(world, group)
                _check_one_partner(world, group)
            for flow in world.dataflow.flows:
                self._check_converged(world, flow, reports[flow.name])
                _check_archived(world, flow)
        for entity in [entity for system in self.tree.systems for entity in system.values()]:
            _check_no_duplicate(entity)
        Losses(self.tree, self.people).check()

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
            found = self._round(Mode(full=True))
            _check_silent(found, "L11: a full run finds what no delta has brought")
            if _is_done(found):
                return found
        return self._runs(Mode(full=True))

    def _runs(self, mode: Mode) -> Reports:
        """The reports of the first round in which nothing is written, neither to a system nor to a ledger."""
        found: Reports = []
        for _ in range(ROUNDS + 2 * self.tree.depth):
            found = self._round(mode)
            if _is_done(found):
                return found
        busy = [(name, report.sent, report.rows) for reports in found for name, report in reports.items() if report.sent or report.rows]
        raise AssertionError(f"L1, L2: it does not come to rest: {busy}")

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


def _is_done(found: Reports) -> bool:
    """Whether nothing was written, neither to a system nor to a ledger."""
    return all(not report.sent and not report.rows for reports in found for report in reports.values())


def _groups(world: World) -> list[list[Flow]]:
    found: dict[str, list[Flow]] = defaultdict(list)
    for flow in world.dataflow.flows:
        found[flow.group or flow.name].append(flow)
    return list(found.values())


def _closed(world: World, flow: Flow) -> list[Link]:
    return world.ledgers[flow.name].kind("tombstone")


def _check_archived(world: World, flow: Flow) -> None:
    """L10: who was left behind by a deletion is archived, where the flow says so and nobody has edited the record."""
    parked = world.ledgers[flow.name].recheck()
    for link in _closed(world, flow) if flow.on_delete == "archive" else []:
        survivor: Side = "right" if link.note["side"] == "left" else "left"
        state = world.of(flow, survivor, world.entities[flow.name, survivor].present).get(link.id(survivor))
        waits = ("left", link.left) in parked or (survivor, link.id(survivor)) in parked
        assert state is None or waits or state.fields.get(ARCHIVED) == "true", (
            f"L10: {link.id(survivor)} was left behind and is not archived"
        )


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


def _check_one_partner(world: World, group: list[Flow]) -> None:
    """L6: what was begun with one right record does not go on with another one while that is there."""
    sides: dict[Side, Entity] = {side: world.entities[group[0].name, side] for side in SIDES}
    for (name, left), rights in world.partners.items():
        there = {id for id in rights if id in sides["right"].present}
        is_own = name == (group[0].group or group[0].name) and left in sides["left"].present and left not in world.blind
        assert not is_own or len(there) <= 1, f"L6: {left} was written to {len(there)} records"


def _check_no_duplicate(entity: Entity) -> None:
    seen = [past[0][1] for id, past in entity.past.items() if id not in entity.unseen]
    made = [state.marker for state in seen if state is not None and state.marker]
    assert len(made) == len(set(made)), f"L6: a record was created twice in {entity.name}"
    for id, state in entity.present.items():
        lines = [line.marker for line in state.lines.values() if line.marker]
        assert len(lines) == len(set(lines)), f"L6: a line was created twice in {id}"
