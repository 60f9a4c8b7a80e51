"""A person links two records anew: each goes on with its new partner, and the run after that writes nothing."""

from __future__ import annotations

from tests.flows.deciding import silent
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation


def number_away(few: Installation, *rights: str) -> None:
    """PowerOffice takes a customer's number once only, so a person frees those that are to go elsewhere."""
    for n, right in enumerate(rights):
        few.edit(OFFICE, "Customers", right, {"ExternalNumber": 900001 + n})


def test_relink_swaps_two_pairs(few: Installation) -> None:
    """Two customers that were linked crosswise: everything of each goes to its right record."""
    (one, right_one), (two, right_two) = sorted(few.engine.right_of(CUSTOMERS).items())[:2]
    number_away(few, right_one, right_two)
    desk = few.engine.desk(CUSTOMERS)
    desk.relink(one, right_two)
    desk.relink(two, right_one)
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS)[one] == right_two
    assert few.engine.right_of(CUSTOMERS)[two] == right_one
    few.engine.run()
    for left, other in ((one, two), (two, one)):
        assert few.right(CUSTOMERS, left)["EmailAddress"] == few.left(CUSTOMERS, left)["email"] != few.left(CUSTOMERS, other)["email"]
    silent(few)
    few.edit(SHOP, "Customer", one, {"phone": "+47 22700998"})
    few.engine.run()
    found = few.systems.record(OFFICE, "Customers", right_two)
    assert found is not None
    assert found["PhoneNumber"] == "+4722700998"


def test_relink_closes_the_link_of_the_other_left_record(few: Installation) -> None:
    (one, right_one), (two, right_two) = sorted(few.engine.right_of(CUSTOMERS).items())[:2]
    number_away(few, right_one)
    few.engine.desk(CUSTOMERS).relink(one, right_two)
    few.engine.run()
    linked = few.engine.right_of(CUSTOMERS)
    assert linked[one] == right_two
    assert two not in linked
    assert sorted(linked.values()) == sorted(set(linked.values()))
    silent(few)
    assert two not in few.engine.right_of(CUSTOMERS)
    # Its marker stands in the record that it lost, and PowerOffice takes that once only: a person takes it out.
    few.edit(OFFICE, "Customers", right_two, {"ExternalImportReference": None})
    few.engine.desk(CUSTOMERS).release([two])
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS)[two] not in (right_one, right_two)
    silent(few)


def test_relink_with_what_is_not_there_changes_nothing(few: Installation, customer: str) -> None:
    before = few.engine.right_of(CUSTOMERS)
    few.engine.desk(CUSTOMERS).relink(customer, "999999")
    few.engine.run()
    assert few.engine.right_of(CUSTOMERS) == before
    assert "999999" in few.engine.decided(CUSTOMERS)["relink", customer]
    silent(few)
