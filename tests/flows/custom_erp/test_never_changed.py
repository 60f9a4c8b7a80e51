"""A system that says of each record that it was never changed, by the first day of the calendar."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.flows.custom_erp.pair import CUSTOMERS, ERP, Pair
from tests.flows.strange import change_replies

# 0001-01-01, .NET's DateTime.MinValue, and the beginning of Unix's time: milliseconds since 1970.
NEVER = {"0001-01-01": -62_135_596_800_000, "1970-01-01": 0}
PHONE = "+4722700778"


@pytest.mark.parametrize("never", NEVER.values(), ids=NEVER)
def test_its_edits_and_new_records_are_seen_all_the_same(pair: Pair, monkeypatch: pytest.MonkeyPatch, never: int) -> None:
    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: never if key == "changedAt" else told(one) for key, one in value.items()}
        return [told(one) for one in value] if isinstance(value, list) else value

    def change(request: requests.PreparedRequest, reply: requests.Response) -> None:
        reply._content = json.dumps(told(json.loads(reply.content))).encode()

    change_replies(monkeypatch, ERP, change)
    pair.engine.run(flows=(CUSTOMERS,))
    id = pair.first(CUSTOMERS)
    pair.systems.edit(ERP, "Customer", pair.right_id(CUSTOMERS, id), {"telephone": PHONE})
    pair.engine.run(flows=(CUSTOMERS,))
    assert pair.left(CUSTOMERS, id)["phone"] == PHONE
    pair.written()
    pair.engine.run(flows=(CUSTOMERS,))
    assert pair.written() == []
