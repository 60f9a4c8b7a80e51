"""Processes killed and replies lost in the middle of creates and updates: no record twice, no edit lost, and nothing left open."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from lenke.local import sessions
from tests.airflow import small
from tests.airflow.gates import Held
from tests.airflow.installation import DAG, FLOWS, HEARTBEAT_TIMEOUT, Installation
from tests.airflow.outcome import nothing_doubled_or_lost
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
LOAD = f"{FLOWS[0]}.load"
CUSTOMERS = 50


@dataclass(frozen=True)
class Work:
    """What the run under fire has to do.

    :param prepare: makes it due, in customers first of all.
    :param lost: method and path of the customers' writes, then of those of the flows after them, of which one reply is lost.
    :param arrived: raises AssertionError unless it is done.
    """

    lost: tuple[tuple[str, str], ...]
    prepare: Callable[[World], None] = lambda found: None
    arrived: Callable[[World], None] = lambda found: None


def edit_all(found: World) -> None:
    assert found.run().state == "success"
    for place, one in enumerate(found.systems.records(SHOP, "Customer")):
        found.systems.edit(SHOP, "Customer", str(one["id"]), {"website": website(place)})
    for one in found.systems.records(SHOP, "Product"):
        found.systems.edit(SHOP, "Product", str(one["id"]), {"name": f"Ny {one['name']}"[:60]})


def every_edit_arrived(found: World) -> None:
    assert {one["WebsiteUrl"] for one in found.systems.records(OFFICE, "Customers")} == {website(place) for place in range(CUSTOMERS)}
    names = {one["Name"] for one in found.systems.records(OFFICE, "Products")}
    assert {one["name"] for one in found.systems.records(SHOP, "Product")} <= names


def website(place: int) -> str:
    return f"https://{place}.example.no"


WORK = {
    "creates": Work((("POST", "/Customers"), ("POST", "/Products"), ("POST", "/SalesOrders/Complete"))),
    "updates": Work((("PATCH", "/Customers/*"), ("PATCH", "/Products/*")), edit_all, every_edit_arrived),
}


@pytest.fixture(params=WORK)
def work(request: pytest.FixtureRequest) -> Work:
    return WORK[request.param]


@pytest.fixture
def ready(airflow: Installation, tmp_path: Path, work: Work) -> Iterator[World]:
    """All that the run has to do is due."""
    with world(airflow, tmp_path, records=small.records(orders=5, customers=CUSTOMERS)) as found:
        work.prepare(found)
        yield found


def written(found: World, before: int) -> int:
    return len(found.systems.audit(OFFICE)) - before


def loading(found: World, before: int, *, least: int) -> psutil.Process:
    """The process of the customers' load, once it has written ``least`` of them."""
    found.airflow.until(lambda: written(found, before) >= least, f"{least} writes", pause=0.02)
    rows = found.airflow.sql("SELECT pid FROM task_instance WHERE dag_id = %s AND task_id = %s AND state = 'running'", DAG, LOAD)
    process = psutil.Process(rows[0][0])
    assert os.getsid(process.pid) in [leader.pid for leader in sessions.read(found.airflow.places.processes)], "not a process of ours"
    return process


def test_the_task_killed_and_replies_lost_after_their_effect(ready: World, work: Work) -> None:
    for method, path in work.lost:
        ready.systems.fault(OFFICE, "drop_reply", count=1, match={"method": method, "path": path})
    ready.systems.fault(SHOP, "drop_reply", count=1, match={"method": "POST", "path": "/orders/batch"})
    ready.systems.fault(OFFICE, "slow", seconds=0.05, match=dict(zip(("method", "path"), work.lost[0], strict=True)))
    before, run = written(ready, 0), ready.trigger()
    os.kill(loading(ready, before, least=25).pid, signal.SIGKILL)
    ended = ready.wait(run)
    tries = {name: task["try_number"] for name, task in ready.tasks(run).items() if ".load[" in name}
    assert [tries[f"{flow}.load[0]"] for flow, _ in zip(FLOWS, work.lost, strict=False)] == [2] * len(work.lost), "no reply was lost"
    assert ended.state == "success"
    nothing_doubled_or_lost(ready)
    work.arrived(ready)


def test_the_supervisor_killed_while_its_task_works_on_beside_the_retry(ready: World, work: Work) -> None:
    held = Held(25, *work.lost[0])
    ready.wire.hold = held
    start, run = written(ready, 0), ready.trigger()
    assert held.reached.wait(60)
    orphan = loading(ready, start, least=20)
    supervisor = orphan.parent()
    assert supervisor is not None
    assert "LocalExecutor" in " ".join(supervisor.cmdline()), supervisor.cmdline()
    os.kill(supervisor.pid, signal.SIGKILL)
    before = written(ready, 0)
    ready.airflow.until(lambda: written(ready, before) >= 10, "the retry's first writes", seconds=HEARTBEAT_TIMEOUT + 60, pause=0.02)
    assert orphan.is_running(), "the orphan ended before the retry began: nothing was tried"
    held.go.set()
    ended = ready.wait(run)
    _, alive = psutil.wait_procs([orphan], timeout=20)
    assert not alive, "the orphan never stopped"
    assert ended.state == "success"
    nothing_doubled_or_lost(ready)
    work.arrived(ready)
