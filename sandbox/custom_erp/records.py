"""Customers, products and orders of the ERP: what is stored, what must be unique, and the row version that every change moves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.custom_erp import lines
from sandbox.custom_erp.refusals import duplicate, invalid, invoiced, stale, unknown
from sandbox.custom_erp.shapes import SHAPES, blank, fit
from sandbox.store import Store
from sandbox.wire import Json

ID = {"Customer": "partnerId", "Product": "articleId", "Order": "salesOrderId"}
_SERIES = {"Customer": ("P", 1000), "Product": ("A", 2000), "Order": ("O", 3000)}
UNIQUE = {"Customer": ("externalRef", "customerNo"), "Product": ("externalRef", "itemNo"), "Order": ("externalRef", "orderNo")}
_NO_STOCK: Json = {"managed": False, "onHand": None}
_DEFAULTS: Mapping[str, Json] = {
    "Customer": {"active": True, "currencyCode": "NOK"},
    "Product": {"active": True, "unitCode": "stk", "salesPrice": 0, "vatRate": 0.25, "type": "goods", "stock": _NO_STOCK},
    "Order": {"exchangeRate": 1, "currencyCode": "NOK", "orderLines": []},
}
_OPEN: Json = {"state": "open", "invoiceNo": None}


class Records:
    """One ERP's records. Methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, entity: str, key: str) -> Json:
        """The record; raises RefusedError (404)."""
        body = self._store.get(entity, key)
        if body is None:
            raise unknown(entity)
        return body

    def add(self, entity: str, given: Any) -> Json:
        """A new record; returns it as stored."""
        values = fit(entity, given)
        body = self._blank(entity) | values
        if entity == "Order":
            body["orderLines"] = lines.merged(self._store, [], values.get("orderLines") or [])
            body |= lines.amounts(body["orderLines"]) | _OPEN
        self._check(entity, body, values)
        letter, first = _SERIES[entity]
        body[ID[entity]] = f"{letter}{self._store.next_number(entity, first + 1):06d}"
        return self._keep(entity, body | {"rowVersion": 1})

    def change(self, entity: str, key: str, given: Any) -> Json:
        """The record with the given members changed. A request that changes nothing moves nothing."""
        before = self.get(entity, key)
        changes = dict(given) if isinstance(given, dict) else {}
        if changes.pop("rowVersion", before["rowVersion"]) != before["rowVersion"]:
            raise stale()
        values = fit(entity, changes)
        if before.get("state") == "invoiced":
            raise invoiced()
        body = before | values
        if entity == "Order":
            body["orderLines"] = lines.merged(self._store, before["orderLines"], values.get("orderLines") or [])
            body |= lines.amounts(body["orderLines"])
        self._check(entity, body, values)
        return before if body == before else self._keep(entity, body | {"rowVersion": before["rowVersion"] + 1})

    def remove(self, entity: str, key: str) -> None:
        """Delete the record; orders that name it keep its id."""
        self.get(entity, key)
        self._store.remove(entity, key)

    def invoice(self, key: str) -> None:
        """Invoice an order: it stays, and stands."""
        before = self.get("Order", key)
        number = self._store.next_number("invoice", 90_001)
        self._keep("Order", before | {"state": "invoiced", "invoiceNo": number, "rowVersion": before["rowVersion"] + 1})

    def seed(self, entity: str, given: Json) -> None:
        """Store a record as it comes; only missing members are filled."""
        body = self._blank(entity) | {"rowVersion": 1, "changedAt": _now()} | given
        if entity == "Order":
            body = {**_OPEN, **body}
            body["orderLines"] = [blank("Line") | {"discountRate": 0} | line for line in body["orderLines"]]
            for line in body["orderLines"]:
                self._store.reserve("Line", int(line["lineId"][1:]))
            body |= lines.amounts(body["orderLines"])
        self._store.reserve(entity, int(body[ID[entity]][1:]))
        moment = datetime.fromtimestamp(body["changedAt"] / 1000, UTC)
        self._store.put(entity, body[ID[entity]], body, modified=moment, at=moment)

    def _blank(self, entity: str) -> Json:
        return (
            {ID[entity]: None}
            | blank(entity)
            | _DEFAULTS[entity]
            | ({"stock": {"managed": False, "onHand": None}} if entity == "Product" else {})
        )

    def _check(self, entity: str, body: Json, values: Json) -> None:
        for name, member in SHAPES[entity].items():
            if member.needed and body[name] is None:
                raise invalid(name, "is needed")
        if entity == "Customer" and not body["familyName" if body["category"] == "private" else "name"]:
            raise invalid("familyName" if body["category"] == "private" else "name", "is needed")
        if "partnerId" in values and entity == "Order" and self._store.get("Customer", values["partnerId"]) is None:
            raise invalid("partnerId", "is no partner")
        for name in UNIQUE[entity]:
            if values.get(name) is not None and self._taken(entity, name, body):
                raise duplicate(name)

    def _taken(self, entity: str, name: str, body: Json) -> bool:
        return any(row[name] == body[name] and row[ID[entity]] != body[ID[entity]] for row in self._store.all(entity))

    def _keep(self, entity: str, body: Json) -> Json:
        body = body | {"changedAt": _now()}
        self._store.put(entity, body[ID[entity]], body, modified=datetime.fromtimestamp(body["changedAt"] / 1000, UTC))
        return body


def _now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
