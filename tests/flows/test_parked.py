"""The life of a parked record: it waits longer and longer, gives up into a list with its reason, and goes on when something changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lenke.core.mapping.settings import ParkedRecords
from lenke.runtime.ledger import told
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation

HOUR = timedelta(hours=1)


@pytest.fixture
def customer(few: Installation) -> str:
    """The left id of a linked customer."""
    return min(few.engine.right_of(CUSTOMERS))


def tries(few: Installation, most: int) -> None:
    few.engine.settings = replace(few.engine.settings, parked=ParkedRecords(tries=most))


def hits(few: Installation) -> int:
    """How many requests the fault in force has hit: they are in no audit list, as they have no effect."""
    return sum(hit for _, _, (hit,) in few.systems._sites[OFFICE].faults._rules)


def go(few: Installation, later: timedelta = timedelta(0)) -> int:
    """One run, so much later; how many writes were sent."""
    few.engine.later += later
    few.asked()
    before = hits(few)
    few.engine.run(flows=(CUSTOMERS,), strict=False)
    return len(few.asked()) + hits(few) - before


def phone(few: Installation, customer: str, last: int) -> None:
    few.edit(SHOP, "Customer", customer, {"phone": f"+47 2270010{last}"})


def refuse(few: Installation) -> None:
    """PowerOffice refuses every change of a customer."""
    few.systems.fault(OFFICE, "5xx", status=422, match={"method": "PATCH", "path": "/Customers"})


def lose(few: Installation) -> None:
    """No change of a customer is carried out, and none is answered."""
    few.systems.fault(OFFICE, "drop_reply", effect=False, match={"method": "PATCH", "path": "/Customers"})


def test_refused_record_gives_up_and_goes_on_when_it_is_released(few: Installation, customer: str) -> None:
    tries(few, 2)
    refuse(few)
    phone(few, customer, 1)
    assert go(few) > 0
    (one,) = few.engine.waiting(CUSTOMERS).values()
    assert (one.reason, one.tries, one.given_up) == ("rejected", 1, False)
    assert go(few) == 0
    assert few.engine.quiet(flows=(CUSTOMERS,))
    assert go(few, 2 * HOUR) > 0
    (two,) = few.engine.waiting(CUSTOMERS).values()
    assert (two.tries, two.given_up, two.next_try, two.since) == (2, True, "", one.since)
    assert go(few, 1000 * HOUR) == 0
    assert few.engine.quiet(flows=(CUSTOMERS,))
    (line,) = told.parked(few.engine.waiting(CUSTOMERS).values(), with_dismissed=False)
    assert line.startswith(f"{CUSTOMERS}: left {customer} (right {two.other}) | rejected: the other system refused it")
    assert "sent 2 times | given up until it changes or is released" in line

    few.systems.clear_faults()
    assert go(few) == 0
    few.engine.desk(CUSTOMERS).release_all("rejected")
    assert go(few) == 1
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700101"
    assert few.engine.waiting(CUSTOMERS) == {}
    assert go(few) == 0
    assert few.engine.quiet(flows=(CUSTOMERS,))


def test_released_record_that_is_refused_again_begins_anew(few: Installation, customer: str) -> None:
    tries(few, 2)
    refuse(few)
    phone(few, customer, 1)
    go(few)
    go(few, 2 * HOUR)
    few.engine.desk(CUSTOMERS).release([customer])
    assert go(few) > 0
    (one,) = few.engine.waiting(CUSTOMERS).values()
    assert (one.tries, one.given_up) == (1, False)


def test_given_up_record_is_tried_when_it_changes(few: Installation, customer: str) -> None:
    tries(few, 1)
    refuse(few)
    phone(few, customer, 1)
    go(few)
    assert few.engine.waiting(CUSTOMERS)[customer].given_up
    few.systems.clear_faults()
    phone(few, customer, 2)
    assert go(few) == 1
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700102"
    assert few.engine.waiting(CUSTOMERS) == {}


def test_dismissed_record_is_neither_listed_nor_tried_until_it_changes(few: Installation, customer: str) -> None:
    refuse(few)
    phone(few, customer, 1)
    go(few)
    few.engine.desk(CUSTOMERS).dismiss([customer])
    go(few)
    assert list(told.parked(few.engine.waiting(CUSTOMERS).values(), with_dismissed=False)) == []
    assert go(few, 1000 * HOUR) == 0
    assert few.engine.quiet(flows=(CUSTOMERS,))
    few.systems.clear_faults()
    phone(few, customer, 2)
    assert go(few) == 1
    assert few.engine.waiting(CUSTOMERS) == {}


def test_lost_answers_are_followed_up_at_once_then_wait_then_give_up(few: Installation, customer: str) -> None:
    tries(few, 5)
    lose(few)
    phone(few, customer, 1)
    for _ in range(4):
        assert go(few) > 0
    one = few.engine.waiting(CUSTOMERS)[customer]
    assert (one.reason, one.tries, one.given_up) == ("unknown_outcome", 4, False)
    assert go(few) == 0
    assert few.engine.quiet(flows=(CUSTOMERS,))
    assert go(few, 2 * HOUR) > 0
    assert few.engine.waiting(CUSTOMERS)[customer].given_up
    assert go(few, 1000 * HOUR) == 0
    few.systems.clear_faults()
    few.engine.desk(CUSTOMERS).release([customer])
    assert go(few) == 1
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700101"
    assert few.engine.waiting(CUSTOMERS) == {}


def test_lost_answer_of_a_write_that_happened_is_settled_though_it_has_given_up(few: Installation, customer: str) -> None:
    tries(few, 1)
    lose(few)
    phone(few, customer, 1)
    go(few)
    assert few.engine.waiting(CUSTOMERS)[customer].given_up
    few.systems.clear_faults()
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"PhoneNumber": "+4722700101"})
    assert go(few) == 0
    assert few.engine.waiting(CUSTOMERS) == {}
