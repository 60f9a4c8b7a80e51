"""A part of the kill sweep: every boundary of one create and one update. ``make kill-sweep`` has all systems, and ledgers in Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kills import findings, nursery
from tests.kills.bases import BASES
from tests.kills.execution_api import environment_of
from tests.kills.findings import Findings
from tests.kills.nursery import Nursery
from tests.kills.scenarios import CONTROL, SCENARIOS, Scenario
from tests.kills.stage import Base, State
from tests.kills.sweep import Sweep

pytestmark = pytest.mark.slow
UPDATE = next(one for one in SCENARIOS if (one.base, one.kind) == (CONTROL.base, "update"))


@pytest.fixture(scope="module")
def warmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    folder = tmp_path_factory.mktemp("nursery")
    with nursery.opened(folder, environment_of(folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return BASES[CONTROL.base](tmp_path_factory.mktemp("base") / "synced")


@pytest.mark.parametrize("scenario", [CONTROL, UPDATE], ids=lambda one: one.kind)
def test_whatever_a_killed_process_leaves_is_mended_by_its_retry_and_by_the_next_run(
    warmed: Nursery, base: Base, tmp_path: Path, scenario: Scenario
) -> None:
    swept = Sweep(None, warmed, tmp_path).run(scenario, base)
    assert {place: found.told for place, found in swept.wrong.items()} == {}
    assert swept.kills >= 2 * len(swept.places)
    for place in ("journal begins", "answer not read", "journal settles", "segment", "witness", "manifest", "export", "claim is released"):
        assert any(place in passed for passed in swept.places), f"no boundary at {place}"


def test_control_a_store_that_binds_after_it_has_created_makes_duplicates(warmed: Nursery, base: Base, tmp_path: Path) -> None:
    swept = Sweep(None, warmed, tmp_path).control(CONTROL, base)
    assert swept.total("duplicates") > 0
    assert all("answer" in place or "before bound" in place for place in swept.wrong), "a duplicate where nothing had been sent"


def test_the_comparison_tells_what_is_more_less_and_another() -> None:
    found = Findings()
    wanted = {"shop": {"Order": {"1": {"lines": [{"id": 1}], "note": "a", "at": "2026-01-01T10:00:00Z"}, "2": {}}}}
    findings.systems(found, {"shop": {"Order": {"1": {"lines": [{"id": 1}, {"id": 2}], "note": "b"}, "3": {}}}}, wanted)
    assert (found.duplicates, found.lost) == (2, 3)
    row = {"kind": "link", "left": "1", "right": "2", "parent": "", "base": [1], "left_stored": {}, "right_stored": {}, "note": {}}
    findings.ledger(found, {"rows": [row], "open": True}, {"rows": [row | {"base": [2]}]}, ["j.x.0.1"])
    assert (found.orphans, found.ledger) == (2, 2)


def test_only_what_the_recheck_list_names_is_left_to_the_next_run() -> None:
    link = {"kind": "link", "left": "1", "right": "2", "parent": "", "base": [1], "left_stored": {}, "right_stored": {}, "note": {}}
    waiting = link | {"kind": "recheck", "right": "", "note": {"reason": "incomplete"}}
    assert findings.waits({"rows": [link, waiting]}, {"rows": [link]})
    assert not findings.waits({"rows": [waiting]}, {"rows": [link, waiting]})
    assert not findings.waits({"rows": [link | {"base": [2]}]}, {"rows": [link]})


def test_the_comparison_knows_what_is_the_same_under_another_random_id() -> None:
    ids = [f"{n}0000000-0000-4000-8000-000000000000" for n in range(6)]

    def state(order: str, *lines: str) -> dict[str, dict[str, dict[str, object]]]:
        return {"accounts": {"Order": {order: {"Id": order, "n": 1, "lines": [{"Id": id, "q": n} for n, id in enumerate(lines)]}}}}

    def told(here: str, there: str) -> Findings:
        found = Findings()
        mine, theirs = state(here, *ids[2:4]), state(there, *ids[4:6])
        (one, rows), (other, wanted) = findings.alike(mine, [here], theirs), findings.alike(theirs, [there], mine)
        assert rows == wanted
        findings.systems(found, one, other)
        return found

    assert not told(ids[0], ids[1])
    twice = state(ids[0])
    twice["accounts"]["Order"] |= state(ids[1])["accounts"]["Order"]
    found = Findings()
    findings.systems(found, findings.alike(twice, [], state(ids[2]))[0], findings.alike(state(ids[2]), [], twice)[0])
    assert (found.duplicates, found.lost) == (1, 0)


def test_the_comparison_knows_that_an_edit_of_a_shopify_order_that_was_dropped_has_used_up_a_line_id() -> None:
    def state(*lines: int, dropped: int = 0) -> State:
        bodies = [{"id": f"gid://shopify/LineItem/{id}", "quantity": 1} for id in lines]
        work = {"1": {"lineItems": [{"id": f"gid://shopify/LineItem/{dropped}", "quantity": 1}]}} if dropped else {}
        return {"shopify": {"Order": {"1": {"lineItems": bodies}}, "CalculatedOrder": work}}

    def told(here: State, there: State) -> Findings:
        found = Findings()
        findings.systems(found, findings.alike(here, [], there)[0], findings.alike(there, [], here)[0])
        return found

    one, other, third = (8_600_000_000_000 + n for n in (1, 2, 3))
    assert not told(state(other, dropped=one), state(one))
    assert told(state(other, third), state(one)).duplicates == 1
    assert told(state(), state(one)).lost == 1


def test_the_comparison_passes_over_what_superoffice_counts_and_mirrors() -> None:
    def state(number: str, **beside: dict[str, Any]) -> State:
        return {"superoffice": {"Contact": {"7": {"ContactId": 7, "Name": "Nytt AS", "Number2": number}}, **beside}}

    def told(here: State, there: State) -> Findings:
        found = Findings()
        findings.systems(found, findings.alike(here, [], there)[0], findings.alike(there, [], here)[0])
        return found

    key: dict[str, dict[str, Any]] = {"ForeignKey": {"4": {"recordId": "7"}}, "Stamp": {"ForeignKey:4": {}, "Contact:7": {}}}
    assert not told(state("10151"), state("10150"))
    assert not told(state("10150", Stamp={"Contact:7": {}}), state("10150", **key))
    assert told(state("10150"), state("10150", Stamp={"Contact:7": {}})).lost == 1
