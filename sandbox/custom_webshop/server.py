"""The custom webshop as a sandbox system: its key, and what people do in its own pages."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from sandbox.custom_webshop.api import ENTITIES, Api
from sandbox.custom_webshop.records import Records
from sandbox.store import Store
from sandbox.system import SandboxSystem
from sandbox.wire import Json, RefusedError, Reply, Request

T = TypeVar("T")


class CustomWebshop(SandboxSystem):
    """One shop; its REST dialect is the one that ``include/systems/custom_webshop.yaml`` describes."""

    name = "custom_webshop"
    base = "/api/v1"

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._records = Records(store)
        self._api = Api(store, self._records, reads_at=self.reads_at)

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the shop's records as they come and make its key and tenant id."""
        self.store.keep("shop_id", str(uuid4()))
        self.store.keep("api_key", secrets.token_urlsafe(24))
        self.store.keep("currency", "NOK")
        self.store.keep("prices_include_vat", "1")
        for entity in ENTITIES.values():
            for body in records.get(entity, ()):
                self._records.seed(entity, body)

    def connection(self, url: str, rate: float) -> Json:
        """The key goes in as the password."""
        extra = {"requests_per_second": rate, "sandbox": True}
        return {"conn_type": self.name, "host": f"{url}{self.base}", "password": self.store.meta("api_key"), "extra": extra}

    def handle(self, request: Request) -> Reply:
        """The key first, then the path."""
        if not secrets.compare_digest(request.headers.get("x-api-key", "").encode(), (self.store.meta("api_key") or "").encode()):
            return Reply(401, {"error": {"code": "unauthorized", "message": "the API key is missing or wrong"}})
        path = request.path.rstrip("/")
        parts = path[len(self.base) + 1 :].split("/") if path.startswith(self.base + "/") else []
        try:
            return self._api.route(request, parts)
        except RefusedError as refused:
            return refused.reply

    def throttled(self, seconds: float) -> Reply:
        """429 with Retry-After, in whole seconds."""
        error = {"code": "too_many_requests", "message": "slow down"}
        return Reply(429, {"error": error}, {"Retry-After": str(math.ceil(seconds))})

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """The pages keep trailing spaces that the API would trim."""
        _plain(lambda: self._records.change(entity, key, _nested(fields), trim=False))

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """The order's date moves, as with every write."""
        change: Json = {"deleted": True} if fields is None else dict(fields)
        known = {row["id"] for row in (self.store.get(entity, key) or {}).get("lines", ())}
        change |= {} if line is None else {"id": int(line)}
        order = _plain(lambda: self._records.change(entity, key, {"lines": [change]}, trim=False))
        return line or str(next(row["id"] for row in order["lines"] if row["id"] not in known))

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """The pages take the same members as the API."""
        return str(_plain(lambda: self._records.add(entity, _nested(fields), trim=False))["id"])

    def delete(self, entity: str, key: str) -> None:
        """Orders that name the record keep its id."""
        _plain(lambda: self._records.remove(entity, key))


def _nested(fields: Mapping[str, Any]) -> Json:
    body: Json = {}
    for path, value in fields.items():
        head, dot, rest = path.partition(".")
        if dot:
            body[head] = {**body.get(head, {}), rest: value}
        else:
            body[head] = value
    return body


def _plain(act: Callable[[], T]) -> T:
    try:
        return act()
    except RefusedError as refused:
        raise ValueError(str(refused.reply.body["error"]["message"])) from None
