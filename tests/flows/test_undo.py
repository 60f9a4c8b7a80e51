"""A run is undone: what it changed and nobody has touched since stands as before, on both sides, and stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lenke.core.errors import BusyError, RetriableError
from lenke.runtime.undo.judging import What
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.undoing import told, undo


def people(few: Installation) -> list[str]:
    return sorted(few.engine.right_of(CUSTOMERS))


def test_a_property_is_put_back_and_carried_to_the_other_side(few: Installation) -> None:
    id, *_ = people(few)
    right = few.engine.right_of(CUSTOMERS)[id]
    before, left_before = few.right(CUSTOMERS, id)["PhoneNumber"], few.left(CUSTOMERS, id)["phone"]
    few.edit(SHOP, "Customer", id, {"phone": "+47 22700101", "website": "https://ny.example.org"})
    few.engine.run()
    few.edit(OFFICE, "Customers", right, {"WebsiteUrl": "https://nyere.example.org"})

    few.asked()
    planned = undo(few.engine)
    assert few.asked() == []
    assert told(planned) == [("right", right, "phone", What.PUT_BACK), ("right", right, "website", What.TOUCHED)]
    assert told(undo(few.engine, apply=True)) == told(planned)
    assert few.right(CUSTOMERS, id)["PhoneNumber"] == before
    assert few.right(CUSTOMERS, id)["WebsiteUrl"] == "https://nyere.example.org"

    few.engine.run()
    assert few.left(CUSTOMERS, id)["phone"].replace(" ", "") == left_before.replace(" ", "")
    assert few.left(CUSTOMERS, id)["website"] == "https://nyere.example.org"
    few.engine.run()
    assert few.engine.quiet()
    assert few.judge().agreed
