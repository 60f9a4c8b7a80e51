"""A write wakes, by assets, exactly the DAGs that read what was written.

The other DAGs have a run each that waits for a slot of a pool without slots: nothing of theirs is executed, and the events that are to
wake them stay where they can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lenke.local import dataflows
from lenke.runtime import pools
from tests.airflow import small
from tests.airflow.installation import DAG, Installation
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
READERS_OF_OFFICE = {"poweroffice_go_to_shopify", "woocommerce_to_poweroffice_go"}
READERS_OF_SHOP = {"superoffice_to_custom_webshop", "custom_webshop_to_custom_erp"}
OTHERS = sorted(READERS_OF_OFFICE | READERS_OF_SHOP)


@pytest.fixture(scope="module")
def waking(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world after its first run, with every DAG unpaused."""
    assert {one.dag_id for one in dataflows.load(airflow.places.mappings)} == {DAG, *OTHERS}
    with world(airflow, tmp_path_factory.mktemp("waking"), records=small.records(orders=2, customers=3)) as found:
        assert found.run().state == "success"
        for dag_id in OTHERS:
            slots(airflow, dag_id, 0)
            airflow.api.patch(f"dags/{dag_id}", {"is_paused": False})
        airflow.until(lambda: all(runs(airflow, dag_id, "scheduled") for dag_id in OTHERS), "the runs that unpausing starts")
        yield found
        for dag_id in OTHERS:
            airflow.api.patch(f"dags/{dag_id}", {"is_paused": True})
            forget(airflow, dag_id)
            slots(airflow, dag_id, 1)


def slots(airflow: Installation, dag_id: str, count: int) -> None:
    airflow.sql("UPDATE slot_pool SET slots = %s WHERE pool = %s", count, pools.claiming(dag_id))


def runs(airflow: Installation, dag_id: str, kind: str) -> list[dict[str, Any]]:
    return [run for run in airflow.api.get(f"dags/{dag_id}/dagRuns", limit=100)["dag_runs"] if run["run_type"] == kind]


def forget(airflow: Installation, dag_id: str) -> None:
    for run in airflow.api.get(f"dags/{dag_id}/dagRuns", limit=100)["dag_runs"]:
        airflow.api.patch(f"dags/{dag_id}/dagRuns/{run['dag_run_id']}", {"state": "failed"})
        airflow.api._call("DELETE", f"dags/{dag_id}/dagRuns/{run['dag_run_id']}")


def woken(found: World) -> set[str]:
    """DAGs that have an event waiting, or a run made of one."""
    api = found.airflow.api
    waiting = {name for name in (DAG, *OTHERS) if api.get(f"dags/{name}/assets/queuedEvents")["total_entries"]}
    return waiting | {name for name in (DAG, *OTHERS) if runs(found.airflow, name, "asset_triggered")}


def quiet(found: World) -> None:
    found.airflow.sql("DELETE FROM asset_dag_run_queue")


def test_what_is_written_on_one_side_wakes_the_readers_of_that_side(waking: World) -> None:
    quiet(waking)
    customer = waking.systems.records(SHOP, "Customer")[0]
    waking.systems.edit(SHOP, "Customer", str(customer["id"]), {"website": "https://vekker.example.no"})
    run = waking.run()
    assert (run.sum("updated_left"), run.sum("updated_right")) == (0, 1)
    assert woken(waking) == READERS_OF_OFFICE


def test_a_run_that_writes_nothing_wakes_nobody(waking: World) -> None:
    quiet(waking)
    assert waking.run().state == "success"
    assert woken(waking) == set()


def test_both_sides_written_wake_the_readers_of_both_and_never_the_writer(waking: World) -> None:
    quiet(waking)
    office = waking.systems.records(OFFICE, "Customers")[0]
    customer = waking.systems.records(SHOP, "Customer")[1]
    waking.systems.edit(OFFICE, "Customers", str(office["Id"]), {"WebsiteUrl": "https://ringer.example.no"})
    waking.systems.edit(SHOP, "Customer", str(customer["id"]), {"website": "https://kimer.example.no"})
    run = waking.run()
    assert (run.sum("updated_left") > 0, run.sum("updated_right") > 0) == (True, True)
    assert woken(waking) == READERS_OF_SHOP | READERS_OF_OFFICE


def test_events_that_came_during_a_run_make_one_run_after_it(waking: World) -> None:
    for dag_id in OTHERS:
        forget(waking.airflow, dag_id)
    waking.airflow.until(lambda: all(runs(waking.airflow, name, "asset_triggered") for name in OTHERS), "a run of each DAG")
    assert {name: len(runs(waking.airflow, name, "asset_triggered")) for name in OTHERS} == dict.fromkeys(OTHERS, 1)
    assert not runs(waking.airflow, DAG, "asset_triggered")
