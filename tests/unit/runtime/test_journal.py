"""The journal: what is open, what is settled, and who may write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.errors import FenceError
from lenke.core.links.rows import Link
from lenke.runtime.ledger.journal import Item, Journal, fold, tries
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, OpenRun, Shape

AT = datetime(2026, 11, 20, tzinfo=UTC)
SHAPE = Shape((("name", "0"), ("note", "0")))
ITEMS = [Item("c:1", "create", "1", marker="lk-1"), Item("c:2", "create", "2", marker="lk-2")]


class Rows(dict[str, str]):
    def __init__(self, **opened: Any) -> None:
        super().__init__()
        self.switch(OpenRun("r", 1, AT.isoformat(), **opened))

    def switch(self, opened: OpenRun | None) -> None:
        self[MANIFEST] = Manifest("d", "f", 1, 1, SHAPE, "", open=opened).text()

    def set(self, key: str, value: str) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)

    def prepare(self) -> None:
        pass


def test_what_was_begun_and_not_settled_is_open_for_the_next_try() -> None:
    rows = Rows()
    Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)
    assert Journal(rows, "r", 0, 2, 2).open_items() == {"c:1": AT, "c:2": AT}


def test_open_writes_may_have_been_sent_until_the_next_try_found_them() -> None:
    """A batch takes a while: reads are to be as old as its last write, not as its beginning."""
    rows = Rows()
    Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)
    second = Journal(rows, "r", 0, 2, 2)
    second.observe(AT + timedelta(minutes=1))
    third = Journal(rows, "r", 0, 3, 2)
    third.observe(AT + timedelta(minutes=2))
    assert second.open_items() == third.open_items() == dict.fromkeys(["c:1", "c:2"], AT + timedelta(minutes=1))


def test_a_write_that_was_sent_again_may_be_as_late_as_that() -> None:
    rows = Rows()
    Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)
    second = Journal(rows, "r", 0, 2, 2)
    second.observe(AT + timedelta(minutes=1))
    second.begin(ITEMS[:1], AT + timedelta(minutes=1))
    third = Journal(rows, "r", 0, 3, 2)
    third.observe(AT + timedelta(minutes=2))
    assert third.open_items() == {"c:1": AT + timedelta(minutes=2), "c:2": AT + timedelta(minutes=1)}


def test_a_batch_may_be_settled_in_part() -> None:
    rows = Rows()
    first = Journal(rows, "r", 0, 1, 2)
    first.begin(ITEMS, AT)
    first.settle({"c:1"}, [Link("1", "a", base=(5, 6))], {"created_right": 1})
    second = Journal(rows, "r", 0, 2, 2)
    assert second.settled_keys() == {"c:1"}
    assert second.open_items() == {"c:2": AT}


def test_folding_gives_rows_figures_and_what_is_still_open() -> None:
    rows = Rows()
    first = Journal(rows, "r", 0, 1, 2)
    first.begin(ITEMS, AT)
    first.settle({"c:1"}, [Link("1", "a", base=(5, 6))], {"created_right": 1})
    folded = fold(rows, OpenRun("r", 1, AT.isoformat()), SHAPE)
    assert [link.right for link in folded.rows] == ["a"]
    assert [item.key for item, _ in folded.open] == ["c:2"]
    assert set(folded.done) == {"c:1"}
    assert dict(folded.counts) == {"created_right": 1}
    assert folded.keys == ["j.r.0.1", "j.r.0"]


def test_rows_follow_their_properties_to_where_these_are_today() -> None:
    rows = Rows()
    first = Journal(rows, "r", 0, 1, 2)
    first.begin(ITEMS, AT)
    first.settle({"c:1"}, [Link("1", "a", base=(5, 6))], {})
    folded = fold(rows, OpenRun("r", 1, AT.isoformat(), shape=SHAPE), Shape((("new", "0"), *SHAPE.header[1:])))
    assert [link.base for link in folded.rows] == [(0, 6)]


def test_an_action_that_a_later_try_settles_is_not_open() -> None:
    rows = Rows()
    Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)
    third = Journal(rows, "r", 0, 3, 2)
    third.begin(ITEMS, AT)
    third.settle({"c:1", "c:2"}, [], {})
    assert fold(rows, OpenRun("r", 1, AT.isoformat()), SHAPE).open == []


@pytest.mark.parametrize("later", [2, 3])
def test_a_later_try_is_the_fence(later: int) -> None:
    rows = Rows()
    Journal(rows, "r", 0, later, 2).begin(ITEMS, AT)
    with pytest.raises(FenceError, match="stops"):
        Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)


@pytest.mark.parametrize("numbers", [(1,), (5,), (9, 11), (2, 8, 30)])
def test_tries_are_found_whatever_number_airflow_gives_them(numbers: tuple[int, ...]) -> None:
    rows = Rows()
    for number in numbers:
        Journal(rows, "r", 0, number, 2).begin(ITEMS, AT)
    assert [found.number for found in tries(rows, "r", 0)] == list(numbers)
    assert Journal(rows, "r", 0, numbers[-1] + 1, 2).open_items().keys() == {"c:1", "c:2"}
    for name in fold(rows, OpenRun("r", 1, AT.isoformat()), SHAPE).keys:
        rows.delete(name)
    assert list(rows) == [MANIFEST]


CLOSED: dict[str, OpenRun | None] = {
    "closing": OpenRun("r", 1, AT.isoformat(), closing=True),
    "folded": OpenRun("r", 1, AT.isoformat(), folded=True),
    "over": None,
    "another plan": OpenRun("s", 1, AT.isoformat()),
}


@pytest.mark.parametrize("now", CLOSED)
def test_a_run_that_was_closed_stores_and_sends_nothing_more(now: str) -> None:
    rows = Rows()
    rows.switch(CLOSED[now])
    with pytest.raises(FenceError, match="cleared"):
        Journal(rows, "r", 0, 1, 2).begin(ITEMS, AT)
    assert "j.r.0.1" not in rows


def test_a_ledger_that_is_gone_in_mid_load_stops_it_and_what_was_sent_stays_journalled() -> None:
    rows = Rows()
    first = Journal(rows, "r", 0, 1, 2)
    first.begin(ITEMS, AT)
    before = rows.pop(MANIFEST)
    with pytest.raises(FenceError, match="ledger is gone"):
        first.settle({"c:1"}, [Link("1", "a", base=(5, 6))], {})
    rows[MANIFEST] = before
    assert [link.right for link in fold(rows, OpenRun("r", 1, AT.isoformat()), SHAPE).rows] == ["a"]


@pytest.mark.parametrize("now", CLOSED)
def test_what_was_sent_before_stays_until_it_is_folded(now: str) -> None:
    rows = Rows()
    first = Journal(rows, "r", 0, 1, 2)
    first.begin(ITEMS, AT)
    rows.switch(CLOSED[now])
    with pytest.raises(FenceError):
        first.settle({"c:1"}, [], {})
    assert ("j.r.0.1" in rows) is (now == "closing")
