"""How long a request is tried again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from lenke.core.errors import LenkeError, RetriableError


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try: ``tries`` in all, pauses growing from ``first`` to ``longest`` seconds.

    :param clock: seconds that only grow.
    :param sleep: waits that many seconds.
    """

    tries: int = 5
    first: float = 0.5
    longest: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def pause(self, tried: int, error: LenkeError) -> float | None:
        """Seconds before the next try: what the server asked for, or about twice the last pause; None where there is none."""
        if not isinstance(error, RetriableError) or tried >= self.tries:
            return None
        if error.delay is not None:
            asked = error.delay.total_seconds()
            return asked if asked <= self.longest else None
        return float(min(self.longest, self.first * 2 ** (tried - 1)) * random.uniform(0.75, 1.25))


PATIENCE = Patience()
