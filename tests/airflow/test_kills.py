"""Processes killed and replies lost in the middle of creating: one right record per left record, and nothing left open."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lenke.local import sessions
from sandbox.wire import Request
from tests.airflow import small
from tests.airflow.installation import DAG, FLOWS, HEARTBEAT_TIMEOUT, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import WRITES, Run, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
ENTITIES = {"Customer": "Customers", "Product": "Products", "Order": "SalesOrders"}
# What no two records of one left record can differ in; PowerOffice products have no field for a marker.
UNIQUE = {"Customers": "ExternalImportReference", "Products": "Code", "SalesOrders": "ExternalImportReference"}
LINE_PRODUCTS = ("FRAKT", "GEBYR", "AVRUND")
LOAD = f"{FLOWS[0]}.load"


@pytest.fixture
def fresh(airflow: Installation, tmp_path: Path) -> Iterator[World]:
    """Nothing synced yet: the first run creates every record."""
    with world(airflow, tmp_path, records=small.records(orders=5, customers=50)) as found:
        yield found


def creating(found: World, least: int) -> psutil.Process:
    """The process of the customers' load, once it has created ``least`` of them."""
    found.airflow.until(lambda: len(found.systems.audit(OFFICE)) >= least, f"{least} creates", pause=0.02)
    rows = found.airflow.sql("SELECT pid FROM task_instance WHERE dag_id = %s AND task_id = %s AND state = 'running'", DAG, LOAD)
    process = psutil.Process(rows[0][0])
    assert os.getsid(process.pid) in [leader.pid for leader in sessions.read(found.airflow.places.processes)], "not a process of ours"
    return process


def nothing_doubled_or_lost(found: World, run: Run) -> None:
    assert run.state == "success"
    for left, right in ENTITIES.items():
        ours = found.systems.records(SHOP, left)
        theirs = [one for one in found.systems.records(OFFICE, right) if one.get("Code") not in LINE_PRODUCTS]
        assert len({one[UNIQUE[right]] for one in theirs}) == len(theirs), f"{right}: a record was created twice"
        assert len(theirs) == len(ours), f"{right}: {len(theirs)} records for {len(ours)}"
    for flow, entity in zip(FLOWS, ENTITIES, strict=True):
        links = [link for link in Ledger(found.airflow, flow).links() if link.kind == "link" and not link.parent]
        assert len(links) == len(found.systems.records(SHOP, entity)), flow
        assert Ledger(found.airflow, flow).journal() == [], f"{flow}: journal keys were left"
        assert Ledger(found.airflow, flow).manifest().open is None
    writes, again = found.writes(), found.run()
    assert again.state == "success"
    assert again.sum(*WRITES) == 0
    assert found.writes() == writes


def test_the_task_killed_and_replies_lost_after_their_effect(fresh: World) -> None:
    for path in ("/Customers", "/Products", "/SalesOrders/Complete"):
        fresh.systems.fault(OFFICE, "drop_reply", count=1, match={"method": "POST", "path": path})
    fresh.systems.fault(SHOP, "drop_reply", count=1, match={"method": "POST", "path": "/orders/batch"})
    fresh.systems.fault(OFFICE, "slow", seconds=0.05, match={"method": "POST", "path": "/Customers"})
    run = fresh.trigger()
    os.kill(creating(fresh, 25).pid, signal.SIGKILL)
    ended = fresh.wait(run)
    tries = {name: task["try_number"] for name, task in fresh.tasks(run).items() if ".load[" in name}
    assert tries.pop(f"{LOAD}[0]") == 2
    assert set(tries.values()) == {2}, "no reply was lost"
    nothing_doubled_or_lost(fresh, ended)


class Held:
    """Holds one create before it takes effect, until the test lets it go."""

    def __init__(self, place: int) -> None:
        self.reached, self.go, self.done = threading.Event(), threading.Event(), threading.Event()
        self._place, self._seen, self._lock = place, 0, threading.Lock()

    def __call__(self, system: str, request: Request) -> None:
        if system != OFFICE or request.method != "POST" or not request.path.endswith("/Customers"):
            return
        with self._lock:
            self._seen += 1
            mine = self._seen == self._place
        if mine:
            self.reached.set()
            self.go.wait(90)
            self.done.set()


def test_the_supervisor_killed_while_its_task_works_on_beside_the_retry(fresh: World) -> None:
    held = Held(25)
    fresh.wire.hold = held
    run = fresh.trigger()
    assert held.reached.wait(60)
    orphan = creating(fresh, 20)
    supervisor = orphan.parent()
    assert supervisor is not None
    assert "LocalExecutor" in " ".join(supervisor.cmdline()), supervisor.cmdline()
    os.kill(supervisor.pid, signal.SIGKILL)
    before = len(fresh.systems.audit(OFFICE))

    def retried() -> bool:
        return len(fresh.systems.audit(OFFICE)) >= before + 10

    fresh.airflow.until(retried, "the retry's first creates", seconds=HEARTBEAT_TIMEOUT + 60, pause=0.02)
    assert orphan.is_running(), "the orphan ended before the retry began: nothing was tried"
    held.go.set()
    ended = fresh.wait(run)
    _, alive = psutil.wait_procs([orphan], timeout=20)
    assert not alive, "the orphan never stopped"
    nothing_doubled_or_lost(fresh, ended)
