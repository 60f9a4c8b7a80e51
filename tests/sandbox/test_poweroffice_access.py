from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import start
from tests.sandbox.callers import OFFICE, Office


def _token(office: Office, **changes: Any) -> requests.Response:
    given: dict[str, Any] = {
        "auth": office.keys,
        "data": {"grant_type": "client_credentials"},
        "headers": {"Ocp-Apim-Subscription-Key": office.extra["subscription_key"]},
    }
    return requests.post(office.extra["token_url"], timeout=30, **(given | changes))


def test_token_lives_twenty_minutes(office: Office) -> None:
    answer = _token(office)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 1200)


def test_token_refuses_keys_that_do_not_fit(office: Office) -> None:
    answer = _token(office, auth=("other", "key"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_token_needs_the_subscription_key(office: Office) -> None:
    assert _token(office, headers={}).status_code == 401


def test_token_needs_a_form(office: Office) -> None:
    headers = {"Ocp-Apim-Subscription-Key": office.extra["subscription_key"], "Content-Type": "text/plain"}
    assert _token(office, data="grant_type=client_credentials", headers=headers).status_code == 400
    assert _token(office, data={"grant_type": "password"}).status_code == 400


@pytest.mark.parametrize("header", ["Authorization", "Ocp-Apim-Subscription-Key"])
def test_every_call_needs_both_keys(office: Office, header: str) -> None:
    del office.session.headers[header]
    assert office.get("/Customers").status_code == 401


def test_expired_token_is_401_until_a_new_one(office: Office) -> None:
    office.running.fault(OFFICE, "expire_token", count=1)
    assert office.get("/Customers").status_code == 401
    assert office.get("/Customers").status_code == 401
    office.login()
    assert office.get("/Customers").status_code == 204


def test_missing_privilege_is_403_and_noted(office: Office) -> None:
    office.running.switch(OFFICE, "write_privileges", on=False)
    assert "Customer_Full" in office.get("/ClientIntegrationInformation").json()["InvalidPrivileges"]
    assert office.post("/Customers", {"Name": "Fjord AS"}).status_code == 403
    assert [row["applied"] for row in office.running.audit(OFFICE)] == [0]


def test_client_id_is_the_tenants_and_stays(office: Office) -> None:
    first = office.get("/ClientIntegrationInformation").json()["ClientId"]
    office.login()
    assert first
    assert office.get("/ClientIntegrationInformation").json()["ClientId"] == first


def test_sending_an_invoice_without_the_privilege_is_400(office: Office) -> None:
    order = office.order()
    answer = office.post(f"/SalesOrders/{order['Id']}/createAndSendInvoice", {})
    assert (answer.status_code, answer.json()["title"]) == (400, "Missing privilege")


@pytest.fixture
def slow_office(tmp_path: Path) -> Iterator[Office]:
    with start(tmp_path / "slow", seed=None, port_base=0, rate=5) as served:
        yield Office(served)


def test_too_many_requests_are_429_without_retry_after(slow_office: Office) -> None:
    answers = [slow_office.get("/Customers") for _ in range(10)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert "Retry-After" not in refused[0].headers
