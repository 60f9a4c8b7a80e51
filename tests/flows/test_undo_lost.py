"""A run is undone of which something is in doubt: lost answers, deaths in mid-load, reads that may be older than its writes."""

from __future__ import annotations

import stat
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from lenke.core.errors import RetriableError
from lenke.runtime.undo import images
from lenke.runtime.undo.images import Image
from lenke.runtime.undo.judging import What
from tests.flows.harness import DELTA
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation, Snapshot
from tests.flows.mortal import KilledError, Trip, no_trip
from tests.flows.undoing import NEW, OLD, PATCHES, comes_to_rest, phones, someone, told, undo


def test_a_lost_answer_is_undone_by_what_stands_there(few: Installation) -> None:
    left, right = someone(few)
    few.edit(SHOP, "Customer", left, {"phone": NEW})
    few.systems.fault(OFFICE, "drop_reply", count=1, match=PATCHES)
    few.engine.run()
    few.systems.clear_faults()
    assert phones(few, left) == (NEW, NEW)
    assert told(undo(few.engine, apply=True)) == [("right", right, "phone", What.PUT_BACK)]
    comes_to_rest(few)
    assert phones(few, left) == (OLD, OLD)


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
    assert phones(few, left) == (OLD, OLD)


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
    assert (image.status, dict(phone.before), phone.stored) == ("sending", {"PhoneNumber": OLD}, None)


def test_a_kill_after_the_answer_leaves_what_was_stored(small_run: Snapshot, tmp_path: Path) -> None:
    _, (image,) = killed(small_run, tmp_path, 1)
    phone = image.properties["phone"]
    assert (image.status, dict(phone.before), phone.stored) == ("done", {"PhoneNumber": OLD}, {"PhoneNumber": NEW})


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
    assert phones(few, left) == (OLD, OLD)
    few.engine.later = timedelta(hours=5)
    comes_to_rest(few)
    assert phones(few, left) == (OLD, OLD)
