"""Runs of every kind at once, and tasks cleared while they work: no record twice, none lost, and nothing left open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.airflow import small
from tests.airflow.gates import Gate, Held
from tests.airflow.installation import DAG, FLOWS, Installation
from tests.airflow.outcome import ENTITIES, nothing_doubled_or_lost
from tests.airflow.small import SHOP
from tests.airflow.world import World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]


@pytest.fixture
def fresh(airflow: Installation, tmp_path: Path) -> Iterator[World]:
    """Nothing synced yet: the first run creates every record."""
    with world(airflow, tmp_path, records=small.records(orders=5, customers=50)) as found:
        yield found


def test_scheduled_manual_and_backfill_runs_at_once(fresh: World) -> None:
    newest = max(datetime.fromisoformat(one["updated_at"]) for one in fresh.systems.records(SHOP, "Customer"))
    midnight = newest.replace(hour=0, minute=0, second=0, microsecond=0)
    gate = Gate()
    fresh.wire.hold = gate
    try:
        started = [fresh.scheduled()]
        assert gate.reached.wait(60)
        started += [fresh.trigger(), fresh.trigger(full=True)]
        started += fresh.backfill(midnight - timedelta(days=2), midnight + timedelta(days=2, hours=23))
    finally:
        gate.open.set()
    done = [fresh.wait(run) for run in started]
    assert [run.state for run in done] == ["success"] * len(started)
    for flow, entity in zip(FLOWS, ENTITIES, strict=True):
        made = sum(run.flows[flow].get("created_right", 0) for run in done if flow in run.flows)
        assert made == len(fresh.systems.records(SHOP, entity)), f"{flow}: runs have created {made}"
    nothing_doubled_or_lost(fresh)


@pytest.mark.parametrize(("task", "again"), [("extract", "extract"), ("load", "load[0]")])
def test_a_task_cleared_with_all_downstream_of_it_in_mid_load(fresh: World, task: str, again: str) -> None:
    held = Held(25, "POST", "/Customers")
    fresh.wire.hold = held
    run = fresh.trigger()
    assert held.reached.wait(60)
    body = {"dag_run_id": run, "task_ids": [f"{FLOWS[0]}.{task}"], "include_downstream": True, "only_failed": False, "dry_run": False}
    fresh.airflow.api.post(f"dags/{DAG}/clearTaskInstances", body)
    held.go.set()
    ended = fresh.wait(run)
    assert fresh.tasks(run)[f"{FLOWS[0]}.{again}"]["try_number"] == 2
    assert ended.state == "success"
    nothing_doubled_or_lost(fresh)
