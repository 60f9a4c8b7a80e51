"""Hooks: an Airflow connection of the system's own type or a plain http one opens the client."""

from __future__ import annotations

import json

import pytest

from lenke.core.errors import ConfigurationError
from lenke.systems.provider_info import get_provider_info
from lenke.systems.registry import SYSTEMS, client_for, hook_class
from sandbox import Running


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize("conn_type", ["", "http"])
def test_a_connection_opens_the_client(system: str, conn_type: str, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sandbox.connections[system]
    uri = {**connection, "conn_type": conn_type or connection["conn_type"], "extra": json.dumps(connection["extra"])}
    monkeypatch.setenv(f"AIRFLOW_CONN_{system.upper()}", json.dumps(uri))
    hook = hook_class(system)()
    client = hook.get_conn()
    assert client.tenant()
    client.close()
    passed, message = hook.test_connection()
    assert passed, message


def test_the_test_button_tells_what_is_wrong(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for system in SYSTEMS:
        connection = {**sandbox.connections[system], "password": "not-this-one"}
        monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps(connection))
        passed, message = hook_class(system)(conn_id="other").test_connection()
        assert not passed
        assert "not-this-one" not in message


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_the_provider_declares_every_system(system: str) -> None:
    declared = {entry["connection-type"]: entry for entry in get_provider_info()["connection-types"]}
    hook = hook_class(system)
    assert declared[system]["hook-class-name"] == f"{hook.__module__}.{hook.__qualname__}"
    assert (hook.conn_type, hook.default_conn_name, declared[system]["hook-name"]) == (system, system, hook.hook_name)
    assert hook(**{hook.conn_name_attr: "elsewhere"})._conn_id == "elsewhere"


def test_a_system_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="no system webshop"):
        client_for("webshop", {})


def test_the_declaration_is_what_airflow_accepts() -> None:
    schema = pytest.importorskip("airflow.providers_manager")
    info = get_provider_info()
    assert {"package-name", "name", "description", "connection-types"} <= set(info)
    validator = getattr(schema, "_create_provider_info_schema_validator", None)
    if validator is not None:
        validator().validate({**info, "versions": ["0.1.0"]})
