"""What WooCommerce's error replies mean: ``{"code", "message", "data"}``; the message is translated, so codes and status decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.errors import LenkeError
from lenke.systems.jsontext import loads
from lenke.systems.problems import Problem, error_of
from lenke.systems.redaction import private_values, redact

NO_ROUTE = "rest_no_route"
# Of one record, too: nobody changes the e-mail of an account that is neither a customer nor a subscriber (WooCommerce 9.5.2).
_CANNOT_EDIT = "woocommerce_rest_cannot_edit"
_TAKEN = {
    "product_invalid_sku": "sku",
    "woocommerce_rest_product_not_created": "sku",
    "product_invalid_global_unique_id": "global_unique_id",
    "registration-error-email-exists": "email",
    "existing_user_email": "email",
    "woocommerce_rest_customer_invalid_email": "email",
}
_GONE = frozenset(
    {
        "wc_user_invalid_id",
        "woocommerce_rest_invalid_id",
        "woocommerce_rest_product_invalid_id",
        "woocommerce_rest_product_variation_invalid_id",
        "woocommerce_rest_product_variation_invalid_parent",
        "woocommerce_rest_shop_order_invalid_id",
        "woocommerce_rest_invalid_product_id",
    }
)


def explain(status: int, text: str) -> Problem:
    """The problem in a 4xx reply."""
    try:
        body = loads(text) if text.strip() else {}
    except ValueError:
        body = {}
    return problem_of(status, body if isinstance(body, Mapping) else {})


def problem_of(status: int, error: Mapping[str, Any]) -> Problem:
    """The problem in an error object, be it a whole reply or an item of a batch."""
    code = str(error.get("code") or "")
    words = f"{code}: {error.get('message') or ''}".strip(": ")
    if status in (401, 403):
        return Problem("forbidden" if code == _CANNOT_EDIT else "auth", words)
    if code in _TAKEN:
        return Problem("not_unique", words, _TAKEN[code])
    # A batch answers an unknown id with 400. A 404 without such a code is the web server's, and says nothing of the record.
    if code in _GONE:
        return Problem("gone", words)
    return Problem("rejected", words or "not found", _parameter(error))


def item_error(error: Mapping[str, Any], *, where: str, sent: Any, names: frozenset[str]) -> LenkeError:
    """The error of one item of a batch, as the session makes one of a whole reply; the keys themselves were let in with the batch."""
    data = error.get("data")
    status = data.get("status") if isinstance(data, Mapping) else None
    problem = problem_of(int(status) if isinstance(status, int) else 400, error)
    if problem.intent in ("auth", "forbidden"):
        problem = Problem("rejected", problem.text, problem.property)
    return error_of(problem, f"{where}: {status} {redact(problem.text, values=private_values(sent), names=names)}".rstrip())


def _parameter(error: Mapping[str, Any]) -> str | None:
    data = error.get("data")
    params = data.get("params") if isinstance(data, Mapping) else None
    return next((str(name) for name in params), None) if isinstance(params, (Mapping, list)) else None
