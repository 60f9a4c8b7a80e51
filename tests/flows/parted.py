"""A shop whose customers are parted by their type into two flows of an exclusive group, which share the right ones."""

from __future__ import annotations

from dataclasses import replace

from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow, Where
from tests.flows.harness import MAPPING
from tests.flows.installation import SHOP, Installation

PERSONS, COMPANIES, GROUP = "persons", "companies", "customers"


def parted() -> Dataflow:
    """The shop's dataflow with its customers in two flows."""
    dataflow = load_dataflow(MAPPING)
    customers = dataflow.flow("customer_to_customers")

    def only(name: str, kind: str) -> Flow:
        return replace(customers, name=name, group=GROUP, left=replace(customers.left, where=(Where("type", (kind,)),)))

    flows = (only(PERSONS, "person"), only(COMPANIES, "company"))
    return replace(dataflow, flows=flows, sections=flows)


def some(shop: Installation, flow: str) -> str:
    """The left id of a linked record of a flow."""
    return sorted(shop.engine.right_of(flow))[0]


def flip(shop: Installation, id: str, kind: str) -> None:
    """A person becomes a company, or the other way round."""
    names = {"first_name": "Kari", "last_name": "Nordmann"} if kind == "person" else {"company_name": "Nordmann AS", "org_number": None}
    shop.edit(SHOP, "Customer", id, {"type": kind, **names})


def quiet(shop: Installation) -> bool:
    """Quiet within three runs: the cursors move once over our own writes."""
    return any(shop.engine.quiet() for _ in range(3))
