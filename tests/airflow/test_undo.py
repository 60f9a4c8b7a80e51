"""``lenke undo`` on a real installation: its own process, Airflow's database and connections, runs that the scheduler has made."""

from __future__ import annotations

from collections.abc import Iterator
from subprocess import CompletedProcess

import pytest

from sandbox.wire import Request
from tests.airflow import small
from tests.airflow.installation import DAG, FLOWS, Installation
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import WRITES, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
OLD, NEW = "+4722700100", "+4722700101"


@pytest.fixture(scope="module")
def synced(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(airflow, tmp_path_factory.mktemp("undo"), records=small.records(orders=2)) as found:
        customer = str(found.systems.records(SHOP, "Customer")[0]["id"])
        found.systems.edit(SHOP, "Customer", customer, {"phone": OLD})
        assert found.run().state == "success"
        yield found


def command(synced: World, *arguments: str) -> CompletedProcess[str]:
    return synced.airflow.command("-m", "lenke", *arguments)


def phones(synced: World) -> tuple[list[str], list[str]]:
    """The numbers of this test that stand in both systems."""
    left = [one["phone"] for one in synced.systems.records(SHOP, "Customer") if one["phone"] in (OLD, NEW)]
    return left, [one["PhoneNumber"] for one in synced.systems.records(OFFICE, "Customers") if one["PhoneNumber"] in (OLD, NEW)]


def test_a_run_is_shown_then_undone_and_the_next_runs_keep_it_so(synced: World) -> None:
    customer = next(one for one in synced.systems.records(SHOP, "Customer") if one["phone"] == OLD)
    synced.systems.edit(SHOP, "Customer", str(customer["id"]), {"phone": NEW})
    run = synced.run()
    assert phones(synced) == ([NEW], [NEW])

    writes = synced.writes()
    shown = command(synced, "undo", run.run_id)
    assert (shown.returncode, synced.writes()) == (0, writes), shown.stderr
    assert "put back 1" in shown.stdout
    assert f"then in {SHOP}" in shown.stdout
    assert not any(number in shown.stdout + shown.stderr for number in (OLD, NEW))
    assert {OLD, NEW} <= set(command(synced, "undo", run.run_id, "--values").stdout.split())

    done = command(synced, "undo", run.run_id, "--apply")
    assert (done.returncode, synced.writes()) == (0, writes + 1), done.stderr
    assert phones(synced) == ([NEW], [OLD])
    assert synced.run().state == "success"
    assert phones(synced) == ([OLD], [OLD])
    synced.run()
    assert synced.run().sum(*WRITES) == 0

    (own,) = [word.rstrip(";") for word in done.stdout.split() if word.startswith("undo__")]
    again = command(synced, "undo", own, "--dataflow", DAG, "--flow", FLOWS[0], "--apply")
    assert "put back 1" in again.stdout, again.stderr
    synced.run()
    assert phones(synced) == ([NEW], [NEW])


def test_no_run_is_undone_beside_an_active_one(synced: World) -> None:
    run = synced.run()
    held: list[str] = []

    def hold(system: str, request: Request) -> None:
        if not held:
            held.append(system)
            refused.append(command(synced, "undo", run.run_id, "--apply"))

    refused: list[CompletedProcess[str]] = []
    synced.wire.hold = hold
    active = synced.run()
    assert [(one.returncode, active.run_id in one.stderr) for one in refused] == [(2, True)], refused
    assert "is queued or running; wait for its end" in refused[0].stderr


def test_a_run_that_left_no_journal_is_an_error_with_its_reason(synced: World) -> None:
    answer = command(synced, "undo", "manual__1999-01-01T00:00:00+00:00")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "there is no journal of run manual__1999-01-01T00:00:00+00:00" in answer.stderr
    assert "swept after 30 days" in answer.stderr
