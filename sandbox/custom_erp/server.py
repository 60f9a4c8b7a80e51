"""The custom ERP as a sandbox system: its client, and what people do in its own pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from sandbox.custom_erp.access import Access
from sandbox.custom_erp.api import PLACES, Api
from sandbox.custom_erp.records import Records
from sandbox.store import Store
from sandbox.system import SandboxSystem
from sandbox.wire import Json, RefusedError, Reply, Request

T = TypeVar("T")


class CustomErp(SandboxSystem):
    """One company's ERP; its REST dialect is the one that ``include/systems/custom_erp.yaml`` describes.

    A partner whose remark begins with ``[protected]`` may be read by the API's client and not written (403).
    """

    name = "custom_erp"
    base = "/erp/v2"
    tokens = True
    switches: ClassVar[Mapping[str, bool]] = {"write_access": True}

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._access = Access(store)
        self._records = Records(store)
        self._api = Api(store, self._records, reads_at=self.reads_at, writable=lambda: self.on("write_access"))

    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Store the records as they come, and make the client's keys and the company's id."""
        self._access.found()
        self.store.keep("company_id", str(uuid4()))
        for entity, _, _ in PLACES.values():
            for body in records.get(entity, ()):
                self._records.seed(entity, body)

    def connection(self, url: str, rate: float) -> Json:
        """Login is the client's id, the password its secret."""
        extra = {"requests_per_second": rate, "read_lag_seconds": 0, "sandbox": True}
        keys = {"login": self.store.meta("client_id"), "password": self.store.meta("client_secret")}
        return {"conn_type": self.name, "host": f"{url}{self.base}", **keys, "extra": extra}

    def handle(self, request: Request) -> Reply:
        """The token first, then the path."""
        path = request.path.rstrip("/")
        if (request.method, path) == ("POST", f"{self.base}/oauth/token"):
            return self._access.token(request)
        if not self._access.lets_in(request):
            return Reply(401, {"fault": {"kind": "NoToken", "detail": "the token is missing, wrong or over"}})
        parts = path[len(self.base) + 1 :].split("/") if path.startswith(self.base + "/") else []
        try:
            return self._api.route(request, parts)
        except RefusedError as refused:
            return refused.reply

    def throttled(self, seconds: float) -> Reply:
        """429 with Retry-After, in whole seconds."""
        return Reply(429, {"fault": {"kind": "TooFast", "detail": "slow down"}}, {"Retry-After": str(math.ceil(seconds))})

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """The pages take the same members as the API, and parts of nested objects."""
        _plain(lambda: self._records.change(entity, key, self._nested(entity, key, fields)))

    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """The order's row version moves."""
        change: Json = {"remove": True} if fields is None else dict(fields)
        known = {row["lineId"] for row in (self.store.get(entity, key) or {}).get("orderLines", ())}
        change |= {} if line is None else {"lineId": line}
        order = _plain(lambda: self._records.change(entity, key, {"orderLines": [change]}))
        return line or str(next(row["lineId"] for row in order["orderLines"] if row["lineId"] not in known))

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """The pages take the same members as the API."""
        body = _plain(lambda: self._records.add(entity, self._nested(entity, "", fields)))
        return str(body[{place[0]: place[1] for place in PLACES.values()}[entity] + "Id"])

    def delete(self, entity: str, key: str) -> None:
        """Orders that name the record keep its id."""
        _plain(lambda: self._records.remove(entity, key))

    def invoice(self, key: str) -> None:
        """The order stands from then on."""
        _plain(lambda: self._records.invoice(key))

    def expire_tokens(self) -> None:
        """End every token given out."""
        self._access.expire()

    def _nested(self, entity: str, key: str, fields: Mapping[str, Any]) -> Json:
        held = self.store.get(entity, key) or {}
        body: Json = {}
        for path, value in fields.items():
            head, dot, rest = path.partition(".")
            body[head] = {**(held.get(head) or {}), **body.get(head, {}), rest: value} if dot else value
        return body


def _plain(act: Callable[[], T]) -> T:
    try:
        return act()
    except RefusedError as refused:
        raise ValueError(str(refused.reply.body["fault"]["detail"])) from None
