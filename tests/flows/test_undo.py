"""A run is undone: what it changed and nobody has touched since stands as before, on both sides, and stays so."""

from __future__ import annotations

import pytest

from lenke.core.errors import BusyError, ConfigurationError
from lenke.runtime.undo.judging import What
from tests.flows.installation import CUSTOMERS, OFFICE, PRODUCTS, SHOP, Installation
from tests.flows.undoing import NEW, NEWER, OLD, comes_to_rest, phones, someone, told, undo


def carried(few: Installation) -> tuple[str, str]:
    """A customer whose new number a run has carried to the right; the run is the last one."""
    left, right = someone(few)
    few.edit(SHOP, "Customer", left, {"phone": NEW})
    few.engine.run()
    few.asked()
    return left, right


def test_what_was_changed_is_put_back_and_stays_so_on_both_sides(few: Installation) -> None:
    left, right = someone(few)
    few.edit(SHOP, "Customer", left, {"phone": NEW, "website": "https://ny.example.org"})
    few.engine.run()
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": "https://nyere.example.org"})

    few.asked()
    planned = undo(few.engine)
    assert few.asked() == []
    assert told(planned) == [("right", right, "phone", What.PUT_BACK), ("right", right, "website", What.TOUCHED)]
    assert [(row.now, row.before) for row in planned if row.what is What.PUT_BACK] == [(NEW, OLD)]
    assert told(undo(few.engine, apply=True)) == told(planned)
    (sent,) = few.asked()
    assert "WebsiteUrl" not in sent["body"]
    assert phones(few, left) == (NEW, OLD)

    comes_to_rest(few)
    assert phones(few, left) == (OLD, OLD)
    assert few.left(CUSTOMERS, left)["website"] == few.right(CUSTOMERS, left)["WebsiteUrl"] == "https://nyere.example.org"


def test_what_was_written_to_the_left_is_put_back_there(few: Installation) -> None:
    left, right = someone(few)
    few.edit(OFFICE, "Customers", right, {"PhoneNumber": NEW})
    few.engine.run()
    assert told(undo(few.engine, apply=True)) == [("left", left, "phone", What.PUT_BACK)]
    assert phones(few, left) == (OLD, NEW)
    comes_to_rest(few)
    assert phones(few, left) == (OLD, OLD)


def test_an_undo_is_undone_before_the_next_run_and_after_it(few: Installation) -> None:
    left, right = carried(few)
    undo(few.engine, apply=True, as_="undo__1")
    assert told(undo(few.engine, "undo__1", apply=True, as_="undo__2")) == [("right", right, "phone", What.PUT_BACK)]
    assert phones(few, left) == (NEW, NEW)
    few.asked()
    few.engine.run()
    assert few.asked() == []

    undo(few.engine, "undo__2", apply=True, as_="undo__3")
    comes_to_rest(few)
    assert phones(few, left) == (OLD, OLD)
    assert told(undo(few.engine, "undo__3", apply=True, as_="undo__4")) == [("right", right, "phone", What.PUT_BACK)]
    comes_to_rest(few)
    assert phones(few, left) == (NEW, NEW)


def test_an_edit_of_the_other_side_since_the_run_is_not_gone_over(few: Installation) -> None:
    left, right = carried(few)
    few.edit(SHOP, "Customer", left, {"phone": NEWER})
    assert told(undo(few.engine, apply=True)) == [("right", right, "phone", What.OTHER_TOUCHED)]
    assert few.asked() == []
    comes_to_rest(few)
    assert phones(few, left) == (NEWER, NEWER)


def test_a_later_run_s_value_is_not_the_earlier_one_s_to_put_back(few: Installation) -> None:
    left, right = carried(few)
    first = f"run-{few.engine.runs}"
    few.edit(SHOP, "Customer", left, {"phone": NEWER})
    few.engine.run()
    assert told(undo(few.engine, first, apply=True)) == [("right", right, "phone", What.TOUCHED)]
    assert phones(few, left) == (NEWER, NEWER)


def test_an_edit_between_the_plan_and_the_write_is_left(few: Installation) -> None:
    left, right = carried(few)
    rows = undo(few.engine, apply=True, quiet=lambda: few.edit(OFFICE, "Customers", right, {"PhoneNumber": NEWER}))
    assert told(rows) == [("right", right, "phone", What.TOUCHED)]
    assert phones(few, left) == (NEW, NEWER)


def test_a_run_that_begins_meanwhile_stops_the_writing(few: Installation) -> None:
    left, right = carried(few)

    def busy() -> None:
        raise BusyError("run manual__1 is running")

    (row,) = undo(few.engine, apply=True, quiet=busy)
    assert (row.id, row.what, row.reason) == (right, What.FAILED, "run manual__1 is running")
    assert few.asked() == []
    assert phones(few, left) == (NEW, NEW)


def test_another_tenant_is_not_written_to(few: Installation) -> None:
    carried(few)
    few.systems._sites[SHOP].system.store.keep("shop_id", "11111111-2222-3333-4444-555555555555")
    with pytest.raises(ConfigurationError, match="another tenant"):
        undo(few.engine, apply=True)
    assert few.asked() == []


def test_a_record_that_the_run_created_stays(few: Installation) -> None:
    left = few.systems.create(SHOP, "Customer", {"type": "person", "first_name": "Kari", "last_name": "Ny", "email": "ny@example.org"})
    few.engine.run()
    right = few.engine.right_of(CUSTOMERS)[left]
    few.asked()
    rows = undo(few.engine, apply=True)
    assert ("right", right, "", What.CREATED) in told(rows)
    assert {row.what for row in rows} == {What.CREATED}
    assert few.asked() == []
    assert few.right(CUSTOMERS, left)["FirstName"] == "Kari"


def test_a_record_that_is_gone_is_said_to_be(few: Installation) -> None:
    left = few.systems.create(SHOP, "Product", {"sku": "NY-1", "name": "Ny", "price": "10.00"})
    few.engine.run()
    right = few.engine.right_of(PRODUCTS)[left]
    few.edit(SHOP, "Product", left, {"name": "Nytt navn"})
    few.engine.run()
    few.systems.delete(OFFICE, "Products", right)
    assert [(row.id, row.what) for row in undo(few.engine, apply=True)] == [(right, What.GONE)]


def test_what_a_first_link_filled_is_not_emptied_again(few: Installation) -> None:
    """The other side had the value before the run: emptied here, the next run would empty it there."""
    person = {"type": "person", "first_name": "Kari", "last_name": "Ny", "email": "ny@example.org", "phone": NEW}
    right = few.systems.create(
        OFFICE, "Customers", {"IsPerson": True, "FirstName": "Kari", "LastName": "Ny", "EmailAddress": "ny@example.org"}
    )
    left = few.systems.create(SHOP, "Customer", person)
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS)[left] == right
    assert phones(few, left) == (NEW, NEW)
    few.asked()
    rows = undo(few.engine, apply=True)
    assert ("right", right, "phone", What.FIRST_LINK) in told(rows)
    comes_to_rest(few)
    assert phones(few, left) == (NEW, NEW)


def test_a_price_is_left_with_its_vat_rate_that_goes_one_way(few: Installation) -> None:
    """Its net price put back, the shop would be told a gross one that never was: its rate is not put back there."""
    left = min(few.engine.right_of(PRODUCTS))
    before = few.left(PRODUCTS, left)
    few.edit(SHOP, "Product", left, {"vat_rate": "15" if before["vat_rate"] != "15" else "25", "name": "Nytt navn"})
    few.engine.run()
    found = {row.change.property: row.what for row in undo(few.engine, apply=True)}
    assert found == {"name": What.PUT_BACK, "price": What.PRICED, "vat_rate": What.PRICED}
    comes_to_rest(few)
    assert few.left(PRODUCTS, left)["price"] == before["price"]
    assert few.left(PRODUCTS, left)["name"] == few.right(PRODUCTS, left)["Name"] == before["name"]
