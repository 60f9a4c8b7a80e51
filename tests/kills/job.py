"""What one plain process is to do, as it is handed from the sweep to the nursery and on to the child."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# The digests of every ledger here.
DIGEST_KEY = b"k" * 32
# The file of a ledger that is not in Airflow.
LEDGER = "ledger.sqlite"


@dataclass(frozen=True)
class Job:
    """A run's steps in one process.

    :param steps: of ``adopt``, ``extract``, ``map``, ``resolve``, ``load``, ``commit``, ``ledger`` and ``bind``, in order.
    :param tries: step to the number of its try; 1 where it is not named.
    :param at: the place to die at; 0 for none. :param later: how many seconds the clock is ahead.
    :param api: address, task and token of the Execution API; None: the ledger is a file in ``folder``.
    :param home: storage root; :param folder: where notes, handed-over values and the outcome go.
    """

    dataflow: str
    flow: str
    run: str
    steps: tuple[str, ...]
    home: str
    folder: str
    connections: Mapping[str, Mapping[str, Any]]
    api: tuple[str, str, str] | None
    tries: Mapping[str, int] = field(default_factory=dict)
    at: int = 0
    later: float = 0.0

    def text(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


def parse(text: str) -> Job:
    """A job from its line."""
    stored = json.loads(text)
    return Job(**{**stored, "steps": tuple(stored["steps"]), "api": stored["api"] and tuple(stored["api"])})
