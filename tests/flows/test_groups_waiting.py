"""What waits of a record that changes its flow within an exclusive group: it is listed where the record is, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.flows.installation import OFFICE, SHOP, Installation
from tests.flows.parted import COMPANIES, PERSONS, flip, quiet, some

OURS, THEIRS = "https://l.example.org", "https://r.example.org"


def manual(shop: Installation) -> None:
    """A website that differs is a person's to decide."""
    flows = tuple(
        replace(flow, properties=tuple(replace(one, conflict="manual") if one.name == "website" else one for one in flow.properties))
        for flow in shop.engine.dataflow.flows
    )
    shop.engine.dataflow = replace(shop.engine.dataflow, flows=flows, sections=flows)


def both(shop: Installation, left: str, right: str, ours: str, theirs: str) -> tuple[Any, Any]:
    """One value on either side."""
    one, other = shop.systems.record(SHOP, "Customer", left), shop.systems.record(OFFICE, "Customers", right)
    assert one is not None
    assert other is not None
    return one[ours], other[theirs]


def websites(shop: Installation, left: str, right: str) -> tuple[Any, Any]:
    return both(shop, left, right, "website", "WebsiteUrl")


def kinds(shop: Installation, left: str, right: str) -> tuple[Any, Any]:
    return both(shop, left, right, "type", "IsPerson")


def test_an_open_conflict_goes_with_its_record(shop: Installation) -> None:
    manual(shop)
    left, right = some(shop, PERSONS), shop.engine.right_of(PERSONS)[some(shop, PERSONS)]
    shop.edit(SHOP, "Customer", left, {"website": OURS})
    shop.edit(OFFICE, "Customers", right, {"WebsiteUrl": THEIRS})
    shop.engine.run()
    flip(shop, left, "company")
    for _ in range(2):
        shop.engine.run()
        assert {one.reason for one in shop.engine.waiting(PERSONS).values()} <= {"conflict"}
    assert shop.engine.waiting(PERSONS) == {}
    assert shop.engine.parked(COMPANIES) == {left: ("conflict", "website")}
    shop.engine.desk(COMPANIES).choose(left, "website", "left")
    shop.engine.run()
    assert websites(shop, left, right) == (OURS, OURS)
    assert quiet(shop)


def test_an_edit_of_the_right_side_is_not_sent_by_the_flow_that_the_record_has_left(shop: Installation) -> None:
    left, right = some(shop, PERSONS), shop.engine.right_of(PERSONS)[some(shop, PERSONS)]
    shop.edit(OFFICE, "Customers", right, {"WebsiteUrl": THEIRS})
    flip(shop, left, "company")
    shop.engine.run(flows=(PERSONS,))
    assert shop.engine.plan(PERSONS) == []
    for _ in range(2):
        shop.engine.run()
    assert websites(shop, left, right) == (THEIRS, THEIRS)
    assert shop.engine.waiting(PERSONS) == {}
    assert quiet(shop)


@pytest.mark.parametrize("effect", [True, False], ids=["came", "never came"])
@pytest.mark.parametrize(("was", "kind", "other"), [(PERSONS, "person", "company"), (COMPANIES, "company", "person")])
def test_a_record_that_goes_and_comes_back_leaves_no_lost_update_behind(
    shop: Installation, effect: bool, was: str, kind: str, other: str
) -> None:
    """Nor does it come back as an edit of the right side: the flow that holds the link knows what the other one may have sent."""
    left, right = some(shop, was), shop.engine.right_of(was)[some(shop, was)]
    flip(shop, left, other)
    shop.systems.fault(OFFICE, "drop_reply", effect=effect, count=50, match={"method": "PATCH"})
    shop.engine.retries = 0
    shop.engine.run(strict=False)
    shop.systems.clear_faults()
    flip(shop, left, kind)
    for _ in range(3):
        shop.engine.run()
    assert shop.engine.right_of(was)[left] == right
    assert kinds(shop, left, right) == (kind, kind == "person")
    assert shop.engine.waiting(COMPANIES) == shop.engine.waiting(PERSONS) == {}
    assert quiet(shop)


def test_a_parked_record_that_was_never_linked_is_listed_by_its_new_flow_alone(shop: Installation) -> None:
    new = shop.systems.create(SHOP, "Customer", {"type": "company", "email": "ny@example.org"})
    shop.engine.run()
    assert shop.engine.parked(COMPANIES) == {new: ("missing_required", "company_name")}
    flip(shop, new, "person")
    shop.engine.run()
    assert shop.engine.waiting(COMPANIES) == {}
    assert new in shop.engine.right_of(PERSONS)
    assert quiet(shop)
