"""Reads customers: accounts, and guests who order without one.

The list has no filter by time: every walk brings all ids with their dates, and only what changed is fetched whole. By default the
list leaves out administrators and shop managers; they are asked for, and count as customers once they have paid for an order.
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
_AT_ONCE = 100


class Customers:
    """Accounts and guests of one shop."""

    def __init__(self, wire: Wire, guests: Guests, meta_keys: Sequence[str]) -> None:
        self._wire = wire
        self._guests = guests
        self._meta_keys = meta_keys

    def all(self) -> Iterator[Fields]:
        """Every customer."""
        rows = walks.everything(self._wire, "/customers", _EVERYBODY)
        yield from self._accounts(self._noted(rows))
        yield from self._guests.all()

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """Those changed since; an account without a date may have changed at any time."""
        wanted: list[str] = []
        ids = {**_EVERYBODY, "_fields": "id,email,date_modified_gmt"}
        for row in self._noted(walks.everything(self._wire, "/customers", ids)):
            at = moment(row.get("date_modified_gmt"))
            if at is None or (at >= since.replace(microsecond=0) and (until is None or at <= until)):
                wanted.append(str(row["id"]))
        yield from self._accounts(self._included(wanted))
        yield from self._guests.changed(since, until)

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """Those with these ids."""
        asked = list(dict.fromkeys(ids))
        accounts = [key for key in asked if key.isdecimal()]
        rows = self._included(accounts) if len(accounts) > 1 else self._one(accounts)
        # Whatever their role: one who has become staff is not gone.
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
            emails[str(row.get("email") or "").strip().lower()] = str(row["id"])
            yield row
        self._guests.know(emails)

    def _accounts(self, rows: Iterable[Row]) -> Iterator[Fields]:
        for row in rows:
            if row.get("role") == "customer" or row.get("is_paying_customer") is True:
                yield entities.customer(row, self._meta_keys)

    def _included(self, ids: Sequence[str]) -> Iterator[Row]:
        for at in range(0, len(ids), _AT_ONCE):
            yield from self._wire.rows("/customers", {**_EVERYBODY, "include": ",".join(ids[at : at + _AT_ONCE])})

    def _one(self, ids: Sequence[str]) -> Iterator[Row]:
        for key in ids:
            try:
                yield self._wire.one(f"/customers/{segment(key)}")
            except RecordNotFoundError:
                continue
