"""Decisions come from our own forms, by those who may edit the DAG, and lie in the ledger's one key for them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.flows.installation import CUSTOMERS, PRODUCTS
from tests.ui.conftest import Server
from tests.ui.scene import DAG, HOSTILE, HOSTILE_DAG
from tests.ui.test_pages import text

pytestmark = pytest.mark.airflow

ROUTES = ("approve", "release", "dismiss", "choose", "choose/left", "choose/right", "relink", "pause", "unpause", "ledger")


def decisions(server: Server, dag: str = DAG, flow: str = CUSTOMERS) -> list[dict[str, Any]]:
    """What the key ``decisions`` of a flow holds, read by SQL."""
    with closing(sqlite3.connect(server.log.parent / "airflow.db")) as database:
        row = database.execute("SELECT value FROM xcom WHERE run_id = ? AND key = 'decisions'", (f"{dag}.{flow}.1",)).fetchone()
    found = json.loads(row[0]) if row else []
    return list(json.loads(found) if isinstance(found, str) else found)


@pytest.fixture(autouse=True)
def nothing_decided(server: Server) -> None:
    with closing(sqlite3.connect(server.log.parent / "airflow.db")) as database, database:
        database.execute("DELETE FROM xcom WHERE key = 'decisions'")


@pytest.fixture
def token(server: Server) -> str:
    return server.token(f"{DAG}/parked")


@pytest.mark.parametrize("route", ROUTES)
def test_get_decides_nothing(server: Server, route: str) -> None:
    if route != "ledger":
        assert server.get(f"{DAG}/{route}").status_code == 405


@pytest.mark.parametrize("route", ROUTES)
def test_anonymous_and_readers_decide_nothing(server: Server, route: str, token: str) -> None:
    form = {"token": token, "plan": server.scene.plan, "item": f"left:{server.scene.conflict}", "chosen": "[]"}
    assert server.post(f"{DAG}/{route}", form, user=None).status_code == 401
    assert server.post(f"{DAG}/{route}", form, user="viewer").status_code == 403
    assert decisions(server) == []


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.com"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=["cross-site", "same-site", "old browser", "opaque", "says nothing"])
def test_another_site_decides_nothing_even_with_a_stolen_token(server: Server, token: str, headers: dict[str, str]) -> None:
    answer = server.post(f"{DAG}/approve", {"token": token, "plan": server.scene.plan}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert decisions(server) == []


def test_an_old_browser_of_our_own_origin_may_decide(server: Server, token: str) -> None:
    answer = server.post(f"{DAG}/approve", {"token": token, "plan": server.scene.plan}, headers={"Origin": server.url})
    assert answer.status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_no_token_and_another_sessions_token_decide_nothing(server: Server, route: str) -> None:
    session = server.sessions.pop("admin")
    try:
        foreign = server.token(f"{DAG}/parked")  # of a second login of the same user
    finally:
        server.sessions["admin"] = session
    for form in ({}, {"token": ""}, {"token": "0" * 64}, {"token": foreign}):
        told = {"plan": server.scene.plan, "item": f"left:{server.scene.conflict}", "chosen": "[]", **form}
        assert server.post(f"{DAG}/{route}", told).status_code == 403
    assert decisions(server) == []


def test_the_newest_plan_is_approved_by_name_and_no_other(server: Server, token: str) -> None:
    assert server.post(f"{DAG}/approve", {"token": token, "plan": "0" * 16}).status_code == 409
    assert decisions(server) == []
    answer = server.post(f"{DAG}/approve", {"token": token, "plan": server.scene.plan})
    assert "is approved" in answer.text
    # Airflow shows the page in a frame that may not leave it.
    assert "target=" not in answer.text
    assert f"/{DAG}/plan?flow={CUSTOMERS}" in answer.text.partition("On to")[2]
    (one,) = decisions(server)
    assert (one["kind"], one["subject"], one["who"]) == ("approve", server.scene.plan, "admin")
    page = server.page(f"{DAG}/plan")
    assert "This plan is approved" in page
    assert "Approve this plan" not in page


def test_a_braked_plan_is_approved_for_its_own_flow(server: Server, token: str) -> None:
    assert server.post(f"{DAG}/approve?flow={PRODUCTS}", {"token": token, "plan": server.scene.braked}).status_code == 200
    assert [one["subject"] for one in decisions(server, flow=PRODUCTS)] == [server.scene.braked]
    assert decisions(server) == []


@pytest.mark.parametrize("winner", ["left", "right"])
def test_a_side_is_chosen_in_bulk_for_every_open_property(server: Server, token: str, winner: str) -> None:
    answer = server.post(f"{DAG}/choose/{winner}", {"token": token, "item": [f"left:{server.scene.conflict}"]})
    assert answer.status_code == 200
    (one,) = decisions(server)
    assert (one["kind"], one["subject"], one["property"], one["winner"]) == ("choose", server.scene.conflict, "phone", winner)
    assert "the next run applies it" in text(server.page(f"{DAG}/parked"))


def test_one_property_is_chosen_by_its_own_button(server: Server, token: str) -> None:
    chosen = json.dumps([server.scene.conflict, "phone", "right"])
    assert server.post(f"{DAG}/choose", {"token": token, "chosen": chosen}).status_code == 200
    assert [one["winner"] for one in decisions(server)] == ["right"]
    assert server.post(f"{DAG}/choose", {"token": token, "chosen": "nonsense"}).status_code == 422


def test_dismissed_records_wait_for_the_next_run(server: Server, token: str) -> None:
    answer = server.post(f"{DAG}/dismiss", {"token": token, "item": [f"left:{server.scene.conflict}"]})
    assert answer.status_code == 200
    assert [one["kind"] for one in decisions(server)] == ["dismiss"]


def test_what_the_desk_refuses_is_told_in_its_words(server: Server, token: str) -> None:
    for route, form in (
        ("release", {"item": [f"left:{server.scene.conflict}"]}),  # a conflict is chosen, not released
        ("release", {"item": ["left:nobody"]}),
        ("dismiss", {"item": ["left:nobody"]}),
        ("relink", {"left": ["nobody"], "right": ["1"]}),
        ("unpause", {}),
        ("release", {}),
    ):
        answer = server.post(f"{DAG}/{route}", {"token": token, **form})
        assert answer.status_code == 409, (route, form)
        assert "Not decided" in answer.text
    assert decisions(server) == []


def test_relink_takes_the_ids_that_were_typed(server: Server, token: str) -> None:
    first, second = sorted(server.scene.links)[:2]
    form = {"token": token, "left": [first, second], "right": ["", f" {server.scene.links[first]} "]}
    assert server.post(f"{DAG}/relink", form).status_code == 200
    (one,) = decisions(server)
    assert (one["kind"], one["subject"], one["right"]) == ("relink", second, server.scene.links[first])


def test_flow_and_record_are_paused_and_go_on(server: Server, token: str) -> None:
    for form in ({}, {"left": server.scene.planned}):
        assert server.post(f"{DAG}/pause", {"token": token, **form}).status_code == 200
        assert [one["subject"] for one in decisions(server)] == [form.get("left", "")]
        assert "Resume" in server.page(f"{DAG}/record" if form else f"{DAG}/", left=server.scene.planned)
        assert server.post(f"{DAG}/unpause", {"token": token, **form}).status_code == 200
        assert decisions(server) == []


def test_hostile_ids_are_released_and_told_as_text(server: Server) -> None:
    token = server.token(f"{HOSTILE_DAG}/parked")
    answer = server.post(f"{HOSTILE_DAG}/release", {"token": token, "item": [f"left:{HOSTILE}"]})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert [one["subject"] for one in decisions(server, HOSTILE_DAG, "customer_to_customer")] == [HOSTILE]


def test_verify_reads_every_segment(server: Server, token: str) -> None:
    assert "Every segment of every flow was read" in server.post(f"{DAG}/ledger", {"token": token}).text
