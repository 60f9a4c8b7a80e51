"""What Airflow does to XComs, done to the ledger: it survives what it must; where it cannot, no system is called before it is restored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.airflow import small
from tests.airflow.installation import DAG, FLOWS, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.snapshots import Snapshot
from tests.airflow.world import WRITES, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
CUSTOMERS, PRODUCTS, ORDERS = FLOWS
RESTORE = """
from lenke.runtime.ledger import maintenance
before = maintenance.verify()
for flow in {flows}:
    print(maintenance.restore({dag!r}, flow))
print("FOUND", len(before), "LEFT", maintenance.verify())
"""


@pytest.fixture(scope="module")
def synced(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Snapshot]]:
    """A small world after its first runs, all quiet."""
    with world(airflow, tmp_path_factory.mktemp("life"), records=small.records(orders=12, customers=15)) as found:
        assert found.run().state == "success"
        assert found.run().state == "success"
        yield found, Snapshot.take(airflow, "life", tmp_path_factory.mktemp("snapshots"))


@pytest.fixture
def life(synced: tuple[World, Snapshot]) -> Iterator[World]:
    """The same for each test, whatever the one before did to it."""
    found, snapshot = synced
    yield found
    found.airflow.api.patch("dags/link_ledger", {"is_paused": True})
    snapshot.put_back(backup=True)


def keys(life: World) -> dict[str, dict[str, str]]:
    return {flow: Ledger(life.airflow, flow).texts() for flow in FLOWS}


def states(life: World) -> dict[str, dict[str, Any]]:
    return {flow: Ledger(life.airflow, flow).state() for flow in FLOWS}


def clean(life: World, *arguments: str) -> None:
    """``airflow db clean`` with a cutoff that every row of the ledger is older than.

    A cutoff of this very moment would also take the heartbeats of Airflow's own running processes, which then end.
    """
    life.airflow.sql("UPDATE xcom SET timestamp = timestamp - interval '1 day' WHERE dag_id = 'link_ledger'")
    life.airflow.sql("UPDATE task_instance SET start_date = start_date - interval '1 day' WHERE dag_id = 'link_ledger'")
    life.airflow.sql("UPDATE dag_run SET start_date = start_date - interval '1 day' WHERE dag_id = 'link_ledger'")
    clean_before(life, datetime.now(UTC) - timedelta(minutes=30), *arguments)


def clean_before(life: World, cutoff: datetime, *arguments: str) -> None:
    life.airflow.airflow("db", "clean", "--clean-before-timestamp", cutoff.isoformat(), "--skip-archive", "--yes", *arguments)


def test_the_rows_are_xcoms_of_queued_runs_in_a_paused_dag(life: World) -> None:
    runs = life.airflow.sql("SELECT run_id, state FROM dag_run WHERE dag_id = 'link_ledger'")
    assert sorted(runs) == sorted((f"{DAG}.{flow}.1", "queued") for flow in FLOWS)
    assert life.airflow.sql("SELECT is_paused FROM dag WHERE dag_id = 'link_ledger'") == [(True,)]
    for flow, found in keys(life).items():
        assert "manifest" in found, flow
        assert all(isinstance(value, str) for value in found.values())


def test_a_third_run_changes_no_row_at_all(life: World) -> None:
    before, writes = keys(life), life.writes()
    assert life.run().sum(*WRITES) == 0
    assert keys(life) == before
    assert life.writes() == writes


def test_clear_with_downstream_keeps_it_and_writes_nothing(life: World) -> None:
    before, writes, run = keys(life), life.writes(), life.runs()[-1]["dag_run_id"]
    body = {"dag_run_id": run, "task_ids": [f"{CUSTOMERS}.extract"], "include_downstream": True, "only_failed": False, "dry_run": False}
    life.airflow.api.post(f"dags/{DAG}/clearTaskInstances", body)
    assert life.wait(run).state == "success"
    assert life.writes() == writes
    assert {flow: state["rows"] for flow, state in states(life).items()} == {
        flow: Ledger(life.airflow, flow).state()["rows"] for flow in FLOWS
    }
    assert keys(life) == before


def test_deleting_every_run_and_cleaning_all_but_the_ledger_keeps_it(life: World) -> None:
    before = keys(life)
    for run in life.runs():
        life.airflow.api._call("DELETE", f"dags/{DAG}/dagRuns/{run['dag_run_id']}")
    clean(life, "--exclude-dag-ids", "link_ledger")
    assert keys(life) == before
    writes = life.writes()
    assert life.wait(life.scheduled()).state == "success"
    assert life.writes() == writes


def test_rows_older_than_refresh_after_are_rewritten_so_that_a_clean_of_a_week_spares_them(life: World) -> None:
    for flow in FLOWS:
        _age(life, flow, days=4)
    assert life.run().state == "success"
    clean_before(life, datetime.now(UTC) - timedelta(days=3))
    rows, writes = {flow: Ledger(life.airflow, flow).state()["rows"] for flow in FLOWS}, life.writes()
    assert all(rows.values())
    assert life.run().state == "success"
    assert life.writes() == writes


def _age(life: World, flow: str, *, days: int) -> None:
    """Make a flow's ledger that many days old."""
    ledger, then = Ledger(life.airflow, flow), datetime.now(UTC) - timedelta(days=days)
    manifest = ledger.manifest()
    aged = replace(manifest, at=then.isoformat(), segments=tuple(replace(one, at=then.isoformat()) for one in manifest.segments))
    run = f"{DAG}.{flow}.{manifest.generation}"
    life.airflow.sql("UPDATE xcom SET value = %s WHERE run_id = %s AND key = 'manifest'", json.dumps(aged.text()), run)
    life.airflow.sql("UPDATE xcom SET timestamp = %s WHERE run_id = %s", then, run)


def _edit_by_rest(life: World) -> None:
    path = f"dags/link_ledger/dagRuns/{DAG}.{CUSTOMERS}.1/taskInstances/links/xcomEntries/manifest"
    text = Ledger(life.airflow, CUSTOMERS).texts()["manifest"]
    life.airflow.api.patch(path, {"value": text.replace('\\"approved\\":true', '\\"approved\\":false')})
    assert Ledger(life.airflow, CUSTOMERS).texts()["manifest"] != text


def _edit_by_sql(life: World) -> None:
    manifest = Ledger(life.airflow, PRODUCTS).manifest()
    text = Ledger(life.airflow, PRODUCTS).texts()[manifest.segments[0].name]
    changed = json.dumps(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])
    life.airflow.sql("UPDATE xcom SET value = %s WHERE run_id = %s AND key = %s", changed, f"{DAG}.{PRODUCTS}.1", manifest.segments[0].name)


def _delete_run(life: World) -> None:
    life.airflow.api._call("DELETE", f"dags/link_ledger/dagRuns/{DAG}.{ORDERS}.1")


def edited_or_deleted(life: World) -> None:
    """A different damage to each flow's ledger."""
    _edit_by_rest(life)
    _edit_by_sql(life)
    _delete_run(life)


def cleaned(life: World) -> None:
    """``airflow db clean`` of everything."""
    clean(life)
    assert not any(keys(life).values())


def unpaused_and_cleaned(life: World) -> None:
    """Somebody lets the ledger's DAG run, and cleans later."""
    life.airflow.api.patch("dags/link_ledger", {"is_paused": False})

    def ran() -> bool:
        return all(state != "queued" for _, state in life.airflow.sql("SELECT run_id, state FROM dag_run WHERE dag_id = 'link_ledger'"))

    life.airflow.until(ran, "the end of the ledger's runs", seconds=60)
    clean(life)
    assert not any(keys(life).values())


@pytest.mark.parametrize("damage", [edited_or_deleted, cleaned, unpaused_and_cleaned], ids=lambda damage: damage.__name__)
def test_damage_stops_the_next_run_before_any_call_and_restore_mends_it(life: World, damage: Callable[[World], None]) -> None:
    before = states(life)
    damage(life)
    stops_and_is_mended(life, before)


def test_an_old_dump_stops_the_next_run_and_restore_mends_it(life: World, synced: tuple[World, Snapshot]) -> None:
    # Each flow commits something that the dump does not hold.
    for entity, field in (("Customer", "website"), ("Product", "description"), ("Order", "customer_reference")):
        record = life.systems.records("custom_webshop", entity)[0]
        life.systems.edit("custom_webshop", entity, record["id"], {field: "https://example.no/ny" if field == "website" else "Ny"})
    assert life.run().sum(*WRITES) >= 3
    before = states(life)
    synced[1].put_back(backup=False)
    assert states(life) != before
    stops_and_is_mended(life, before)
    goes_on(life)


def stops_and_is_mended(life: World, before: dict[str, dict[str, Any]]) -> None:
    requests = life.wire.requests
    run = life.run()
    assert run.state == "failed"
    assert life.wire.requests == requests, "a system was called though the ledger could not be trusted"
    for flow in FLOWS:
        log = life.log(run.run_id, f"{flow}.extract")
        assert "LedgerError" in log, flow
        assert "lenke ledger restore" in log, f"{flow}: the remedy is not named"
    restored = life.airflow.command("-c", RESTORE.format(flows=FLOWS, dag=DAG))
    assert restored.returncode == 0, restored.stderr
    assert "FOUND 3 LEFT []" in restored.stdout
    assert states(life) == before


def goes_on(life: World) -> None:
    writes, again = life.writes(), life.run()
    assert again.state == "success"
    assert again.sum(*WRITES) == 0
    assert life.writes() == writes
