"""The dataflow by ``dag.test()``: the real tasks in one process, on SQLite, against sandbox systems over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

import sandbox
from lenke.local import connections
from tests.airflow import small
from tests.dags.conftest import Ask

WRITES = ("created_left", "created_right", "updated_left", "updated_right")


@pytest.mark.airflow
@pytest.mark.slow
def test_it_links_everything_and_then_writes_nothing(ask: Ask, tmp_path: Path) -> None:
    with sandbox.start(tmp_path, records=small.records(orders=6, customers=10), port_base=0, rate=0) as systems:
        described = {name: {"connection": connection} for name, connection in systems.connections.items()}
        for one in described.values():
            one["connection"]["extra"]["requests_per_second"] = 10_000
        first, second, paused, told = ask("run_twice.py", connections.sandbox_variables(described, list(described), {}))
        made = {entity: len(systems.records("custom_webshop", entity)) for entity in ("Customer", "Product", "Order")}
        there = {entity: len(systems.records("poweroffice_go", entity)) for entity in ("Customers", "Products", "SalesOrders")}
    assert first["state"] == second["state"] == "success"
    assert [flow["linked"] for flow in first["flows"].values()] == [made["Customer"], made["Order"], made["Product"]]
    assert there == {"Customers": made["Customer"], "Products": made["Product"] + 3, "SalesOrders": made["Order"]}
    assert sum(flow[name] for flow in second["flows"].values() for name in WRITES) == 0
    assert {flow: figures["state"] for flow, figures in paused["flows"].items()} == {"customer_to_customers": "paused"}
    assert paused["state"] == "success"
    assert "paused by kari" in paused["flows"]["customer_to_customers"]["note"]
    assert "| kari, " in told[0]
    assert told[0].endswith("| stands")
    assert told[1:] == ["nothing is decided"]
