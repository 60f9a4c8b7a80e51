"""What a run reads: chosen records, a backfill's interval and ``since`` never move the cursor, and nothing is lost by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lenke.runtime.windows import Window
from tests.flows.installation import CUSTOMERS, LEFT, OFFICE, SHOP, Installation
from tests.flows.small import complaints


def cursors(few: Installation) -> dict[str, dict[str, str]]:
    return {flow: few.engine.manifest(flow).cursor for flow in LEFT}


@pytest.fixture
def edited(few: Installation) -> list[str]:
    """Three customers edited: the first two on the left, the third on the right. Before that, a run moved the cursors."""
    few.engine.run()
    ids = sorted(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", ids[0], {"phone": "+47 22700101"})
    few.edit(SHOP, "Customer", ids[1], {"phone": "+47 22700102"})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[ids[2]], {"PhoneNumber": "+4722700103"})
    return ids


def after(few: Installation, before: dict[str, dict[str, str]]) -> None:
    """The cursors stand where they stood, and the next run brings what is left."""
    assert cursors(few) == before
    few.engine.run()
    assert complaints(few) == []
    few.engine.run()
    few.asked()
    assert few.engine.quiet()


def test_records(few: Installation, edited: list[str]) -> None:
    before = cursors(few)
    few.engine.run(Window("records", records=(edited[0],), moves_cursor=False))
    assert {row["record_id"] for row in few.written()} == {few.engine.right_of(CUSTOMERS)[edited[0]]}
    after(few, before)


def test_a_new_record_alone_brings_no_edits_of_others(few: Installation, edited: list[str]) -> None:
    """It is compared with the whole list of the right system, and what else stands there is left alone."""
    before = cursors(few)
    new = few.systems.create(SHOP, "Customer", {"type": "person", "first_name": "Ny", "last_name": "Kunde", "email": "ny@example.org"})
    few.engine.run(Window("records", records=(new,), moves_cursor=False))
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[new]]
    after(few, before)


def test_since(few: Installation, edited: list[str]) -> None:
    before = cursors(few)
    few.engine.run(Window("interval", datetime.now(UTC) - timedelta(minutes=1), None, moves_cursor=False))
    assert len(few.written()) == 3
    after(few, before)


def test_backfill_of_an_old_interval(few: Installation, edited: list[str]) -> None:
    before = cursors(few)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    few.engine.run(Window("interval", start, start + timedelta(days=120), moves_cursor=False))
    assert {row["system"] for row in few.written()} <= {SHOP}  # PowerOffice cannot tell what changed and is always read whole
    after(few, before)


def test_backfill_after_everything_is_in_sync_writes_nothing(few: Installation) -> None:
    few.engine.run()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for month in range(12):
        few.engine.run(
            Window("interval", start + timedelta(days=31 * month), start + timedelta(days=31 * (month + 1)), moves_cursor=False),
            flows=(CUSTOMERS,),
        )
    assert few.asked() == []
    assert few.engine.quiet()


def test_dry_run_does_not_move_the_cursor(few: Installation, edited: list[str]) -> None:
    before = cursors(few)
    few.engine.run(Window("delta", moves_cursor=False, dry_run=True))
    after(few, before)


def test_a_run_whose_load_failed_does_not_move_the_cursor(few: Installation, edited: list[str]) -> None:
    before = cursors(few)
    few.systems.fault(OFFICE, "5xx", match={"method": "PATCH"})
    few.engine.run(strict=False)
    few.systems.clear_faults()
    assert few.engine.errors
    assert cursors(few)[CUSTOMERS] == before[CUSTOMERS]
    few.engine.run()
    assert complaints(few) == []


def test_an_edit_outside_the_window_is_not_read_and_not_lost(few: Installation, edited: list[str]) -> None:
    """A backfill reads the shop's records of its interval and of no other time."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    report = few.engine.run(Window("interval", start, start + timedelta(days=30), moves_cursor=False))[CUSTOMERS]["report"]
    assert report["read_left"] < len(few.systems.records(SHOP, "Customer"))
    assert report["updated_right"] == 0
    few.engine.run()
    assert complaints(few) == []
