"""What an order of PowerOffice GO inherits where it holds null: the currency, and the discount of its lines.

``GET /SalesOrders/{id}/Complete?showInherited=true`` shows both as the order's page does, and as its invoice will have them (the
vendor's OpenAPI document of 2025). They are laid over the nulls for reading, and ``LenkeInherited``, a member of our own in the order or
the line, says which they are: a write compares with the nulls that are really there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lenke.systems.poweroffice_go.entities import LINES

QUERY = {"showInherited": "true"}
_MARK = "LenkeInherited"
_ORDER, _LINE = ("CurrencyCode",), ("Allowance",)

Json = Mapping[str, Any]


def is_any(order: Json) -> bool:
    """Whether the order may inherit what its nulls do not tell; a line of text has no discount."""
    goods = [line for line in _lines(order) if line.get("ProductId") is not None]
    return bool(_nulls(order, _ORDER)) or any(_nulls(line, _LINE) for line in goods)


def shown(order: Json, inheriting: Json) -> dict[str, Any]:
    """The order with what it inherits in place of its nulls."""
    lines = {str(line.get("Id")): line for line in _lines(inheriting)}
    whole = _laid(order, inheriting, _ORDER)
    return whole | {LINES: [_laid(line, lines.get(str(line.get("Id")), {}), _LINE) for line in _lines(order)]}


def stored(order: Json | None) -> dict[str, Any] | None:
    """The order as PowerOffice GO stores it, with its nulls."""
    if order is None:
        return None
    bare = _bare(order)
    return bare | {LINES: [_bare(line) for line in _lines(order)]} if LINES in order else bare


def before(told: Json, record: Json | None) -> dict[str, Any]:
    """What a write compares with, by path; ``record`` is the order or line that it was read from."""
    marked = (record or {}).get(_MARK) or ()
    return {path: None if path in marked else value for path, value in told.items()}


def _lines(order: Json) -> Sequence[Json]:
    return order.get(LINES) or ()


def _nulls(record: Json, names: Sequence[str]) -> list[str]:
    return [name for name in names if record.get(name) is None]


def _laid(record: Json, inheriting: Json, names: Sequence[str]) -> dict[str, Any]:
    found = {name: inheriting[name] for name in _nulls(record, names) if inheriting.get(name) is not None}
    return {**record, **found, **({_MARK: sorted(found)} if found else {})}


def _bare(record: Json) -> dict[str, Any]:
    marked = record.get(_MARK) or ()
    return {name: None if name in marked else value for name, value in record.items() if name != _MARK}
