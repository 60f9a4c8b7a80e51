"""A process dies before each single thing that lasts: its retry, or the next run, makes no record twice and loses none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tests.flows.installation import CUSTOMERS, ORDERS, PRODUCTS, Installation, Snapshot
from tests.flows.mortal import KilledError, Trip, no_trip
from tests.flows.small import complaints
from tests.flows.stir import stir

Sweep = Callable[[str, bool], dict[str, list[str]]]
FEWEST = 15
BEFORE: dict[str, tuple[str, ...]] = {CUSTOMERS: (), PRODUCTS: (CUSTOMERS,), ORDERS: (CUSTOMERS, PRODUCTS)}


@pytest.fixture(scope="session")
def stirred(small_run: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Snapshot]:
    """The handful of records, edited, and synced up to the flow that is to be killed."""
    made: dict[str, Snapshot] = {}

    def snapshot(flow: str) -> Snapshot:
        if flow not in made:
            folder = tmp_path_factory.mktemp("stirred") / "it"
            with small_run.copy(folder) as few:
                stir(few)
                if BEFORE[flow]:
                    few.engine.run(flows=BEFORE[flow])
                made[flow] = Snapshot(folder, few.engine.state())
        return made[flow]

    return snapshot


@pytest.fixture
def sweep(stirred: Callable[[str], Snapshot], tmp_path: Path) -> Sweep:
    """Kill the flow's run at each place in turn, up to the first one that matters; what was wrong after, by place."""

    def swept(flow: str, revives: bool) -> dict[str, list[str]]:
        for at in count(1):
            with stirred(flow).copy(tmp_path / str(at)) as few:
                trip = Trip(at)
                said = _run(few, flow, trip, revives=revives)
                if not trip.is_dead:
                    assert at > FEWEST, "there are fewer places to die at than a run has"
                    return {}
                if found := said + _after(few, flow):
                    return {f"{at} {trip.passed[-1]}": found}
        raise AssertionError

    return swept


def _run(few: Installation, flow: str, trip: Trip, *, revives: bool) -> list[str]:
    """What is wrong with what a run says whose dead task was tried again: other dataflows wake by it."""
    few.engine.trip, few.engine.revives = trip, revives
    said: list[str] = []
    with suppress(KilledError):
        committed = few.engine.run(flows=(flow,))[flow]
        wrong = committed["state"] != "success" or not committed["wrote_right"]
        said = [f"the run says {committed['state']}, and that it wrote {committed['report']}"] if wrong else []
    few.engine.trip, few.engine.revives = no_trip, False
    return said


def _after(few: Installation, flow: str) -> list[str]:
    """What is wrong after one more run, and whether the one after that is silent."""
    few.engine.run(flows=(flow,))
    found = complaints(few, (flow,)) + few.engine.journal_keys() + [f"parked: {one}" for one in few.engine.parked(flow)]
    few.asked()
    few.engine.run(flows=(flow,))
    return found + [f"echo: {row['method']} {row['path']} {row['body']}" for row in few.asked()]


@pytest.mark.parametrize("flow", [CUSTOMERS, PRODUCTS, ORDERS])
def test_next_run_after_a_run_that_died(sweep: Sweep, flow: str) -> None:
    assert sweep(flow, False) == {}


@pytest.mark.parametrize("flow", [CUSTOMERS, PRODUCTS, ORDERS])
def test_retry_of_a_task_that_died(sweep: Sweep, flow: str) -> None:
    assert sweep(flow, True) == {}


def test_commit_that_died_while_it_cleared_away_its_journal_still_says_what_was_written(few: Installation) -> None:
    gone: list[str] = []

    def trip(place: str) -> None:
        if gone and place == "witness":
            raise KilledError(place)
        gone.extend([place] if place.startswith("delete j.") else [])

    stir(few)
    few.engine.trip, few.engine.revives = trip, True
    said = few.engine.run(flows=(CUSTOMERS,))[CUSTOMERS]
    assert few.engine.trip is no_trip, "nothing died"
    assert (said["state"], said["wrote_right"], said["report"]["created_right"]) == ("success", True, 2)
    assert few.engine.journal_keys() == []


def test_control_without_the_marker_there_are_two(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep can fail: were the marker another one each time, a company that only it tells from others would be created twice."""
    numbers = count()
    monkeypatch.setattr("lenke.core.plan.context.marker", lambda *_: f"lk-{next(numbers):026}")
    wrong = sweep(CUSTOMERS, False)
    assert any("is one of several" in one for found in wrong.values() for one in found)


def test_control_without_the_journal_work_is_done_twice(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep can fail: were the journal not read, what a dead run has written is not known to the next one."""
    monkeypatch.setattr("lenke.runtime.ledger.journal.tries", lambda *_: [])
    wrong = sweep(CUSTOMERS, True)
    assert wrong
