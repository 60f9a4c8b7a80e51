"""No field of a connection is repeated: not in errors with all that hangs on them, not in logs, not by repr, not by Airflow's pages."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.sdk._shared.secrets_masker import SecretsMasker

from lenke.core.errors import LenkeError
from lenke.core.ports import Outcome, System, Write
from lenke.systems.connection import Connection
from lenke.systems.patience import Patience
from lenke.systems.provider_info import get_provider_info
from lenke.systems.registry import SYSTEMS, hook_class
from tests.contract.scripted import Answer, Asked, Scripted
from tests.security.canaries import LOGIN, PASSWORD, SECRETS, connection_with, opened

ONCE = Patience(tries=1, first=0.0, longest=0.0)
TOKEN, PERSON = "canary-token-3e", "Kari Q7zx Nordmann"
ENTITIES = {
    "custom_webshop": "Customer", "custom_erp": "Customer", "poweroffice_go": "Customers", "shopify": "Customer",
    "superoffice": "Contact", "woocommerce": "Customer",
}  # fmt: skip
FIELDS = {"poweroffice_go": "Name", "superoffice": "Name", "custom_erp": "name", "custom_webshop": "company_name"}


class Echo:
    """A server that gives tokens and then refuses everything with all that it was told, as plainly as a careless one would."""

    def __init__(self, status: int, *, as_json: bool) -> None:
        self.status, self.as_json, self.url = status, as_json, ""

    def __call__(self, asked: Asked) -> Answer:
        if "oken" in asked.path:
            return Answer({"access_token": TOKEN, "expires_in": 600})
        if "/api/state/" in asked.path:
            return Answer({"Api": f"{self.url}/api", "IsRunning": True, "ValidUntil": "2099-01-01T00:00:00Z"})
        headers = {name: f"{value} {_inside(value)}" for name, value in asked.headers.items()}
        told = f"you sent {json.dumps(headers)} {asked.query} {asked.body} to {asked.path}".replace('"', "").replace("'", "")
        wordy = {"error": {"message": told, "code": "bad"}, "message": told, "detail": told, "title": told, "errors": told, "code": "bad"}
        return Answer(wordy if self.as_json else told, status=self.status)


def _inside(value: str) -> str:
    try:
        return base64.b64decode(value.rpartition(" ")[2], validate=True).decode()
    except ValueError:
        return ""


def acts(system: str) -> Iterator[Callable[[System], Any]]:
    """Every kind of request."""
    entity, fields = ENTITIES[system], {FIELDS.get(system, "first_name"): PERSON}
    yield lambda client: [client.tenant()]
    yield lambda client: list(client.list(entity))
    yield lambda client: list(client.get(entity, ["17"]))
    yield lambda client: client.gone(entity, ["17"])
    yield lambda client: client.write(entity, [Write("c:1", "create", fields=fields, marker="lk-x")])
    yield lambda client: client.write(entity, [Write("u:1", "update", "17", fields=fields, before=dict.fromkeys(fields, "Før"))])


def secrets(system: str) -> set[str]:
    plain = connection_with(system, "https://x.example", without=())
    extra = {value for name, value in plain["extra"].items() if name in SECRETS.get(system, ())}
    logins = {LOGIN} if system in ("poweroffice_go", "woocommerce") else set()
    return {PASSWORD, TOKEN, *extra, *logins}


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize(
    ("status", "as_json"),
    [(400, True), (400, False), (401, True), (403, True), (409, True), (500, True), (200, True)],
)
def test_a_server_that_repeats_everything_makes_us_repeat_no_secret_and_no_name(
    system: str, status: int, as_json: bool, caplog: pytest.LogCaptureFixture
) -> None:
    script, said = Echo(status, as_json=as_json), []
    with caplog.at_level(logging.DEBUG), Scripted(script) as server:
        script.url = server.url
        with opened(system, server.url, without=(), patience=ONCE) as client:
            for act in acts(system):
                try:
                    said += [one.reason for one in act(client) if isinstance(one, Outcome)]
                except LenkeError as error:
                    said += ["".join(traceback.format_exception(error, chain=True)), repr(error.__context__)]
        sent = "".join(f"{asked.headers} {asked.query} {asked.body}" for asked in server.asked)
    assert said
    assert any(word in sent for word in (TOKEN, PASSWORD, "oauth_signature", base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()))
    text = "".join(said) + caplog.text
    assert [secret for secret in (*secrets(system), "Q7zx") if secret in text] == []


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_nothing_that_holds_a_connection_shows_it(system: str) -> None:
    plain = connection_with(system, "https://x.example", without=())
    shown = [repr(Connection.of(plain))]
    with opened(system, "https://x.example", without=()) as client:
        shown += [repr(value) for value in vars(client).values()]
    found = secrets(system) - ({LOGIN} if system == "woocommerce" else set())
    assert [secret for secret in found - {LOGIN} if any(secret in text for text in shown)] == []


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_a_connection_that_is_wrong_in_every_way_names_the_field_and_not_its_value(system: str) -> None:
    good = connection_with(system, "https://x.example")
    hook = hook_class(system)
    wrong = [
        {**good, "extra": "canary-extra {"}, {**good, "extra": ["canary-extra"]}, {**good, "host": "canary host"},
        {**good, "extra": {**good["extra"], "requests_per_second": "canary-number"}}, {"host": "https://x.example"}, {},
    ]  # fmt: skip
    for plain in wrong:
        held = type("Held", (), plain)()
        tried = hook("canary")
        tried.get_connection = lambda _, held=held: held  # type: ignore[method-assign, misc]
        passed, told = tried.test_connection()
        assert not passed, plain
        assert "connection" in told, told
        assert "canary" not in told.replace("connection canary", "")


def test_airflows_pages_and_logs_mask_every_secret_field_of_our_forms(tmp_path: Any) -> None:
    """Airflow hides the members of extra whose names it knows; ours are named to it where they are unlike those."""
    masker: Any = SecretsMasker()  # type: ignore[no-untyped-call]
    masker.sensitive_variables_fields = [*_known_to_airflow(), *_named_to_airflow()]
    secret = {
        name
        for entry in get_provider_info()["connection-types"]
        for name, field in entry["conn-fields"].items()
        if field["schema"].get("format") == "password"
    }
    assert {"application_key", "subscription_key", "private_key", "system_token", "refresh_token"} <= secret
    assert [name for name in secret if not masker.should_hide_value_for_key(name)] == []


def _known_to_airflow() -> list[str]:
    from airflow.sdk._shared.secrets_masker import DEFAULT_SENSITIVE_FIELDS

    return list(DEFAULT_SENSITIVE_FIELDS)


def _named_to_airflow() -> list[str]:
    from lenke.local import environment

    return str(environment._preferred(8080)["AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES"]).split(",")
