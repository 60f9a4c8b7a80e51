"""Two small sides to plan over: orders with a note, a customer, a status and lines, in canonical texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lenke.core.links.conflicts import Policy
from lenke.core.links.match import Matches
from lenke.core.links.merge import Row
from lenke.core.links.references import Index
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import table
from lenke.core.mapping.model import Dataflow, EntitySide, Field, Flow, Lines, LineSide, Lock, Property
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.model import Action, Plan
from lenke.core.plan.outcome import Stored, StoredLine
from lenke.core.plan.reads import SideRead
from tests.laws.engine.reading import DIGESTER, make_read, version_digest
from tests.laws.engine.systems import Line, State

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LAG = timedelta(seconds=60)
Text = str | None


def _property(name: str, **more: str) -> Property:
    return Property(name, "string", Field(name), Field(name), **more)  # type: ignore[arg-type]


FLOW = Flow(
    "orders",
    EntitySide("Order"),
    EntitySide("Orders"),
    (
        _property("note"),
        Property("customer", "reference", Field("customer"), Field("customer"), to="customers"),
        _property("status", direction="to_left"),
    ),
    locks=(Lock("right", "status", ("Confirmed",), "order is locked"),),
    lines=Lines(
        LineSide("lines", "id"), LineSide("lines", "id"), (_property("sku", required="right"), _property("quantity")), match=("sku",)
    ),
)
DATAFLOW = Dataflow("d", "one", "two", (FLOW,))
WIDTH = 3
Orders = Mapping[str, State]


def order(note: Text = None, *, customer: Text = None, status: Text = None, lines: Mapping[str, tuple[Text, Text]] | None = None) -> State:
    """A record; ``lines``: id to SKU and quantity."""
    made = {id: Line({"sku": sku, "quantity": quantity}) for id, (sku, quantity) in (lines or {}).items()}
    return State({"note": note, "customer": customer, "status": status}, NOW, 1, made)


def digests(**texts: Text) -> tuple[int, ...]:
    return tuple(DIGESTER.value(name, text) for name, text in texts.items())


def base(note: Text = None, customer: Text = None, status: Text = None) -> tuple[int, ...]:
    return digests(note=note, customer=customer, status=status)


def line_base(sku: Text, quantity: Text) -> tuple[int, ...]:
    return (*digests(sku=sku, quantity=quantity), 0)


def version(state: State) -> int:
    return version_digest(state)


def linked(left: str = "L", right: str = "R", at: tuple[int, ...] | None = None, **more: object) -> Link:
    """A link whose base is that of an order with note ``o``, at the first version of both sides."""
    one = version(order())
    return Link(left, right, base=at or base("o"), left_version=one, right_version=one, **more)  # type: ignore[arg-type]


def line_link(left: str, right: str, sku: Text, quantity: Text, **more: object) -> Link:
    return Link(left, right, parent="L", base=line_base(sku, quantity), **more)  # type: ignore[arg-type]


@dataclass
class Case:
    """What a plan is made from."""

    ledger: Sequence[Link] = ()
    left: Orders = field(default_factory=dict)
    right: Orders = field(default_factory=dict)
    entries: frozenset[str] = frozenset()
    gone: Mapping[Side, Mapping[str, str]] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    matches: Matches = field(default_factory=Matches)
    policy: Policy = field(default_factory=lambda: Policy("hold"))
    lag: timedelta = timedelta(0)
    now: datetime = NOW
    complete: bool = True
    flow: Flow = FLOW

    def plan(self) -> Plan:
        return build(table(self.ledger, WIDTH), self.read("left", self.left), self.read("right", self.right), self.context())

    def action(self) -> Action:
        """The one action of the plan."""
        (action,) = self.plan().actions
        return action

    def index(self) -> dict[str, Index]:
        return {"customers": Index(self.customers, {right: left for left, right in self.customers.items()})}

    def read(self, side: Side, states: Orders) -> SideRead:
        entries = self.entries if side == "right" else frozenset()
        return make_read(self.flow, side, states, self.index(), entries=entries, complete=self.complete)

    def context(self) -> Context:
        recheck = {("left", row.left) if row.left else ("right", row.right): row for row in self.ledger if row.kind == "recheck"}
        lag: dict[Side, timedelta] = {"left": timedelta(0), "right": self.lag}
        return Context(DATAFLOW, self.flow, self.now, self.policy, DIGESTER, lag, self.index(), self.matches, self.gone, recheck)


def parked(plan: Plan) -> list[tuple[str, str, str]]:
    return [(one.id, one.reason, one.property) for one in plan.parked]


def kinds(plan: Plan) -> list[tuple[str, str]]:
    return [(row.kind, row.left or row.right) for row in plan.rows]


def stored(state: State, markers: Mapping[str, str] | None = None) -> Stored:
    """A record as a system answered with it."""
    read = make_read(FLOW, "left", {"X": state}, {"customers": Index({}, {})})
    assert read.lines is not None
    lines = [
        StoredLine(str(id), Row(list(row.digests), row.texts), (markers or {}).get(str(id)))
        for id, row in ((read.lines.ids[at], read.lines.row(at)) for at in read.line_positions("X"))
    ]
    return Stored(read.row(0), lines, int(read.versions[0]))


def entry(id: str, reason: str, **note: object) -> Link:
    return Link(id, kind="recheck", note={"reason": reason, "since": NOW.isoformat(), **note})
