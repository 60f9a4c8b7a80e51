"""What becomes of each line of an order edit, decided before the edit begins.

Quantity and discount of a placed line change in place, and a text is noted beside it. For another product or price, and for a part of a
piece, the line is taken away and one that holds it is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lenke.core.errors import LockedError, RejectedRecordError
from lenke.core.ports import LineWrite
from lenke.systems.paths import look
from lenke.systems.shopify import order_lines, order_notes
from lenke.systems.shopify.orders import RATE, VARIANT

QUANTITY, DISCOUNT, PRICE, TITLE = "exactQuantity", "discountPercent", "unitPrice", "title"
WRITABLE = frozenset({QUANTITY, DISCOUNT, PRICE, TITLE, VARIANT, RATE})
_INSIDE = frozenset({order_lines.QUANTITY, order_lines.DISCOUNT, order_notes.TAKEN})

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Added:
    """A line to be added.

    :param price: of one piece, as the buyer pays it; :param words: what it stands for.
    """

    variant: str
    title: str
    pieces: int
    price: Decimal
    taxable: bool
    words: order_notes.Note


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one line; ``quantity`` 0 takes it away, ``title`` is a text to be noted."""

    line: str = ""
    quantity: int | None = None
    discount: Decimal | None = None
    title: str | None = None
    added: Added | None = None

    @property
    def is_edit(self) -> bool:
        """Whether an order edit is needed for it."""
        return self.quantity is not None or self.discount is not None or self.added is not None


def change(line: LineWrite, held: Json | None) -> Change:
    """What becomes of a line. Raises LockedError and RejectedRecordError for what Shopify cannot hold at all.

    :param held: the line as the order holds it; None for a new one.
    """
    if held is None:
        return Change(added=_added(line.fields, line.marker))
    if line.verb == "remove":
        return Change(str(line.id), quantity=0)
    fields = different(line, held)
    title = str(fields[TITLE]) if fields.get(TITLE) else None
    if set(fields) <= {TITLE, QUANTITY, DISCOUNT}:
        try:
            return Change(str(line.id), _quantity(fields, held), _discount(fields, held), title)
        except LockedError:
            pass
    return Change(str(line.id), quantity=0, added=_added(_whole(fields, held), held.get("marker")))


def different(line: LineWrite, held: Json) -> dict[str, Any]:
    """The fields that the line does not hold already: a net price that rounds to the line's gross one is no change."""
    return {path: value for path, value in line.fields.items() if not _same(value, look(held, path))}


def _whole(fields: Json, held: Json) -> dict[str, Any]:
    rates = [order_lines.number(one.get("rate")) or Decimal(0) for one in held.get("taxLines") or ()]
    now = {path: look(held, path) for path in (QUANTITY, DISCOUNT, PRICE, TITLE, VARIANT)}
    return {**now, RATE: sum(rates, Decimal(0)), **fields}


def _added(fields: Json, marker: str | None) -> Added:
    quantity = order_lines.number(fields.get(QUANTITY))
    if quantity is None:
        raise RejectedRecordError("a line needs a quantity", property=QUANTITY)
    if fields.get(VARIANT) is None:
        raise LockedError(f"a line without a product: {order_lines.LOCK}", lock=order_lines.LOCK)
    price = order_lines.number(fields.get(PRICE)) or Decimal(0)
    held = order_lines.placed(quantity, price, order_lines.number(fields.get(DISCOUNT)) or Decimal(0))
    rate, title = order_lines.number(fields.get(RATE)), str(fields.get(TITLE) or "")
    words = {**held.attributes, order_lines.PRICE: order_lines.plain(price), order_notes.VARIANT: str(fields[VARIANT])}
    words |= {order_notes.TITLE: title} if title else {}
    words |= {order_notes.RATE: order_lines.plain(rate)} if rate is not None else {}
    words |= {order_lines.MARK: marker} if marker else {}
    return Added(str(fields[VARIANT]), title, held.quantity, held.price, bool(rate is None or rate), words)


def _quantity(fields: Json, held: Json) -> int | None:
    if QUANTITY not in fields:
        return None
    quantity = order_lines.number(fields[QUANTITY])
    if quantity is None:
        raise RejectedRecordError("a line needs a quantity", property=QUANTITY)
    return order_lines.pieces(held, quantity)


def _discount(fields: Json, held: Json) -> Decimal | None:
    if DISCOUNT not in fields:
        return None
    if _INSIDE & set(held.get("note") or {}):
        raise LockedError(order_lines.LOCK, lock=order_lines.LOCK)
    return order_lines.further_discount(held, order_lines.number(fields[DISCOUNT]) or Decimal(0))


def _same(wanted: Any, held: Any) -> bool:
    try:
        return Decimal(str(wanted)) == Decimal(str(held))
    except ArithmeticError:
        return bool(wanted == held)
