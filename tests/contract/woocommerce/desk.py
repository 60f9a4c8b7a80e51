"""WooCommerce as these tests open, read and write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

SYSTEM = "woocommerce"
STATUS = {"environment": {"home_url": "http://shop.example"}, "settings": {"HPOS_enabled": True}}


def opened(sandbox: Running, **extra: Any) -> System:
    connection = sandbox.connections[SYSTEM]
    return client_for(SYSTEM, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)


def got(client: System, entity: str, key: str) -> dict[str, Any]:
    (record,) = client.get(entity, [key])
    body: dict[str, Any] = json.loads(record.raw)
    return body


def one(client: System, entity: str, write: Write) -> Outcome:
    (outcome,) = client.write(entity, [write])
    return outcome


def made(client: System, entity: str, **fields: Any) -> Record:
    outcome = one(client, entity, Write("w", "create", fields=fields))
    assert outcome.record, outcome
    return outcome.record


def change(record: Record, fields: Mapping[str, Any], *lines: LineWrite) -> Write:
    return Write("u", "update", record.id, fields, {}, json.loads(record.raw), lines=lines)


def order(client: System, sandbox: Running, quantity: int = 2) -> Record:
    product = sandbox.create(SYSTEM, "Product", {"name": "Vare", "regular_price": "125.00"})
    key = sandbox.create(SYSTEM, "Order", {"line_items": [{"product_id": int(product), "quantity": quantity}], "billing.country": "NO"})
    (record,) = client.get("Order", [key])
    return record


def bodies(sandbox: Running, since: int) -> list[Any]:
    return [json.loads(row["body"]) for row in sandbox.audit(SYSTEM, since)]
