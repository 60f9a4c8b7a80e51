"""What a query costs, and the bucket that it is taken from.

Objects cost 1, scalars nothing, mutations 10, connections less than their size (as measured on shops: 50 bare nodes 9, 250 of
them 13, 50 nodes with an object each 16); the requested cost must be there, the difference to the actual one goes back.
"""

from __future__ import annotations

import time
from bisect import bisect_right

from graphql import FieldNode

from sandbox.shopify.graph import Operation
from sandbox.wire import Json

MOST = 1000
_BARE = ((1, 3), (5, 5), (50, 9), (100, 11), (250, 13))
_TIMES = ((1, 1), (5, 2), (10, 3), (50, 7), (100, 9), (250, 11))


def requested(operation: Operation) -> int:
    """The operation's requested cost in points."""
    extra = 10 if operation.kind == "mutation" else 0
    return sum(extra + _field(operation, node) for node in operation.fields(operation.selections)) or 1


def _field(operation: Operation, node: FieldNode) -> int:
    if node.selection_set is None:
        return 0
    given = operation.arguments(node)
    inner = sum(_field(operation, child) for child in operation.fields(node.selection_set) if child.name.value != "pageInfo")
    count = given.get("first") or given.get("last") or (len(given["ids"]) if isinstance(given.get("ids"), list) else 0)
    if not count:
        return (0 if node.name.value in ("nodes", "edges") else 1) + inner
    return round(_between(_BARE, count) + _between(_TIMES, count) * inner)


def _between(table: tuple[tuple[int, int], ...], count: int) -> float:
    sizes = [size for size, _ in table]
    at = min(max(bisect_right(sizes, count), 1), len(table) - 1)
    (low, first), (high, second) = table[at - 1], table[at]
    return first + (second - first) * (min(max(count, low), high) - low) / (high - low)


class CostBucket:
    """``restore`` points a second, twenty seconds' worth at most; 0 never refuses."""

    def __init__(self, restore: float) -> None:
        self.restore = restore
        self.most = restore * 20
        self._left = self.most
        self._at = time.monotonic()

    def take(self, cost: int) -> bool:
        """Whether the points were there."""
        if not self.restore:
            return True
        now = time.monotonic()
        self._left = min(self.most, self._left + (now - self._at) * self.restore)
        self._at = now
        if self._left < cost:
            return False
        self._left -= cost
        return True

    def status(self, cost: int, *, ran: bool) -> Json:
        """``extensions.cost`` of an answer."""
        restore = self.restore or 100_000.0
        return {
            "requestedQueryCost": cost,
            "actualQueryCost": cost if ran else None,
            "throttleStatus": {
                "maximumAvailable": self.most or 2_000_000.0,
                "currentlyAvailable": int(self._left) if self.restore else 2_000_000,
                "restoreRate": restore,
            },
        }
