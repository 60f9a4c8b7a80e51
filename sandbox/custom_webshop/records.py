"""Customers, products and orders of the webshop: what is stored, what must be unique, and the date that every write moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.custom_webshop import lines
from sandbox.custom_webshop.refusals import invalid, locked, not_found, not_unique, stale
from sandbox.custom_webshop.shapes import SHAPES, moment_of, served
from sandbox.store import Store
from sandbox.wire import Json

# Above 2**53: a reader that takes ids for floating point numbers loses their last digits.
FIRST_IDS = {"Customer": 9_007_199_254_741_001, "Product": 9_007_199_254_751_001, "Order": 9_007_199_254_761_001}
_UNIQUE = {"Customer": ("external_ref",), "Product": ("external_ref", "sku"), "Order": ("external_ref", "number")}
_NAMES = ("first_name", "last_name", "company_name", "name")
_DEFAULTS: Mapping[str, Json] = {
    "Customer": {"archived": False},
    "Product": {"unit": "pcs", "price": "0.00", "vat_rate": "25", "kind": "physical", "manage_stock": False, "archived": False},
    "Order": {"exchange_rate": "1.000000", "status": "open"},
}


class Records:
    """One shop's records. Methods raise RefusedError before anything is stored.

    ``trim`` takes trailing spaces off names, as the API does and the shop's own pages do not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, entity: str, key: str) -> Json:
        """The record; raises RefusedError (404)."""
        body = self._store.get(entity, key)
        if body is None:
            raise not_found(entity)
        return body

    def add(self, entity: str, given: Any, *, trim: bool = True) -> Json:
        """A new record; returns it as stored."""
        values = _values(entity, given, trim=trim)
        now = datetime.now(UTC)
        body = SHAPES[entity].blank() | _DEFAULTS[entity] | self._shop_defaults(entity, now) | values
        body["id"] = None
        for member in SHAPES[entity]:
            if member.needed and body[member.name] is None and member.name != "number":
                raise invalid(member.name, "is needed")
        self._whole(entity, body, [], values)
        self._check(entity, body, values)
        body["id"] = self._store.next_number(entity, FIRST_IDS[entity])
        if entity == "Order":
            body["number"] = body["number"] or self._store.next_number("order number", 10_001)
            self._store.reserve("order number", body["number"])
        body["created_at"] = body["updated_at"] = served(now)
        return self._keep(entity, body)

    def change(self, entity: str, key: str, given: Any, *, trim: bool = True) -> Json:
        """The record with the given members changed; ``updated_at`` moves even where nothing differs."""
        before = self.get(entity, key)
        if not isinstance(given, dict):
            raise invalid("body", "must be an object")
        changes = dict(given)
        if changes.pop("if_updated_at", before["updated_at"]) != before["updated_at"]:
            raise stale()
        values = _values(entity, changes, trim=trim)
        if before.get("status") == "locked" and set(values) - {"status"}:
            raise locked()
        body = before | {name: value for name, value in values.items() if name != "lines"}
        if entity == "Customer":
            # A part that was not sent stays; the whole address as null clears every part.
            body["billing"] = (
                SHAPES["billing"].blank() if values.get("billing", 0) is None else before["billing"] | values.get("billing", {})
            )
        self._whole(entity, body, before.get("lines") or [], values)
        self._check(entity, body, values)
        body["updated_at"] = _after(before["updated_at"])
        return self._keep(entity, body)

    def remove(self, entity: str, key: str) -> None:
        """Delete the record; orders that name it keep its id."""
        self.get(entity, key)
        self._store.remove(entity, key)

    def seed(self, entity: str, given: Json) -> None:
        """Store a record as it comes, spaces and dates included; only missing members are filled."""
        now = datetime.now(UTC)
        body = SHAPES[entity].blank() | _DEFAULTS[entity] | self._shop_defaults(entity, now) | given
        body["id"] = body["id"] or self._store.next_number(entity, FIRST_IDS[entity])
        self._store.reserve(entity, body["id"])
        body["updated_at"] = body["updated_at"] or served(now)
        body["created_at"] = body["created_at"] or body["updated_at"]
        if entity == "Customer":
            body["billing"] = SHAPES["billing"].blank() | (body["billing"] or {})
        if entity == "Order":
            body["number"] = body["number"] or self._store.next_number("order number", 10_001)
            self._store.reserve("order number", body["number"])
            body["lines"] = [self._seed_line(line, place) for place, line in enumerate(body["lines"] or [])]
            body |= lines.totals(body["lines"], gross_prices=self.gross_prices())
        moment = moment_of(body["updated_at"]) or now
        self._store.put(entity, str(body["id"]), body, modified=moment, at=moment)

    def gross_prices(self) -> bool:
        """Whether prices hold VAT."""
        return self._store.meta("prices_include_vat") != "0"

    def _seed_line(self, given: Json, place: int) -> Json:
        line = SHAPES["Line"].blank() | {"kind": "product", "discount_percent": "0", "position": place} | given
        line["id"] = line["id"] or self._store.next_number("Line", lines.FIRST_ID)
        self._store.reserve("Line", line["id"])
        return line

    def _shop_defaults(self, entity: str, now: datetime) -> Json:
        if entity == "Product":
            return {}
        found: Json = {"currency": self._store.meta("currency") or "NOK"}
        return found | ({"billing": SHAPES["billing"].blank()} if entity == "Customer" else {"ordered_at": served(now), "lines": []})

    def _whole(self, entity: str, body: Json, before: list[Json], values: Json) -> None:
        """Fill what the shop makes itself: the parts of an address, an order's lines and totals."""
        if entity == "Customer":
            body["billing"] = SHAPES["billing"].blank() | (body["billing"] or {})
        if entity == "Order":
            body["lines"] = lines.merged(self._store, before, values.get("lines") or [])
            body |= lines.totals(body["lines"], gross_prices=self.gross_prices())

    def _check(self, entity: str, body: Json, values: Json) -> None:
        key = values.get("customer_id")
        if key is not None and self._store.get("Customer", str(key)) is None:
            raise invalid("customer_id", "is not a customer")
        for name in _UNIQUE[entity]:
            if values.get(name) is None:
                continue
            if any(row[name] == values[name] and row["id"] != body["id"] for row in self._store.all(entity)):
                raise not_unique(name)

    def _keep(self, entity: str, body: Json) -> Json:
        self._store.put(entity, str(body["id"]), body, modified=datetime.fromisoformat(body["updated_at"]))
        return body


def _values(entity: str, given: Any, *, trim: bool) -> Json:
    values = SHAPES[entity].fit(given)
    if trim:
        for name in _NAMES:
            if isinstance(values.get(name), str):
                values[name] = values[name].rstrip()
    return values


def _after(before: str) -> str:
    """Now, or a millisecond after ``before``: two writes of one record never share a time, or if_updated_at would miss one."""
    last = moment_of(before)
    now = served(datetime.now(UTC))
    return served(last + timedelta(milliseconds=1)) if last and now <= before else now
