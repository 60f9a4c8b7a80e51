"""Orders that are cancelled or refunded in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.ports import LineWrite
from lenke.systems.shopify.client import ShopifyClient
from sandbox import Running
from tests.contract.test_shopify_orders import order
from tests.contract.test_shopify_rules import client, product, write

__all__ = ["client"]
SYSTEM = "shopify"


@pytest.mark.parametrize("undone", [{"cancelledAt": "2026-11-01T00:00:00Z"}, {"displayFinancialStatus": "REFUNDED"}])
@pytest.mark.parametrize("verb", ["create", "update", "remove"])
def test_lines_are_locked(client: ShopifyClient, sandbox: Running, undone: dict[str, str], verb: Any) -> None:
    made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
    key, line = made["legacyResourceId"], made["lines"][0]["id"]
    sandbox.edit(SYSTEM, "Order", key, undone)
    before = sandbox.record(SYSTEM, "Order", key)
    fields = {"variant.legacyResourceId": product(client)["legacyResourceId"], "exactQuantity": "1"} if verb == "create" else {}
    lines = (LineWrite(verb, None if verb == "create" else line, fields),)
    assert write(client, "Order", "update", id=key, lines=lines).status == "locked"
    assert sandbox.record(SYSTEM, "Order", key) == before
