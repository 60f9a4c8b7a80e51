"""An exclusive group: two flows part the customers by their type and share the right ones; a record that changes its type moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flows.installation import OFFICE, SHOP, Installation
from tests.flows.mortal import KilledError, no_trip
from tests.flows.parted import COMPANIES, PERSONS, flip, quiet, some


@pytest.mark.parametrize(("was", "becomes"), [(PERSONS, COMPANIES), (COMPANIES, PERSONS)])
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])
def test_a_record_that_changes_sides_moves_its_link(shop: Installation, was: str, becomes: str, marked: bool) -> None:
    left = some(shop, was)
    right = shop.engine.right_of(was)[left]
    if not marked:
        shop.edit(OFFICE, "Customers", right, {"ExternalImportReference": None})
    before = len(shop.systems.records(OFFICE, "Customers"))
    flip(shop, left, "company" if becomes == COMPANIES else "person")
    shop.engine.run()
    assert shop.engine.right_of(becomes)[left] == right
    assert len(shop.systems.records(OFFICE, "Customers")) == before
    assert quiet(shop)
    assert left not in shop.engine.right_of(was)
    shop.edit(SHOP, "Customer", left, {"website": "https://flyttet.example"})
    shop.engine.run()
    assert shop.systems.record(OFFICE, "Customers", right)["WebsiteUrl"] == "https://flyttet.example"  # type: ignore[index]


def test_a_record_that_goes_and_comes_back_has_one_link(shop: Installation) -> None:
    left = some(shop, PERSONS)
    right = shop.engine.right_of(PERSONS)[left]
    for kind in ("company", "person", "company"):
        flip(shop, left, kind)
        shop.engine.run()
    assert quiet(shop)
    assert {flow: shop.engine.right_of(flow).get(left) for flow in (PERSONS, COMPANIES)} == {PERSONS: None, COMPANIES: right}


def test_a_right_record_that_a_sibling_has_linked_is_nobody_elses(shop: Installation) -> None:
    """A new company with the linked person's e-mail and no number of its own gets a record of its own."""
    left = some(shop, PERSONS)
    taken = shop.engine.right_of(PERSONS)[left]
    email = shop.systems.record(SHOP, "Customer", left)["email"]  # type: ignore[index]
    new = shop.systems.create(SHOP, "Customer", {"type": "company", "company_name": "Enkeltmann ENK", "email": email})
    shop.engine.run()
    assert shop.engine.right_of(COMPANIES)[new] != taken
    assert quiet(shop)


def test_an_edit_of_the_right_side_survives_the_move(shop: Installation) -> None:
    left = some(shop, PERSONS)
    right = shop.engine.right_of(PERSONS)[left]
    shop.edit(SHOP, "Customer", left, {"website": "https://gammel.example"})
    shop.engine.run()
    shop.edit(OFFICE, "Customers", right, {"WebsiteUrl": "https://endret.example"})
    flip(shop, left, "company")
    shop.engine.run()
    assert shop.systems.record(SHOP, "Customer", left)["website"] == "https://endret.example"  # type: ignore[index]
    assert shop.systems.record(OFFICE, "Customers", right)["WebsiteUrl"] == "https://endret.example"  # type: ignore[index]
    assert quiet(shop)


@pytest.mark.parametrize("before", ["send POST", "set j.", "set seg."], ids=["unsent", "unanswered", "uncommitted"])
def test_a_record_that_changes_sides_while_its_create_is_in_a_dead_run_is_made_once(shop: Installation, before: str) -> None:
    """The company's run died at its create, or with it in the journal alone; by the next run the company is a person."""
    new = shop.systems.create(SHOP, "Customer", {"type": "company", "company_name": "Nordmann AS"})
    many = len(shop.systems.records(OFFICE, "Customers"))
    sent: list[str] = []

    def trip(place: str) -> None:
        sent.append(place)
        if place.startswith(before) and ("send POST" in sent[:-1] or before == "send POST"):
            raise KilledError(place)

    shop.engine.trip = trip
    with pytest.raises(KilledError):
        shop.engine.run(flows=(COMPANIES,))
    shop.engine.trip = no_trip
    flip(shop, new, "person")
    shop.engine.run()
    assert len(shop.systems.records(OFFICE, "Customers")) <= many + 1
    shop.engine.later = timedelta(hours=1)  # past the read lag
    assert quiet(shop)
    assert len(shop.systems.records(OFFICE, "Customers")) == many + 1
    assert new in shop.engine.right_of(PERSONS)
    assert new not in shop.engine.right_of(COMPANIES)
