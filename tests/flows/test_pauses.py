"""A person pauses a record or a flow, by a decision or for one run: nothing is written for it and nothing is lost."""

from __future__ import annotations

import pytest

from tests.flows.deciding import silent
from tests.flows.installation import CUSTOMERS, ORDERS, SHOP, Installation


def test_paused_record_waits_and_loses_nothing(few: Installation, customer: str) -> None:
    few.engine.desk(CUSTOMERS).pause([customer])
    others = sorted(few.engine.right_of(CUSTOMERS))[1]
    for left in (customer, others):
        few.edit(SHOP, "Customer", left, {"phone": "+47 22700997"})
    few.engine.run()
    assert [row["record_id"] for row in few.written()] == [few.engine.right_of(CUSTOMERS)[others]]
    assert few.engine.parked(CUSTOMERS)[customer] == ("paused", "")
    silent(few)
    few.engine.desk(CUSTOMERS).unpause([customer])
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700997"
    assert few.engine.parked(CUSTOMERS) == {}
    silent(few)


@pytest.mark.parametrize("by", ["decision", "param"])
def test_paused_flow_reads_and_writes_nothing(few: Installation, customer: str, by: str) -> None:
    cursor = few.engine.manifest(CUSTOMERS).cursor
    few.edit(SHOP, "Customer", customer, {"phone": "+47 22700996"})
    if by == "decision":
        few.engine.desk(CUSTOMERS, who="kari").pause()
    committed = few.engine.run(options={"pause": [CUSTOMERS]} if by == "param" else {})
    assert {flow: one["state"] for flow, one in committed.items()}[CUSTOMERS] == "paused"
    assert committed[ORDERS]["state"] == "success"
    assert few.asked() == []
    assert few.engine.manifest(CUSTOMERS).cursor == cursor
    if by == "decision":
        few.engine.desk(CUSTOMERS).unpause()
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700996"
    silent(few)


@pytest.mark.parametrize("between", [":", ": ", " : "])
def test_record_paused_by_param_waits_for_the_next_run(few: Installation, customer: str, between: str) -> None:
    few.edit(SHOP, "Customer", customer, {"phone": "+47 22700995"})
    few.engine.run(options={"pause": [f"{CUSTOMERS}{between}{customer}"]})
    assert few.asked() == []
    few.engine.run()
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == "+4722700995"
    silent(few)
