"""Reads customers: accounts, and guests who order without one.

The list has no filter by time: every walk brings all ids with their dates, and only what changed is fetched whole. By default the
list brings the role ``customer`` only; the others (subscribers, wholesale customers, the staff ...) are asked for, and count as customers
once an order is theirs. Of that the shop tells late, when an order of theirs is completed, so the orders that are read for guests tell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from lenke.core.errors import RecordNotFoundError
from lenke.systems.paths import segment
from lenke.systems.woocommerce import entities, walks
from lenke.systems.woocommerce.entities import Fields
from lenke.systems.woocommerce.guests import Guests, is_guest_id
from lenke.systems.woocommerce.texts import moment
from lenke.systems.woocommerce.wire import Row, Wire

_EVERYBODY = {"role": "all"}
_GLANCE = {"_fields": "id,email,role,is_paying_customer,date_modified_gmt"}
_AT_ONCE = 100


class Customers:
    """Accounts and guests of one shop."""

    def __init__(self, wire: Wire, guests: Guests, meta_keys: Sequence[str]) -> None:
        self._wire = wire
        self._guests = guests
        self._meta_keys = meta_keys

    def all(self) -> Iterator[Fields]:
        """Every customer."""
        others: list[str] = []
        yield from self._accounts(self._noted(walks.everything(self._wire, "/customers", _EVERYBODY)), others)
        yield from self._guests.all()
        yield from self._whole([key for key in others if key in self._guests.buyers])

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """Those changed since; a customer without a date may have changed at any time."""
        customers: list[str] = []
        others: dict[str, str] = {}
        edited: list[str] = []
        for row in self._noted(walks.everything(self._wire, "/customers", {**_EVERYBODY, **_GLANCE})):
            key, at = str(row["id"]), moment(row.get("date_modified_gmt"))
            is_edited = at is not None and _is_within(at, since, until)
            if _is_customer(row):
                customers += [key] if is_edited or at is None else []
            else:
                others[key] = _email(row)
                edited += [key] if is_edited else []
        yield from self._whole(customers)
        yield from self._guests.changed(since, until)
        buyers = self._guests.having_orders({key: others[key] for key in edited}) | self._guests.buyers
        yield from self._whole([key for key in others if key in buyers])

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """Those with these ids."""
        asked = list(dict.fromkeys(ids))
        accounts = [key for key in asked if key.isdecimal()]
        # Whatever their role: one who has become staff is not gone. Nor is one that a list lacks, before it is asked for by itself.
        listed = {str(row["id"]): row for row in self._included(accounts)}
        rows = [*listed.values(), *self._one([key for key in accounts if key not in listed])]
        found = {str(row["id"]): entities.customer(row, self._meta_keys) for row in rows}
        return found | self._guests.by_id([key for key in asked if is_guest_id(key)])

    def by_key(self, values: Sequence[str]) -> Iterator[Fields]:
        """Accounts with one of these e-mails; the filter tells no upper from lower case."""
        for email in values:
            rows = self._wire.rows("/customers", {**_EVERYBODY, "email": email})
            yield from (entities.customer(row, self._meta_keys) for row in rows)

    def newest(self) -> Iterator[Fields]:
        """Accounts, the newest first."""
        for row in self._wire.rows("/customers", {**_EVERYBODY, "orderby": "id", "order": "desc"}):
            yield entities.customer(row, self._meta_keys)

    def _noted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows of a whole walk, whose e-mails belong to no guest."""
        emails: dict[str, str] = {}
        for row in rows:
            emails[_email(row)] = str(row["id"])
            yield row
        self._guests.know(emails)

    def _accounts(self, rows: Iterable[Row], others: list[str]) -> Iterator[Fields]:
        """The customers among the rows; the ids of the rest go to ``others``."""
        for row in rows:
            if _is_customer(row):
                yield entities.customer(row, self._meta_keys)
            else:
                others.append(str(row["id"]))

    def _whole(self, ids: Sequence[str]) -> Iterator[Fields]:
        yield from (entities.customer(row, self._meta_keys) for row in self._included(ids))

    def _included(self, ids: Sequence[str]) -> Iterator[Row]:
        for at in range(0, len(ids), _AT_ONCE):
            yield from self._wire.rows("/customers", {**_EVERYBODY, "include": ",".join(ids[at : at + _AT_ONCE])})

    def _one(self, ids: Sequence[str]) -> Iterator[Row]:
        for key in ids:
            try:
                yield self._wire.one(f"/customers/{segment(key)}")
            except RecordNotFoundError:
                continue


def _is_customer(row: Row) -> bool:
    return row.get("role") == "customer" or row.get("is_paying_customer") is True


def _email(row: Row) -> str:
    return str(row.get("email") or "").strip().lower()


def _is_within(at: datetime, since: datetime, until: datetime | None) -> bool:
    return at >= since.replace(microsecond=0) and (until is None or at <= until)
