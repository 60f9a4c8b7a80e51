"""How long the histories run, and how a failing one is shown."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.engine.machine import Engine

STEPS = 40


def run(machine: type[Engine], *, seed: int, histories: int, phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink)) -> None:
    """Run histories of a machine, the same for the same seed; raises AssertionError with the law that does not hold."""
    machine.tally.clear()
    machine.lengths.clear()
    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    machine._hypothesis_internal_use_seed = seed
    run_state_machine_as_test(machine, settings=chosen)
