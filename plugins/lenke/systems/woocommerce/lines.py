"""An order's lines: read as one list, written as the lists that WooCommerce keeps.

A line is the vendor's member of ``line_items``, ``shipping_lines`` or ``fee_lines`` and, added: ``id`` (``line_items/5``), ``kind``
(``product``; ``other`` for a product or variation that the shop has no more, or none to sell; ``shipping``; ``fee``, or what its meta
data ``lenke_kind`` says), ``product`` (the variation's or product's id as text, as long as the line tells one), ``description``, and as
text ``quantity``, ``unit_price`` and ``discount_percent`` (both without VAT) and ``vat_rate`` (per cent), ``taxed`` (whether it carries
VAT, see :func:`_vat`) and ``meta_data`` as an object, the keys of ``META_KEYS`` being null where the line lacks them.
Amounts of lines are without VAT even in a shop whose prices hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lenke.core.errors import RejectedRecordError
from lenke.core.ports import LineWrite
from lenke.systems.woocommerce.meta import meta_of
from lenke.systems.woocommerce.texts import unescaped

ITEMS, SHIPPING, FEES = "line_items", "shipping_lines", "fee_lines"
LISTS = (ITEMS, SHIPPING, FEES)
KIND_KEY = "lenke_kind"
MARKER_KEY = "lenke_marker"
META_KEYS = ("project_id", "department_id", "location_id", "dim1_id", "dim2_id", "dim3_id")
_META = "meta_data."
_LIST_OF = {"product": ITEMS, "other": ITEMS, "shipping": SHIPPING}
_NAME = {ITEMS: "name", SHIPPING: "method_title", FEES: "name"}
_AMOUNTS = ("quantity", "unit_price", "discount_percent")
_EXACT = Decimal("0.000001")
_ROUNDED = Decimal("0.01")
_HUNDRED = Decimal(100)
# Beyond them no text with six decimals is exact any more.
_DIGITS = 20
_WRITABLE = frozenset({"product", "kind", "description", *_AMOUNTS})

Line = Mapping[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unsold:
    """Products that nobody can buy any more.

    :param variable: ids of those that are sold by their variations only. A line that names one and no variation was of a variation that
        is deleted, or was made when the product had none (WooCommerce 11.0.1).
    :param thrown: ids of those in the trash, where their variations are with them.
    """

    variable: frozenset[str] = frozenset()
    thrown: frozenset[str] = frozenset()


def lines_of(row: Line, unsold: Unsold) -> list[Body]:
    """The lines of an order as the shop serves it."""
    rates = {rate.get("rate_id"): rate.get("rate_percent") for rate in row.get("tax_lines") or ()}
    return [_line(name, line, rates, unsold) for name in LISTS for line in row.get(name) or ()]


def products_of(row: Line) -> Iterator[str]:
    """Ids of the products that an order's lines name; of a variation, its parent's."""
    items = row.get(ITEMS)
    for line in items if isinstance(items, list) else ():
        if isinstance(line, Mapping) and line.get("product_id"):
            yield str(line["product_id"])


def id_of(name: str, line: Line) -> str:
    """A line's id, which tells the list that it is in."""
    return "/".join((name, str(line.get("id"))))


def _line(name: str, line: Line, rates: Mapping[Any, Any], unsold: Unsold) -> Body:
    meta = meta_of(line, (MARKER_KEY, *META_KEYS))
    product = _product(line, unsold) if name == ITEMS else None
    shown: Body = {key: unescaped(value) for key, value in line.items() if key not in ("image", "meta_data")}
    return shown | {
        "id": id_of(name, line),
        "kind": _kind(name, meta, is_sold=bool(product) and str(line.get("product_id")) not in unsold.thrown),
        "product": product,
        "description": unescaped(line.get(_NAME[name])),
        **_figures(name, line, rates),
        "meta_data": meta,
    }


def _figures(name: str, line: Line, rates: Mapping[Any, Any]) -> Body:
    """Quantity, price, discount and VAT; the text of an amount that is no number stands for all of them, and parks the order."""
    taxes = [tax for tax in line.get("taxes") or () if tax.get("total") not in (None, "") and rates.get(tax.get("id")) is not None]
    told = [line.get("quantity") if name == ITEMS else 1, line.get("subtotal" if name == ITEMS else "total"), line.get("total")]
    told += [value for tax in taxes for value in (rates[tax["id"]], tax["total"])]
    numbers = [(value, number(value)) for value in told]
    odd = [str(value) for value, one in numbers if one is None]
    if odd:
        return dict.fromkeys((*_AMOUNTS, "vat_rate"), odd[0]) | {"taxed": False}
    quantity, subtotal, total, *vat = [one for _, one in numbers if one is not None]
    rate, taxed = _vat(total, rates=vat[::2], taxes=vat[1::2])
    return {
        "quantity": plain(quantity),
        "unit_price": plain(subtotal / quantity if quantity else subtotal),
        "discount_percent": plain((1 - total / subtotal) * _HUNDRED if subtotal else Decimal(0)),
        "vat_rate": plain(rate),
        "taxed": taxed,
    }


def _kind(name: str, meta: Body, *, is_sold: bool) -> str:
    if name == ITEMS:
        return "product" if is_sold else "other"
    return "shipping" if name == SHIPPING else str(meta.get(KIND_KEY) or "fee")


def _product(line: Line, unsold: Unsold) -> str | None:
    found = next((str(line[key]) for key in ("variation_id", "product_id") if line.get(key)), None)
    return None if found in unsold.variable else found


def _vat(total: Decimal, *, rates: Sequence[Decimal], taxes: Sequence[Decimal]) -> tuple[Decimal, bool]:
    """The rate in per cent, and whether the line is booked with VAT; one that carries no tax at all has no rate.

    The rates of a line's taxes are added where its VAT is theirs, to a rounding. It is not where the shop has parted a fee below nought
    over the tax classes of the goods: there the rate is what the line's VAT is of the line. An accounting system that takes the rate from
    its product's account, or none, has no such rate; so the line is booked in that of the two ways whose VAT is nearer to the shop's.
    """
    rate, vat = sum(rates, Decimal(0)), sum(taxes, Decimal(0))
    if total and abs(total * rate / _HUNDRED - vat) > _ROUNDED * len(taxes):
        rate = (vat / total * _HUNDRED).quantize(_ROUNDED)
    return rate, rate * 2 > max(rates, default=Decimal(0))


def creation(line: LineWrite) -> tuple[str, Body]:
    """The list and the body of a new line; its product is ``product_id`` until :class:`.orders.Orders` has seen what it is."""
    _refuse_unknown(line)
    kind = str(line.fields.get("kind") or "product")
    name = _LIST_OF.get(kind, FEES)
    body: Body = {_NAME[name]: line.fields["description"]} if line.fields.get("description") else {}
    if name == ITEMS:
        if line.fields.get("product") is None:
            raise RejectedRecordError("a line needs a product; WooCommerce keeps text and amounts without one as fees", property="product")
        body |= {"product_id": int(line.fields["product"])}
    elif name == SHIPPING:
        body |= {"method_id": "other", "method_title": body.get("method_title") or "-"}
    else:
        body.setdefault("name", "-")  # the shop refuses a fee without a text
    body |= _amounts(name, line.fields, {})
    own = [{"key": MARKER_KEY, "value": line.marker}]
    body["meta_data"] = [one for one in own + _meta(name, line) if one["value"]]
    return name, body


def change(line: LineWrite, current: Line | None) -> tuple[str, Body]:
    """The list and the body of a changed line: only what differs, but never an amount without the other ones."""
    _refuse_unknown(line)
    name, _, number = str(line.id).partition("/")
    if line.fields.get("kind", "product") != "product" and _LIST_OF.get(str(line.fields["kind"]), FEES) != name:
        raise RejectedRecordError("a line cannot become one of another kind; take it away and add a new one", property="kind")
    body: Body = {"id": int(number)} | _goods(name, line, current or {})
    if "description" in line.fields:
        body[_NAME[name]] = line.fields["description"] or "-"
    if "product_id" in body or line.fields.keys() & {*_AMOUNTS}:
        body |= _amounts(name, line.fields, current or {})
    return name, body | ({"meta_data": meta} if (meta := _meta(name, line)) else {})


def _goods(name: str, line: LineWrite, current: Line) -> Body:
    """A line's other product, with the line's text: the shop gives it the new product's name, where it is told none."""
    product = line.fields.get("product")
    if product is not None and name != ITEMS:
        raise RejectedRecordError("a freight or fee line cannot become a product; take it away and add a new one", property="product")
    if product is not None:
        return {"product_id": int(product)} | ({"name": text} if (text := current.get("description")) else {})
    if name == ITEMS and "product" in line.fields and current.get("kind") != "other":
        raise RejectedRecordError("a line of a product keeps one in WooCommerce; take it away and add a fee", property="product")
    return {}


def _meta(name: str, line: LineWrite) -> list[Body]:
    """Meta data as rows, a fee's kind among them; the shop puts a value into the first row with its key, and null takes the row away."""
    found = {path.removeprefix(_META): value for path, value in line.fields.items() if path.startswith(_META)}
    if name == FEES and "kind" in line.fields:
        found[KIND_KEY] = line.fields["kind"] if line.fields["kind"] != "fee" else None
    return [{"key": key, "value": value} for key, value in found.items()]


def removal(line: LineWrite) -> tuple[str, Body]:
    """The list and the body that take a line away: nought pieces, or no method, or no name."""
    name, _, number = str(line.id).partition("/")
    gone: Body = {"quantity": 0} if name == ITEMS else {"method_id": None} if name == SHIPPING else {"name": None}
    return name, {"id": int(number), **gone}


def bodies(writes: Sequence[LineWrite], current: Mapping[str, Line]) -> Iterator[tuple[str, Body]]:
    """List and body of each line write."""
    for line in writes:
        if line.verb == "create":
            yield creation(line)
        elif line.verb == "remove":
            yield removal(line)
        else:
            name, body = change(line, current.get(str(line.id)))
            if len(body) > 1:
                yield name, body


def _amounts(name: str, fields: Mapping[str, Any], current: Line) -> Body:
    """Quantity, amount before discount and amount: the shop reckons neither from a price nor from a new quantity."""
    given = {key: _amount(key, fields[key] if key in fields else current.get(key)) for key in _AMOUNTS}
    quantity = given["quantity"] if "quantity" in fields or current else Decimal(1)
    if quantity != quantity.to_integral_value() or quantity < 1:
        raise RejectedRecordError("WooCommerce takes whole numbers of pieces from 1 on", property="quantity")
    subtotal = quantity * given["unit_price"]
    total = subtotal * (1 - given["discount_percent"] / _HUNDRED)
    if name == ITEMS:
        return {"quantity": int(quantity), "subtotal": money(subtotal), "total": money(total)}
    if quantity != 1 or total != subtotal:
        raise RejectedRecordError("a freight or fee line is one piece without a discount in WooCommerce", property="quantity")
    return {"total": money(total)}


def _refuse_unknown(line: LineWrite) -> None:
    unknown = sorted(path for path in set(line.fields) - _WRITABLE if not path.startswith(_META))
    if unknown:
        raise RejectedRecordError(f"WooCommerce takes no {', '.join(unknown)} in an order line; map it one-way or not at all")


def money(amount: Decimal) -> str:
    """An amount as WooCommerce wants it: text, a point, two decimals at least, no more than six."""
    whole, _, decimals = plain(amount).partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def plain(number: Decimal) -> str:
    """The shortest text with at most six decimals."""
    text = format(number.quantize(_EXACT, rounding=ROUND_HALF_UP), "f").rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def number(value: Any) -> Decimal | None:
    """An amount as the shop tells it, nought where it is empty; None for what is no number that anybody reckons with."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else Decimal(0)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < _DIGITS else None


def _amount(name: str, value: Any) -> Decimal:
    found = number(value)
    if found is None:
        raise RejectedRecordError("the line holds an amount that is no number", property=name)
    return found
