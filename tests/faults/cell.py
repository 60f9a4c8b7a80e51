"""One fault at one share of one system's calls: people's work, runs that meet it, its end, a clean run, and what is wrong then."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from lenke.systems.patience import Patience
from tests.faults.clock import Clock, TimedAdapter
from tests.faults.people import People
from tests.faults.scenes import Synced
from tests.faults.traffic import BUDGETS, Traffic
from tests.oracle.tree.case import Case, Objection
from tests.oracle.tree.facts import Facts
from tests.oracle.tree.judging import judged
from tests.oracle.tree.readers import MARKED
from tests.oracle.tree.tables import DATAFLOWS

# Seconds between two runs.
SCHEDULE = 900.0
UNKNOWN = "unknown_outcome"
# Ids and running numbers depend on the order of creation, dates on the day of the test.
PASSING = frozenset({"account", "accounting_number", "customer", "product", "article", "date", "ordered_at"})
# What a client waits for an answer at most, in all systems, is less.
_SLOW = 300.0


@dataclass(frozen=True)
class Kind:
    """A fault of the sandbox, as the table calls it and as its switch takes it."""

    label: str
    name: str
    rule: Mapping[str, Any] = field(default_factory=dict)


KINDS: tuple[Kind, ...] = (
    Kind("reply dropped after the commit", "drop_reply"),
    Kind("hung up before the commit", "timeout_before"),
    Kind("answer after the timeout", "slow", {"seconds": _SLOW}),
    Kind("body cut short", "truncate"),
    Kind("429", "429", {"seconds": 3}),
    Kind("503", "5xx"),
    Kind("504 after the commit", "5xx", {"status": 504, "effect": True}),
    Kind("HTML", "html"),
    Kind("HTML after the commit", "html", {"effect": True}),
    Kind("token expired", "expire_token"),
)


@dataclass(frozen=True)
class State:
    """What both systems hold and what is parked, without what depends on the order of creation.

    :ivar objections: what the judge objects to in the small installation, faults or none: a record that is parked on purpose,
        members that a server makes up when it saves.
    """

    records: Counter[tuple[Any, ...]]
    parked: frozenset[tuple[str, str, str]]
    objections: frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Reference:
    """The same work without a fault.

    :ivar calls: system to the requests of the first run.
    :ivar runs: how many runs wrote.
    """

    state: State
    calls: Mapping[str, int]
    runs: int


@dataclass(frozen=True)
class Result:
    """What became of a cell.

    :ivar unknown: outcomes that stay unknown, of targets that have no marker: (flow, left id).
    """

    system: str
    kind: Kind
    share: float
    hits: int = 0
    calls: int = 0
    refused: int = 0
    busiest: int = 0
    unknown: tuple[tuple[str, str], ...] = ()
    complaints: tuple[str, ...] = ()


def reference(base: Synced, folder: Path) -> Reference:
    """Carry out the work without a fault."""
    with base.copy(folder) as people:
        traffic = _prepare(base, people)
        base.scene.stir(people)
        seen = dict.fromkeys(base.scene.systems, 0)
        _wrote(base, people, seen)
        _run(people)
        calls = {name: len(arrived.arrived) for name, arrived in traffic.items()}
        runs = 1
        while _wrote(base, people, seen):
            _run(people)
            runs += 1
        case = base.case(folder, people)
        state = _state(base, case, people)
        if unlike := {place for place in state.objections if "." in place[0] and place[2] != "right record"}:
            raise AssertionError(f"without a fault, too, the sides of {unlike} are not alike: {case.findings.report()}")
        return Reference(state, calls, runs - 1)


def run_cell(base: Synced, wanted: Reference, folder: Path, system: str, kind: Kind, share: float, seed: str) -> Result:
    """Carry out the work with the fault, end it, run as often as the work needs without one, and look at what is left."""
    with base.copy(folder) as people:
        traffic = _prepare(base, people)[system]
        base.scene.stir(people)
        people.systems.fault(system, kind.name, rate=share, seed=_draws(seed, share, wanted.calls[system]), **_rule(system, kind))
        # Where half of all calls fail, the first run may get nowhere.
        for _ in range(2 if share >= 0.5 else 1):
            _run(people)
        hits, calls, refused, busiest = people.systems.hits(system), len(traffic.arrived), traffic.refused, traffic.busiest()
        complaints = [*traffic.complaints(BUDGETS[system])]
        people.systems.clear_faults()
        for _ in range(wanted.runs):
            _run(people)
            complaints += [f"{flow}: {type(error).__name__}: {error}" for flow, error in people.engine.errors.items()]
        unknown = tuple(_unknown(base, people))
        complaints += _left_behind(base, base.case(folder, people), people, wanted.state)
        return Result(system, kind, share, hits, calls, refused, busiest, unknown, tuple(complaints))


def _rule(system: str, kind: Kind) -> dict[str, Any]:
    """Shopify refuses queries, by GraphQL; its tokens come from elsewhere."""
    only = {"match": {"path": "/graphql.json"}} if (system, kind.name) == ("shopify", "429") else {}
    return {**kind.rule, **only}


def _prepare(base: Synced, people: People) -> dict[str, Traffic]:
    """Clients that live in the clock's time and keep to the vendors' budgets; what arrives at each system."""
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        people.engine.later = timedelta(seconds=clock.now())

    people.engine.patience = Patience(clock=clock.now, sleep=sleep)
    people.engine.adapter = TimedAdapter(clock)
    people.engine.connections = {name: _within_budget(name, connection) for name, connection in people.systems.connections.items()}
    traffic = {name: Traffic(clock) for name in base.scene.systems}
    for name, seen in traffic.items():
        people.systems.watch(name, seen.saw, sleep=clock.hold_back)
    return traffic


def _run(people: People) -> None:
    """One run, and the time until the next one."""
    people.engine.run(strict=False)
    people.engine.patience.sleep(SCHEDULE)


def _within_budget(system: str, connection: Mapping[str, Any]) -> dict[str, Any]:
    return {**connection, "extra": {**connection["extra"], "requests_per_second": BUDGETS[system]}}


def _draws(seed: str, share: float, calls: int) -> int:
    """A seed of the fault's draws that hits at least one of so many calls: a fault that never shows proves nothing."""
    seeds = random.Random(seed)
    for _ in range(10_000):
        draws = random.Random(number := seeds.randrange(2**32))
        if any(draws.random() < share for _ in range(calls)):
            return number
    raise AssertionError(f"no seed hits one of {calls} calls at a share of {share}")


def _wrote(base: Synced, people: People, since: dict[str, int]) -> bool:
    """Whether a system was written since this was last asked."""
    new = {name: people.systems.audit(name, since[name]) for name in base.scene.systems}
    since |= {name: rows[-1]["seq"] for name, rows in new.items() if rows}
    return any(new.values())


def _left_behind(base: Synced, case: Case, people: People, wanted: State) -> Iterator[str]:
    """What is not as it would be without the fault."""
    found = _state(base, case, people)
    for one in case.findings.objections:
        if _place(one) not in wanted.objections:
            yield f"{one.flow} {one.id}: {one.words}"
    for name, more, less in (("is missing", wanted.records, found.records), ("is too much", found.records, wanted.records)):
        yield from (f"{system} {entity} {name}: {told[0]}" for system, entity, *told in more - less)
    known = set(_unknown(base, people))
    for flow, id, reason in sorted(found.parked - wanted.parked):
        if (flow, id) not in known:
            yield f"{flow}: {id} is parked: {reason}"
    if keys := people.engine.journal_keys():
        yield f"{len(keys)} journal entries are open"


def _unknown(base: Synced, people: People) -> Iterator[tuple[str, str]]:
    """Unknown outcomes of targets that have no place for a marker."""
    unmarked = {flow.name for flow in DATAFLOWS[base.scene.dataflow] if (flow.right, flow.kind) not in MARKED}
    for flow, id, reason in sorted(_parked(people)):
        if reason == UNKNOWN and flow in unmarked:
            yield flow, id


def _parked(people: People) -> frozenset[tuple[str, str, str]]:
    """(flow, id, reason) of the recheck lists."""
    flows = people.engine.dataflow.flows
    return frozenset((flow.name, id, reason) for flow in flows for id, (reason, _) in people.engine.parked(flow.name).items())


def _place(one: Objection) -> tuple[str, str, str]:
    return one.flow, one.id, one.fact


def _state(base: Synced, case: Case, people: People) -> State:
    objections = frozenset(map(_place, judged(case, (base.scene.dataflow,)).objections))
    records: Counter[tuple[Any, ...]] = Counter()
    for (system, kind), told in case.told.items():
        for record in told.values():
            lines = sorted(_plain(line) for line in record.lines)
            records[system, kind, _plain(record.facts), *lines] += 1
    return State(records, _parked(people), objections)


def _plain(facts: Facts) -> str:
    """Facts as one text, without ids, running numbers and the moments when people made records."""
    return ", ".join(f"{name} {value!r}" for name, value in sorted(facts.items()) if name not in PASSING)
