"""Brakes stop a flow before its first write, and let through exactly the plan that a person has read; a dry run only shows it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core.errors import BrakeError
from lenke.core.mapping.settings import Brakes
from lenke.runtime import places, plans
from lenke.runtime.windows import Window
from tests.flows.harness import ROOT
from tests.flows.installation import CUSTOMERS, LEFT, OFFICE, ORDERS, PRODUCTS, RIGHT, SHOP, Installation, installed
from tests.flows.small import complaints, records
from tests.flows.stir import stir

TIGHT = Brakes(max_changes_percent=0, max_changes_least=2, max_creates_percent=0, max_creates_least=1)
DRY = Window("delta", moves_cursor=False, dry_run=True)


@pytest.fixture
def braked(few: Installation) -> Installation:
    """Two updates and one create a run are let through."""
    few.engine.settings = replace(few.engine.settings, brakes=TIGHT)
    return few


def phones(few: Installation, count: int, system: str = SHOP) -> None:
    """Edits of so many customers."""
    for n, (left, right) in enumerate(sorted(few.engine.right_of(CUSTOMERS).items())[:count]):
        if system == SHOP:
            few.edit(SHOP, "Customer", left, {"phone": f"+47 2270010{n}"})
        else:
            few.edit(OFFICE, "Customers", right, {"PhoneNumber": f"+472270020{n}"})


def stopped(few: Installation, brake: str, **options: Any) -> str:
    """The plan id that the brake names; nothing was written."""
    rows = few.engine.links(CUSTOMERS)
    with pytest.raises(BrakeError, match=brake) as caught:
        few.engine.run(options=options, flows=(CUSTOMERS,))
    assert few.asked() == []
    assert few.engine.links(CUSTOMERS) == rows
    assert not few.engine.journal_keys()
    found = re.search(r"override_brake=([0-9a-f]+)", str(caught.value))
    return found[1] if found else ""


@pytest.mark.parametrize("system", [SHOP, OFFICE])
def test_max_changes_stops_and_its_plan_id_lets_it_through(braked: Installation, system: str) -> None:
    phones(braked, 3, system)
    plan = stopped(braked, "max_changes")
    assert stopped(braked, "max_changes", override_brake="0" * len(plan)) == plan
    braked.engine.run(options={"override_brake": plan})
    assert len(braked.written()) >= 1
    assert complaints(braked) == []


def test_brake_names_both_remedies(braked: Installation) -> None:
    phones(braked, 3)
    with pytest.raises(BrakeError) as caught:
        braked.engine.run(flows=(CUSTOMERS,))
    plan = braked.engine.waiting_plan(CUSTOMERS)
    assert f"`lenke ledger approve {braked.engine.dataflow.name} {plan}`" in str(caught.value)
    assert f"override_brake={plan}" in str(caught.value)
    assert f"`lenke plan {braked.engine.dataflow.name} {CUSTOMERS}`" in str(caught.value)


def test_approved_plan_goes_through_once(braked: Installation) -> None:
    phones(braked, 3)
    plan = stopped(braked, "max_changes")
    braked.engine.desk(CUSTOMERS).approve(plan)
    braked.engine.run(flows=(CUSTOMERS,))
    assert len(braked.written()) == 3
    assert braked.engine.decided(CUSTOMERS) == {("approve", plan): "done"}
    for left in sorted(braked.engine.right_of(CUSTOMERS))[:3]:
        braked.edit(SHOP, "Customer", left, {"phone": "+47 22700990"})
    braked.engine.run(flows=(CUSTOMERS,), options={"override_brake": stopped(braked, "max_changes")})
    braked.asked()
    # What was approved once is written down once: the same plan again is not let through by it.
    phones(braked, 3)
    assert stopped(braked, "max_changes") == plan


def test_approval_of_a_plan_that_changed_meanwhile_lets_nothing_through(braked: Installation) -> None:
    phones(braked, 3)
    plan = stopped(braked, "max_changes")
    braked.engine.desk(CUSTOMERS).approve(plan)
    phones(braked, 4)
    assert stopped(braked, "max_changes") != plan
    # Back to what was approved: it is that plan again.
    fourth = sorted(braked.engine.right_of(CUSTOMERS))[3]
    braked.edit(SHOP, "Customer", fourth, {"phone": braked.right(CUSTOMERS, fourth)["PhoneNumber"]})
    braked.engine.run(flows=(CUSTOMERS,))
    assert len(braked.written()) == 3


@pytest.mark.parametrize("by", ["param", "approval"])
def test_plan_that_closes_other_links_is_another_plan(braked: Installation, by: str) -> None:
    """A deletion is no write, but it is what the brake is there for."""
    orders = sorted(braked.engine.right_of(ORDERS).items())
    for _, right in orders[:3]:
        braked.systems.delete(OFFICE, "SalesOrders", right)
    with pytest.raises(BrakeError, match="max_changes"):
        braked.engine.run(flows=(ORDERS,))
    plan = braked.engine.waiting_plan(ORDERS)
    if by == "approval":
        braked.engine.desk(ORDERS).approve(plan)
    braked.systems.delete(OFFICE, "SalesOrders", orders[3][1])
    with pytest.raises(BrakeError, match="max_changes"):
        braked.engine.run(flows=(ORDERS,), options={"override_brake": plan} if by == "param" else {})
    assert len(braked.engine.right_of(ORDERS)) == 6


def test_another_plan_than_the_one_that_was_read_is_stopped(braked: Installation) -> None:
    phones(braked, 3)
    plan = stopped(braked, "max_changes")
    phones(braked, 4)
    assert stopped(braked, "max_changes", override_brake=plan) != plan


def test_edits_of_one_side_do_not_count_against_the_other(braked: Installation) -> None:
    phones(braked, 2)
    braked.edit(OFFICE, "Customers", max(braked.engine.right_of(CUSTOMERS).values()), {"WebsiteUrl": "https://ny.example.org"})
    braked.engine.run()
    assert complaints(braked) == []


def test_max_creates(braked: Installation) -> None:
    stir(braked)
    plan = stopped(braked, "max_creates")
    braked.engine.run(options={"override_brake": plan}, flows=(CUSTOMERS,))
    assert sum(row["verb"] == "create" for row in braked.written()) == 2


def test_a_braked_flow_does_not_stop_the_others(braked: Installation) -> None:
    phones(braked, 3)
    braked.edit(SHOP, "Product", min(braked.engine.right_of(PRODUCTS)), {"description": "Ny tekst"})
    committed = braked.engine.run(strict=False)
    assert {flow: one["state"] for flow, one in committed.items()} == {CUSTOMERS: "braked", PRODUCTS: "success", ORDERS: "success"}
    assert {row["entity"] for row in braked.written()} == {"Products"}


def empty(few: Installation, system: str, entity: str, keep: int = 0) -> None:
    """All records but so many vanish, without a trace of a person's hand."""
    store = few.systems._sites[system].system.store
    with store.transaction():
        for body in store.all(entity)[keep:]:
            store.remove(entity, str(body.get("id") or body.get("Id")))


@pytest.mark.parametrize("window", [Window("full"), Window("full", moves_cursor=False, backfill=True)])
@pytest.mark.parametrize(("system", "entity"), [(SHOP, "Customer"), (OFFICE, "Customers")])
def test_a_side_that_suddenly_reads_empty(few: Installation, system: str, entity: str, window: Window) -> None:
    empty(few, system, entity)
    with pytest.raises(BrakeError, match="read empty"):
        few.engine.run(window, flows=(CUSTOMERS,))
    assert few.asked() == []
    assert len(few.engine.right_of(CUSTOMERS)) == 6


def test_a_side_that_was_emptied_on_purpose_is_let_through_by_its_plan(few: Installation) -> None:
    empty(few, SHOP, "Order")
    with pytest.raises(BrakeError, match="read empty"):
        few.engine.run(Window("full"), flows=(ORDERS,))
    few.engine.run(Window("full"), flows=(ORDERS,), options={"override_brake": few.engine.waiting_plan(ORDERS)})
    assert few.engine.right_of(ORDERS) == {}
    assert few.asked() == []


@pytest.mark.parametrize(("system", "entity"), [(SHOP, "Customer"), (OFFICE, "Customers")])
def test_a_side_that_suddenly_lacks_most(braked: Installation, system: str, entity: str) -> None:
    empty(braked, system, entity, keep=1)
    with pytest.raises(BrakeError, match="max_changes"):
        braked.engine.run(Window("full"), flows=(CUSTOMERS,))
    assert braked.asked() == []
    assert len(braked.engine.right_of(CUSTOMERS)) == 6


def test_dry_run_writes_nothing_and_leaves_the_ledger_alone(few: Installation) -> None:
    stir(few)
    before = few.engine.sets
    committed = few.engine.run(DRY)
    assert {one["state"] for one in committed.values()} == {"dry_run"}
    assert {flow: one["report"]["linked"] for flow, one in committed.items()} == {flow: len(few.engine.right_of(flow)) for flow in LEFT}
    assert few.asked() == []
    assert few.engine.sets == before


@pytest.mark.parametrize(
    ("window", "brakes", "became"),
    [
        (DRY, None, "a dry run, nothing of it was written"),
        (Window("delta"), TIGHT, "stopped by a brake, nothing of it was written"),
        (Window("delta"), None, "carried out"),
    ],
)
def test_a_plan_is_headed_with_its_run_and_what_became_of_it(
    few: Installation, monkeypatch: pytest.MonkeyPatch, window: Window, brakes: Brakes | None, became: str
) -> None:
    monkeypatch.setattr(places, "home", lambda: ObjectStoragePath(f"file://{few.engine.home}"))
    monkeypatch.setenv("LENKE_INCLUDE", str(ROOT / "include"))
    phones(few, 3)
    few.engine.settings = replace(few.engine.settings, brakes=brakes or few.engine.settings.brakes)
    few.engine.run(window, flows=(CUSTOMERS,), strict=False)
    heading, *lines = plans.show(few.engine.dataflow.name, CUSTOMERS, with_values=False)
    assert heading == f"run-{few.engine.runs}: 3 records; {became}"
    assert len(lines) == 3


def test_dry_run_shows_exactly_what_the_next_run_sends(few: Installation) -> None:
    stir(few)
    for order in [order for order in few.systems.records(SHOP, "Order") if str(order["id"]) not in few.engine.right_of(ORDERS)]:
        few.systems.delete(SHOP, "Order", str(order["id"]))
    few.engine.run(DRY)
    shown = {flow: (few.engine.resolved[flow]["plan_id"], few.engine.plan(flow)) for flow in LEFT}
    few.engine.run()
    assert {flow: few.engine.resolved[flow]["plan_id"] for flow in LEFT} == {flow: plan_id for flow, (plan_id, _) in shown.items()}

    written = few.written()
    targets = set()
    for flow, (_, actions) in shown.items():
        made = few.engine.right_of(flow)
        for action in actions:
            if action.verb == "create" or action.to_right:
                targets.add((OFFICE, RIGHT[flow], made[action.left]))
            if action.to_left:
                targets.add((SHOP, LEFT[flow], action.left))
    back = {(SHOP, LEFT[flow], action.left) for flow, (_, actions) in shown.items() for action in actions if action.verb == "create"}
    sent = {(row["system"], row["entity"], row["record_id"]) for row in written}
    assert targets <= sent <= targets | back
    _compare_patches(few, shown[CUSTOMERS][1], written)


def _compare_patches(few: Installation, actions: list[Any], written: list[dict[str, Any]]) -> None:
    """Every patch of a customer holds the planned properties and no other."""
    spec = few.engine.dataflow.flow(CUSTOMERS)
    planned = {action.right: action.to_right.values for action in actions if action.verb == "update" and action.to_right}
    patches = {row["record_id"]: json.loads(row["body"]) for row in written if row["method"] == "PATCH" and row["entity"] == "Customers"}
    assert patches.keys() == planned.keys()
    for id, values in planned.items():
        places = {right.path.replace(".", "/").lower() for name in values if (right := spec.property(name).right)}
        assert {operation["path"].strip("/").lower() for operation in patches[id] if operation["op"] != "test"} == places


def test_a_first_sync_goes_on_after_a_part_of_it_was_linked(tmp_path: Path) -> None:
    """A record by its id, or a run that died: what is linked by then is no measure of what may be created."""
    with installed(tmp_path / "it", records=records()) as made:
        made.engine.settings = replace(made.engine.settings, brakes=TIGHT)
        one = str(made.systems.records(SHOP, "Customer")[0]["id"])
        made.engine.run(Window("records", records=(one,), moves_cursor=False), flows=(CUSTOMERS,))
        assert list(made.engine.right_of(CUSTOMERS)) == [one]
        assert made.engine.run(flows=(CUSTOMERS,))[CUSTOMERS]["report"]["created_right"] > 1
        assert complaints(made, (CUSTOMERS,)) == []
