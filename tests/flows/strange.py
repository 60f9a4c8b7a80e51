"""Servers that are not quite the sandbox: what they answer is changed on its way to Lenke, or what they store behind their own back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from lenke.systems.registry import client_for
from tests.flows import harness
from tests.flows.installation import Installation

Change = Callable[[requests.PreparedRequest, requests.Response], None]


class _Changed(HTTPAdapter):
    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def send(self, request: requests.PreparedRequest, *rest: Any, **options: Any) -> requests.Response:
        reply = super().send(request, *rest, **options)
        _ = reply.content  # else the change would be read over
        self._change(request, reply)
        return reply


def change_replies(monkeypatch: pytest.MonkeyPatch, system: str, change: Change) -> None:
    """Let ``change(request, reply)`` alter every reply of a system; the request itself was carried out."""
    real = client_for

    def changed(name: str, connection: Any, **options: Any) -> Any:
        return real(name, connection, **(options | {"adapter": _Changed(change)} if name == system else options))

    monkeypatch.setattr(harness, "client_for", changed)


def answer(reply: requests.Response, body: Any, status: int | None = None) -> None:
    """Make a reply say something else; no body at all with ``body=None``."""
    reply.status_code = status or reply.status_code
    reply._content = b"" if body is None else json.dumps(body).encode()
    reply.headers["Content-Type"] = "application/json"


def store(few: Installation, system: str, entity: str, id: str, **fields: Any) -> None:
    """Change a stored record past every rule of its system, as it would never let a person do."""
    records = few.systems._sites[system].system.store
    body = (few.systems.record(system, entity, id) or {}) | fields
    with records.transaction():
        records.put(entity, id, body, modified=datetime.now(UTC))


def new_order(few: Installation, **fields: Any) -> str:
    """A new order of the shop: two product lines of one that is there, for its customer."""
    like = few.systems.record("custom_webshop", "Order", min(few.engine.right_of("order_to_salesorders"))) or {}
    products = [line["product_id"] for line in like["lines"] if line["product_id"]][:2]
    lines = [{"product_id": product, "quantity": "1"} for product in products]
    return few.systems.create("custom_webshop", "Order", {"customer_id": like["customer_id"], "lines": lines} | fields)
