"""A paused record stays as it is on both sides, and what was edited goes once the pause is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.mapping.settings import Pause
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation
from tests.flows.small import complaints


@pytest.fixture
def edited(few: Installation) -> list[str]:
    """Two customers edited on the left, a third on the right."""
    few.engine.run()
    ids = sorted(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", ids[0], {"phone": "+47 22700101"})
    few.edit(SHOP, "Customer", ids[1], {"phone": "+47 22700102"})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[ids[2]], {"PhoneNumber": "+4722700103"})
    few.asked()
    return ids


def test_a_run_leaves_paused_records_alone_and_the_next_one_brings_their_edits(few: Installation, edited: list[str]) -> None:
    few.engine.run(options={"paused_records": [edited[0], edited[2]]})
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[edited[1]]]
    assert few.engine.parked(CUSTOMERS) == {edited[0]: ("paused", ""), edited[2]: ("paused", "")}
    few.engine.run()
    assert {row["record_id"] for row in few.written()} == {few.engine.right_of(CUSTOMERS)[edited[0]], edited[2]}
    assert complaints(few) == []
    few.engine.run()
    assert few.engine.quiet()


def test_the_settings_pause_until_the_record_is_taken_out(few: Installation, edited: list[str]) -> None:
    before = few.engine.settings
    few.engine.settings = replace(before, pause=Pause(records={f"{few.engine.dataflow.name}.{CUSTOMERS}": (edited[0],)}))
    few.engine.run()
    few.engine.run()
    few.asked()
    assert few.engine.quiet(), "a paused record costs neither a write nor a ledger row in later runs"
    few.engine.settings = before
    few.engine.run()
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[edited[0]]]
    assert few.engine.parked(CUSTOMERS) == {}


def test_a_new_record_that_is_paused_is_not_created(few: Installation) -> None:
    few.engine.run()
    new = few.systems.create(SHOP, "Customer", {"type": "person", "first_name": "Ny", "last_name": "Kunde", "email": "ny@example.org"})
    few.asked()
    few.engine.run(options={"paused_records": [new]})
    assert few.asked() == []
    assert few.engine.parked(CUSTOMERS)[new] == ("paused", "")
    few.engine.run()
    assert new in few.engine.right_of(CUSTOMERS)
