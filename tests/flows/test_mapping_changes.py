"""A changed mapping is no edit: the property is compared anew, as at a first link, and nothing is written for it that agrees."""

from __future__ import annotations

import pytest

from lenke.core.errors import FatalError
from lenke.core.mapping.load import loads_dataflow
from lenke.runtime import flow_run
from lenke.runtime.ledger.journal import parse
from lenke.runtime.windows import Window
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.mortal import KilledError, no_trip
from tests.flows.small import complaints
from tests.flows.stepped import Stepped

TEXT = MAPPING.read_text(encoding="utf-8")
NUMBER = "- {property: customer_number, type: integer, left: customer_number, right: ExternalNumber}"
WEBSITE = "- {property: website, type: string, left: website, right: WebsiteUrl}"
LINE_DESCRIPTION = "- {property: description, type: string, left: description, right: Description}\n        - {property: quantity"
CHANGES = {
    "another type": (NUMBER, NUMBER.replace("integer", "decimal")),
    "another option": (WEBSITE, WEBSITE.replace("WebsiteUrl", "WebsiteUrl, options: {max_length: 400}")),
    "a line's property": (LINE_DESCRIPTION, LINE_DESCRIPTION.replace("Description}", "Description, options: {max_length: 400}}")),
}


def use(few: Installation, old: str = "", new: str = "") -> None:
    """Run under a mapping in which one text stands for another."""
    assert old in TEXT
    few.engine.dataflow = loads_dataflow(TEXT.replace(old, new, 1) if old else TEXT, str(MAPPING))


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("window", [Window("delta"), Window("full")], ids=["delta", "full"])
def test_changed_property_is_compared_anew_without_a_write(few: Installation, old: str, new: str, window: Window) -> None:
    few.engine.run()
    use(few, old, new)
    few.engine.run(window)
    few.engine.run()
    assert few.asked() == []
    assert few.engine.all_parked() == set()
    assert all(not few.engine.parked(flow.name) for flow in few.engine.dataflow.flows)
    assert few.engine.quiet()


@pytest.mark.parametrize("system", [SHOP, OFFICE])
def test_edits_of_other_properties_travel_in_the_very_run(few: Installation, system: str) -> None:
    few.engine.run()
    use(few, *CHANGES["another type"])
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    if system == SHOP:
        few.edit(SHOP, "Customer", left, {"phone": "+47 22700301"})
    else:
        few.edit(OFFICE, "Customers", right, {"PhoneNumber": "+4722700302"})
    few.engine.run()
    assert len(few.written()) == 1
    assert complaints(few) == []


@pytest.mark.parametrize("system", [SHOP, OFFICE])
def test_edits_of_the_changed_property_travel_after(few: Installation, system: str) -> None:
    few.engine.run()
    use(few, *CHANGES["another option"])
    few.engine.run()
    few.engine.run()
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    if system == SHOP:
        few.edit(SHOP, "Customer", left, {"website": "https://etter.example.org"})
    else:
        few.edit(OFFICE, "Customers", right, {"WebsiteUrl": "https://etter.example.org"})
    few.engine.run()
    assert len(few.written()) == 1
    assert complaints(few) == []


def test_property_removed_and_added_again(few: Installation) -> None:
    few.engine.run()
    use(few, "      " + WEBSITE + "\n", "")
    few.engine.run()
    left = min(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", left, {"website": "https://mens-den-var-borte.example.org"})
    few.engine.run()
    few.engine.run()
    assert few.asked() == []
    assert few.engine.quiet()

    use(few)
    few.engine.run()
    few.engine.run()
    assert {row["record_id"] for row in few.written()} == {few.engine.right_of(CUSTOMERS)[left]}
    assert few.right(CUSTOMERS, left)["WebsiteUrl"] == "https://mens-den-var-borte.example.org"
    assert complaints(few) == []


GAINED = (f"      {WEBSITE}\n", "")


def die_before_the_commit(few: Installation) -> None:
    """A run dies when all is written and journalled."""

    def trip(place: str) -> None:
        keys = [text for found in few.engine.keys.values() for key, text in found.rows.items() if key.startswith("j.")]
        tries = [parse(text) for text in keys if text.startswith("{")]
        if any(batch.rows is not None for found in tries for batch in found.batches) and not place.startswith("set j."):
            raise KilledError(place)

    few.engine.trip = trip
    with pytest.raises(KilledError):
        few.engine.run(flows=(CUSTOMERS,))
    few.engine.trip = no_trip
    assert few.engine.journal_keys()


def phone(few: Installation) -> tuple[str, str]:
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"phone": "+47 22700301"})
    return left, right


def test_a_journal_of_a_mapping_with_one_property_more_is_folded(few: Installation) -> None:
    few.engine.run()
    phone(few)
    die_before_the_commit(few)
    use(few, *GAINED)
    few.engine.run(flows=(CUSTOMERS,))
    assert few.engine.journal_keys() == []
    assert complaints(few, (CUSTOMERS,)) == []
    assert few.engine.quiet(flows=(CUSTOMERS,))


def test_a_journal_of_a_mapping_with_one_property_less_makes_no_conflict(few: Installation) -> None:
    use(few, *GAINED)
    few.engine.run()
    left, right = phone(few)
    die_before_the_commit(few)
    use(few)
    few.edit(OFFICE, "Customers", right, {"ExternalNumber": 7654321, "InvoiceEmailAddress": "bare.hoyre@example.org"})
    few.engine.run(flows=(CUSTOMERS,))
    few.engine.run(flows=(CUSTOMERS,))
    theirs = few.right(CUSTOMERS, left)
    assert (theirs["ExternalNumber"], theirs["InvoiceEmailAddress"]) == (7654321, "bare.hoyre@example.org")
    assert few.engine.conflicts(CUSTOMERS) == []


@pytest.mark.parametrize(("before", "after"), [((), GAINED), (GAINED, ())], ids=["one less", "one more"])
def test_a_mapping_that_changes_before_the_commit_loses_no_edit(few: Installation, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    use(few, *before)
    few.engine.run()
    left, right = phone(few)
    run = Stepped(few.engine, CUSTOMERS).extract().plan().load()
    use(few, *after)
    assert run.commit()["state"] == "success"
    few.edit(OFFICE, "Customers", right, {"ExternalNumber": 7654321})
    few.engine.run(flows=(CUSTOMERS,))
    assert few.right(CUSTOMERS, left)["ExternalNumber"] == 7654321
    assert few.left(CUSTOMERS, left)["customer_number"] == 7654321
    few.engine.run(flows=(CUSTOMERS,))
    assert few.engine.quiet(flows=(CUSTOMERS,))


def test_a_mapping_that_changes_in_mid_run_stops_it(few: Installation) -> None:
    few.engine.run()
    left, _ = phone(few)
    run = Stepped(few.engine, CUSTOMERS).extract()
    use(few, *GAINED)
    with pytest.raises(FatalError, match="changed in its mapping"):
        run.plan()
    use(few)
    run.plan()
    use(few, *GAINED)
    with pytest.raises(FatalError, match="changed in its mapping"):
        run.load()
    assert few.asked() == []
    few.engine.run(flows=(CUSTOMERS,))
    assert few.right(CUSTOMERS, left)["PhoneNumber"] == "+4722700301"


ONE_WAY = WEBSITE.replace("WebsiteUrl}", "WebsiteUrl, direction: to_right}")
OLD_SITE, NEW_SITE = "https://gammel.example.org", "https://ny.example.org"


def bases(few: Installation) -> dict[tuple[str, ...], tuple[int, ...]]:
    """What every row of the ledgers has agreed on."""
    return {(flow.name, *link.key): link.base for flow in few.engine.dataflow.flows for link in few.engine.links(flow.name)}


def differing(few: Installation) -> str:
    """The left id of a customer whose right side holds another website than its left one, which a one-way property leaves alone."""
    use(few, WEBSITE, ONE_WAY)
    few.engine.run()
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"website": NEW_SITE})
    few.engine.run()
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": OLD_SITE})
    few.engine.run()
    few.engine.run()
    assert few.right(CUSTOMERS, left)["WebsiteUrl"] == OLD_SITE
    few.written()
    return left


@pytest.mark.parametrize("window", [Window("delta"), Window("full")], ids=["delta", "full"])
def test_a_side_that_newly_counts_as_a_source_is_compared_as_at_a_first_link(few: Installation, window: Window) -> None:
    left = differing(few)
    use(few)
    few.engine.run(window)
    (conflict,) = few.engine.conflicts(CUSTOMERS)
    assert (conflict["left_id"], conflict["property"], conflict["left"], conflict["right"]) == (left, "website", NEW_SITE, OLD_SITE)
    few.engine.run()
    assert (few.left(CUSTOMERS, left)["website"], few.right(CUSTOMERS, left)["WebsiteUrl"]) == (NEW_SITE, NEW_SITE)
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[left], {"WebsiteUrl": OLD_SITE})
    few.engine.run()
    assert few.left(CUSTOMERS, left)["website"] == OLD_SITE


def test_a_side_that_counts_as_a_source_no_more_changes_nothing_that_was_agreed_on(few: Installation) -> None:
    few.engine.run()
    before = bases(few)
    use(few, WEBSITE, ONE_WAY)
    few.engine.run(Window("full"))
    assert bases(few) == before
    assert few.written() == []
    assert few.engine.quiet()


def test_an_upgrade_from_before_directions_were_remembered_compares_nothing_anew(
    few: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_it:
        before_it.setattr(flow_run, "directed", lambda fingerprint, direction: fingerprint)
        few.engine.run()
        few.engine.run(Window("full"))
        assert few.engine.quiet(window=Window("full"))
        ledger = bases(few)
        few.written()
    few.engine.run(Window("full"))
    assert bases(few) == ledger
    assert few.written() == []
    assert few.engine.quiet()


REFERENCE = "- {property: customer_reference, type: string, left: customer_reference, right: CustomerReference}"


@pytest.mark.parametrize("how", ["invoiced", "deleted"])
def test_a_closed_record_is_not_edited_by_it(few: Installation, how: str) -> None:
    orders = sorted(few.engine.right_of(ORDERS).items())
    for left, _ in orders:
        few.edit(SHOP, "Order", left, {"customer_reference": "Kari"})
    few.engine.run()
    if how == "invoiced":
        few.systems.invoice(orders[0][1])
    else:
        few.systems.delete(SHOP, "Order", orders[0][0])
    few.engine.run(Window("full"))
    use(few, REFERENCE, REFERENCE.replace("CustomerReference}", "CustomerReference, options: {max_length: 100}}"))
    few.engine.run(Window("full"))
    assert few.engine.parked(ORDERS) == {}
    survivor = (
        (SHOP, "Order", orders[0][0], "customer_reference")
        if how == "invoiced"
        else (OFFICE, "SalesOrders", orders[0][1], "CustomerReference")
    )
    few.systems.edit(*survivor[:3], {survivor[3]: "Ola"})
    few.engine.run(Window("full"))
    assert len(few.engine.parked(ORDERS)) == 1
