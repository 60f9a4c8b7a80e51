"""A run is undone: what it changed and nobody has touched since stands as before, on both sides, and stays so."""

from __future__ import annotations

import stat
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lenke.core.errors import BusyError, ConfigurationError, RetriableError
from lenke.runtime.undo import images
from lenke.runtime.undo.images import Image
from lenke.runtime.undo.judging import What
from lenke.runtime.undo.shown import params
from lenke.runtime.undo.undo import Undone
from lenke.runtime.windows import window
from tests.flows.harness import DELTA
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation, Snapshot
from tests.flows.mortal import KilledError, Trip, no_trip
from tests.flows.small import complaints
from tests.flows.undoing import told, undo

NEW, NEWER = "+4722700101", "+4722700102"
PATCHES = {"method": "PATCH"}


def someone(few: Installation) -> tuple[str, str]:
    """Left and right id of a linked customer who has a telephone number that both sides write alike."""
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    few.edit(SHOP, "Customer", left, {"phone": "+4722700100", "website": "https://for.example.org"})
    few.engine.run()
    return left, right


def phones(few: Installation, left: str) -> tuple[str, str]:
    return few.left(CUSTOMERS, left)["phone"], few.right(CUSTOMERS, left)["PhoneNumber"]


def comes_to_rest(few: Installation) -> None:
    """Two runs, then silence, and both databases agree."""
    few.engine.run()
    few.engine.run()
    assert few.engine.quiet()
    assert complaints(few) == []


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
    assert [(row.now, row.before) for row in planned if row.what is What.PUT_BACK] == [(NEW, "+4722700100")]
    assert told(undo(few.engine, apply=True)) == told(planned)
    (sent,) = few.asked()
    assert "WebsiteUrl" not in sent["body"]
    assert phones(few, left) == (NEW, "+4722700100")

    comes_to_rest(few)
    assert phones(few, left) == ("+4722700100", "+4722700100")
    assert few.left(CUSTOMERS, left)["website"] == few.right(CUSTOMERS, left)["WebsiteUrl"] == "https://nyere.example.org"


def test_what_was_written_to_the_left_is_put_back_there(few: Installation) -> None:
    left, right = someone(few)
    few.edit(OFFICE, "Customers", right, {"PhoneNumber": NEW})
    few.engine.run()
    assert told(undo(few.engine, apply=True)) == [("left", left, "phone", What.PUT_BACK)]
    assert phones(few, left) == ("+4722700100", NEW)
    comes_to_rest(few)
    assert phones(few, left) == ("+4722700100", "+4722700100")


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
    assert phones(few, left) == ("+4722700100", "+4722700100")
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


def lines(few: Installation, order: str) -> tuple[list[Any], list[Any]]:
    left = [float(line["quantity"]) for line in few.left(ORDERS, order)["lines"]]
    return left, [line["Quantity"] for line in few.right(ORDERS, order)["SalesOrderLines"]]


def test_an_order_line_is_put_back_on_both_sides(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    before = lines(few, order)
    first, second = few.left(ORDERS, order)["lines"][:2]
    few.systems.edit_line(SHOP, "Order", order, str(first["id"]), {"quantity": "17"})
    few.systems.edit_line(SHOP, "Order", order, str(second["id"]), {"description": "En annen tekst"})
    few.engine.run()
    rows = undo(few.engine, apply=True)
    assert [(row.change.property, row.what) for row in rows] == [("quantity", What.PUT_BACK), ("description", What.PUT_BACK)]
    assert lines(few, order)[1] == before[1] != lines(few, order)[0]
    comes_to_rest(few)
    assert lines(few, order) == before
    assert "En annen tekst" not in [line["description"] for line in few.left(ORDERS, order)["lines"]]
    assert str(few.right(ORDERS, order)["Id"]) == right


def test_an_undo_that_moves_no_date_is_carried_by_a_run_of_just_these_records(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    line = few.left(ORDERS, order)["lines"][0]
    few.systems.edit_line(SHOP, "Order", order, str(line["id"]), {"description": "En annen tekst"})
    few.engine.run()
    few.systems.switch(OFFICE, "line_edits_bump", on=False)
    rows = undo(few.engine, apply=True)
    assert told(rows) == [("right", right, "description", What.PUT_BACK)]
    found = params(Undone(few.engine.dataflow, "run-1", "undo__1", {ORDERS: rows}))
    assert found == {"flows": [ORDERS], "records": [order]}
    few.engine.run(window(found, run_type="manual", start=None, end=None), flows=(ORDERS,))
    assert few.left(ORDERS, order)["lines"][0]["description"] == line["description"]


def test_lines_that_a_run_added_or_took_away_are_listed_and_stay(few: Installation) -> None:
    order, _ = min(few.engine.right_of(ORDERS).items())
    first, second = few.left(ORDERS, order)["lines"][:2]
    few.systems.edit_line(SHOP, "Order", order, str(first["id"]), None)
    few.systems.edit_line(SHOP, "Order", order, None, {**{k: v for k, v in second.items() if k != "id"}, "description": "Ny linje"})
    few.engine.run()
    after = few.right(ORDERS, order)["SalesOrderLines"]
    few.asked()
    assert {row.what for row in undo(few.engine, apply=True)} == {What.ADDED, What.REMOVED}
    assert few.asked() == []
    assert few.right(ORDERS, order)["SalesOrderLines"] == after


def test_a_locked_order_is_left(few: Installation) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    few.systems.edit_line(SHOP, "Order", order, str(few.left(ORDERS, order)["lines"][0]["id"]), {"quantity": "17"})
    few.edit(SHOP, "Order", order, {"customer_reference": "Ny referanse"})
    few.engine.run()
    undone = f"run-{few.engine.runs}"
    few.systems.edit(OFFICE, "SalesOrders", right, {"SalesOrderStatus": "Confirmed"})
    few.asked()
    rows = undo(few.engine, undone, apply=True)
    assert {(row.change.property, row.what) for row in rows} == {("quantity", What.LOCKED), ("customer_reference", What.LOCKED)}
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


def test_a_lost_answer_is_undone_by_what_stands_there(few: Installation) -> None:
    left, right = someone(few)
    few.edit(SHOP, "Customer", left, {"phone": NEW})
    few.systems.fault(OFFICE, "drop_reply", count=1, match=PATCHES)
    few.engine.run()
    few.systems.clear_faults()
    assert phones(few, left) == (NEW, NEW)
    assert told(undo(few.engine, apply=True)) == [("right", right, "phone", What.PUT_BACK)]
    comes_to_rest(few)
    assert phones(few, left) == ("+4722700100", "+4722700100")


def test_what_a_dead_run_left_in_doubt_is_settled_before_it_is_undone(few: Installation) -> None:
    """Put back before that, the next run would take it for a write that never happened, and send it again."""
    left, right = someone(few)
    few.edit(SHOP, "Customer", left, {"phone": NEW})
    few.systems.fault(OFFICE, "drop_reply", count=50, match=PATCHES)
    few.engine.retries = 0
    few.engine.run(strict=False)
    assert few.engine.errors.keys() == {CUSTOMERS}
    few.systems.clear_faults()
    undone = f"run-{few.engine.runs}"
    few.asked()
    assert told(undo(few.engine, undone, apply=True)) == [("right", right, "phone", What.UNSETTLED)]
    assert few.asked() == []
    few.engine.run()
    few.engine.run()
    assert told(undo(few.engine, undone, apply=True)) == [("right", right, "phone", What.PUT_BACK)]
    comes_to_rest(few)
    assert phones(few, left) == ("+4722700100", "+4722700100")


def killed(snapshot: Snapshot, folder: Path, after: int) -> tuple[list[str], list[Image]]:
    """The places that a run passed until it died ``after`` the first place at which it sends, and the before-images that it left."""
    with snapshot.copy(folder / "count") as few:
        someone(few)
        few.edit(SHOP, "Customer", min(few.engine.right_of(CUSTOMERS)), {"phone": NEW})
        few.engine.trip = counting = Trip()
        few.engine.run(flows=(CUSTOMERS,))
    with snapshot.copy(folder / "kill") as few:
        someone(few)
        few.edit(SHOP, "Customer", min(few.engine.right_of(CUSTOMERS)), {"phone": NEW})
        few.engine.trip = trip = Trip(counting.passed.index("send PATCH") + 1 + after)
        with suppress(KilledError):
            few.engine.run(flows=(CUSTOMERS,))
        few.engine.trip = no_trip
        with pytest.raises(RetriableError, match="its writes are not settled; run the dataflow, then undo"):
            undo(few.engine, apply=True)
        journal = few.engine.flow_run(few.engine.dataflow.flow(CUSTOMERS), DELTA, {}, {}).folder("journal")
        files = list(Path(journal.path).glob("before-*"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        return trip.passed, [image for batch in images.read(journal) for image in batch.images]


def test_a_kill_before_the_send_leaves_the_before_image(small_run: Snapshot, tmp_path: Path) -> None:
    passed, (image,) = killed(small_run, tmp_path, 0)
    assert passed[-1] == "send PATCH"
    phone = image.properties["phone"]
    assert (image.status, dict(phone.before), phone.stored) == ("sending", {"PhoneNumber": "+4722700100"}, None)


def test_a_kill_after_the_answer_leaves_what_was_stored(small_run: Snapshot, tmp_path: Path) -> None:
    _, (image,) = killed(small_run, tmp_path, 1)
    phone = image.properties["phone"]
    assert (image.status, dict(phone.before), phone.stored) == ("done", {"PhoneNumber": "+4722700100"}, {"PhoneNumber": NEW})


def test_a_read_that_may_be_older_than_the_write_is_waited_for(few: Installation) -> None:
    """Within the read lag the old value, put back, would be taken for a late read of the time before the run's write."""
    office = few.engine.connections[OFFICE]
    lagging = {**office, "extra": {**office["extra"], "read_lag_seconds": 3600}}
    left, right = someone(few)
    few.engine.connections = {**few.engine.connections, OFFICE: lagging}
    few.engine.later = timedelta(hours=2)
    few.edit(SHOP, "Customer", left, {"phone": NEW})
    few.engine.run()
    few.asked()
    with pytest.raises(RetriableError, match="may be older than the last writes until"):
        undo(few.engine, apply=True)
    assert few.asked() == []

    few.engine.later = timedelta(hours=3, minutes=1)
    assert told(undo(few.engine, apply=True)) == [("right", right, "phone", What.PUT_BACK)]
    few.engine.run()
    assert phones(few, left) == ("+4722700100", "+4722700100")
    few.engine.later = timedelta(hours=5)
    comes_to_rest(few)
    assert phones(few, left) == ("+4722700100", "+4722700100")
