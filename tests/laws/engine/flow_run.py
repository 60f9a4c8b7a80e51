"""A flow's run without Airflow and HTTP: recover, read, match, build, write, commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from lenke.core.links import match as matching
from lenke.core.links.conflicts import Policy
from lenke.core.links.groups import Prints, Sibling, Siblings
from lenke.core.links.marker import marker
from lenke.core.links.match import Candidate, Matches
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.model import Flow
from lenke.core.plan import brakes, recheck, uncertain
from lenke.core.plan import build as building
from lenke.core.plan.context import Context
from lenke.core.plan.model import ACTION, Plan
from lenke.core.plan.reads import SideRead
from tests.laws.engine.ledger import Cursor, Journal
from tests.laws.engine.reading import DIGESTER, make_read, version_digest
from tests.laws.engine.systems import Entity, State
from tests.laws.engine.world import CrashError, Mode, Report, World
from tests.laws.engine.writing import Writing

OVERLAP = timedelta(seconds=5)


class FlowRun:
    """One flow in one run."""

    def __init__(self, world: World, flow: Flow, mode: Mode) -> None:
        self.world, self.flow, self.mode, self.report = world, flow, mode, Report()
        self.ledger = world.ledgers[flow.name]
        self.entity: dict[Side, Entity] = {side: world.entities[flow.name, side] for side in SIDES}

    def run(self) -> None:
        started = self.world.clock.tick()
        if self.mode.dry:
            assert self.ledger.journal is None, "a dry run is made after a run that came to its end"
        self.ledger.recover(started)
        self._release()
        self.indexes = self.world.index(self.flow)
        reads, states = self._reads(started)
        plan = self._plan(reads, states, started)
        self.report.plan = plan
        if self.mode.dry:
            return
        self._check_brakes(plan)
        rights = {action.left: action.right for action in plan.actions}
        self.world.conflicts += [(left, rights.get(left, ""), conflict) for left, conflict in plan.conflicts]
        self.world.between(self.world, self.flow)
        self.ledger.journal = journal = Journal()
        seen, fate = {id: states["right"][id] for id in reads["right"].ids}, self.world.commits()
        sent = plan.actions if fate != "load_stopped" else plan.actions[: len(plan.actions) // 2]
        for action in sent:
            writing = Writing(self.world, self.flow, self.indexes, self.report, seen)
            writing.carry_out(ACTION.validate_json(ACTION.dump_json(action)), journal)
        undone = {action.left for action in [*plan.actions[len(sent) :], *journal.waiting.values()]}
        self.world.fired |= {fate} if len(sent) < len(plan.actions) else set()
        rows = recheck.counting(plan.rows, undone)
        self.report.rows = [*rows, *journal.rows, *journal.lost(self._entries_after(rows), self.world.clock.now)]
        self._commit(reads, started, fate, {} if undone else self._seen(reads))

    def _entries_after(self, rows: Sequence[Link]) -> dict[tuple[str, str], Link]:
        """The recheck list once the plan's own rows are in the ledger, as the runtime folds a journal."""
        found = {recheck.key(row): row for row in rows if row.kind in ("recheck", "settled")}
        return {key: row for key, row in (self.ledger.recheck() | found).items() if row.kind == "recheck"}

    def _commit(self, reads: Mapping[Side, SideRead], started: datetime, fate: str, cursor: Cursor) -> None:
        if fate == "crash_uncommitted":
            raise CrashError(fate)
        self.ledger.commit(self.report.rows, cursor)
        self.world.lines |= {frozenset((line.left, line.right)) for line in self.ledger.lines()}
        self._show(reads, started)
        if fate == "crash_committed":
            raise CrashError(fate)

    def _show(self, reads: Mapping[Side, SideRead], started: datetime) -> None:
        for side in SIDES:
            for id in reads[side].ids:
                times = self.entity[side].shown.setdefault((self.world.dataflow.name, str(id)), [])
                times.append(started - self.world.behind[side])

    # --- read ---

    def _reads(self, started: datetime) -> tuple[dict[Side, SideRead], dict[Side, dict[str, State]]]:
        states = {side: self.entity[side].at(started - self.world.behind[side]) for side in SIDES}
        if self.mode.empty is not None:
            states[self.mode.empty] = {}
        reads = {side: self._read(side, self.world.of(self.flow, side, states[side])) for side in SIDES}
        for side in SIDES:
            if reads[side].complete and not states[side] and (links := len(self.ledger.kind("link"))):
                brakes.stop_empty(self.flow.name, side, links=links, plan_id="")
        return reads, states

    def _read(self, side: Side, states: Mapping[str, State]) -> SideRead:
        complete = self.mode.full or (self.mode.interval is None and side not in self.ledger.cursor)
        chosen = states if complete else {id: state for id, state in states.items() if self._is_due(side, id, state)}
        return make_read(self.flow, side, chosen, self.indexes, entries=self._entries(side, chosen), complete=complete)

    def _left_behind(self, states: Mapping[str, State]) -> set[str]:
        """What is read and does not pass the flow's filter."""
        passed = self.world.of(self.flow, "left", states)
        due = self.mode.full or (self.mode.interval is None and "left" not in self.ledger.cursor)
        return {id for id, state in states.items() if id not in passed and (due or self._is_due("left", id, state))}

    def _is_due(self, side: Side, id: str, state: State) -> bool:
        # Systems whose lines do not bump are walked.
        if id in self._rechecked(side) or self.entity[side].ignores_filter or not self.entity[side].bumps_on_lines:
            return True
        if self.mode.interval is not None:
            return self.mode.interval[0] <= state.modified < self.mode.interval[1]
        return state.modified > self.ledger.cursor[side] - OVERLAP - self.world.lag[side]

    def _rechecked(self, side: Side) -> set[str]:
        entries = self.ledger.recheck()
        links = {link.left: link.right for link in self.ledger.kind("link")}
        found = {(id if side == "left" else links.get(id, "")) for own, id in entries if own == "left"}
        return found | {id for own, id in entries if own == side}

    def _entries(self, side: Side, chosen: Mapping[str, State]) -> set[str]:
        """Right records with lines come as list entries; those with another version than the link's are read whole."""
        if side == "left" or self.flow.lines is None or not self.entity[side].bumps_on_lines:
            return set()
        links = {link.right: link for link in self.ledger.kind("link")}
        recheck = self._rechecked(side)
        return {
            id
            for id, state in chosen.items()
            if id not in recheck and (id not in links or links[id].right_version == version_digest(state))
        }

    def _seen(self, reads: Mapping[Side, SideRead]) -> Cursor:
        """The newest modified time per side; a backfill moves no cursor."""
        if self.mode.interval is not None:
            return {}
        seen = {side: max(read.modified) for side, read in reads.items() if len(read)}
        return {side: max(time, self.ledger.cursor.get(side, time)) for side, time in seen.items()}

    # --- plan ---

    def _plan(self, reads: dict[Side, SideRead], states: Mapping[Side, Mapping[str, State]], started: datetime) -> Plan:
        gone: dict[Side, dict[str, str]] = {side: self._gone(side, reads[side], started) for side in SIDES}
        matches, reads["right"] = self._match(reads, states["right"])
        context = replace(self._context(matches, gone, started), left_behind=self._left_behind(states["left"]))
        return building.build(self.ledger.table, reads["left"], reads["right"], context)

    def _gone(self, side: Side, read: SideRead, started: datetime) -> dict[str, str]:
        found = {}
        for link in self.ledger.kind("link") if read.complete else []:
            pending = link.pending(side)
            settled = pending is None or started - datetime.fromisoformat(pending.at) >= self.world.lag[side]
            if settled and link.id(side) not in read.position and link.id(side) not in self.entity[side].present:
                found[link.id(side)] = "deleted"
        return found

    def _check_brakes(self, plan: Plan) -> None:
        if self.mode.brakes is not None:
            changes = sum(action.verb == "update" for action in plan.actions)
            creates = sum(action.verb == "create" for action in plan.actions)
            brakes.check(self.mode.brakes, self.flow.name, links=plan.linked, changes=changes, creates=creates, plan_id="shown")

    # --- exclusive groups ---

    def _siblings(self) -> Siblings:
        others = [flow for flow in self.world.dataflow.flows if self.flow.group and flow.group == self.flow.group and flow != self.flow]
        return Siblings.of(_prints(self.flow), [self._sibling(flow) for flow in others])

    def _sibling(self, flow: Flow) -> Sibling:
        ledger = self.world.ledgers[flow.name]
        journal = ledger.journal or Journal()
        lost = journal.lost(ledger.recheck(), self.world.clock.now)
        return Sibling(flow.name, _prints(flow), [*ledger.links, *journal.rows, *lost])

    def _release(self) -> None:
        if gone := self._siblings().given_up(self.flow.name, self.ledger.links):
            self.ledger.commit([row.dropped() for row in gone])

    # --- match ---

    def _match(self, reads: Mapping[Side, SideRead], rights: Mapping[str, State]) -> tuple[Matches, SideRead]:
        known = self.ledger.kind("link") + self.ledger.kind("tombstone")
        taken = {side: {link.id(side) for link in known} for side in SIDES}
        others = self._siblings()
        taken["right"] |= others.rights
        left, right = reads["left"], reads["right"]
        ours = [Candidate(id, left.texts_of(at), self._mark(id)) for at, id in enumerate(left.ids) if id not in taken["left"]]
        if not ours:
            return Matches(), right
        # What the right side holds for them is looked up in the system, beyond what was read.
        everything = make_read(self.flow, "right", rights, self.indexes, entries=set(), complete=False)
        found = [(at, id) for at, id in enumerate(everything.ids) if id not in taken["right"]]
        theirs = [Candidate(id, everything.texts_of(at), everything.markers[at]) for at, id in found]
        moved = self._taken_over(ours, others, rights)
        begun = self._begun(others, taken["right"])
        moved.add(matching.as_begun(begun, moved.open(ours), {one.id for one in theirs}))
        ours = moved.open(ours)
        waiting = {id for side, id in self.ledger.recheck() if side == "left"}
        reserved = {self._mark(id) for id in waiting | others.waiting} - {one.marker for one in ours}
        matches = matching.match(self.flow.match, ours, theirs, reserved={mark for mark in reserved if mark}, begun=set(begun.values()))
        matches.add(moved)
        return matches, self._whole(right, rights, set(matches.pairs.values()))

    def _taken_over(self, ours: list[Candidate], others: Siblings, rights: Mapping[str, State]) -> Matches:
        found = Matches()
        for one in ours:
            if one.id in others.links and others.links[one.id].right in rights:
                found.pairs[one.id] = others.links[one.id].right
                found.moved[one.id] = others.taken_over(one.id, since=self.world.clock.now.isoformat())
            elif one.id in others.links or one.id in others.closed:
                found.parked[one.id] = ("closed_match", ())
        return found

    def _begun(self, others: Siblings, taken: set[str]) -> dict[str, str]:
        own = [row for (side, _), row in self.ledger.recheck().items() if side == "left"]
        return uncertain.begun([*others.lost.values(), *own], taken)

    def _whole(self, right: SideRead, rights: Mapping[str, State], wanted: Set[str]) -> SideRead:
        if not wanted:
            return right
        states = {id: rights[id] for id in (set(right.ids) | wanted)}
        entries = set(right.ids[~right.whole]) - wanted
        return make_read(self.flow, "right", states, self.indexes, entries=entries, complete=right.complete)

    def _mark(self, id: str) -> str:
        return marker(self.world.dataflow.left, self.flow.left.entity, id)

    def _context(self, matches: Matches, gone: Mapping[Side, Mapping[str, str]], started: datetime) -> Context:
        return Context(
            dataflow=self.world.dataflow,
            flow=self.flow,
            now=self.world.clock.now,
            policy=Policy("left"),
            digester=DIGESTER,
            read_lag=self.world.lag,
            references=self.indexes,
            matches=matches,
            gone=gone,
            recheck=self.ledger.recheck(),
            lost_elsewhere=self._siblings().lost,
            linked_elsewhere=self._siblings().links,
            read_at=started,
        )


def _prints(flow: Flow) -> Prints:
    return tuple((spec.name, spec.name) for spec in flow.properties)


def in_turn(fates: list[str]) -> Callable[[], str]:
    """Fates one after the other, then none."""
    left = list(fates)
    return lambda: left.pop(0) if left else "done"
