"""``on_delete: archive``: the record whose partner was deleted is archived, once, unless somebody has edited it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from lenke.core.errors import BrakeError
from lenke.core.links.rows import Side
from lenke.core.mapping.settings import Brakes
from lenke.runtime.undo.judging import What
from lenke.runtime.windows import Window
from tests.flows.installation import OFFICE, PRODUCTS, SHOP, Installation
from tests.flows.mortal import KilledError, no_trip
from tests.flows.undoing import undo

FULL = Window("full")
OTHER = {"left": (OFFICE, "Products", "IsArchived", "Name"), "right": (SHOP, "Product", "archived", "name")}


@pytest.fixture
def product(few: Installation) -> str:
    """The left id of a linked product that no order names."""
    flows = tuple(replace(flow, on_delete="archive") if flow.name == PRODUCTS else flow for flow in few.engine.dataflow.flows)
    few.engine.dataflow = replace(few.engine.dataflow, flows=flows)
    pattern = few.left(PRODUCTS, min(few.engine.right_of(PRODUCTS)))
    body = {name: value for name, value in pattern.items() if name not in ("id", "created_at", "updated_at", "external_id")}
    id = few.systems.create(SHOP, "Product", {**body, "sku": "SLETT-1", "name": "Slettes"})
    few.engine.run()
    few.asked()
    return id


@pytest.fixture(params=["left", "right"])
def gone(request: pytest.FixtureRequest) -> Any:
    """The side on which the product is deleted."""
    return request.param


def survivor(few: Installation, product: str, gone: Side) -> tuple[str, str, str]:
    """System, entity and id of the other record."""
    system, entity, *_ = OTHER[gone]
    return system, entity, few.engine.right_of(PRODUCTS)[product] if gone == "left" else product


def delete(few: Installation, product: str, gone: Side) -> tuple[str, str, str]:
    """Delete one of the two; returns the other one."""
    found = survivor(few, product, gone)
    few.systems.delete(*((SHOP, "Product", product) if gone == "left" else (OFFICE, "Products", few.engine.right_of(PRODUCTS)[product])))
    return found


def is_archived(few: Installation, record: tuple[str, str, str], gone: Side) -> bool:
    body = few.systems.record(*record)
    assert body is not None
    return bool(body[OTHER[gone][2]])


def at_rest(few: Installation) -> None:
    """Nothing is written any more, and nothing waits."""
    few.asked()
    for window in (Window("delta"), FULL):
        few.engine.run(window)
    assert few.asked() == []
    assert few.engine.parked(PRODUCTS) == {}


def test_the_other_record_is_archived_once_and_its_link_is_closed(few: Installation, product: str, gone: Side) -> None:
    record = delete(few, product, gone)
    few.engine.run(FULL)
    assert [(row["system"], row["verb"]) for row in few.written()] == [(record[0], "archive")]
    assert is_archived(few, record, gone)
    assert product not in few.engine.right_of(PRODUCTS)
    at_rest(few)


def test_one_that_was_edited_is_left_until_a_person_decides(few: Installation, product: str, gone: Side) -> None:
    record = delete(few, product, gone)
    few.edit(*record, {OTHER[gone][3]: "Endret"})
    few.engine.run(FULL)
    assert not is_archived(few, record, gone)
    assert [reason for reason, _ in few.engine.parked(PRODUCTS).values()] == ["deleted_edited"]
    few.engine.desk(PRODUCTS).choose(product, "name", gone)
    few.engine.run()
    few.engine.run(FULL)
    assert is_archived(few, record, gone)
    at_rest(few)


def test_one_that_a_person_has_archived_is_written_to_no_more(few: Installation, product: str, gone: Side) -> None:
    record = delete(few, product, gone)
    few.edit(*record, {OTHER[gone][2]: True})
    few.engine.run(FULL)
    assert few.written() == []
    at_rest(few)


def test_an_edit_of_it_afterwards_is_a_conflict(few: Installation, product: str, gone: Side) -> None:
    record = delete(few, product, gone)
    few.engine.run(FULL)
    few.edit(*record, {OTHER[gone][2]: False})
    few.engine.run(FULL)
    assert [reason for reason, _ in few.engine.parked(PRODUCTS).values()] == ["deleted_edited"]
    assert not is_archived(few, record, gone)


@pytest.mark.parametrize("effect", [True, False], ids=["came", "never came"])
def test_a_lost_answer_is_settled(few: Installation, product: str, gone: Side, effect: bool) -> None:
    record = delete(few, product, gone)
    few.systems.fault(record[0], "drop_reply", effect=effect, count=50, match={"method": "PATCH"})
    few.engine.retries = 0
    few.engine.run(FULL, strict=False)
    few.systems.clear_faults()
    for _ in range(2):
        few.engine.run(FULL)
    assert is_archived(few, record, gone)
    at_rest(few)


@pytest.mark.parametrize("after", range(0, 40, 3))
def test_killed_anywhere_it_is_archived_all_the_same(few: Installation, product: str, after: int) -> None:
    record = delete(few, product, "left")
    passed = 0

    def trip(place: str) -> None:
        nonlocal passed
        passed += 1
        if passed > after:
            raise KilledError(place)

    few.engine.trip = trip
    with suppress(KilledError):
        few.engine.run(FULL, flows=(PRODUCTS,))
    few.engine.trip = no_trip
    few.engine.run(FULL)
    few.engine.run(FULL)
    assert is_archived(few, record, "left")
    at_rest(few)


def test_a_refusal_is_parked_and_ends_when_the_system_takes_it(few: Installation, product: str) -> None:
    record = delete(few, product, "left")
    few.systems.fault(OFFICE, "5xx", status=422, match={"method": "PATCH", "path": "/Products"})
    few.engine.run(FULL)
    assert few.engine.parked(PRODUCTS)[product][0] == "rejected"
    few.systems.clear_faults()
    few.engine.desk(PRODUCTS).release([product])
    few.engine.run()
    assert is_archived(few, record, "left")
    at_rest(few)


def test_a_dry_run_shows_it_and_a_brake_counts_it(few: Installation, product: str) -> None:
    record = delete(few, product, "left")
    few.engine.run(replace(FULL, moves_cursor=False, dry_run=True))
    (action,) = few.engine.plan(PRODUCTS)
    assert (action.left, dict(action.to_right.values)) == (product, {"archived": "true"})
    few.engine.settings = replace(few.engine.settings, brakes=Brakes(0, 0, 0, 0))
    with pytest.raises(BrakeError, match="1 updates and deletes"):
        few.engine.run(FULL)
    assert not is_archived(few, record, "left")


def test_undo_brings_it_back(few: Installation, product: str, gone: Side) -> None:
    record = delete(few, product, gone)
    few.engine.run(FULL)
    rows: list[Any] = undo(few.engine, apply=True)
    assert [(row.change.property, row.what) for row in rows] == [("archived", What.PUT_BACK)]
    assert not is_archived(few, record, gone)


def test_what_is_kept_is_left(few: Installation, product: str, gone: Side) -> None:
    flows = tuple(replace(flow, on_delete="keep") for flow in few.engine.dataflow.flows)
    few.engine.dataflow = replace(few.engine.dataflow, flows=flows)
    record = delete(few, product, gone)
    few.engine.run(FULL)
    assert not is_archived(few, record, gone)
    at_rest(few)
