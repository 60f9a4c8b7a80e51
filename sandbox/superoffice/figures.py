"""Quote arithmetic as the stand-alone connector does it: in doubles, nothing rounded.

Five figures of a line hang together; ``UserValueOverride`` names the one that a person set, and the others follow.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.wire import Json


def line(body: Json) -> Json:
    """The line with all that follows from quantity, price and the figure that was set."""
    sub = float(body["Quantity"]) * float(body["UnitListPrice"])
    discount = _discount(body, sub)
    total = sub - discount
    earning = total - float(body["UnitCost"]) * float(body["Quantity"])
    return body | _figures(body, sub, discount, total, earning)


def alternative(body: Json, lines: Sequence[Json]) -> Json:
    """The alternative with its lines' sum, its own discount and the VAT, which is an amount here."""
    sub = float(sum(one["TotalPrice"] for one in lines))
    discount = _discount(body, sub)
    total = sub - discount
    share = total / sub if sub else 1.0
    vat = sum(one["TotalPrice"] * one["VAT"] / 100 for one in lines) * share
    earning = total - sum(one["UnitCost"] * one["Quantity"] for one in lines)
    return body | _figures(body, sub, discount, total, earning) | {"VAT": vat}


def _discount(body: Json, sub: float) -> float:
    master = body.get("UserValueOverride") or "None"
    if master == "DiscountAmount":
        return float(body["DiscountAmount"])
    if master == "Total":
        return sub - float(body["TotalPrice"])
    return sub * float(body["DiscountPercent" if master == "DiscountPercent" else "ERPDiscountPercent"]) / 100


def _figures(body: Json, sub: float, discount: float, total: float, earning: float) -> Json:
    is_set = body.get("UserValueOverride") == "DiscountPercent"
    percent = float(body["DiscountPercent"]) if is_set else discount / sub * 100 if sub else 0.0
    return {
        "SubTotal": sub,
        "DiscountAmount": discount,
        "DiscountPercent": percent,
        "TotalPrice": total,
        "EarningAmount": earning,
        "EarningPercent": earning / total * 100 if total else 0.0,
    }
