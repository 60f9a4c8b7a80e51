"""How many requests a system takes."""

from __future__ import annotations

import time


class Bucket:
    """A token bucket: ``rate`` requests per second and 1.2 seconds' worth in hand at most; rate 0 never refuses."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._room = rate * 1.2
        self._left = self._room
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more request is allowed now."""
        if not self._rate:
            return True
        now = time.monotonic()
        self._left = min(self._room, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
