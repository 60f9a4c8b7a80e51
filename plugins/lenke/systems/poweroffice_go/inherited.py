"""What records of PowerOffice GO inherit where they hold null: an order's currency, the discount of its lines, a product's sales account.

``GET /SalesOrders/{id}/Complete?showInherited=true`` shows the first two as the order's page does, and as its invoice will have them; a
product has the account of its group (the vendor's OpenAPI document of 2025), else the client's own, which no call tells. They are laid
over the nulls for reading, and ``LenkeInherited``, a member of our own in the order, line or product, says which they are: a write
compares with the nulls that are really there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lenke.core.errors import AuthenticationError, FatalError, RecordNotFoundError
from lenke.systems.jsontext import dumps, loads
from lenke.systems.paths import segment
from lenke.systems.poweroffice_go.entities import LINES, PRODUCTS, SALES_ORDERS, Entity
from lenke.systems.poweroffice_go.pages import Pages, Row

_MARK = "LenkeInherited"
_ORDER, _LINE, _PRODUCT = ("CurrencyCode",), ("Allowance",), ("StandardSalesAccountId",)
_INHERITING = {"showInherited": "true"}

Json = Mapping[str, Any]


class Inherited:
    """Looks up what records inherit; one that holds its own values costs no call, and the product groups are listed once."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._groups: dict[str, Json] | None = None

    def shown(self, kind: Entity, row: Row) -> Row:
        """The record with what it inherits; an order's header from a list is left as it is."""
        found = self._product(row[1]) if kind is PRODUCTS else self._order(row[1]) if kind is SALES_ORDERS else None
        if found is None:
            return row
        text = dumps(found, finite=False)
        return text, loads(text)

    def _order(self, order: Json) -> Json | None:
        if LINES not in order or not _is_any(order):
            return None
        path = f"{SALES_ORDERS.path}/{segment(str(order.get('Id')))}/Complete"
        inheriting = next(self._pages.one(path, _INHERITING), None)
        return None if inheriting is None else _shown(order, inheriting[1])

    def _product(self, product: Json) -> Json | None:
        if not _nulls(product, _PRODUCT) or product.get("ProductGroupId") is None:
            return None
        group = self._group(str(product["ProductGroupId"]))
        return None if _nulls(group, _PRODUCT) else _laid(product, group, _PRODUCT)

    def _group(self, key: str) -> Json:
        if self._groups is None:
            try:
                self._groups = {str(group.get("Id")): group for _, group in self._pages.walk("/ProductGroups")}
            except (AuthenticationError, FatalError, RecordNotFoundError):
                self._groups = {}
        return self._groups.get(key, {})


def _is_any(order: Json) -> bool:
    """Whether the order may inherit what its nulls do not tell; a line of text has no discount."""
    goods = [line for line in _lines(order) if line.get("ProductId") is not None]
    return bool(_nulls(order, _ORDER)) or any(_nulls(line, _LINE) for line in goods)


def _shown(order: Json, inheriting: Json) -> dict[str, Any]:
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
    """What a write compares with, by path; ``record`` is what it was read from."""
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
