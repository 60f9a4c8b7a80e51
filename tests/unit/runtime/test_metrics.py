"""A run's figures as they reach a StatsD server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory

from lenke.runtime import metrics

REPORT: dict[str, Any] = {
    "state": "success", "read_left": 7, "read_right": 9, "created_left": 0, "updated_left": 2, "created_right": 3, "updated_right": 1,
    "conflicts": 1, "calls": 12, "throttled_seconds": 2.4, "parked": 5, "linked": 40, "lag_seconds": 915.0,
}  # fmt: skip


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A UDP listener on loopback that Airflow's own StatsD client is pointed at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        for name, value in {"ON": "True", "HOST": "127.0.0.1", "PORT": str(listener.getsockname()[1]), "PREFIX": "airflow"}.items():
            monkeypatch.setenv(f"AIRFLOW__METRICS__STATSD_{name}", value)
        stats.initialize(factory=get_stats_factory(), export_legacy_names=True)
        yield listener
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)


def received(listener: socket.socket) -> set[str]:
    found = set()
    while True:
        try:
            found.add(listener.recv(4096).decode())
        except TimeoutError:
            return found


def test_every_figure_arrives_under_the_flows_name_and_in_sum(server: socket.socket) -> None:
    metrics.emit("shop_to_office", "customers", REPORT)
    told = received(server)
    for name in ("airflow.lenke", "airflow.lenke.shop_to_office.customers"):
        assert {
            f"{name}.runs_success:1|c",
            f"{name}.read_left:7|c",
            f"{name}.read_right:9|c",
            f"{name}.written_left:2|c",
            f"{name}.written_right:4|c",
            f"{name}.conflicts:1|c",
            f"{name}.calls:12|c",
            f"{name}.throttled_seconds:2|c",
            f"{name}.parked:5|g",
            f"{name}.linked:40|g",
            f"{name}.lag_seconds:915.0|g",
        } <= told


def test_a_run_that_failed_leaves_the_gauges_as_they_were(server: socket.socket) -> None:
    metrics.emit("shop_to_office", "customers", REPORT | {"state": "failed"})
    told = received(server)
    assert "airflow.lenke.runs_failed:1|c" in told
    assert not [one for one in told if one.endswith("|g")]
