"""An order's lines: what Shopify cannot say by itself (2.5 kg, minus one, 12.5 % off) stands in the line's attributes.

Shopify sells whole pieces at prices of two decimals that are not below zero. So a line that does not fit is placed as it fits, with the
same total, and says in attributes what it stands for:

    ``_quantity``          a quantity that is no whole number above zero, or comes to another total at a price of two decimals: Shopify
                           holds one piece at the price of all of it
    ``_unit_price``        the price of one, before discount, where the price that Shopify holds is another
    ``_discount_percent``  the discount that is in the price already
    ``_lenke``             Lenke's marker of the line

A total below zero is placed at zero. Nothing of a placed line but its quantity and discount can be changed: for another product, price or
part of a piece the line is taken away and another one added, and what it stands for is noted beside
(:mod:`lenke.systems.shopify.order_notes`). Attributes whose name begins with an underscore are not shown to buyers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lenke.core.errors import LockedError, RejectedRecordError
from lenke.systems.paths import look
from lenke.systems.shopify import order_notes

LOCK = "a placed Shopify order line cannot hold it"
FULFILLED = "the line is fulfilled in Shopify"
QUANTITY, PRICE, DISCOUNT, MARK = "_quantity", "_unit_price", "_discount_percent", "_lenke"
NOTHING: Mapping[str, str] = {}
_ONE, _HUNDRED, _CENT = Decimal(1), Decimal(100), Decimal("0.01")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line as Shopify holds it: whole pieces, a price of two decimals, and attributes."""

    quantity: int
    price: Decimal
    attributes: Mapping[str, str]


def placed(quantity: Decimal, price: Decimal, discount: Decimal) -> Placed:
    """The line that stands for ``quantity`` at ``price`` less ``discount`` per cent."""
    one = price * (_ONE - discount / _HUNDRED)
    whole = quantity >= 1 and quantity == quantity.to_integral_value() and _cents(one) * quantity == _cents(one * quantity)
    held = _cents(one if whole else one * quantity)
    attributes = {} if whole else {QUANTITY: plain(quantity)}
    if held != price:
        attributes[PRICE] = plain(price)
    if discount:
        attributes[DISCOUNT] = plain(discount)
    return Placed(int(quantity) if whole else 1, held, attributes)


def _cents(amount: Decimal) -> Decimal:
    return max(Decimal(0), amount.quantize(_CENT, ROUND_HALF_UP))


def told(line: Json, *, taxes: tuple[bool, bool], note: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """A line's raw with ``exactQuantity``, ``unitPrice``, ``discountPercent`` and ``marker``.

    :param taxes: whether the order's prices hold VAT, and whether the shop's do, in which form the price is told.
    :param note: what the order notes of the line beside its attributes; it is told as ``note``.
    """
    words = _words({**line, "note": note})
    pieces = Decimal(line["currentQuantity"])
    given = number(words.get(QUANTITY))
    price = number(words.get(PRICE))
    if price is None:
        price = Decimal(str(look(line, "originalUnitPriceSet.presentmentMoney.amount") or 0))
        price = _with_taxes(price, look(line, "taxLines"), taxes)
    variant = words.get(order_notes.VARIANT)
    rate = number(words.get(order_notes.RATE))
    return {
        **line,
        **({"note": dict(note)} if note else {}),
        "title": words.get(order_notes.TITLE, line.get("title")),
        "variant": line.get("variant") or ({"legacyResourceId": variant} if variant else None),
        # A line without taxes is one at 0 per cent; a rate that is missing would be taken for the installation's.
        "taxLines": [{"title": "", "rate": float(rate)}] if rate is not None else line.get("taxLines") or [{"title": "", "rate": 0}],
        "marker": words.get(MARK),
        "exactQuantity": plain(pieces if given is None else given * pieces),
        "unitPrice": plain(price),
        "discountPercent": plain(_discount(line, number(words.get(DISCOUNT)) or Decimal(0), number(words.get(order_notes.TAKEN)))),
    }


def pieces(line: Json, quantity: Decimal) -> int:
    """How many whole pieces a placed line must have to stand for ``quantity``; raises LockedError where none do, or cost another total."""
    words = _words(line)
    given = number(words.get(QUANTITY))
    count = quantity if not given else quantity / given
    if count < 1 or count != count.to_integral_value() or not _costs_the_same(line, words, count, quantity):
        raise LockedError(LOCK, lock=LOCK)
    return int(count)


def _costs_the_same(line: Json, words: Mapping[str, str], count: Decimal, quantity: Decimal) -> bool:
    """Whether so many pieces at the price that Shopify holds are ``quantity`` at the price that the line stands for."""
    price = number(words.get(PRICE))
    if price is None:
        return True
    held = Decimal(str(look(line, "originalUnitPriceSet.presentmentMoney.amount") or 0))
    taken, discount = (number(words.get(name)) or Decimal(0) for name in (order_notes.TAKEN, DISCOUNT))
    exact = price * (_ONE - discount / _HUNDRED) * quantity
    return _cents(held * (_ONE - taken / _HUNDRED)) * count == _cents(exact)


def further_discount(line: Json, discount: Decimal) -> Decimal:
    """The per cent to take off a placed line so that ``discount`` in all is off; raises LockedError where its price holds more."""
    held = number(_words(line).get(DISCOUNT)) or Decimal(0)
    if discount < held:
        raise LockedError(LOCK, lock=LOCK)
    left = _HUNDRED - held
    return Decimal(0) if not left else (discount - held) / left * _HUNDRED


def number(value: Any) -> Decimal | None:
    """A number or its text; None where there is none. Raises RejectedRecordError for anything else."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise RejectedRecordError("an order line holds a text where a number belongs") from None


def plain(value: Decimal) -> str:
    """The shortest text without an exponent."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _words(line: Json) -> dict[str, str]:
    """What a line says beside Shopify's own members: its attributes, and what the order notes of it."""
    said = {str(item["key"]): item.get("value") for item in line.get("customAttributes") or ()}
    return {**said, **(line.get("note") or {})}


def _with_taxes(price: Decimal, tax_lines: Any, taxes: tuple[bool, bool]) -> Decimal:
    included, wanted = taxes
    factor = _ONE + sum((Decimal(str(one.get("rate") or 0)) for one in tax_lines or ()), Decimal(0))
    if included == wanted:
        return price
    return price * factor if wanted else price / factor


def _discount(line: Json, held: Decimal, known: Decimal | None) -> Decimal:
    """Per cent off in all: what the price holds already, and what was taken off the line beyond ``known``, which it holds as well."""
    total = Decimal(str(look(line, "originalUnitPriceSet.presentmentMoney.amount") or 0)) * int(line.get("quantity") or 0)
    off = [look(one, "allocatedAmountSet.presentmentMoney.amount") for one in line.get("discountAllocations") or ()]
    taken = sum((Decimal(str(amount or 0)) for amount in off), Decimal(0))
    before = total * (known or Decimal(0)) / _HUNDRED
    # Amounts are whole cents.
    if not total or abs(taken - before) <= _CENT or before >= total:
        return held
    left = (total - taken) / (total - before)
    return (_HUNDRED - (_HUNDRED - held) * left).quantize(Decimal("0.0001"), ROUND_HALF_UP)
