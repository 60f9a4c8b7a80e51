"""A run without Airflow and HTTP: read, match, build, apply, fold, over two systems in memory and a ledger that is a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from lenke.core.links import match as matching
from lenke.core.links import rows as ledger
from lenke.core.links.digests import UNKNOWN, Digester, Digests
from lenke.core.links.marker import marker
from lenke.core.links.match import Candidate, Matches
from lenke.core.links.merge import Conflict, Policy
from lenke.core.links.references import UNLINKED, Index
from lenke.core.links.rows import SIDES, Link, Side, Table
from lenke.core.mapping.model import Dataflow, Flow, Property
from lenke.core.plan import build as building
from lenke.core.plan import recheck
from lenke.core.plan.context import Context
from lenke.core.plan.model import ACTION, Action, LineAction, Plan, SideWrite
from lenke.core.plan.outcome import Fold, SideResult, Stored, StoredLine
from lenke.core.plan.reads import LineRead, Objects, SideRead
from lenke.core.plan.writeback import write_back
from lenke.core.ports import Status
from tests.laws.engine.systems import Clock, Entity, Fields, Line, State

DIGESTER = Digester(b"k" * 32)
OVERLAP = timedelta(seconds=5)


@dataclass
class Ledger:
    """One flow's rows, and how far each side was seen."""

    width: int
    table: Table
    cursor: dict[Side, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow) -> Ledger:
        width = max(len(flow.properties), len(flow.lines.properties) if flow.lines else 0)
        return cls(width, ledger.empty(width))

    def commit(self, rows: Sequence[Link]) -> None:
        self.table = ledger.latest([self.table, ledger.table(rows, self.width)], self.width)

    def restart(self) -> None:
        """Read everything back from its stored form."""
        self.table = ledger.table(self.table.links(), self.width)

    def kind(self, kind: str) -> list[Link]:
        return [link for link in self.table.links() if link.kind == kind and not link.parent]

    def lines(self) -> list[Link]:
        return [link for link in self.table.links() if link.kind == "link" and link.parent]

    def recheck(self) -> dict[tuple[str, str], Link]:
        return {("left", row.left) if row.left else ("right", row.right): row for row in self.kind("recheck")}


@dataclass
class Report:
    """What one run of one flow did."""

    plan: Plan
    sent: int = 0
    rows: list[Link] = field(default_factory=list)


@dataclass
class World:
    """Two systems, their flows and ledgers.

    :param faults: for each write that is about to be sent: what becomes of it.
    :param between: called after a flow's plan is made and before it is sent.
    :param behind: per side, how much older than the present reads are just now (at most ``lag``).
    """

    dataflow: Dataflow
    entities: Mapping[tuple[str, Side], Entity]
    clock: Clock
    lag: Mapping[Side, timedelta]
    behind: dict[Side, timedelta]
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    faults: Callable[[Side, Action], Status | str] = lambda side, action: "done"
    between: Callable[[Flow], None] = lambda flow: None
    conflicts: list[tuple[str, str, Conflict]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledgers = {flow.name: Ledger.of(flow) for flow in self.dataflow.flows}

    def run(self, *, full: bool = False, dry: bool = False) -> dict[str, Report]:
        """Every flow in order."""
        return {flow.name: _FlowRun(self, flow, full=full).run(dry=dry) for flow in self.dataflow.ordered()}

    def is_moved(self, flow: Flow, side: Side, write: SideWrite, now: State | None) -> bool:
        """Whether a target is not what the plan saw."""
        if now is None:
            return True
        if _differs(flow.properties, write.expected, now.fields, side, self.index(flow)):
            return True
        specs = flow.lines.properties if flow.lines else ()
        kept = [line for line in write.lines if line.verb != "create"]
        return any(
            line.id not in now.lines or _differs(specs, line.expected, now.lines[line.id].fields, side, self.index(flow)) for line in kept
        )

    def index(self, flow: Flow) -> dict[str, Index]:
        return {to: Index.of(self.ledgers[one.name].table for one in self.dataflow.targets(to)) for to in flow.references}


@dataclass
class _FlowRun:
    world: World
    flow: Flow
    full: bool

    def __post_init__(self) -> None:
        self.ledger = self.world.ledgers[self.flow.name]
        self.indexes = self.world.index(self.flow)
        self.entity: dict[Side, Entity] = {side: self.world.entities[self.flow.name, side] for side in SIDES}

    def run(self, *, dry: bool) -> Report:
        started = self.world.clock.tick()
        states = {side: self.entity[side].at(started - self.world.behind[side]) for side in SIDES}
        reads = {side: self._read(side, states[side]) for side in SIDES}
        gone: dict[Side, dict[str, str]] = {side: self._gone(side, reads[side], started) for side in SIDES}
        matches, reads["right"] = self._match(reads, states["right"])
        plan = building.build(self.ledger.table, reads["left"], reads["right"], self._context(matches, gone, started))
        report = Report(plan)
        if dry:
            return report
        self.world.conflicts += [(self.flow.name, left, conflict) for left, conflict in plan.conflicts]
        self.world.between(self.flow)
        rows: list[Link] = []
        for action in plan.actions:
            rows += self._apply(ACTION.validate_json(ACTION.dump_json(action)), report)
        report.rows = plan.rows + rows
        self.ledger.commit(report.rows)
        self._advance(states)
        return report

    # --- read ---

    def _read(self, side: Side, states: Mapping[str, State], only: Set[str] | None = None) -> SideRead:
        complete = only is None and (self.full or side not in self.ledger.cursor)
        chosen = states if complete else {id: s for id, s in states.items() if (self._is_due(side, id, s) if only is None else id in only)}
        entries = self._entries(side, chosen) if only is None else set()
        return make_read(self.flow, side, chosen, self.indexes, entries=entries, complete=complete)

    def _is_due(self, side: Side, id: str, state: State) -> bool:
        since = self.ledger.cursor[side] - OVERLAP - self.world.lag[side]
        # Systems whose lines do not bump are walked.
        return state.modified > since or id in self._rechecked(side) or not self.entity[side].bumps_on_lines

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

    def _gone(self, side: Side, read: SideRead, started: datetime) -> dict[str, str]:
        present = self.entity[side].present
        if not read.complete:
            return {}
        found = {}
        for link in self.ledger.kind("link"):
            pending = link.pending(side)
            settled = pending is None or started - datetime.fromisoformat(pending.at) >= self.world.lag[side]
            if settled and link.id(side) not in read.position and link.id(side) not in present:
                found[link.id(side)] = "deleted"
        return found

    # --- match ---

    def _match(self, reads: Mapping[Side, SideRead], rights: Mapping[str, State]) -> tuple[Matches, SideRead]:
        known = self.ledger.kind("link") + self.ledger.kind("tombstone")
        taken = {side: {link.id(side) for link in known} for side in SIDES}
        left, right = reads["left"], reads["right"]
        ours = [Candidate(id, left.texts_of(at), self._mark(id)) for at, id in enumerate(left.ids) if id not in taken["left"]]
        if not ours:
            return Matches(), right
        # What the right side holds for them is looked up in the system, beyond what was read.
        everything = make_read(self.flow, "right", rights, self.indexes, entries=set(), complete=False)
        found = [(at, id) for at, id in enumerate(everything.ids) if id not in taken["right"]]
        theirs = [Candidate(id, everything.texts_of(at), everything.markers[at]) for at, id in found]
        reserved = {self._mark(id) for side, id in self.ledger.recheck() if side == "left"} - {one.marker for one in ours}
        matches = matching.match(self.flow.match, ours, theirs, reserved={mark for mark in reserved if mark})
        wanted = set(matches.pairs.values())
        if not wanted:
            return matches, right
        states = {id: rights[id] for id in (set(right.ids) | wanted)}
        entries = set(right.ids[~right.whole]) - wanted
        return matches, make_read(self.flow, "right", states, self.indexes, entries=entries, complete=right.complete)

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
            read_at=started,
        )

    # --- apply ---

    def _apply(self, action: Action, report: Report) -> list[Link]:
        results: dict[Side, SideResult] = {}
        if action.verb == "create" or action.to_right:
            results["right"] = self._send("right", action, report)
        made = results.get("right")
        if action.verb == "create" and made is not None and made.status == "done" and made.stored is not None:
            action = write_back(self.flow, action, made.stored, DIGESTER)
        if action.to_left:
            results["left"] = self._send("left", action, report)
        if any(result.status == "unknown" for result in results.values()):
            note = {"reason": "unknown_outcome", "since": self.world.clock.now.isoformat(), "sent": recheck.sent(action)}
            return [Link(left=action.left, kind="recheck", note=note)]
        old = {id: row for (side, id), row in self.ledger.recheck().items() if side == "left"}
        return Fold(self.flow, self.world.clock.tick(), self.world.lag, old).rows(action, results)

    def _send(self, side: Side, action: Action, report: Report) -> SideResult:
        write, entity = action.to(side), self.entity[side]
        is_create = action.verb == "create" and side == "right"
        id = "" if is_create else action.left if side == "left" else action.right
        now = entity.present.get(id)
        if not is_create and self.world.is_moved(self.flow, side, write, now):
            return SideResult("moved" if now else "gone", reason="the target changed since the plan was made")
        if now is not None and now.locked:
            return SideResult("locked", reason="locked")
        fault = self.world.faults(side, action)
        if fault == "lost_before":
            return SideResult("unknown")
        if fault == "rejected":
            report.sent += 1
            return SideResult("rejected", reason="refused")
        report.sent += 1
        entity.writes += 1
        id = self._create(action) if is_create else self._update(side, id, action)
        if fault == "lost_after":
            return SideResult("unknown")
        return SideResult("done", id, self._stored(side, id))

    def _create(self, action: Action) -> str:
        write = action.to_right
        self._check_references(write.values, self.flow.properties)
        lines = [Line(self._filled(line), line.marker) for line in write.lines]
        for line in write.lines:
            self._check_references(line.values, self.flow.lines.properties if self.flow.lines else ())
        fields = {spec.name: write.values.get(spec.name) for spec in self.flow.properties}
        return self.entity["right"].create(fields, lines, action.marker)

    def _update(self, side: Side, id: str, action: Action) -> str:
        entity, write = self.entity[side], action.to(side)
        now = entity.present[id]
        lines: dict[str, Line | None] = {}
        for line in write.lines:
            if line.verb == "create":
                lines[entity.next_line()] = Line(self._filled(line), line.marker)
            elif line.verb == "remove":
                lines[line.id] = None
            else:
                old = now.lines[line.id]
                self._check_needed(entity, line.values, old.fields, self._agreed(action, side, line.id))
                lines[line.id] = replace(old, fields={**old.fields, **line.values})
        self._check_needed(entity, write.values, now.fields, self._agreed(action, side))
        if side == "right":
            self._check_references(write.values, self.flow.properties)
        entity.update(id, write.values, lines)
        return id

    def _check_needed(self, entity: Entity, values: Fields, held: Fields, agreed: Set[str]) -> None:
        for name, text in values.items():
            needed = name not in agreed or entity.form(name, text) != held.get(name)
            assert needed, f"L5: {entity.name} is told {name} although it holds it already"

    def _agreed(self, action: Action, side: Side, line: str = "") -> set[str]:
        """Properties whose form on this side is known: not at a first link, and not after a write whose answer was lost."""
        old = next((one for one in action.old_lines if one.id(side) == line), None) if line else action.old
        specs = self.flow.lines.properties if line and self.flow.lines else self.flow.properties
        entry = self.ledger.recheck().get(("left", action.left))
        uncertain = entry.note.get("sent", {}).get(side, ()) if entry else ()
        told = {name.removeprefix(recheck.LINE) for name in uncertain}
        return {spec.name for at, spec in enumerate(specs) if old is not None and old.base[at] != UNKNOWN} - told

    def _check_references(self, values: Mapping[str, str | None], properties: Sequence[Property]) -> None:
        for spec in properties:
            if spec.to is not None and (id := values.get(spec.name)) is not None:
                assert id in self.world.entities[spec.to, "right"].past, f"L9: {spec.name} refers to a record that is not linked"

    def _filled(self, line: LineAction) -> dict[str, str | None]:
        assert self.flow.lines is not None
        return {spec.name: line.values.get(spec.name) for spec in self.flow.lines.properties}

    def _stored(self, side: Side, id: str) -> Stored:
        read = make_read(self.flow, side, {id: self.entity[side].present[id]}, self.indexes, entries=set())
        lines = read.lines
        found = [StoredLine(lines.ids[at], lines.row(at), lines.markers[at]) for at in read.line_positions(id)] if lines else []
        return Stored(read.row(0), found, int(read.versions[0]))

    def _advance(self, states: Mapping[Side, Mapping[str, State]]) -> None:
        for side in SIDES:
            seen = [state.modified for state in states[side].values()]
            if seen:
                self.ledger.cursor[side] = max([*seen, self.ledger.cursor.get(side, seen[0])])


def version_digest(state: State) -> int:
    """The digest of a record's version."""
    return DIGESTER.value("version", str(state.version))


def make_read(
    flow: Flow,
    side: Side,
    states: Mapping[str, State],
    indexes: Mapping[str, Index],
    *,
    entries: Set[str] = frozenset(),
    complete: bool = False,
) -> SideRead:
    """Records in memory as a read; ``entries`` come without their lines."""
    ids = list(states)
    texts, digests = _columns(flow.properties, [states[id].fields for id in ids], side, indexes)
    held = "[0]"
    return SideRead(
        ids=_objects(ids),
        digests=digests,
        texts=texts,
        modified=_objects([states[id].modified for id in ids]),
        versions=np.asarray([version_digest(states[id]) if flow.lines else 0 for id in ids], dtype=np.uint64),
        raws=_objects(["{}" for _ in ids]),
        markers=_objects([states[id].marker for id in ids]),
        problems=_objects([None for _ in ids]),
        locks=_objects([held if states[id].locked else None for id in ids]),
        whole=np.asarray([id not in entries for id in ids], dtype=np.bool_),
        complete=complete,
        lines=_line_read(flow, side, {id: states[id] for id in ids if id not in entries}, indexes),
    )


def _line_read(flow: Flow, side: Side, states: Mapping[str, State], indexes: Mapping[str, Index]) -> LineRead | None:
    if flow.lines is None:
        return None
    found = [(parent, id, line) for parent, state in states.items() for id, line in state.lines.items()]
    texts, digests = _columns(flow.lines.properties, [line.fields for _, _, line in found], side, indexes)
    return LineRead(
        parents=_objects([parent for parent, _, _ in found]),
        ids=_objects([id for _, id, _ in found]),
        digests=digests,
        texts=texts,
        problems=_objects([None for _ in found]),
        markers=_objects([line.marker for _, _, line in found]),
    )


def _columns(
    properties: Sequence[Property], records: Sequence[Fields], side: Side, indexes: Mapping[str, Index]
) -> tuple[pd.DataFrame, Digests]:
    values: Objects = np.empty((len(records), len(properties)), dtype=object)
    digests = np.zeros(values.shape, dtype=np.uint64)
    for row, record in enumerate(records):
        for column, spec in enumerate(properties):
            text = record.get(spec.name)
            if spec.to is not None and side == "right" and text is not None:
                text = indexes[spec.to].to_left.get(text, UNLINKED + text)
            values[row, column], digests[row, column] = text, _digest(spec.name, text)
    return pd.DataFrame(values, columns=[spec.name for spec in properties]), digests


@lru_cache(maxsize=100_000)
def _digest(name: str, text: str | None) -> int:
    return DIGESTER.value(name, text)


def _differs(
    properties: Sequence[Property], expected: Mapping[str, int], fields: Mapping[str, str | None], side: Side, indexes: Mapping[str, Index]
) -> bool:
    _, digests = _columns(properties, [fields], side, indexes)
    return any(expected.get(spec.name) not in (None, 0, int(digests[0, at])) for at, spec in enumerate(properties))


def _objects(values: Sequence[object]) -> Objects:
    result: Objects = np.empty(len(values), dtype=object)
    result[:] = values
    return result
