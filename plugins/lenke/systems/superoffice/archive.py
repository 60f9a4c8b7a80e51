"""Lists: SuperOffice's archives, read by key.

The lists look like OData and are not: operators and column names are the archive's own. A page is found by counting rows from the
first, so deep pages cost their square: a list is read by key instead (``contactId gt 812``, in the order of the key), which also loses
nothing while rows come and go. Filters on ``updatedDate`` use the day only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lenke.core.errors import AuthenticationError, RecordNotFoundError, RejectedRecordError, RetriableError
from lenke.systems.superoffice.tenant import Tenant

_LOG = logging.getLogger(__name__)
Row = Mapping[str, Any]
# The named day may not be part of "after", and a day begins at another time in the tenant's own zone.
_DAYS = timedelta(days=2)


class Archive:
    """Reads lists of one tenant.

    :param page_size: rows a request; the vendor advises 1000.
    """

    def __init__(self, tenant: Tenant, *, page_size: int) -> None:
        self._tenant = tenant
        self._page_size = page_size

    def walk(self, path: str, columns: Sequence[str], *, filter: str = "") -> Iterator[Row]:
        """Every row, in the order of the first column, which is the list's key. One key may have several rows."""
        key, last = columns[0], 0
        also = f" and {filter}" if filter else ""
        while True:
            page, goes_on = self._page(path, columns, f"{key} gt {last}{also}")
            if goes_on:
                # The last key's rows may go on in the next page, which begins after it: they are read there, all of them.
                whole = [row for row in page if row[key] != page[-1][key]]
                page = whole or self._of_key(path, columns, f"{key} eq {page[-1][key]}{also}", page)
            yield from page
            if not goes_on:
                return
            last = int(page[-1][key])

    def equal(self, path: str, columns: Sequence[str], column: str, value: str) -> list[Row]:
        """The rows whose ``column`` is ``value``."""
        quoted = value if value.isascii() and value.isdecimal() and column.lower().endswith("id") else "'" + value.replace("'", "''") + "'"
        return list(self.walk(path, columns, filter=f"{column} eq {quoted}"))

    def columns(self, provider: str) -> frozenset[str]:
        """Names of the columns that an archive has in this tenant; none where the tenant does not tell.

        Source: ``ArchiveAgent.GetAvailableColumns`` of the vendor's API documents.
        """
        try:
            told = self._tenant.ask("Archive/GetAvailableColumns", {"ProviderName": provider, "Context": ""})
        except (AuthenticationError, RecordNotFoundError, RejectedRecordError, RetriableError):
            told = None
        rows = told if isinstance(told, list) else ()
        found = frozenset(str(row["Name"]) for row in rows if isinstance(row, Mapping) and row.get("Name"))
        if not found:
            _LOG.warning("SuperOffice does not tell which columns %s has: edits there that move no date need a run with full", provider)
        return found

    def _page(self, path: str, columns: Sequence[str], filter: str, *, skip: int = 0) -> tuple[list[Row], bool]:
        """The rows, and whether others may follow: a tenant may bring fewer than it was asked for, and name a next page."""
        query = {
            "$select": ",".join(columns),
            "$filter": filter,
            "$orderBy": columns[0],
            "$top": str(self._page_size),
            **({"$skip": str(skip)} if skip else {}),
        }
        body = self._tenant.read(path, query).body
        rows = body.get("value") if isinstance(body, Mapping) else None
        if not isinstance(rows, list):
            raise RetriableError(f"GET {path}: the list has no rows member")
        return rows, bool(rows) and (len(rows) >= self._page_size or bool(body.get("odata.nextLink")))

    def _of_key(self, path: str, columns: Sequence[str], filter: str, begun: list[Row]) -> list[Row]:
        """All rows of one key that fills a page by itself."""
        rows, goes_on = list(begun), True
        while goes_on:
            more, goes_on = self._page(path, columns, filter, skip=len(rows))
            rows += more
        return rows


def changed_after(since: datetime) -> str:
    """A filter that lets through whatever changed after ``since``, and up to two days more."""
    return f"updatedDate after '{(since.astimezone(UTC) - _DAYS).date().isoformat()}'"


def instant(value: Any) -> datetime | None:
    """``updatedDate`` as a moment, which is UTC with or without an offset; None for "not set" and for what is no time."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if moment.year > 1800 else None
