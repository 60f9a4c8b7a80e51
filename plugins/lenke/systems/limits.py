"""How fast a system may be asked: a token bucket that a 429 can close for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from lenke.core.errors import ConfigurationError


@dataclass
class Throttled:
    """How many seconds were waited so far because a system takes no more requests."""

    seconds: float = 0.0


# A task is a process of its own, so this is what one task waited.
THROTTLED = Throttled()


class TokenBucket:
    """At most ``rate`` requests within any second, evenly apart: a burst would be too much for who counts strictly. Safe between threads.

    :param rate: requests a second; raises ConfigurationError where it is none.
    :param clock: seconds that only grow.
    :param sleep: waits that many seconds.
    """

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        if rate <= 0:
            raise ConfigurationError("connection extra requests_per_second: a number above 0 is needed")
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._tokens = 1.0
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for a token and take it."""
        wait = self._reserve()
        if wait > 0:
            THROTTLED.seconds += wait
            self._sleep(wait)

    def close_for(self, seconds: float) -> None:
        """Give no token for ``seconds``: the server said that it is too much."""
        with self._lock:
            self._refill()
            self._tokens = min(self._tokens, -seconds * self._rate)

    def _reserve(self) -> float:
        with self._lock:
            self._refill()
            self._tokens -= 1
            return max(0.0, -self._tokens / self._rate)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(1.0, self._tokens + (now - self._at) * self._rate)
        self._at = now
