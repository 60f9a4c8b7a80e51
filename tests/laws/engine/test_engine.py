"""The engine under histories of edits, runs and faults; the same ones each time. `make laws` runs others, and many more."""

from __future__ import annotations

from statistics import median

import pytest

from tests.laws.engine.campaign import Batch, carried_out
from tests.laws.engine.machine import MACHINES
from tests.laws.engine.statistics import Statistics, known

# In all 2,000.
SEEDS = (1, 2)
HISTORIES = 250


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_laws_hold_after_any_history() -> None:
    found = Statistics()
    for result in carried_out(Batch(at, seed, HISTORIES, shrinks=False) for at in range(len(MACHINES)) for seed in SEEDS):
        machine = MACHINES[result.batch.machine]
        assert not result.failure, f"{machine.__name__}, seed {result.batch.seed}: {result.failure}"
        found.add(result.lengths, result.fired, known(machine))
    print(*found.table(), sep="\n")
    assert median(found.lengths) >= 30, "the histories are too short to find much"
    assert min(found.shares.values()) >= 0.05, "a rule or fault fires too seldom"
