"""PowerOffice's reads lag behind its writes; two seconds here for the thirty of a real replica, with ``read_lag_seconds`` as long."""

from __future__ import annotations

from typing import Any

from time_machine import Traveller

from sandbox.seed.edits import edits
from tests.flows.installation import CUSTOMERS, LEFT, Installation
from tests.flows.people import carry_out, lost
from tests.flows.test_edits import EDITS, Meddlers, plain, recorded, same_property, survivors

LAG = 2.0
# Between runs: some of them fall into the lag.
PAUSE = 0.5


def until_silent(installation: Installation, clock: Traveller) -> list[dict[str, dict[str, Any]]]:
    """Runs until nothing was written for longer than the lag; the customers' conflicts of each run, merged per run."""
    found: list[dict[str, dict[str, Any]]] = []
    silent = 0
    while silent * PAUSE <= LAG:
        installation.engine.run()
        found.append(recorded(installation.engine.conflicts(CUSTOMERS)))
        silent = 0 if installation.asked() else silent + 1
        assert len(found) < 40, "it never falls silent"
        clock.shift(PAUSE)
    return found


def test_everything_merges_though_reads_lag(synced: Installation, clock: Traveller) -> None:
    parked = {flow: synced.engine.parked(flow) for flow in LEFT}
    synced.lag(LAG, clock)
    ids = carry_out(synced, EDITS)
    synced.engine.before_load = meddlers = Meddlers(synced)
    conflicts = until_silent(synced, clock)

    assert lost(synced, survivors(meddlers.values), ids) == []
    assert synced.judge().agreed
    seen = {id: both for run in conflicts for id, both in run.items()}
    wanted = plain(same_property(EDITS)) | {id: {side: [value] for side, value in values.items()} for id, values in meddlers.values.items()}
    assert seen == wanted
    assert {flow: synced.engine.parked(flow) for flow in LEFT} == parked
    assert synced.engine.quiet()


def test_own_writes_read_late_are_no_edits(synced: Installation, clock: Traveller) -> None:
    """Left edits only: until the replica shows them, every run reads the values that Lenke has just replaced."""
    ours = [edit for edit in edits(1) if edit.kind == "left"]
    carry_out(synced, ours)
    synced.lag(LAG, clock)
    synced.engine.run()
    assert len(synced.written()) == len(ours)
    for _ in range(3):
        synced.engine.run()
    assert synced.asked() == []
    until_silent(synced, clock)
    assert synced.judge().agreed
    assert synced.engine.quiet()
