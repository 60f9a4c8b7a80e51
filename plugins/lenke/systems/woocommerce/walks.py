"""Walks over lists whose rows move while they are paged.

By number of page and oldest change first, a row that changes moves to the end and every row behind it one place forward: some are
never seen, and they are older than the cursor that comes of the walk. So what changed is walked newest first, where a row that
moves can only be missed itself; it is then newer than anything seen, and a second look at the newest brings it. A full walk goes
by id, which no edit moves; a row that is deleted meanwhile moves the others, so the walk is done again where the list shrank.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lenke.systems.woocommerce.texts import moment, naive
from lenke.systems.woocommerce.wire import Query, Row, Wire

_SECOND = timedelta(seconds=1)
_LOOKS = 5


def everything(wire: Wire, path: str, query: Query) -> Iterator[Row]:
    """Every row, in the order of the ids; a row that changes on the way may come twice, its last state last."""
    seen: set[str] = set()
    for _ in range(_LOOKS):
        total: int | None = None
        shrank = False
        for page in wire.pages(path, {**query, "orderby": "id", "order": "asc"}):
            shrank |= total is not None and page.total is not None and page.total < total
            total = page.total
            yield from (row for row in page.rows if str(row.get("id")) not in seen)
            seen.update(str(row.get("id")) for row in page.rows)
        if not shrank:
            return


def changed(wire: Wire, path: str, query: Query, since: datetime, until: datetime | None = None) -> Iterator[Row]:
    """Every row modified at or after ``since`` (and at or before ``until``), newest first, and what changed meanwhile.

    The filters are strict and in whole seconds; a shop too old for them ignores them, so each row is looked at here, too.
    """
    seen: dict[str, str] = {}
    after = since
    for _ in range(_LOOKS):
        newest, found, shrank = after, False, False
        total: int | None = None
        for page in wire.pages(path, {**query, **_bounds(after, until)}):
            # A row that was deleted moved all behind it one place forward: one of them was never seen.
            shrank |= total is not None and page.total is not None and page.total < total
            total = page.total
            for row in (row for row in page.rows if _is_within(row, after, until)):
                version, key = str(row.get("date_modified_gmt")), str(row.get("id"))
                if seen.get(key) != version:
                    seen[key], found = version, True
                    newest = max(newest, moment(row.get("date_modified_gmt")) or newest)
                    yield row
        if not shrank and (not found or until is not None):
            return
        after = after if shrank else newest


def _bounds(since: datetime, until: datetime | None) -> dict[str, str]:
    bounds = {"modified_after": naive(since - _SECOND), "dates_are_gmt": "true", "orderby": "modified", "order": "desc"}
    return bounds | ({"modified_before": naive(until + _SECOND)} if until is not None else {})


def _is_within(row: Row, since: datetime, until: datetime | None) -> bool:
    at = moment(row.get("date_modified_gmt"))
    return at is None or (at >= since.replace(microsecond=0) and (until is None or at <= until))
