"""Walks lists that change while they are read, and loses nothing.

Where a list is in the order of its records' times, a record that is edited jumps to the end and every later row moves up one
place: page numbers would skip rows. So such a list is walked by key: each request asks for everything from the last time seen
on (inclusive), and rows seen before are dropped. Any other list is walked again while its total says that rows were missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from lenke.core.errors import RetriableError
from lenke.systems.described.dialect import Entity, Modified, Paging
from lenke.systems.described.paging import Page, Row, pages
from lenke.systems.described.times import instant, lower_bound, upper_bound
from lenke.systems.http import Session
from lenke.systems.paths import look

_PASSES = 5
_LONGEST = 1000


class Lists:
    """The lists of one system."""

    def __init__(self, session: Session, paging: Paging) -> None:
        self._session = session
        self._paging = paging

    def walk(self, entity: Entity, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Row]:
        """Every row changed from ``since`` on; one that changes on the way may come twice, its last state last."""
        modified = entity.modified
        seen: set[tuple[str, str]] = set()
        keyed = modified is not None and modified.sorted and bool(modified.since) and self._paging.kind in ("page", "offset")
        rows = self._by_key(entity, modified, since, until, seen) if keyed and modified else self._by_page(entity, since, until, seen)
        for row in rows:
            moment = instant(modified, look(row[1], modified.path)) if modified else None
            if until is None or moment is None or moment <= until:
                yield row

    def query(self, entity: Entity, query: Mapping[str, str]) -> Iterator[Row]:
        """The rows that a filter lets through."""
        for page in pages(self._session, self._paging, entity.address, query):
            yield from page.rows

    def _by_key(
        self, entity: Entity, modified: Modified, since: datetime | None, until: datetime | None, seen: set[tuple[str, str]]
    ) -> Iterator[Row]:
        ended = False
        while not ended:
            reached, count = since, 0
            for page in self._asked(entity, modified, since, until):
                count += 1
                yield from _fresh(entity, page, seen)
                reached = _last_moment(modified, page) or reached
                ended = _is_last(self._paging, page, first=count == 1)
                if ended or _later(modified, reached, since):
                    break
            else:
                ended = True
            if count > 1:
                yield from self._again(entity, modified, since, until, reached, seen)
                # What moved meanwhile stands behind the last row.
                ended = ended and not _later(modified, reached, since)
            since = reached

    def _again(
        self,
        entity: Entity,
        modified: Modified,
        since: datetime | None,
        until: datetime | None,
        reached: datetime | None,
        seen: set[tuple[str, str]],
    ) -> Iterator[Row]:
        """Rows of one same time over several pages are counted, not keyed, and shift under the count: read on until nothing new comes.

        Only rows up to ``reached`` count as new: none can come into that part of the list any more, so this ends.
        """
        for _ in range(_PASSES if reached is None else _LONGEST):
            found = False
            for page in self._asked(entity, modified, since, until):
                fresh = _fresh(entity, page, seen)
                yield from fresh
                moments = [instant(modified, look(value, modified.path)) for _, value in fresh]
                found = found or any(reached is None or moment is None or moment <= reached for moment in moments)
                last = _last_moment(modified, page)
                if reached is not None and last is not None and last > reached:
                    break
            if not found:
                return
        raise RetriableError(f"GET {entity.address}: the list never stood still")

    def _by_page(self, entity: Entity, since: datetime | None, until: datetime | None, seen: set[tuple[str, str]]) -> Iterator[Row]:
        for _ in range(_PASSES):
            total, count = None, 0
            for page in self._asked(entity, entity.modified, since, until):
                count += 1
                total = page.total if page.total is not None else total
                yield from _fresh(entity, page, seen)
            if count <= 1 or total is None or len({key for key, _ in seen}) >= total:
                return
        raise RetriableError(f"GET {entity.address}: the list told of more rows than its pages brought, {_PASSES} times")

    def _asked(self, entity: Entity, modified: Modified | None, since: datetime | None, until: datetime | None) -> Iterator[Page]:
        query: dict[str, str] = {}
        if modified and since and modified.since:
            query[modified.since] = lower_bound(modified, since)
        if modified and until and modified.until:
            query[modified.until] = upper_bound(modified, until)
        return pages(self._session, self._paging, entity.address, query)


def _fresh(entity: Entity, page: Page, seen: set[tuple[str, str]]) -> list[Row]:
    rows = []
    for text, value in page.rows:
        version = look(value, entity.version) if entity.version else text
        key = (str(look(value, entity.id.path)), str(version))
        if key not in seen:
            seen.add(key)
            rows.append((text, value))
    return rows


def _last_moment(modified: Modified, page: Page) -> datetime | None:
    return instant(modified, look(page.rows[-1][1], modified.path)) if page.rows else None


def _later(modified: Modified, moment: datetime | None, since: datetime | None) -> bool:
    """Whether asking from ``moment`` on would ask for less than before."""
    return moment is not None and (since is None or lower_bound(modified, moment) > lower_bound(modified, since))


def _is_last(paging: Paging, page: Page, *, first: bool) -> bool:
    if page.last is not None:
        return page.last
    if first and page.total is not None:
        return len(page.rows) >= page.total
    return not page.rows or (bool(paging.size) and len(page.rows) < paging.size_most)
