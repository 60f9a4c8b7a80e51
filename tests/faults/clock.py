"""Time that passes only where someone waits, and a transport that lives in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests


@dataclass
class Clock:
    """Seconds since it was made; ``sleep`` is the only thing that moves it.

    :ivar late: seconds that the answer under way has been held back by its server.
    """

    seconds: float = 0.0
    late: float = 0.0

    def now(self) -> float:
        """The seconds."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.seconds += seconds

    def hold_back(self, seconds: float) -> None:
        """A server is slow with the answer that it is about to give."""
        self.late += seconds


class TimedAdapter(requests.adapters.HTTPAdapter):
    """Carries requests in the clock's time: an answer that comes later than the caller waits is lost to the caller."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """One request; ReadTimeout where its answer was held back for longer than the caller waits for it."""
        self._clock.late = 0.0
        answer = super().send(request, *args, **options)
        late, patience = self._clock.late, options["timeout"][1]
        self._clock.sleep(min(late, patience))
        if late > patience:
            raise requests.ReadTimeout(request=request)
        return answer
