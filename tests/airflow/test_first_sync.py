"""The main job: a first run links everything but what the manifest names, and the second one writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.seed import build
from tests.airflow.installation import FLOWS, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.world import WRITES, Run, World, world
from tests.oracle.judge import judge

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]


@pytest.fixture(scope="module")
def whole(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The whole seed, before any run."""
    with world(airflow, tmp_path_factory.mktemp("whole")) as found:
        yield found


@pytest.fixture(scope="module")
def first(whole: World) -> Run:
    return whole.run()


def test_the_first_run_succeeds(first: Run) -> None:
    assert first.state == "success"
    assert [first.flows[flow]["state"] for flow in FLOWS] == ["success"] * 3


def test_the_oracle_agrees(whole: World, first: Run) -> None:
    verdict = judge(Path(whole.home), build(1).parked())
    assert verdict.agreed, verdict.report()


def test_exactly_the_manifest_is_parked_each_for_its_reason(whole: World, first: Run) -> None:
    expected = {(one["flow"], one["id"], one["reason"], one["property"]) for one in build(1).parking()}
    found = {
        (flow, link.left, link.note["reason"], link.note.get("property") or None)
        for flow in FLOWS
        for link in Ledger(whole.airflow, flow).links()
        if link.kind == "recheck"
    }
    assert found == expected


def test_everything_else_is_linked(first: Run) -> None:
    seed = build(1)
    assert first.sum("linked") == sum(len(bodies) for bodies in seed.records["custom_webshop"].values()) - len(seed.parked())


def test_the_second_run_writes_nothing(whole: World, first: Run) -> None:
    before, rows = whole.writes(), {flow: Ledger(whole.airflow, flow).state()["rows"] for flow in FLOWS}
    second = whole.run()
    assert second.state == "success"
    assert second.sum(*WRITES) == 0
    assert whole.writes() == before
    # The cursor may move: the second run is the first to read back what the first one wrote.
    assert {flow: Ledger(whole.airflow, flow).state()["rows"] for flow in FLOWS} == rows
