"""Reads orders: carts that are none yet and orders in the trash left out, amounts with all their decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice

from lenke.core.errors import RecordNotFoundError, RejectedRecordError
from lenke.systems.paths import segment
from lenke.systems.woocommerce import entities, walks
from lenke.systems.woocommerce.entities import Fields, is_there
from lenke.systems.woocommerce.guests import Guests
from lenke.systems.woocommerce.lines import Unsold, products_of
from lenke.systems.woocommerce.wire import Row, Wire

# Two decimals, the default, would lose the net price behind a price that holds VAT.
_EXACT = {"dp": "6"}
_AT_ONCE = 100


class Orders:
    """The orders of one shop."""

    def __init__(self, wire: Wire, guests: Guests, meta_keys: Sequence[str]) -> None:
        self._wire = wire
        self._guests = guests
        self._meta_keys = meta_keys
        self._asked: set[str] = set()
        self._unsold = Unsold()

    def all(self) -> Iterator[Fields]:
        """Every order."""
        yield from self._shown(walks.everything(self._wire, "/orders", _EXACT))

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """Those whose date moved since; in the old storage an edited line or address moves none."""
        yield from self._shown(walks.changed(self._wire, "/orders", _EXACT, since, until))

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """Those with these ids.

        A list leaves out what has a status of an extension that is switched off: what it lacks is asked for by itself before it is gone.
        """
        wanted = [key for key in dict.fromkeys(ids) if key.isdecimal()]
        found = {str(row["id"]): row for row in self._included(wanted)}
        rows = [*found.values(), *self._one([key for key in wanted if key not in found])]
        return {str(fields["id"]): fields for fields in self._shown(rows)}

    def by_key(self, values: Sequence[str]) -> Iterator[Fields]:
        """Those with these numbers: the id, unless an extension of the shop numbers orders its own way."""
        found = self.by_id(values)
        yield from (fields for fields in found.values() if str(fields.get("number")) in values)
        for number in values:
            if number and not any(str(fields.get("number")) == number for fields in found.values()):
                rows = self._wire.rows("/orders", {**_EXACT, "search": number})
                yield from (fields for fields in self._shown(rows) if str(fields.get("number")) == number)

    def newest(self) -> Iterator[Fields]:
        """Orders, the newest first."""
        yield from self._shown(self._wire.rows("/orders", {**_EXACT, "orderby": "id", "order": "desc"}))

    def _shown(self, rows: Iterable[Row]) -> Iterator[Fields]:
        kept = filter(is_there, rows)
        while page := list(islice(kept, _AT_ONCE)):
            self._learn(dict.fromkeys(key for row in page for key in products_of(row)))
            for row, customer in zip(page, self._guests.customer_of(page), strict=True):
                yield entities.order(row, self._meta_keys, customer=customer, unsold=self._unsold)

    def _learn(self, ids: Iterable[str]) -> None:
        """Which of the products nobody can buy any more; each is asked for once in a client's life."""
        unknown = [key for key in ids if key not in self._asked]
        for at in range(0, len(unknown), _AT_ONCE):
            group = unknown[at : at + _AT_ONCE]
            variable = self._ids(group, "type", "variable")
            thrown = frozenset[str]()
            with suppress(RejectedRecordError):  # an old shop does not know the word; orders of such products wait
                # A list shows what is in the trash where it is asked for nothing else (WooCommerce 11.0.1).
                thrown = self._ids(group, "status", "trash")
            self._unsold = Unsold(self._unsold.variable | variable, self._unsold.thrown | thrown)
            self._asked.update(group)

    def _ids(self, among: Sequence[str], member: str, value: str) -> frozenset[str]:
        """Products that have a value; a shop that ignores the filter is filtered here."""
        rows = self._wire.rows("/products", {"_fields": f"id,{member}", "include": ",".join(among), member: value})
        return frozenset(str(row["id"]) for row in rows if row.get(member) == value)

    def _included(self, ids: Sequence[str]) -> Iterator[Row]:
        for at in range(0, len(ids), _AT_ONCE):
            yield from self._wire.rows("/orders", {**_EXACT, "include": ",".join(ids[at : at + _AT_ONCE])})

    def _one(self, ids: Sequence[str]) -> Iterator[Row]:
        for key in ids:
            try:
                yield self._wire.one(f"/orders/{segment(key)}", _EXACT)
            except RecordNotFoundError:
                continue
