"""What a person can ask of a run, on the real scheduler: a dry run, some flows, a chunk once more, a backfill beside another run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.airflow import small
from tests.airflow.gates import Gate
from tests.airflow.installation import DAG, FLOWS, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import WRITES, Run, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
CUSTOMERS, PRODUCTS, ORDERS = FLOWS
# More customers than one chunk of a plan holds.
MANY = 260


@pytest.fixture(scope="module")
def choices(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for the tests of this module, which build on each other in their order."""
    with world(airflow, tmp_path_factory.mktemp("choices"), records=small.records(orders=6, customers=MANY)) as found:
        yield found


@pytest.fixture(scope="module")
def dry(choices: World) -> Run:
    return choices.run(dry_run=True)


@pytest.fixture(scope="module")
def first(choices: World, dry: Run) -> Run:
    return choices.run()


@pytest.fixture(scope="module")
def settled(choices: World, first: Run) -> World:
    """After the first run."""
    assert first.state == "success"
    return choices


def test_a_dry_run_writes_nothing_and_remembers_nothing(choices: World, dry: Run) -> None:
    assert dry.state == "success"
    assert choices.writes() == 0
    assert [dry.flows[flow]["state"] for flow in FLOWS] == ["dry_run"] * 3
    assert dry.sum(*WRITES) == 0
    # An empty ledger is there: the place where a person's approval goes.
    manifests = [Ledger(choices.airflow, flow).manifest() for flow in FLOWS]
    assert not any(manifest.segments or manifest.cursor or manifest.tenants or manifest.approved for manifest in manifests)


def test_the_run_after_it_is_mapped_over_chunks(choices: World, first: Run) -> None:
    assert first.state == "success"
    tasks = choices.tasks(first.run_id)
    assert {f"{CUSTOMERS}.load[0]", f"{CUSTOMERS}.load[1]"} <= tasks.keys()
    assert first.flows[CUSTOMERS]["created_right"] == MANY
    assert {task["pool"] for name, task in tasks.items() if ".load[" in name} == {"lenke_writer"}


def test_clearing_one_chunk_of_a_finished_run_sends_nothing_again(settled: World, first: Run) -> None:
    records, writes = len(settled.systems.records(OFFICE, "Customers")), settled.writes()
    rows = Ledger(settled.airflow, CUSTOMERS).state()["rows"]
    body = {"dag_run_id": first.run_id, "task_ids": [[f"{CUSTOMERS}.load", 1]], "only_failed": False, "dry_run": False}
    settled.airflow.api.post(f"dags/{DAG}/clearTaskInstances", body)
    settled.wait(first.run_id)
    assert settled.tasks(first.run_id)[f"{CUSTOMERS}.load[1]"]["try_number"] == 2
    assert settled.writes() == writes
    assert len(settled.systems.records(OFFICE, "Customers")) == records
    assert settled.run().sum(*WRITES) == 0
    assert Ledger(settled.airflow, CUSTOMERS).state()["rows"] == rows
    assert all(Ledger(settled.airflow, flow).journal() == [] for flow in FLOWS)


def test_only_the_flows_that_were_asked_for(settled: World) -> None:
    keys, requests = Ledger(settled.airflow, CUSTOMERS).texts(), len(settled.systems.audit(OFFICE))
    product, customer = settled.systems.records(SHOP, "Product")[0], customers(settled)[0]
    settled.systems.edit(SHOP, "Product", str(product["id"]), {"description": "Bare denne"})
    settled.systems.edit(SHOP, "Customer", str(customer["id"]), {"website": "https://vent.example.no"})
    run = settled.run(flows=[PRODUCTS])
    assert run.state == "success"
    assert run.flows.keys() == {PRODUCTS}
    assert run.flows[PRODUCTS]["updated_right"] == 1
    assert len(settled.systems.audit(OFFICE)) == requests + 1
    assert Ledger(settled.airflow, CUSTOMERS).texts() == keys
    states = {name: task["state"] for name, task in settled.tasks(run.run_id).items()}
    assert states[f"{CUSTOMERS}.extract"] == "skipped"
    assert states[f"{PRODUCTS}.commit"] == "success"


def test_an_id_that_no_flow_has_fails_the_run_with_its_name(settled: World) -> None:
    known, writes = str(customers(settled)[5]["id"]), settled.writes()
    assert settled.run(records=[known]).state == "success"
    run = settled.run(records=[known, "no-such-id"])
    assert run.state == "failed"
    assert "no-such-id: no record of custom_webshop" in settled.log(run.run_id, "finish")
    assert known not in settled.log(run.run_id, "finish")
    assert settled.writes() == writes


def test_a_backfill_beside_a_scheduled_run_takes_nothing_back_and_moves_no_cursor(settled: World) -> None:
    settled.systems.edit(SHOP, "Customer", str(customers(settled)[2]["id"]), {"website": "https://ny.example.no"})
    day = datetime.fromisoformat(customers(settled)[1]["updated_at"]).replace(hour=0, minute=0, second=0, microsecond=0)
    newest = max(datetime.fromisoformat(one["updated_at"]) for one in customers(settled))
    due = sum(1 for one in customers(settled) if one["website"] in ("https://ny.example.no", "https://vent.example.no"))
    gate, writes = Gate(), settled.writes()
    settled.wire.hold = gate
    try:
        active = settled.scheduled()
        assert gate.reached.wait(60)
        runs = settled.backfill(day - timedelta(days=2), day + timedelta(days=2, hours=23))
        settled.airflow.until(lambda: _running(settled, runs), "a run of the backfill beside the scheduled one")
    finally:
        gate.open.set()
    ended, before = settled.wait(active), Ledger(settled.airflow, ORDERS).manifest().cursor
    done = [settled.wait(run) for run in runs]
    assert [run.state for run in (ended, *done)] == ["success"] * 6
    assert ended.flows[CUSTOMERS]["updated_right"] == due
    assert sum(run.sum("read_left") for run in done) > 0, "the backfill read nothing: nothing was tried"
    assert sum(run.sum(*WRITES) for run in done) == 0
    assert settled.writes() == writes + due
    _no_two_at_once(settled, [active, *runs])
    assert Ledger(settled.airflow, CUSTOMERS).manifest().cursor["left"] == newest.isoformat()
    assert Ledger(settled.airflow, ORDERS).manifest().cursor == before


def test_a_backfill_backwards_brings_what_was_missed_and_moves_no_cursor(settled: World) -> None:
    """An edit that a delta run cannot see, since it is dated before the cursor: the shop's date was set back by hand."""
    chosen, day = customers(settled)[10], datetime(2026, 3, 10, tzinfo=UTC)
    settled.systems.edit(SHOP, "Customer", str(chosen["id"]), {"website": "https://glemt.example.no"})
    store = settled.systems._sites[SHOP].system.store
    with store.transaction():
        body = store.get("Customer", str(chosen["id"]))
        assert body is not None
        store.put("Customer", str(chosen["id"]), body | {"updated_at": "2026-03-10T09:00:00Z"}, modified=day)
    before, writes = Ledger(settled.airflow, CUSTOMERS).manifest().cursor, settled.writes()
    last = day + timedelta(days=2, hours=23)
    runs = settled.backfill(day - timedelta(days=2), last, backwards=True, flows=[CUSTOMERS])
    done = [settled.wait(run) for run in runs]
    assert [run.state for run in done] == ["success"] * 5
    _no_two_at_once(settled, runs, flows=[CUSTOMERS])
    assert sum(run.sum(*WRITES) for run in done) == settled.writes() - writes == 1
    assert "https://glemt.example.no" in {one["WebsiteUrl"] for one in settled.systems.records(OFFICE, "Customers")}
    assert Ledger(settled.airflow, CUSTOMERS).manifest().cursor == before
    assert settled.run(flows=[CUSTOMERS]).sum(*WRITES) == 0


def customers(found: World) -> list[dict[str, Any]]:
    return found.systems.records(SHOP, "Customer")


def _running(found: World, runs: list[str]) -> bool:
    return any(run["dag_run_id"] in runs and run["state"] == "running" for run in found.runs())


def _no_two_at_once(found: World, runs: list[str], flows: Sequence[str] = FLOWS) -> None:
    """A flow's tasks of one run, from the end of its extract to commit, lie before or after those of every other run."""
    for flow in flows:
        spans = sorted(span for run in runs if (span := _span(found.tasks(run), flow)))
        for (_, end), (start, _) in pairwise(spans):
            assert start >= end, f"{flow}: two runs at the same time"


def _span(tasks: dict[str, dict[str, Any]], flow: str) -> tuple[str, str]:
    return tasks[f"{flow}.map"]["start_date"], tasks[f"{flow}.commit"]["end_date"]
