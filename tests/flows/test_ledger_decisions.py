"""What a person decided outlives a restore and a clean-up: a pause never ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lenke.runtime.ledger import decisions, maintenance
from lenke.runtime.ledger.manifest import MANIFEST
from tests.flows.installation import CUSTOMERS, SHOP, Installation
from tests.flows.test_ledger import maintained

PHONE = "+47 22700301"


@pytest.fixture
def paused(few: Installation) -> str:
    """A customer that is paused since the last run."""
    left = min(few.engine.right_of(CUSTOMERS))
    few.engine.desk(CUSTOMERS).pause([left])
    few.engine.run(flows=(CUSTOMERS,))
    return left


def is_held(few: Installation, left: str) -> bool:
    """Whether an edit waits."""
    before = few.right(CUSTOMERS, left)["PhoneNumber"]
    few.edit(SHOP, "Customer", left, {"phone": PHONE})
    few.engine.run(flows=(CUSTOMERS,))
    return bool(few.right(CUSTOMERS, left)["PhoneNumber"] == before)


def goes_on(few: Installation, left: str) -> bool:
    """Whether it crosses once the pause is taken back."""
    before = few.right(CUSTOMERS, left)["PhoneNumber"]
    few.engine.desk(CUSTOMERS).unpause([left])
    few.engine.run(flows=(CUSTOMERS,))
    return bool(few.right(CUSTOMERS, left)["PhoneNumber"] != before)


def restored(few: Installation, monkeypatch: pytest.MonkeyPatch) -> str:
    maintained(few, monkeypatch)
    return " ".join(maintenance.restore(few.engine.dataflow.name, CUSTOMERS))


@pytest.mark.parametrize("lost", [(), (MANIFEST,), (decisions.KEY,), (MANIFEST, decisions.KEY)], ids=str)
def test_a_pause_outlives_a_restore(few: Installation, paused: str, lost: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for key in lost:
        del few.engine.keys[CUSTOMERS, 1].rows[key]
    told = restored(few, monkeypatch)
    assert ("lost" in told) == (decisions.KEY in lost)
    assert is_held(few, paused)
    assert goes_on(few, paused)


def test_an_approval_that_waits_outlives_a_restore_and_one_that_was_applied_does_not(
    few: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    few.engine.desk(CUSTOMERS).approve("0123456789abcdef")
    few.engine.run(flows=(CUSTOMERS,))
    few.engine.desk(CUSTOMERS).approve("fedcba9876543210")
    restored(few, monkeypatch)
    assert list(few.engine.decided(CUSTOMERS)) == [("approve", "fedcba9876543210")]


def test_a_restore_says_that_decisions_may_be_lost_where_nothing_tells_of_them(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    few.engine.keys[CUSTOMERS, 1].rows.clear()
    assert "lost" in restored(few, monkeypatch)


def test_a_restore_says_nothing_of_decisions_where_none_was_ever_taken(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "lost" not in restored(few, monkeypatch)


def test_a_pause_outlives_a_clean_up_by_age(few: Installation, paused: str) -> None:
    """The clean-up takes what was not written for long: the segments were, the pause was not."""
    few.engine.later = timedelta(days=4)
    few.engine.run(flows=(CUSTOMERS,))
    few.engine.keys[CUSTOMERS, 1].rows.pop(decisions.KEY)
    assert is_held(few, paused)
    assert few.engine.decided(CUSTOMERS) == {("pause", paused): "stands"}
    assert goes_on(few, paused)


def test_a_pause_that_was_taken_back_does_not_come_back_with_a_clean_up(few: Installation, paused: str) -> None:
    few.engine.desk(CUSTOMERS).unpause([paused])
    few.engine.run(flows=(CUSTOMERS,))
    few.engine.keys[CUSTOMERS, 1].rows.pop(decisions.KEY)
    assert not is_held(few, paused)
