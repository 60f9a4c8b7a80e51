"""Sales as whole records, and the cheap walk that tells which of them to read whole.

No list tells what changed in a quote: its lines and alternatives have no dates of their own in the API, and they do not touch the
sale's. So every run walks two lists - sales with their alternatives' figures and terms, and quote lines with their dates - and
what they say of a sale, in one digest, is its version.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from lenke.core.errors import RecordNotFoundError
from lenke.core.ports import Record
from lenke.systems.jsontext import dumps
from lenke.systems.odd import readable
from lenke.systems.paths import segment
from lenke.systems.superoffice.archive import Archive, instant
from lenke.systems.superoffice.entities import VERSION
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.quotes import composed, offer_of
from lenke.systems.superoffice.tenant import Tenant

Row = Mapping[str, Any]
_VERSION, _ALTERNATIVE = "quote/version", "quote/version/alternative"
_SALES = (
    "saleId",
    "updatedDate",
    "quote/quoteId",
    "quote/poNumber",
    *(f"{_VERSION}/{name}" for name in ("quoteVersionId", "number", "state", "expiration")),
    *(f"{_ALTERNATIVE}/{name}" for name in ("quoteAlternativeId", "name", "totalPrice", "vatAmount", "discountPercent")),
)
# Texts of an offer that move no date. A list that asks for a column that it has not is refused, so the tenant is asked which it has.
_EXTRA = tuple(f"extraField{n}" for n in range(1, 6))
_TERMS = ("description", "paymentTerms", "paymentType", "deliveryTerms", "deliveryType", *_EXTRA)
_TEXTS = (
    "quote/orderComment",
    *(f"{_VERSION}/{name}" for name in _TERMS),
    *(f"{_ALTERNATIVE}/{name}" for name in ("description", *_EXTRA)),
)
_QUOTE_OF_LINE = "alternative/version/quote/quoteId"
_LINES = ("quoteLineId", "updatedDate", "alternative/quoteAlternativeId", _QUOTE_OF_LINE)
_WORTH_A_WALK = 20
# Dates are told by the second, so a change in the second of the read would not show: such a version holds for this one read.
_HOT = 2.0


class Sales:
    """Reads sales of one tenant."""

    def __init__(self, tenant: Tenant, archive: Archive, lists: Lists) -> None:
        self._tenant = tenant
        self._archive = archive
        self._lists = lists
        self._walked: dict[str, tuple[str, Row]] = {}

    def walk(self) -> Iterator[Record]:
        """Every sale as a list entry: id, version and the sale's own changed time."""
        self._walked = self._versions(None)
        for id, (version, newest) in self._walked.items():
            # The state tells of a lock, which holds a write back though the sale was not read whole.
            entry = {"SaleId": int(id), VERSION: {"State": newest.get("quote/version/state")}}
            yield Record(id, version, instant(newest.get("updatedDate")), dumps(entry), whole=False)

    def whole(self, ids: Sequence[str]) -> Iterator[Record]:
        """The sales with these ids with their offers; one that is not there is left out.

        The version is older than the content where a walk has just told it, and never newer.
        """
        known = {id: self._walked.pop(id) for id in ids if id in self._walked}
        missing = [id for id in ids if id not in known]
        known |= self._versions(None if len(missing) > _WORTH_A_WALK else missing) if missing else {}
        for id in dict.fromkeys(ids):
            yield from self._one(id, known[id][0] if id in known else None)

    def found(self, column: str, value: str) -> list[str]:
        """Ids of the sales whose list column has this value."""
        return [str(row["saleId"]) for row in self._archive.equal("/Archive/FindSale", ("saleId", column), column, value)]

    def read(self, id: str, version: str | None = None) -> Record:
        """One sale; raises RecordNotFoundError."""
        sale = self._tenant.read(f"/Sale/{segment(id)}").body
        if not isinstance(sale, Mapping):
            raise RecordNotFoundError(f"Sale {id}: not there")
        return readable("SuperOffice Sale", id, partial(self._record, id, version, sale))

    def _record(self, id: str, version: str | None, sale: Row) -> Record:
        whole = composed(sale, offer_of(self._tenant, id), self._lists)
        return Record(id, version, instant(sale.get("UpdatedDate")), dumps(whole, finite=False))

    def forget(self, id: str) -> None:
        """A sale was written: what the last walk said of it is no longer so."""
        self._walked.pop(id, None)

    def _one(self, id: str, version: str | None) -> Iterator[Record]:
        try:
            yield self.read(id, version)
        except RecordNotFoundError:
            return

    def _versions(self, ids: Sequence[str] | None) -> dict[str, tuple[str, Row]]:
        """By id: the digest over what the lists say, and the row of the quote's newest version, which is the active one."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self._sales(ids):
            rows[str(row["saleId"])].append(row)
        quotes = {str(quote): id for id, told in rows.items() for row in told if (quote := row.get("quote/quoteId"))}
        lines: dict[str, list[Row]] = defaultdict(list)
        for row in self._quote_lines(None if ids is None else list(quotes)):
            lines[quotes.get(str(row.get(_QUOTE_OF_LINE)), "")].append(row)
        return {id: (_digest(told, lines.get(id, ())), max(told, key=_age)) for id, told in rows.items()}

    def _sales(self, ids: Sequence[str] | None) -> Iterator[Row]:
        if ids is None:
            yield from self._archive.walk("/Archive/FindSale", self._columns)
        for id in ids or ():
            yield from self._archive.equal("/Archive/FindSale", self._columns, "saleId", id)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        has = self._archive.columns("FindSale")
        return (*_SALES, *(name for name in _TEXTS if name in has))

    def _quote_lines(self, quotes: Sequence[str] | None) -> Iterator[Row]:
        if quotes is None:
            yield from self._archive.walk("/Archive/FindQuoteLine", _LINES)
        for quote in quotes or ():
            yield from self._archive.equal("/Archive/FindQuoteLine", _LINES, _QUOTE_OF_LINE, quote)


def _age(row: Row) -> int:
    return int(row.get(f"{_VERSION}/quoteVersionId") or 0)


def _digest(*told: Iterable[Row]) -> str:
    """One text for all that the lists say of a sale, whatever the order of the rows."""
    rows = [list(some) for some in told]
    texts = [sorted(json.dumps(dict(row), sort_keys=True, default=str) for row in some) for some in rows]
    moments = [moment.timestamp() for some in rows for row in some if (moment := instant(row.get("updatedDate")))]
    if moments and abs(time.time() - max(moments)) < _HOT:
        texts.append([repr(time.time())])
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:24]
