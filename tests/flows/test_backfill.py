"""A backfill of five intervals: today's truth on both sides, nothing regressed, nothing doubled, no cursor moved, few calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lenke.core.errors import BrakeError
from lenke.core.mapping.settings import Brakes
from lenke.runtime.windows import Window
from sandbox.site import Answer
from sandbox.wire import Request
from tests.flows.installation import CUSTOMERS, LEFT, OFFICE, SHOP, Installation
from tests.flows.small import complaints

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=n) for n in range(6)]
FORWARDS = list(itertools.pairwise(DAYS))


def day(start: datetime, end: datetime, **more: str) -> Window:
    return Window("interval", start, end, moves_cursor=False, backfill=True, **more)  # type: ignore[arg-type]


def dated(few: Installation, system: str, entity: str, id: str, field: str, at: datetime) -> None:
    """Give a record a time of its own, as if its last edit had been then."""
    store = few.systems._sites[system].system.store
    with store.transaction():
        body = store.get(entity, id)
        assert body is not None
        store.put(entity, id, body | {field: at.isoformat().replace("+00:00", "Z")}, modified=at)


@contextmanager
def counted(few: Installation, system: str) -> Iterator[list[Request]]:
    """The requests that one system answers meanwhile."""
    site, seen = few.systems._sites[system], list[Request]()
    answer: Callable[[Request], Answer] = site.answer

    def noting(request: Request) -> Answer:
        seen.append(request)
        return answer(request)

    site.answer = noting  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        site.answer = answer  # type: ignore[assignment,method-assign]


@pytest.fixture
def missed(few: Installation) -> list[str]:
    """Edits that no run has seen, one a day over five days: lost cursors hide them from delta runs. The last two are on the right."""
    few.engine.run()
    ids = sorted(few.engine.right_of(CUSTOMERS))[:5]
    for n, id in enumerate(ids):
        if n < 3:
            few.edit(SHOP, "Customer", id, {"website": f"https://uke{n}.example.no"})
            dated(few, SHOP, "Customer", id, "updated_at", DAYS[n] + timedelta(hours=8))
        else:
            right = few.engine.right_of(CUSTOMERS)[id]
            few.edit(OFFICE, "Customers", right, {"WebsiteUrl": f"https://uke{n}.example.no"})
            dated(few, OFFICE, "Customers", right, "LastChangedDateTimeOffset", DAYS[n] + timedelta(hours=8))
    few.asked()
    return ids


@pytest.mark.parametrize("intervals", [FORWARDS, FORWARDS[::-1]], ids=["forwards", "backwards"])
def test_five_intervals_beside_scheduled_runs(few: Installation, missed: list[str], intervals: list[tuple[datetime, datetime]]) -> None:
    before = {flow: few.engine.manifest(flow).cursor for flow in LEFT}
    rights = {entity: len(few.systems.records(OFFICE, entity)) for entity in ("Customers", "Products", "SalesOrders")}
    # Newer than the interval that its record lies in, and edited while the backfill is under way.
    newer = {missed[2]: "https://nyest.example.no"}
    for n, (start, end) in enumerate(intervals):
        few.engine.run(day(start, end))
        assert {flow: few.engine.manifest(flow).cursor for flow in LEFT} == before
        if n == 1:
            few.edit(SHOP, "Customer", missed[2], {"website": newer[missed[2]]})
            few.engine.run(flows=(CUSTOMERS,))
            before[CUSTOMERS] = few.engine.manifest(CUSTOMERS).cursor
    for n, id in enumerate(missed):
        wanted = newer.get(id, f"https://uke{n}.example.no")
        assert few.left(CUSTOMERS, id)["website"] == wanted
        assert few.right(CUSTOMERS, id)["WebsiteUrl"] == wanted
    assert {entity: len(few.systems.records(OFFICE, entity)) for entity in rights} == rights
    few.engine.run()
    few.asked()
    assert few.engine.quiet()
    assert complaints(few) == []


def test_one_walk_serves_all_intervals_of_a_system_that_cannot_filter(few: Installation, missed: list[str]) -> None:
    with counted(few, OFFICE) as seen:
        for start, end in FORWARDS:
            few.engine.run(day(start, end), flows=(CUSTOMERS,))
    lists = [one for one in seen if one.method == "GET" and one.path.endswith("/Customers")]
    # 2 walks of a list that fits on one page: the kept one, and none for the intervals after it.
    assert len({one.path for one in lists}) == 1
    assert len(lists) <= 2, [one.path for one in lists]
    assert few.right(CUSTOMERS, missed[4])["WebsiteUrl"] == few.left(CUSTOMERS, missed[4])["website"] == "https://uke4.example.no"


def test_a_walk_that_has_grown_old_is_made_again(few: Installation, missed: list[str]) -> None:
    few.engine.settings = replace(few.engine.settings, walk_minutes=10)
    few.engine.run(day(*FORWARDS[0]), flows=(CUSTOMERS,))
    few.engine.later = timedelta(minutes=11)
    with counted(few, OFFICE) as seen:
        few.engine.run(day(*FORWARDS[1]), flows=(CUSTOMERS,))
    assert any(one.method == "GET" and one.path.endswith("/Customers") for one in seen)


def test_what_a_kept_walk_shows_is_never_written(few: Installation, missed: list[str]) -> None:
    """An edit made after the walk, and carried by a run beside it, is not taken back by the value that the walk still holds."""
    right = few.engine.right_of(CUSTOMERS)[missed[3]]
    few.engine.run(day(*FORWARDS[0]), flows=(CUSTOMERS,))  # walks, and so holds the old value
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": "https://ferskere.example.no"})
    few.engine.run(flows=(CUSTOMERS,))
    assert few.left(CUSTOMERS, missed[3])["website"] == "https://ferskere.example.no"
    few.asked()
    few.engine.run(day(*FORWARDS[3]), flows=(CUSTOMERS,))
    assert few.asked() == []
    assert few.left(CUSTOMERS, missed[3])["website"] == "https://ferskere.example.no"
    assert few.right(CUSTOMERS, missed[3])["WebsiteUrl"] == "https://ferskere.example.no"


def test_brakes_hold_in_a_backfill(few: Installation, missed: list[str]) -> None:
    few.engine.settings = replace(few.engine.settings, brakes=Brakes(0, 0, 0, 0))
    with pytest.raises(BrakeError, match="max_changes"):
        few.engine.run(day(*FORWARDS[0]), flows=(CUSTOMERS,))
    assert few.asked() == []
    few.engine.run(day(*FORWARDS[0]), flows=(CUSTOMERS,), options={"max_changes": 1})
    assert len(few.written()) == 1


def test_window_by_created(few: Installation, missed: list[str]) -> None:
    for n, id in enumerate(missed):
        dated(few, SHOP, "Customer", id, "created_at", FIRST - timedelta(days=5 - n))
    few.engine.run(day(FIRST - timedelta(days=5), FIRST - timedelta(days=4, hours=1), by="created"), flows=(CUSTOMERS,))
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[missed[0]]]


def test_a_backfill_of_everything_concludes_no_deletion(few: Installation) -> None:
    gone, other = sorted(few.engine.right_of(CUSTOMERS))[:2]
    few.systems.delete(SHOP, "Customer", gone)
    few.edit(SHOP, "Customer", other, {"phone": "+47 22700994"})
    few.engine.run(Window("full", moves_cursor=False, backfill=True))
    assert few.right(CUSTOMERS, other)["PhoneNumber"] == "+4722700994"
    assert gone in few.engine.right_of(CUSTOMERS)
    few.engine.run(Window("full"))
    assert gone not in few.engine.right_of(CUSTOMERS)
