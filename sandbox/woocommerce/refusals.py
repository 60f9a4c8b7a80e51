"""The shop's refusals: ``{"code", "message", "data": {"status", ...}}``."""

from __future__ import annotations

from typing import Any

from sandbox.wire import Json, RefusedError, Reply


def refuse(status: int, code: str, message: str, **data: Any) -> RefusedError:
    """A refusal; ``data`` goes beside its status."""
    return RefusedError(Reply(status, {"code": code, "message": message, "data": {"status": status, **data}}))


def invalid(name: str, code: str, message: str) -> RefusedError:
    """400: a parameter that does not fit the schema."""
    detail: Json = {"code": code, "message": message, "data": {"param": name} if code == "rest_invalid_type" else None}
    told = {"params": {name: message}, "details": {name: detail}}
    return refuse(400, "rest_invalid_param", f"Invalid parameter(s): {name}", **told)


def no_route() -> RefusedError:
    """404: nothing at this address."""
    return refuse(404, "rest_no_route", "No route was found matching the URL and request method.")


def not_found(entity: str, *, status: int = 404) -> RefusedError:
    """404, or 400 for an update in a batch: no such record."""
    if entity == "Customer":
        return refuse(404, "wc_user_invalid_id", "Invalid user ID.")
    kind = {"Product": "product", "Order": "shop_order", "Variation": "product_variation"}[entity]
    return refuse(status, f"woocommerce_rest_{kind}_invalid_id", "Invalid ID.")


def sku_taken(holder: int, sku: str) -> RefusedError:
    """400: another product or variation has the SKU; names it, and a SKU that is free."""
    return refuse(400, "product_invalid_sku", "Invalid or duplicated SKU.", resource_id=holder, unique_sku=f"{sku}-1")


def unauthorised(code: str, message: str) -> RefusedError:
    """401."""
    return refuse(401, code, message)


def cannot_view() -> RefusedError:
    """401 for a key that is not known, and for credentials that never reached the shop: it cannot tell the two apart."""
    return unauthorised("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
