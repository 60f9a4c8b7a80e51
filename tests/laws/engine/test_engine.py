"""The engine under a machine of edits, runs and faults: laws L1 to L7, L9 and L13."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.engine.machine import Engine, WalkedEngine
from tests.laws.engine.profile import chosen


@pytest.mark.parametrize("machine", [Engine, WalkedEngine])
def test_laws_hold_after_any_history(machine: type[Engine]) -> None:
    run_state_machine_as_test(machine, settings=chosen())
