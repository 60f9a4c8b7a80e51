"""The first sync links everything but the manifest's records; the second finds nothing to do."""

from __future__ import annotations

from lenke.runtime.windows import Window
from sandbox.seed import build
from tests.flows.conftest import FirstRun
from tests.flows.installation import CUSTOMERS, LEFT, ORDERS, PRODUCTS, RIGHT, Installation
from tests.oracle.expected import check_expected


def test_parks_exactly_the_manifest_each_for_its_reason(synced: Installation) -> None:
    wanted = {(entry["flow"], entry["id"]): (entry["reason"], entry["property"] or "") for entry in build(1).parking()}
    found = {(flow, id): why for flow in LEFT for id, why in synced.engine.parked(flow).items()}
    assert found == wanted


def test_links_all_others(synced: Installation, first_run: FirstRun) -> None:
    parked = build(1).parked()
    for flow in (CUSTOMERS, PRODUCTS, ORDERS):
        every = {str(body["id"]) for body in synced.systems.records("custom_webshop", LEFT[flow])}
        assert synced.engine.right_of(flow).keys() == {id for id in every if (LEFT[flow], id) not in parked}
        report = first_run.committed[flow]["report"]
        assert report["state"] == "success"
        assert report["linked"] == len(synced.engine.right_of(flow))
        assert report["parked"] == len(every) - report["linked"]
        made = [row for row in first_run.written if row["entity"] == RIGHT[flow] and row["verb"] == "create"]
        assert report["created_right"] == len(made) > 0


def test_judge_agrees(synced: Installation) -> None:
    assert synced.judge().agreed


def test_thirty_records_of_each_flow_are_as_worked_out_by_hand(synced: Installation) -> None:
    assert check_expected(synced.home) == []


def test_second_run_writes_nothing(synced: Installation) -> None:
    """Nothing but each cursor moves, once: over the records that the first run itself has written."""
    before = {flow: synced.engine.manifest(flow) for flow in LEFT}
    reports = [one["report"] for one in synced.engine.run().values()]
    assert [report[name] for report in reports for name in report if name.startswith(("created", "updated"))] == [0] * 12
    assert synced.asked() == []
    for flow, manifest in before.items():
        assert synced.engine.manifest(flow).segments == manifest.segments
    assert synced.engine.quiet()
    assert synced.asked() == []


def test_full_rescan_writes_nothing(synced: Installation) -> None:
    synced.engine.run()
    assert synced.engine.quiet(window=Window("full"))
    assert synced.asked() == []
