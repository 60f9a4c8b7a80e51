"""How SuperOffice is opened and kept open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError, RetriableError
from lenke.systems.connection import Connection
from lenke.systems.registry import client_for
from lenke.systems.superoffice import credentials
from lenke.systems.superoffice.settings import Settings
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE
from tests.contract.superoffice.desk import read, update
from tests.flows.superoffice_small import OFFICE


def test_a_moved_tenant_is_found_again_in_the_middle_of_work(client: Any, running: Running) -> None:
    assert read(client, "Contact", "101")[0].id == "101"
    running._system(OFFICE).move("online7")  # type: ignore[attr-defined]
    assert update(client, "Contact", "101", {"Department": "Salg"}).status == "done"
    assert len([row for row in running.audit(OFFICE) if row["verb"] == "update"]) == 1


def test_an_ended_ticket_is_renewed(client: Any, running: Running) -> None:
    client.tenant()
    running._system(OFFICE).expire_tokens()
    assert client.tenant() == running.connections[OFFICE]["login"]


def test_a_tenant_in_maintenance_is_tried_again_later(client: Any, running: Running) -> None:
    running._system(OFFICE).store.keep("state", "OfflineMaintenance")
    with pytest.raises(RetriableError) as caught:
        client.tenant()
    assert caught.value.delay == timedelta(minutes=10)


def test_a_refresh_token_opens_the_tenant_as_well(running: Running) -> None:
    meta = running._system(OFFICE).store.meta
    plain = running.connections[OFFICE]
    extra = {"client_id": meta("client_id"), "refresh_token": meta("refresh_token"), "sandbox": True}
    client = client_for(OFFICE, {**plain, "extra": extra}, patience=HASTE)
    assert client.tenant() == plain["login"]
    with pytest.raises(AuthenticationError):
        client_for(OFFICE, {**plain, "extra": extra | {"refresh_token": "wrong"}}, patience=HASTE).tenant()


def test_a_stranger_gets_no_credentials() -> None:
    def script(asked: Asked) -> Answer:
        return Answer({"IsRunning": True, "Api": "https://elsewhere.example/Cust1/api", "ValidUntil": "2036-01-01T00:00:00Z"})

    with Scripted(script) as server:
        plain = {"host": server.url, "login": "Cust1", "password": "p", "extra": {"system_token": "s", "private_key": "k"}}
        with pytest.raises(ConfigurationError, match="outside its own domain"):
            client_for(OFFICE, plain, patience=HASTE).tenant()


def test_a_jwt_that_the_environment_did_not_sign_is_refused(running: Running) -> None:
    import jwt

    key = running.connections[OFFICE]["extra"]["private_key"]
    forged = jwt.encode({credentials.TICKET_CLAIM: "7T:forged"}, key, algorithm="RS256", headers={"kid": "sandbox"})
    keys = running._system(OFFICE)._access.keys().body  # type: ignore[attr-defined]
    with pytest.raises(AuthenticationError, match="not signed"):
        credentials._ticket_of(forged, keys)
    with pytest.raises(AuthenticationError, match="not signed"):
        credentials._ticket_of("no jwt", keys)


def test_a_ticket_is_kept_for_six_hours_from_its_last_use() -> None:
    now = [0.0]
    asked: list[float] = []

    def ask() -> str:
        asked.append(now[0])
        return "7T:x"

    settings = Settings.of(Connection("https://online.superoffice.com", "Cust1", "p", {"system_token": "s", "private_key": "k"}))
    auth = credentials.SystemUser(settings, ask, clock=lambda: now[0])
    for hours in (0, 5, 10, 15.9, 22):
        now[0] = hours * 3600.0
        auth.headers()
    assert asked == [0.0, 22 * 3600.0]


def test_what_a_connection_lacks_is_named() -> None:
    with pytest.raises(ConfigurationError, match="extra system_token, extra private_key missing"):
        client_for(OFFICE, {"host": "https://sod.superoffice.com", "login": "Cust1", "password": "x"})
