"""Order lines inside their order, and the totals that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sandbox.custom_webshop.refusals import invalid
from sandbox.custom_webshop.shapes import SHAPES
from sandbox.store import Store
from sandbox.wire import Json

FIRST_ID = 9_007_199_254_900_001
_DEFAULTS: Json = {"kind": "product", "quantity": "1", "unit_price": "0.00", "discount_percent": "0", "vat_rate": "25"}
_CENT = Decimal("0.01")


def merged(store: Store, before: Sequence[Json], changes: Sequence[Json]) -> list[Json]:
    """The order's lines after a partial list: an id changes that line (``deleted`` takes it away), no id adds one."""
    rows: dict[int, Json] = {line["id"]: line for line in before}
    for change in changes:
        given = dict(change)
        key, deleted = given.pop("id", None), given.pop("deleted", False)
        if key is None:
            line = _new(store, given, list(rows.values()))
            rows[line["id"]] = line
        elif key not in rows:
            raise invalid("lines.id", "is not a line of this order")
        elif deleted is True:
            del rows[key]
        else:
            rows[key] = rows[key] | _fit(store, given)
    return sorted(rows.values(), key=lambda line: (line["position"], line["id"]))


def _new(store: Store, given: Json, others: Sequence[Json]) -> Json:
    values = _fit(store, given)
    line = SHAPES["Line"].blank() | _DEFAULTS | _inherited(store, values.get("product_id")) | values
    if line["kind"] == "product" and line["product_id"] is None:
        raise invalid("lines.product_id", "is needed on a product line")
    line["id"] = store.next_number("Line", FIRST_ID)
    if line["position"] is None:
        line["position"] = max((other["position"] for other in others), default=-1) + 1
    return line


def _inherited(store: Store, key: int | None) -> Json:
    product = store.get("Product", str(key)) if key is not None else None
    if product is None:
        return {}
    found = {"description": product["name"], "unit": product["unit"], "unit_cost": product["cost"]}
    found |= {"unit_price": product["price"], "vat_rate": product["vat_rate"]}
    return {name: value for name, value in found.items() if value is not None}


def _fit(store: Store, given: Json) -> Json:
    values = SHAPES["Line"].fit(given)
    key = values.get("product_id")
    if key is not None and store.get("Product", str(key)) is None:
        raise invalid("lines.product_id", "is not a product")
    return values


def totals(lines: Sequence[Json], *, gross_prices: bool) -> Json:
    """``net_total`` and ``gross_total``: each line rounded to the øre, then added."""
    net = gross = Decimal(0)
    for line in lines:
        share = 1 - _number(line["discount_percent"]) / 100
        amount = _number(line["quantity"]) * _number(line["unit_price"]) * share
        factor = 1 + _number(line["vat_rate"]) / 100
        net += (amount / factor if gross_prices else amount).quantize(_CENT, ROUND_HALF_UP)
        gross += (amount if gross_prices else amount * factor).quantize(_CENT, ROUND_HALF_UP)
    return {"net_total": str(net.quantize(_CENT)), "gross_total": str(gross.quantize(_CENT))}


def _number(text: str | None) -> Decimal:
    """The number; seeded lines may lack one or hold a text that is none, which counts as nothing."""
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)
