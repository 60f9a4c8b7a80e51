"""One dataflow over systems in memory: its runs, and what goes wrong in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lenke.core.errors import BrakeError
from lenke.core.links.conflicts import Conflict
from lenke.core.links.references import Index
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import Brakes
from lenke.core.plan.model import Action, Plan
from tests.laws.engine.ledger import Ledger
from tests.laws.engine.systems import Clock, Entity, State

# What becomes of a write. The crashes end the flow's run: before the send, after it, after its answer, after the journal has it.
FATES = ("rejected", "lost_before", "lost_after", "partial", "crash_before", "crash_sent", "crash_answered", "crash_settled")
# What becomes of a commit; before it, the load may have stopped without having begun with all of its actions.
COMMITS = ("crash_uncommitted", "crash_committed", "load_stopped")


class CrashError(Exception):
    """The task died here; the next run finds what it left."""


@dataclass
class Report:
    """What one run of one flow did; ``plan`` is None where it died or was stopped before there was one."""

    plan: Plan | None = None
    sent: int = 0
    rows: list[Link] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class Mode:
    """How a run reads and what it may do.

    :param interval: of a backfill: records modified in it, whatever the cursor is.
    :param empty: a side that answers with nothing although it is asked for all.
    :param brakes: what is too much; None lets everything through.
    """

    full: bool = False
    dry: bool = False
    interval: tuple[datetime, datetime] | None = None
    empty: Side | None = None
    brakes: Brakes | None = None


DELTA = Mode()


@dataclass
class World:
    """Two systems, their flows and ledgers.

    :param faults: what becomes of a write that is about to be sent; ``commits`` of a commit.
    :param between: called after a flow's plan is made and before it is sent.
    :param behind: per side, how much older than the present reads are just now (at most ``lag``).
    :param poison: left ids that the right system always refuses.
    :param conflicts: left id, right id ("" where the plan wrote nothing of the pair) and what was told.
    :param uncertain: left ids of which a write had no answer; a line that was added so, and whose origin is removed, may stay.
    :param partners: group (or flow) and left id to the right ids that writes were for, answered or not.
    :param lines: pairs of lines that were ever each other's partners, by a write that was carried out or by the ledger.
    :param blind: left ids of which a lost ledger does not know what was sent; they may be told again what they hold.
    """

    dataflow: Dataflow
    entities: Mapping[tuple[str, Side], Entity]
    clock: Clock
    lag: Mapping[Side, timedelta]
    behind: dict[Side, timedelta] = field(default_factory=lambda: {"left": timedelta(0), "right": timedelta(0)})
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    faults: Callable[[], str] = lambda: "done"
    commits: Callable[[], str] = lambda: "done"
    between: Callable[[World, Flow], None] = lambda world, flow: None
    conflicts: list[tuple[str, str, Conflict]] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    partners: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    lines: set[frozenset[str]] = field(default_factory=set)
    blind: set[str] = field(default_factory=set)
    fired: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ledgers = {flow.name: Ledger.of(flow) for flow in self.dataflow.flows}

    def run(self, mode: Mode = DELTA) -> dict[str, Report]:
        """Every flow in order; one that fails does not stop the later ones."""
        return {flow.name: self._run(flow, mode) for flow in self.dataflow.ordered()}

    def _run(self, flow: Flow, mode: Mode) -> Report:
        from tests.laws.engine.flow_run import FlowRun

        run = FlowRun(self, flow, mode)
        try:
            run.run()
        except CrashError as crash:
            self.fired.add(str(crash))
            run.report.stopped = str(crash)
        except BrakeError:
            assert not run.report.sent, "L12: a brake stopped a run after its first write"
            run.report.stopped = "brake"
        return run.report

    def fate(self, action: Action, side: Side) -> str:
        """What becomes of a write."""
        fate = "rejected" if action.left in self.poison else self.faults()
        if fate != "done":
            self.fired.add(fate)
            self.uncertain |= {action.left} if fate != "rejected" else set()
        return fate

    def index(self, flow: Flow) -> dict[str, Index]:
        """The links that a flow's references go through."""
        return {to: Index.of(self.ledgers[one.name].table for one in self.dataflow.targets(to)) for to in flow.references}

    def of(self, flow: Flow, side: Side, states: Mapping[str, State]) -> dict[str, State]:
        """The records that belong to a flow, by its filter."""
        where = flow.entity(side).where
        return {id: state for id, state in states.items() if all(state.fields.get(one.path) in one.values for one in where)}
