"""Order lines inside their order, and the amounts that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.custom_erp.refusals import duplicate, invalid
from sandbox.custom_erp.shapes import SHAPES, blank, fit
from sandbox.store import Store
from sandbox.wire import Json

_DEFAULTS: Json = {"discountRate": 0}
_CENT = Decimal("0.01")


def merged(store: Store, before: Sequence[Json], changes: Sequence[Any]) -> list[Json]:
    """The order's lines after a partial list: a lineId changes that line (``remove`` takes it away), none adds one."""
    rows: dict[str, Json] = {line["lineId"]: line for line in before}
    for change in changes:
        given = dict(change) if isinstance(change, dict) else {}
        key, removed = given.pop("lineId", None), given.pop("remove", False)
        if key is None:
            line = _new(store, fit("Line", given), list(rows.values()))
            rows[line["lineId"]] = line
        elif key not in rows:
            raise invalid("orderLines.lineId", "is no line of this order")
        elif removed is True:
            del rows[key]
        else:
            rows[key] = rows[key] | _known(store, fit("Line", given))
    _distinct(list(rows.values()))
    return sorted(rows.values(), key=lambda line: (line["seq"], line["lineId"]))


def _new(store: Store, values: Json, others: Sequence[Json]) -> Json:
    article = store.get("Product", str(values.get("articleId")))
    inherited = {} if article is None else _inherited(article)
    line = blank("Line") | _DEFAULTS | inherited | _known(store, values)
    for name, member in SHAPES["Line"].items():
        if member.needed and line[name] is None:
            raise invalid(f"orderLines.{name}", "is needed")
    if line["seq"] is None:
        line["seq"] = max((other["seq"] for other in others), default=0) + 10
    return {"lineId": f"L{store.next_number('Line', 1):06d}", **line}


def _inherited(article: Json) -> Json:
    names = {"text": "title", "price": "salesPrice", "cost": "costPrice", "vatRate": "vatRate", "unitCode": "unitCode"}
    return {name: article[source] for name, source in names.items()}


def _known(store: Store, values: Json) -> Json:
    if "articleId" in values and store.get("Product", values["articleId"]) is None:
        raise invalid("orderLines.articleId", "is no article")
    return values


def _distinct(lines: Sequence[Json]) -> None:
    refs = [line["externalRef"] for line in lines if line["externalRef"]]
    if len(refs) > len(set(refs)):
        raise duplicate("orderLines.externalRef")


def amounts(lines: Sequence[Json]) -> Json:
    """``netAmount`` and ``vatAmount``: each line rounded to the øre, then added; prices are without VAT."""
    net = vat = Decimal(0)
    for line in lines:
        amount = (_exact(line["qty"]) * _exact(line["price"]) * (1 - _exact(line["discountRate"]))).quantize(_CENT, ROUND_HALF_UP)
        net += amount
        vat += (amount * _exact(line["vatRate"])).quantize(_CENT, ROUND_HALF_UP)
    return {"netAmount": float(net), "vatAmount": float(vat)}


def _exact(number: Any) -> Decimal:
    return Decimal(str(number or 0))
