"""A sales order put together from the answers of its writes, for when a read may come from a lagging replica."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lenke.systems.paths import same
from lenke.systems.poweroffice_go.entities import LINES

_SUMS = ("NetAmount", "TotalAmount")
_MOVING = frozenset({*_SUMS, LINES, "LineCount", "LastChangedDateTimeOffset"})

Line = Mapping[str, Any]


def settled(read: Mapping[str, Any], *, header: Mapping[str, Any] | None, stored: Mapping[str, Line], removed: set[str]) -> bool:
    """Whether ``read`` shows every answer of our writes: the header's members, the stored lines, the removed ones gone."""
    lines = {str(line.get("Id")): line for line in read.get(LINES) or ()}
    if removed & lines.keys() or any(key not in lines or not _holds(lines[key], line) for key, line in stored.items()):
        return False
    return header is None or _holds(read, header)


def composed(base: Mapping[str, Any], *, header: Mapping[str, Any] | None, stored: Mapping[str, Line], removed: set[str]) -> dict[str, Any]:
    """``base`` with the answers laid over it; sums and count follow the lines where lines were written."""
    order: dict[str, Any] = {**base, **{name: value for name, value in (header or {}).items() if name != LINES}}
    lines = {str(line.get("Id")): line for line in base.get(LINES) or ()}
    lines.update(stored)
    kept = [line for key, line in lines.items() if key not in removed]
    order[LINES] = sorted(kept, key=lambda line: line.get("SortOrder") or 0)
    if stored or removed:
        order["LineCount"] = len(kept)
        order.update({name: sum((Decimal(str(line.get(name) or 0)) for line in kept), Decimal(0)) for name in _SUMS})
    return order


def _holds(record: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    return all(same(record.get(name), value) for name, value in answer.items() if name not in _MOVING)
