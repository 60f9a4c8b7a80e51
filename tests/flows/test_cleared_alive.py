"""A load whose flow is cleared lives on until Airflow has ended it: what it had sent is settled, and it sends nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from lenke.core.errors import FatalError, FenceError
from lenke.runtime.retry import RETRIES
from lenke.runtime.steps import load as load_step
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation
from tests.flows.small import complaints
from tests.flows.stepped import Stepped

NEW = [f"ny.{number}@example.org" for number in range(5)]
PLACES = ["set j.", "send POST"]


@pytest.fixture
def many(few: Installation) -> Installation:
    """Customers that the next run makes one by one."""
    for email in NEW:
        few.systems.create(SHOP, "Customer", {"type": "person", "first_name": "Kari", "last_name": "Ny", "email": email})
    few.asked()
    return few


@dataclass
class Meanwhile:
    """Lets something happen once, right before a load comes to a place for the nth time."""

    place: str
    left: int
    act: Callable[[], object] | None = None

    def __call__(self, found: str) -> None:
        if self.act is None or not found.startswith(self.place):
            return
        self.left -= 1
        if self.left == 0:
            act, self.act = self.act, None
            act()


def made(few: Installation) -> list[str]:
    return sorted(body["EmailAddress"] for body in few.systems.records(OFFICE, "Customers") if body["EmailAddress"] in NEW)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("by", ["clear", "another run"])
def test_it_sends_nothing_more_and_nothing_is_made_twice(
    many: Installation, monkeypatch: pytest.MonkeyPatch, place: str, nth: int, by: str
) -> None:
    monkeypatch.setattr(load_step, "BATCH", 2)
    monkeypatch.setattr(load_step, "LOOK_SECONDS", -1)
    many.engine.trip = meanwhile = Meanwhile(place, nth)
    run = Stepped(many.engine, CUSTOMERS).extract().plan()
    beside = Stepped(many.engine, CUSTOMERS)
    if by == "clear":
        beside.number = run.number
    meanwhile.act = beside.extract
    with pytest.raises((FenceError, FatalError)):
        run.load()
    sent = made(many)
    with pytest.raises((FenceError, FatalError)):
        run.load(2)
    assert made(many) == sent
    many.engine.later = timedelta(minutes=10)
    beside.extract().plan(2).load(3).commit()
    many.engine.run()
    many.engine.run()
    assert made(many) == NEW
    assert complaints(many, (CUSTOMERS,)) == []
    assert many.engine.journal_keys() == []


@pytest.mark.parametrize("number", [RETRIES + 2, 4 * RETRIES])
def test_a_load_whose_tries_went_on_over_clears_is_found_by_its_commit_and_its_next_try(many: Installation, number: int) -> None:
    many.systems.fault(OFFICE, "drop_reply", count=50, match={"method": "POST", "path": "/Customers"})
    run = Stepped(many.engine, CUSTOMERS).extract().plan()
    with pytest.raises(Exception, match="no known outcome"):
        run.load(number)
    many.systems.clear_faults()
    assert run.load(number + 1).commit()["state"] == "success"
    assert made(many) == NEW
    assert many.engine.journal_keys() == []
    many.engine.run()
    assert complaints(many, (CUSTOMERS,)) == []
