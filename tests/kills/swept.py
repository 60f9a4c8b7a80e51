"""What came of a scenario, and what a run of it leaves that nobody kills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.kills.findings import Findings
from tests.kills.scenarios import Scenario
from tests.kills.stage import State


@dataclass
class Swept:
    """What came of one scenario.

    :param places: the boundaries in their order; :param waited: how often a run after the killed one had to go on with what the recheck
        list named; :param wrong: boundary and way of going on to what was wrong after.
    """

    scenario: Scenario
    places: list[str] = field(default_factory=list)
    kills: int = 0
    waited: int = 0
    wrong: dict[str, Findings] = field(default_factory=dict)

    def total(self, name: str) -> int:
        """Findings of one sort, over all kills."""
        return sum(getattr(found, name) for found in self.wrong.values())


@dataclass(frozen=True)
class Wanted:
    """What a run that nobody killed leaves.

    :param first: the ledger right after it; the others: once the runs after it have nothing to do.
    """

    systems: State
    ledger: Any
    first: Any
