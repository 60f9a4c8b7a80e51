"""What an operator sees on the real scheduler: why a task was tried again, who was told of a failure and of lateness, metrics, and params
that are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.local.api import ApiError
from lenke.systems.registry import SYSTEMS
from tests.airflow import small
from tests.airflow.installation import DAG, FLOWS, Installation
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import Run, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
CUSTOMERS = FLOWS[0]
EXTRACT = f"{CUSTOMERS}.extract"


@pytest.fixture(scope="module")
def shop(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world whose runs tell of failures and of lateness, by the notifier that writes into the log."""
    settings = airflow.places.settings
    before = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^  on: \[\] .*$", "  on: [failure, late]", before), encoding="utf-8")
    assert settings.read_text(encoding="utf-8") != before
    with world(airflow, tmp_path_factory.mktemp("operating"), records=small.records(orders=2)) as found:
        yield found
    settings.write_text(before, encoding="utf-8")


@pytest.fixture(scope="module")
def throttled(shop: World) -> Run:
    """A run whose first read of the webshop is refused for longer than its client is patient: five times, to be asked again in 2 s."""
    _drain(shop)
    shop.systems.fault(SHOP, "429", count=5, seconds=2, match={"method": "GET", "path": "/customers"})
    return shop.run()


def messages(found: World, run: Run, task: str, attempt: int) -> list[str]:
    """What a try logged, line by line; Airflow closes its last group with a mark that the UI does not show."""
    logs = found.airflow.places.logs / f"dag_id={DAG}" / f"run_id={run.run_id}" / f"task_id={task}"
    lines = (logs / f"attempt={attempt}.log").read_text(encoding="utf-8").splitlines()
    return [one for one in (json.loads(line)["event"] for line in lines) if one != "::endgroup::"]


def test_a_429_is_waited_for_and_its_reason_is_the_last_line_of_the_log(shop: World, throttled: Run) -> None:
    assert throttled.state == "success"
    tries = {name: task["try_number"] for name, task in shop.tasks(throttled.run_id).items()}
    assert tries.pop(EXTRACT) == 2
    assert set(tries.values()) <= {0, 1}, "only what was refused is done again"
    last = messages(shop, throttled, EXTRACT, 1)[-1]
    assert re.match(r"Try 1 failed, the next one starts in 2 s: ThrottledError: GET /customers: 429, too many requests", last)


def test_the_reason_is_kept_in_the_runs_report(throttled: Run) -> None:
    (failed,) = throttled.flows[CUSTOMERS]["tries"]
    assert (failed["task"], failed["try"], failed["wait_seconds"]) == (EXTRACT, 1, 2.0)
    assert "429, too many requests" in failed["reason"]
    assert [throttled.flows[flow]["tries"] for flow in FLOWS[1:]] == [[], []]


def test_finished_chunks_are_told(shop: World, throttled: Run) -> None:
    assert "chunk 1 of 1 is finished: " in shop.log(throttled.run_id, f"{CUSTOMERS}.load")


def test_metrics_reach_a_statsd_server(shop: World, throttled: Run) -> None:
    figures = throttled.flows[CUSTOMERS]
    told = _drain(shop)
    for name, value in {
        "read_left": figures["read_left"],
        "written_right": figures["created_right"] + figures["updated_right"],
        "calls": figures["calls"],
        "runs_success": 1,
    }.items():
        assert value
        assert f"airflow.lenke.{DAG}.{CUSTOMERS}.{name}:{value}|c" in told
    assert f"airflow.lenke.{DAG}.{CUSTOMERS}.linked:{figures['linked']}|g" in told


@pytest.fixture(scope="module")
def refused(shop: World, throttled: Run) -> Run:
    return run_refused(shop)


def run_refused(shop: World) -> Run:
    """A run after PowerOffice GO's client key was taken back; it is given again then."""
    plain = shop.systems.connections[OFFICE]
    good = {**plain, "extra": {**plain["extra"], "requests_per_second": 10_000}}
    shop.airflow.connect(OFFICE, {**good, "password": "00000000-0000-0000-0000-000000000000"})
    run = shop.run(flows=[CUSTOMERS])
    shop.airflow.connect(OFFICE, good)
    return run


def test_refused_credentials_fail_at_once_and_whoever_wants_to_know_is_told(shop: World, refused: Run) -> None:
    assert refused.state == "failed"
    assert shop.tasks(refused.run_id)[EXTRACT]["try_number"] == 1
    last = messages(shop, refused, EXTRACT, 1)[-1]
    assert last.startswith("Try 1 failed and there is no further one: AuthenticationError: ")
    assert "00000000-0000" not in shop.log(refused.run_id, EXTRACT)
    assert f"Lenke: {DAG}: failure: {CUSTOMERS} failed" in shop.log(refused.run_id, "finish")


def test_whoever_wants_to_know_is_told_that_a_promise_was_broken(shop: World, refused: Run) -> None:
    latest = shop.airflow.places.lenke / "latest" / DAG / f"{CUSTOMERS}.json"
    stored = json.loads(latest.read_text())
    latest.write_text(json.dumps(stored | {"at": (datetime.now(UTC) - timedelta(minutes=61)).isoformat()}))
    missed = "UPDATE deadline SET deadline_time = now() - interval '1 second' FROM dag_run WHERE dag_run.id = deadline.dagrun_id"
    shop.airflow.sql(f"{missed} AND dag_run.run_id = %s", refused.run_id)
    said = f"Lenke: {DAG}: late: no success for 60 minutes, which was promised: {CUSTOMERS}"
    log = shop.airflow.places.logs
    shop.airflow.until(lambda: any(said in path.read_text(errors="replace") for path in log.rglob("*.log")), "the triggerer's message")


def test_a_run_that_succeeded_has_no_deadline_left(shop: World, throttled: Run) -> None:
    rows = shop.airflow.sql(
        "SELECT 1 FROM deadline JOIN dag_run ON dag_run.id = deadline.dagrun_id WHERE dag_run.run_id = %s", throttled.run_id
    )
    assert rows == []


def test_a_failed_run_that_is_cleared_succeeds_once_its_cause_is_gone(shop: World, refused: Run) -> None:
    failed = run_refused(shop)
    assert failed.state == "failed"
    body = {"dag_run_id": failed.run_id, "task_ids": [EXTRACT], "include_downstream": True, "only_failed": False, "dry_run": False}
    shop.airflow.api.post(f"dags/{DAG}/clearTaskInstances", body)
    assert shop.wait(failed.run_id).state == "success"
    assert shop.tasks(failed.run_id)[EXTRACT]["try_number"] == 2


@pytest.mark.parametrize(
    ("conf", "name"), [({"flows": ["no_such_flow"]}, "flows"), ({"since": "yesterday"}, "since"), ({"max_changes": -1}, "max_changes")]
)
def test_airflow_refuses_a_wrong_value_by_the_params_name(shop: World, throttled: Run, conf: dict[str, Any], name: str) -> None:
    with pytest.raises(ApiError, match=rf"\b{name}\b"):
        shop.trigger(**conf)


def test_a_misspelt_param_fails_the_run_before_it_reads(shop: World, throttled: Run) -> None:
    writes = shop.writes()
    shop.systems.edit(SHOP, "Customer", str(shop.systems.records(SHOP, "Customer")[0]["id"]), {"website": "https://nei.example.no"})
    run = shop.run(dryrun=True)
    assert run.state == "failed"
    assert "there is no param dryrun; there are dry_run" in shop.log(run.run_id, EXTRACT)
    assert shop.writes() == writes


def test_the_shell_asks_every_connection_that_airflow_stores(shop: World, throttled: Run) -> None:
    done = shop.airflow.command("-m", "lenke", "check", "--connections")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split("│")[1].strip(): line for line in done.stdout.splitlines() if line.count("│") > 3}
    results = {name: rows[name].split("│")[3].strip() for name in SYSTEMS}
    assert results == {name: "ok" if name in shop.systems.connections else "missing" for name in SYSTEMS}, done.stdout
    assert all("(sandbox)" in rows[name] for name in (SHOP, OFFICE)), done.stdout
    secrets = [connection["password"] for connection in shop.systems.connections.values() if connection.get("password")]
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]


def _drain(found: World) -> set[str]:
    """The datagrams that have come since this was last asked."""
    told = set[str]()
    while True:
        try:
            told.add(found.airflow.metrics.recv(4096).decode())
        except BlockingIOError:
            return told
