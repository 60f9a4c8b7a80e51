"""Lists that move or leave gaps while they are walked: no row behind them is lost."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lenke.systems.described import paging
from lenke.systems.described.dialect import Paging
from lenke.systems.woocommerce import walks

SINCE = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_cursor_goes_on_behind_an_empty_page() -> None:
    bodies = iter(['{"items":[{"id":1}],"next":"b"}', '{"items":[],"next":"c"}', '{"items":[{"id":2}],"next":null}'])

    class Answers:
        def read(self, path: str, asked: Mapping[str, str], parse: Any) -> Any:
            return types.SimpleNamespace(body=parse(next(bodies)), headers={}, url="http://list.invalid/")

    told = Paging(kind="cursor", records="items", next="next", number="cursor")
    assert [row["id"] for page in paging.pages(Answers(), told, "/x", {}) for _, row in page.rows] == [1, 2]  # type: ignore[arg-type]


@dataclass
class Shop:
    """A list in pages of two, newest change first, of which a person throws the newest away after the first page."""

    rows: list[dict[str, Any]]
    gone: list[int] = field(default_factory=list)

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        at, order = 0, sorted(self.rows, key=lambda row: str(row["date_modified_gmt"]), reverse=query["order"] == "desc")
        while at == 0 or at < len(order):
            yield types.SimpleNamespace(rows=order[at : at + 2], total=len(order))
            at += 2
            if self.gone:
                thrown = self.gone.pop()
                self.rows = [row for row in self.rows if row["id"] != thrown]
                order = [row for row in order if row["id"] != thrown]


def _ids(rows: Iterator[Mapping[str, Any]]) -> Sequence[int]:
    return sorted({int(row["id"]) for row in rows})


def test_a_row_deleted_while_changes_are_paged_hides_no_other() -> None:
    rows = [{"id": n, "date_modified_gmt": f"2026-05-0{n}T10:00:00"} for n in range(1, 7)]
    assert _ids(walks.changed(Shop(rows, [6]), "/orders", {}, SINCE)) == [1, 2, 3, 4, 5, 6]  # type: ignore[arg-type]


def test_a_row_deleted_while_all_are_paged_hides_no_other() -> None:
    rows = [{"id": n, "date_modified_gmt": f"2026-05-0{n}T10:00:00"} for n in range(1, 7)]
    assert _ids(walks.everything(Shop(rows, [1]), "/orders", {})) == [1, 2, 3, 4, 5, 6]  # type: ignore[arg-type]
