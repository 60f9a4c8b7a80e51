"""What arrives at a system, refused or not, in the clock's time; and whether a storm of refusals was borne as its vendor asks."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from sandbox.site import Answer
from sandbox.wire import Request
from tests.faults.clock import Clock

# Requests a second. PowerOffice GO's is the vendor's; the others publish none, and theirs are what Lenke holds itself to.
# Shopify counts points besides, and says with each refusal how many there are.
BUDGETS: Mapping[str, int] = {
    "custom_webshop": 10,
    "custom_erp": 20,
    "poweroffice_go": 10,
    "shopify": 20,
    "superoffice": 10,
    "woocommerce": 5,
}
# How long a refusal bars the system where it does not say: PowerOffice GO asks for a second, Shopify's manual too.
_BARRED = 1.0
_ROUNDING = 1e-6


@dataclass
class Traffic:
    """The requests of one system.

    :ivar arrived: when each arrived, and for how many seconds its answer bars further ones (None: it was no refusal).
    """

    clock: Clock
    arrived: list[tuple[float, float | None]] = field(default_factory=list)

    def saw(self, request: Request, answer: Answer) -> None:
        """One request has been answered."""
        self.arrived.append((self.clock.now(), _bars(answer)))

    @property
    def refused(self) -> int:
        """How many requests were too many for the system."""
        return sum(bars is not None for _, bars in self.arrived)

    def busiest(self) -> int:
        """The most requests that arrived within one second."""
        times = [at for at, _ in self.arrived]
        return max((bisect_left(times, begin + 1 - _ROUNDING) - place for place, begin in enumerate(times)), default=0)

    def complaints(self, budget: int) -> Iterator[str]:
        """What the vendor would complain of."""
        if (most := self.busiest()) > budget:
            yield f"{most} requests within one second, where {budget} are allowed"
        early = sum(bars is not None and then < at + bars - _ROUNDING for (at, bars), (then, _) in pairwise(self.arrived))
        if early:
            yield f"{early} of {self.refused} refusals were followed by a request before the time that they asked for"


def _bars(answer: Answer) -> float | None:
    """Seconds for which a refusal bars further requests; None for an answer that is none."""
    reply = answer.reply
    if reply is None:
        return None
    if reply.status == 429:
        return float(reply.headers.get("Retry-After") or _BARRED)
    if reply.status == 200 and isinstance(reply.body, dict) and "THROTTLED" in json.dumps(reply.body.get("errors") or ""):
        return _BARRED
    return None
