"""``lenke check --connections``: every system's answer or what is wrong with its connection, never a secret."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

import sandbox
from lenke.core import errors
from lenke.local.places import REPOSITORY
from lenke.local.tables import connection_table
from lenke.runtime import connections
from lenke.systems.registry import SYSTEMS
from sandbox import Running

SECRET = "very-secret-0123456789"


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with sandbox.start(tmp_path_factory.mktemp("sandbox"), seed=1, port_base=0, rate=5_000) as found:
        yield found


def connect(monkeypatch: pytest.MonkeyPatch, systems: Running, **changed: dict[str, Any] | None) -> None:
    """Connections of all six, some of them changed or (None) left out."""
    monkeypatch.setenv("LENKE_INCLUDE", str(REPOSITORY / "include"))
    for name, plain in systems.connections.items():
        monkeypatch.delenv(f"AIRFLOW_CONN_{name.upper()}", raising=False)
        if (more := changed.get(name, {})) is not None:
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({**plain, **more}))


def test_all_six_tell_whose_data_it_is(monkeypatch: pytest.MonkeyPatch, systems: Running) -> None:
    connect(monkeypatch, systems)
    checked = connections.check()
    assert [one.system for one in checked] == list(SYSTEMS)
    assert {one.result for one in checked} == {"ok"}, [one.told for one in checked]
    assert all(one.is_sandbox and one.told.startswith("tenant ") and not one.remedy for one in checked)


def test_each_failure_has_its_remedy_and_no_secret(monkeypatch: pytest.MonkeyPatch, systems: Running) -> None:
    closed = {"host": "http://127.0.0.1:9", "extra": {}}
    connect(
        monkeypatch,
        systems,
        custom_webshop={"password": SECRET},
        poweroffice_go={"extra": {}},
        shopify=None,
        woocommerce=closed | {"password": SECRET, "login": SECRET},
    )
    checked = {one.system: one for one in connections.check()}
    assert checked["custom_webshop"].result == "failed"
    assert "check login, password and keys of connection custom_webshop" in checked["custom_webshop"].remedy
    assert checked["poweroffice_go"].result == "failed"
    assert "complete connection poweroffice_go" in checked["poweroffice_go"].remedy
    assert checked["shopify"].result == "missing"
    assert "AIRFLOW_CONN_SHOPIFY" in checked["shopify"].remedy
    assert checked["woocommerce"].result == "failed"
    assert "check the host of connection woocommerce" in checked["woocommerce"].remedy
    assert checked["superoffice"].result == checked["custom_erp"].result == "ok"
    assert SECRET not in str(checked)


def test_a_key_of_a_shop_that_may_only_read_is_no_good_one(monkeypatch: pytest.MonkeyPatch, systems: Running) -> None:
    connect(monkeypatch, systems)
    systems.switch("woocommerce", "keys_may_write", on=False)
    try:
        found = next(one for one in connections.check() if one.system == "woocommerce")
    finally:
        systems.switch("woocommerce", "keys_may_write", on=True)
    assert (found.result, "no write permission" in found.told) == ("failed", True)
    assert "the privileges that they have" in found.remedy


def test_a_secret_that_an_error_repeats_is_taken_out(monkeypatch: pytest.MonkeyPatch, systems: Running) -> None:
    def talkative(self: Any) -> Any:
        raise errors.FatalError(f"the server says: {SECRET} is wrong")

    monkeypatch.setattr("lenke.systems.custom_webshop.hook.CustomWebshopHook.get_conn", talkative)
    connect(monkeypatch, systems, custom_webshop={"password": SECRET})
    assert connections.check()[0].told == "the server says: *** is wrong"


def test_the_table_has_a_row_a_system() -> None:
    out = io.StringIO()
    rows = [
        connections.Checked("shopify", "shopify", "ok", "tenant 17", is_sandbox=True),
        connections.Checked("woocommerce", "shop", "failed", "GET /x: 401 [red]", "check login"),
    ]
    connection_table(rows, Console(file=out))
    text = out.getvalue()
    assert "tenant 17 (sandbox)" in text
    assert "401 [red]" in text
