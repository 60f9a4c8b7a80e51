"""The engine under histories of edits, runs and faults; the same ones each time. `make laws` runs others, and many more."""

from __future__ import annotations

from statistics import median

import pytest

from tests.laws.engine.machine import MACHINES, Engine
from tests.laws.engine.profile import HISTORIES, run
from tests.laws.engine.statistics import Statistics, known

SEED = 20261125


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("machine", MACHINES)
def test_laws_hold_after_any_history(machine: type[Engine]) -> None:
    run(machine, seed=SEED, histories=HISTORIES)
    found = Statistics()
    found.add(machine.lengths, machine.tally, known(machine))
    print(*found.table(), sep="\n")
    assert median(machine.lengths) >= 30, "the histories are too short to find much"
    assert min(found.shares.values()) >= 0.05, "a rule or fault hardly ever fires"
