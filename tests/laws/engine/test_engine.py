"""The engine under histories of edits, runs and faults; the same ones each time. `make laws` runs others, and many more."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import Phase

from tests.laws.engine.machine import MACHINES, Engine
from tests.laws.engine.profile import HISTORIES, run
from tests.laws.engine.statistics import Statistics, known

# Of each machine; histories that break a law are mended before their seed is taken up here.
SEEDS = {"Engine": 1, "WalkedEngine": 1, "ChainEngine": 1, "GroupEngine": 1}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("machine", MACHINES)
def test_laws_hold_after_any_history(machine: type[Engine]) -> None:
    run(machine, seed=SEEDS[machine.__name__], histories=HISTORIES, phases=(Phase.generate,))
    found = Statistics()
    found.add(machine.lengths, machine.tally, known(machine))
    print(*found.table(), sep="\n")
    assert median(machine.lengths) >= 30, "the histories are too short to find much"
    assert min(found.shares.values()) > 0, "a rule or fault never fires"
