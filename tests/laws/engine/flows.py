"""The dataflows of the histories: a pair, a chain of three systems, and a pair whose left records are parted into two flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from lenke.core.mapping.model import ARCHIVED, Dataflow, EntitySide, Field, Flow, Lines, LineSide, Lock, MatchRule, Property, Where
from tests.laws.engine.systems import Clock, Entity, Fields, Text
from tests.laws.engine.world import World

OnDelete = Literal["keep", "archive"]
LAG = timedelta(seconds=30)
NO_LAG = timedelta(0)
EDITABLE = {"customers": ["name", "email", "code", "phone", "currency", "tag"], "orders": ["customer", "number", "note"]}


def _two_way(name: str, **more: Any) -> Property:
    return Property(name, "string", Field(name), Field(name), **more)


def _customers(name: str, *, kind: str | None = None, on_delete: OnDelete = "keep") -> Flow:
    where = (Where("kind", (kind,)),) if kind else ()
    properties = (
        _two_way("name", required="right"),
        _two_way("email", conflict="newest"),
        _two_way("code", conflict="right"),
        _two_way("phone", conflict="manual"),
        _two_way("currency"),
        _two_way("tag", direction="to_right"),
        _two_way("number", direction="to_left"),
        _two_way(ARCHIVED),
    )
    sides = EntitySide("Customer", where), EntitySide("Customers")
    group = "parties" if kind else None
    return Flow(name, *sides, properties, match=(MatchRule(("email",)),), group=group, on_delete=on_delete)


def _orders(to: str) -> Flow:
    return Flow(
        "orders",
        EntitySide("Order"),
        EntitySide("Orders"),
        (
            Property("customer", "reference", Field("customer"), Field("customer"), required="right", to=to),
            _two_way("number"),
            _two_way("note"),
            _two_way("status", direction="to_left"),
        ),
        match=(MatchRule(("number",)),),
        locks=(Lock("right", "status", ("Confirmed",), "order is locked"),),
        lines=Lines(
            LineSide("lines", "id"),
            LineSide("lines", "id"),
            (_two_way("sku", required="right"), _two_way("quantity"), _two_way("text")),
            match=("sku",),
        ),
    )


def _dataflow(left: str, right: str, on_delete: OnDelete = "keep") -> Dataflow:
    return Dataflow(f"{left}_to_{right}", left, right, (_customers("customers", on_delete=on_delete), _orders("customers")))


def _lower(name: str, text: Text) -> Text:
    if text is None:
        return None
    return text.lower() if name in ("email", "text") else text[:8] if name in ("note", "tag") else text


def _upper(name: str, text: Text) -> Text:
    return text.upper() if text is not None and name == "code" else text


def _numbered(number: int, fields: Fields) -> Fields:
    return {"number": f"N{number}", "currency": fields["currency"] or "NOK"}


def _draft(number: int, fields: Fields) -> Fields:
    return {"status": "Draft"}


@dataclass(frozen=True)
class Tree:
    """Systems from left to right, each its entities by kind, and the dataflows between them."""

    clock: Clock
    systems: tuple[dict[str, Entity], ...]
    worlds: tuple[World, ...]

    @property
    def depth(self) -> int:
        return len(self.worlds)


def pair(*, bumps_on_lines: bool = True, on_delete: OnDelete = "keep") -> Tree:
    """Two systems; reads of the right one lag."""
    clock = Clock()
    left = {"customers": _left_customers(clock), "orders": Entity("lo", clock, _upper, coarse=timedelta(seconds=2))}
    right = {"customers": _right_customers("rc", clock), "orders": Entity("ro", clock, _lower, _draft, bumps_on_lines)}
    return Tree(clock, (left, right), (_world(clock, _dataflow("one", "two", on_delete), left, right, LAG),))


def chain() -> Tree:
    """Three systems in a row; the filters of the last one are ignored, and a change of its lines is not told."""
    clock = Clock()
    one = {"customers": _left_customers(clock), "orders": Entity("lo", clock, _upper)}
    two = {"customers": _right_customers("rc", clock), "orders": Entity("ro", clock, _lower, _draft)}
    three = {
        "customers": Entity("tc", clock, _upper, _numbered, ignores_filter=True),
        "orders": Entity("to", clock, _upper, _draft, bumps_on_lines=False, ignores_filter=True),
    }
    first = _world(clock, _dataflow("one", "two"), one, two, LAG)
    second = _world(clock, _dataflow("two", "three"), two, three, NO_LAG, left_lag=LAG)
    return Tree(clock, (one, two, three), (first, second))


def group() -> Tree:
    """Left customers are persons or companies, in a flow each; both make right customers."""
    clock = Clock()
    left = {"customers": _left_customers(clock), "orders": Entity("lo", clock, _upper)}
    right = {"customers": _right_customers("rc", clock), "orders": Entity("ro", clock, _lower, _draft)}
    persons, companies = (
        _customers(name, kind=kind, on_delete="archive") for name, kind in (("persons", "person"), ("companies", "company"))
    )
    flows = (persons, companies, _orders("parties"))
    return Tree(clock, (left, right), (_world(clock, Dataflow("one_to_two", "one", "two", flows), left, right, LAG),))


def _left_customers(clock: Clock) -> Entity:
    return Entity("lc", clock, _upper, coarse=timedelta(seconds=3))


def _right_customers(name: str, clock: Clock) -> Entity:
    return Entity(name, clock, _lower, _numbered, unique=frozenset({"email"}))


def _world(
    clock: Clock, dataflow: Dataflow, left: dict[str, Entity], right: dict[str, Entity], lag: timedelta, *, left_lag: timedelta = NO_LAG
) -> World:
    kinds = {flow.name: "orders" if flow.name == "orders" else "customers" for flow in dataflow.flows}
    entities: dict[Any, Entity] = {(name, "left"): left[kind] for name, kind in kinds.items()}
    entities |= {(name, "right"): right[kind] for name, kind in kinds.items()}
    return World(dataflow, entities, clock, {"left": left_lag, "right": lag})
