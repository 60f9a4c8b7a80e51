"""Hooks: an Airflow connection of the system's own type or a plain http one opens the client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.systems.provider_info import get_provider_info
from lenke.systems.registry import SYSTEMS, client_for, hook_class
from sandbox import Running

jsonschema: Any = pytest.importorskip("jsonschema")


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize("conn_type", ["", "http"])
def test_a_connection_opens_the_client(
    system: str, conn_type: str, served: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = served(system).connections[system]
    uri = {**connection, "conn_type": conn_type or connection["conn_type"], "extra": json.dumps(connection["extra"])}
    monkeypatch.setenv(f"AIRFLOW_CONN_{system.upper()}", json.dumps(uri))
    hook = hook_class(system)()
    client = hook.get_conn()
    assert client.tenant()
    client.close()
    passed, message = hook.test_connection()
    assert passed, message


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_the_test_button_tells_what_is_wrong(system: str, served: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    connection = served(system).connections[system]
    hidden = {name for name, field in form_of(system)["conn-fields"].items() if field["schema"].get("format") == "password"}
    wrong = {name: "not-this-one" if name in hidden else value for name, value in connection["extra"].items()}
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps({**connection, "password": "not-this-one", "extra": wrong}))
    passed, message = hook_class(system)(conn_id="other").test_connection()
    assert not passed
    assert message
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


def form_of(system: str) -> Mapping[str, Any]:
    """The system's connection form as the provider declares it."""
    declared: dict[str, Mapping[str, Any]] = {entry["connection-type"]: entry for entry in get_provider_info()["connection-types"]}
    assert list(declared) == list(SYSTEMS)
    return declared[system]


def airflows(name: str) -> Any:
    """One of the JSON schemas that Airflow judges providers by."""
    return json.loads((resources.files("airflow") / name).read_text("utf-8"))


def test_the_declaration_is_what_airflow_accepts() -> None:
    info = get_provider_info()
    assert {"package-name", "name", "description", "connection-types"} <= set(info)
    jsonschema.validate({**info, "versions": ["0.1.0"]}, airflows("provider_info.schema.json"))


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_each_form_is_what_airflow_accepts(system: str) -> None:
    form = form_of(system)
    as_hooks_say_it = {name.replace("-", "_"): value for name, value in form["ui-field-behaviour"].items()}
    jsonschema.validate(as_hooks_say_it, airflows("customized_form_field_behaviours.schema.json"))
    standard = {"host", "schema", "port", "login", "password", "extra", "description"}
    behaviour = form["ui-field-behaviour"]
    assert {*behaviour["hidden-fields"], *behaviour["relabeling"], *behaviour["placeholders"]} <= standard
    for name, field in form["conn-fields"].items():
        jsonschema.Draft202012Validator.check_schema(field["schema"])
        assert field["label"], name
        assert "null" in field["schema"]["type"], f"{name}: the form must take it empty"


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_each_form_tells_the_defaults_of_rate_and_lag(system: str) -> None:
    fields = form_of(system)["conn-fields"]
    assert "requests_per_second" in fields
    for name in {"requests_per_second", "read_lag_seconds"} & fields.keys():
        assert "Empty: " in fields[name]["description"], name
