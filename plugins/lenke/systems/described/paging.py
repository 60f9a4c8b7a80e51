"""How the lists of a described system go on, one strategy for each kind of paging."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from lenke.systems.described.dialect import Paging
from lenke.systems.http import Session
from lenke.systems.jsontext import elements, loads, part
from lenke.systems.replies import Reply

Row = tuple[str, Mapping[str, Any]]
_NEXT = re.compile(r"<([^>]+)>\s*;[^,]*\brel=\"?next\"?", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's rows, each with its own text.

    :param total: how many rows the whole list has, where told. :param next: what leads on.
    :param last: whether it is the last page, where the reply tells.
    """

    rows: list[Row]
    total: int | None
    next: Any
    last: bool | None = None


def pages(session: Session, paging: Paging, address: str, query: Mapping[str, str]) -> Iterator[Page]:
    """Every page of a list until it ends; one that answers what the last one did ends it, and so does an empty one that names no next."""
    step, last = _first(paging, query), ""
    while step is not None:
        path, asked = step(address, query)
        reply = session.read(path, asked, parse=lambda text: _page(paging, text))
        page: Page = reply.body or Page([], None, None)
        if paging.ends == "no_link":
            page = replace(page, last=_linked(reply) is None)
        if page.rows and page.rows[0][0] == last:
            return
        yield page
        last = page.rows[0][0] if page.rows else ""
        step = _after(step, reply, page)


def _after(step: _Step, reply: Reply, page: Page) -> _Step | None:
    """The next step. A list that counts ends with an empty page; one that says where it goes on may leave a page empty."""
    if not page.rows and step.paging.kind in ("page", "offset"):
        return None
    following = step.following(reply, page)
    return None if following == step else following


@dataclass(frozen=True, slots=True)
class _Step:
    """Where the next page is: a count in a parameter, or an address of its own."""

    paging: Paging
    count: str = ""
    address: str = ""
    sized: int = 0

    def __call__(self, address: str, query: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        if self.address:
            return self.address, {}
        size = {self.paging.size: str(self.sized)} if self.paging.size else {}
        count = {self.paging.number: self.count} if self.count else {}
        return address, {**query, **size, **count}

    def following(self, reply: Reply, page: Page) -> _Step | None:
        kind = self.paging.kind
        if kind in ("page", "offset"):
            step = 1 if kind == "page" else len(page.rows)
            full = not page.last if page.last is not None else not self.sized or len(page.rows) >= self.sized
            return _Step(self.paging, str(int(self.count) + step), sized=self.sized) if full else None
        if kind == "cursor":
            return _Step(self.paging, str(page.next), sized=self.sized) if page.next else None
        found = _linked(reply) if kind == "link" else page.next
        return _Step(self.paging, address=_absolute(reply, str(found))) if found and kind != "none" else None


def _first(paging: Paging, query: Mapping[str, str]) -> _Step | None:
    count = {"page": str(paging.first), "offset": "0"}.get(paging.kind, "")
    return _Step(paging, count, sized=paging.size_most if paging.size else 0)


def _page(paging: Paging, text: str) -> Page:
    total = _told(text, paging.total)
    return Page(list(elements(text, paging.records)), total if isinstance(total, int) else None, _told(text, paging.next))


def _told(text: str, path: str) -> Any:
    try:
        return loads(part(text, path)) if path else None
    except ValueError:
        return None


def _linked(reply: Reply) -> str | None:
    found = _NEXT.search(reply.headers.get("Link") or "")
    return found[1] if found else None


def _absolute(reply: Reply, url: str) -> str:
    return url if "://" in url else urljoin(reply.url, url)
