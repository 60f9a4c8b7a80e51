"""The cost budget: a leaky bucket on Shopify's side, whose state every answer tells and which no one may assume."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from lenke.systems.limits import THROTTLED
from lenke.systems.paths import look

_UNKNOWN_COST = 50.0


class Budget:
    """Waits until a query's requested cost is there.

    Costs are learned per document: ``requestedQueryCost`` must be available before a query runs, the rest is refunded.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._costs: dict[str, float] = {}
        self._available: float | None = None
        self._restore = 50.0
        self._at = clock()
        self._open_at = 0.0

    def wait(self, document: str) -> None:
        """Sleep until the bucket holds what the document will ask for, and a refusal is over."""
        with self._lock:
            cost = self._costs.get(document, _UNKNOWN_COST)
            seconds = max(self._lacking(cost), self._open_at - self._clock())
        if seconds > 0:
            THROTTLED.seconds += seconds
            self._sleep(seconds)

    def close_for(self, seconds: float) -> None:
        """Let no document through for ``seconds``: one was refused, and points are not all that Shopify counts."""
        with self._lock:
            self._open_at = max(self._open_at, self._clock() + seconds)

    def told(self, document: str, cost: Mapping[str, Any] | None) -> float:
        """Learn from ``extensions.cost``; how long a query that was throttled should wait, in seconds, with some jitter."""
        with self._lock:
            requested = look(cost, "requestedQueryCost")
            if requested is not None:
                self._costs[document] = float(requested)
            status = look(cost, "throttleStatus") or {}
            if status.get("restoreRate"):
                self._restore = float(status["restoreRate"])
                self._available = float(status.get("currentlyAvailable") or 0)
                self._at = self._clock()
            lacking = self._lacking(self._costs.get(document, _UNKNOWN_COST))
        return float((lacking or 1.0) * random.uniform(1.0, 1.25))

    def _lacking(self, cost: float) -> float:
        if self._available is None:
            return 0.0
        now = self._available + (self._clock() - self._at) * self._restore
        return max(0.0, (cost - now) / self._restore)
