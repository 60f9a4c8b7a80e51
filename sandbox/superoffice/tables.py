"""The tenant's tables: carriers by id, and the times that only archives tell (entity ``Stamp``, by ``<entity>:<id>``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.store import Store
from sandbox.superoffice.shapes import ID, filled, stamped
from sandbox.wire import Json

FIRST_IDS = {
    "Contact": 101, "Product": 2001, "PriceList": 1, "Sale": 501, "Quote": 3001, "QuoteVersion": 4001, "QuoteAlternative": 5001,
    "QuoteLine": 6001, "ForeignKey": 1, "Person": 19001,
}  # fmt: skip
OWN_DATES = {"Contact": ("CreatedDate", "UpdatedDate"), "Sale": ("CreatedDate", "UpdatedDate"), "QuoteVersion": ("Registered", "Updated")}


class Tables:
    """Reads and writes of whole carriers.

    :param reads_at: the moment that reads show, None for the present.
    """

    def __init__(self, store: Store, reads_at: Callable[[], datetime | None]) -> None:
        self._store = store
        self._reads_at = reads_at

    def row(self, entity: str, id: Any) -> Json | None:
        """One carrier as reads show it."""
        return self._store.get(entity, str(id), at=self._reads_at())

    def rows(self, entity: str) -> list[Json]:
        """All carriers of an entity."""
        return self._store.all(entity, at=self._reads_at())

    def stamp(self, entity: str, id: Any) -> str:
        """When a row was last changed."""
        found = self._store.get("Stamp", f"{entity}:{id}", at=self._reads_at()) or {}
        return str(found.get("updated", "0001-01-01T00:00:00"))

    def keep(self, entity: str, body: Json, moment: datetime | None = None) -> Json:
        """Store a carrier (with a new id where it has none) and its time; returns it as stored."""
        now = moment or datetime.now(UTC)
        body = filled(entity, body) if entity in ID else dict(body)
        id_name = "ContactId" if entity == "RecycleContact" else ID.get(entity, f"{entity}Id")
        is_new = not body.get(id_name)
        body[id_name] = body.get(id_name) or self._store.next_number(entity, FIRST_IDS[entity])
        self._store.reserve(entity, body[id_name])
        if entity in OWN_DATES:
            created, updated = OWN_DATES[entity]
            body[updated] = stamped(now)
            body[created] = body[created] if not is_new and not body[created].startswith("0001") else stamped(now)
        self._store.put(entity, str(body[id_name]), body, modified=now, at=moment)
        self._store.put("Stamp", f"{entity}:{body[id_name]}", {"updated": stamped(now)}, modified=now, at=moment)
        return body

    def drop(self, entity: str, id: Any) -> None:
        """Take a row away for good."""
        self._store.remove(entity, str(id))

    def quote_of(self, sale_id: int) -> Json | None:
        """A sale's quote."""
        return next((one for one in self.rows("Quote") if one["SaleId"] == sale_id), None)

    def versions(self, quote_id: int) -> list[Json]:
        """A quote's versions, oldest first."""
        return sorted((one for one in self.rows("QuoteVersion") if one["QuoteId"] == quote_id), key=lambda one: int(one["Rank"]))

    def alternatives(self, version_id: int) -> list[Json]:
        """A version's alternatives."""
        return [one for one in self.rows("QuoteAlternative") if one["QuoteVersionId"] == version_id]

    def lines(self, alternative_id: int) -> list[Json]:
        """An alternative's lines in their order."""
        found = [one for one in self.rows("QuoteLine") if one["QuoteAlternativeId"] == alternative_id]
        return sorted(found, key=lambda one: (one["Rank"], one["QuoteLineId"]))

    def number(self, series: str, first: int) -> str:
        """The next number that the tenant allocates."""
        return str(self._store.next_number(series, first))
