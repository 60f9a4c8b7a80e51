"""Lists of PowerOffice GO: bare arrays in pages, 204 where there is nothing, filters that a server may ignore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lenke.core.errors import FatalError, RecordNotFoundError, RejectedRecordError
from lenke.systems.http import Session
from lenke.systems.jsontext import elements, loads
from lenke.systems.paths import look, segment, text_of
from lenke.systems.poweroffice_go.entities import Entity, Filter
from lenke.systems.replies import Reply

Row = tuple[str, Mapping[str, Any]]
_AT_ONCE = 50
_WORTH_A_LIST = 20


def rows(text: str) -> list[Row]:
    """The records of a bare array, each with its own text."""
    return list(elements(text))


class Pages:
    """Walks and searches the lists.

    :param page_size: rows a page; 5000 is the vendor's default, 20000 its most.
    """

    def __init__(self, session: Session, *, page_size: int = 5000) -> None:
        self._session = session
        self._page_size = page_size
        self._ignored: set[str] = set()
        self._indexes: dict[str, list[Row]] = {}

    def walk(self, path: str, query: Mapping[str, str] | None = None, *, page_size: int | None = None) -> Iterator[Row]:
        """Every row. A list of several pages shifts while rows are deleted, so its ids are listed once more at the end."""
        seen: set[str] = set()
        count = 0
        for page in self._each_page(path, query or {}, page_size or self._page_size):
            count += 1
            fresh = [row for row in page if str(row[1].get("Id")) not in seen]
            seen.update(str(value.get("Id")) for _, value in fresh)
            yield from fresh
        if count > 1:
            yield from self._slipped(path, query or {}, seen)

    def find(self, entity: Entity, path: str, values: Sequence[str]) -> Iterator[Row]:
        """The rows whose ``path`` holds one of ``values``, by filter where the server obeys one, else by a full list."""
        wanted = {value for value in values if value.strip()}
        if not wanted:
            return
        known = entity.keys.get(path)
        found = self._filtered(entity, path, known, sorted(wanted)) if known and self._can_filter(known, wanted) else None
        if found is None:
            found = self._index(entity, fresh=path == entity.marker)
        for text, value in found:
            if text_of(look(value, path)) in wanted:
                yield text, value

    def _can_filter(self, known: Filter, wanted: set[str]) -> bool:
        """A comma separates values, so a value that holds one cannot be filtered by; many single look-ups cost more than a list."""
        few = known.many or len(wanted) <= _WORTH_A_LIST
        return few and known.parameter not in self._ignored and not any("," in value for value in wanted)

    def remember(self, entity: Entity, row: Row) -> None:
        """Put a row that was just written into the index, if there is one."""
        kept = self._indexes.get(entity.path)
        if kept is not None:
            self._indexes[entity.path] = [*(other for other in kept if other[1].get("Id") != row[1].get("Id")), row]

    def _filtered(self, entity: Entity, path: str, known: Filter, values: Sequence[str]) -> list[Row] | None:
        """The filter's answer; None where the server ignores or refuses it."""
        found: list[Row] = []
        size = _AT_ONCE if known.many else 1
        for at in range(0, len(values), size):
            part = values[at : at + size]
            answer = self._obeyed(entity, path, known, part)
            if answer is None:
                self._ignored.add(known.parameter)
                return None
            found += answer
        return found

    def _obeyed(self, entity: Entity, path: str, known: Filter, values: Sequence[str]) -> list[Row] | None:
        wanted = {value.casefold().strip() for value in values}
        answer: list[Row] = []
        try:
            for page in self._each_page(entity.path, {known.parameter: ",".join(values)}, self._page_size):
                if any((text_of(look(value, path)) or "").casefold().strip() not in wanted for _, value in page):
                    return None
                answer += page
        except (FatalError, RejectedRecordError):
            return None
        return answer

    def _index(self, entity: Entity, *, fresh: bool) -> list[Row]:
        if fresh or entity.path not in self._indexes:
            self._indexes[entity.path] = list(self.walk(entity.path))
        return self._indexes[entity.path]

    def _slipped(self, path: str, query: Mapping[str, str], seen: set[str]) -> Iterator[Row]:
        """Rows that moved to a page already read while the walk went on."""
        for page in self._each_page(path, {**query, "Fields": "Id"}, 20000):
            for key in [str(value.get("Id")) for _, value in page]:
                if key not in seen:
                    seen.add(key)
                    yield from self.one(f"{path}/{segment(key)}")

    def one(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Row]:
        """The record at ``path``, or nothing where it is not there any more."""
        try:
            reply = self._session.read(path, query)
        except RecordNotFoundError:
            return
        yield reply.text, reply.body

    def _each_page(self, path: str, query: Mapping[str, str], size: int) -> Iterator[list[Row]]:
        number, last = 1, ""
        while True:
            reply = self._session.read(path, {**query, "PageNumber": str(number), "PageSize": str(size)}, parse=rows)
            page: list[Row] = reply.body or []
            if not page or page[0][0] == last:  # a server that does not know PageNumber would answer the same for ever
                return
            yield page
            if not _goes_on(reply, full=len(page) >= size):
                return
            number, last = number + 1, page[0][0]


def _goes_on(reply: Reply, *, full: bool) -> bool:
    """Whether another page may follow: ``nextPageLink`` tells; without the header a full page may have a successor."""
    header = reply.headers.get("X-Pagination")
    if not header:
        return full
    try:
        told = loads(header)
    except ValueError:
        return full
    members = {str(key).lower(): value for key, value in told.items()} if isinstance(told, Mapping) else {}
    return bool(members.get("nextpagelink"))
