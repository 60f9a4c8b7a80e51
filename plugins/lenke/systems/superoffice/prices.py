"""Prices that a connector does not know.

Source: the vendor's Product carrier, "unknown prices may be Decimal.MinValue"; a quote line copies its product's prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_PRICES = ("UnitCost", "UnitMinimumPrice", "UnitListPrice")
# Well above .NET's least decimal, which comes rounded.
_UNKNOWN = Decimal(-10) ** 27


def known(body: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a product or a line in which a price that is not known is null."""
    unknown = {name: None for name in _PRICES if isinstance(body.get(name), (int, float, Decimal)) and body[name] <= _UNKNOWN}
    return {**body, **unknown}
