"""``lenke undo`` as a command: Airflow's connections and folders as they are, the ledger's keys those of the flow tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner, Result

from lenke.cli import app, runs
from lenke.core.errors import BusyError, ConfigurationError
from lenke.local import connections
from lenke.runtime.undo import command
from tests.flows.harness import ROOT
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation

OLD, NEW = "+4722700100", "+4722700101"
Command = Callable[..., Result]


@pytest.fixture
def lenke(few: Installation, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, on the installation that the tests run."""
    variables = {connections.variable(name): json.dumps(few.systems.connections[name]) for name in (SHOP, OFFICE)}
    secret = {"AIRFLOW_CONN_LENKE_DIGEST_KEY": json.dumps({"conn_type": "generic", "password": few.engine.digest_key.hex()})}
    places = {"LENKE_INCLUDE": str(ROOT / "include"), "AIRFLOW__LENKE__HOME": f"file://{few.engine.home}"}
    for name, value in {**variables, **secret, **places}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(command, "MetadataKeys", lambda dataflow, flow, generation: few.engine.keys[flow, generation])
    monkeypatch.setattr(command, "MetadataWitness", lambda dataflow, flow: few.engine.witnesses[flow])
    monkeypatch.setattr(command, "active_run", lambda dataflow: None)
    monkeypatch.setattr(runs, "attached", lambda home: nullcontext())
    return lambda *arguments: CliRunner().invoke(app, ["undo", *arguments])


@pytest.fixture
def customer(few: Installation) -> str:
    """A customer whose new number the last run has carried to the right; its left id."""
    left = min(few.engine.right_of(CUSTOMERS))
    for number in (OLD, NEW):
        few.edit(SHOP, "Customer", left, {"phone": number})
        few.engine.run()
    few.asked()
    return left


def test_a_run_is_shown_without_values_and_nothing_is_sent(few: Installation, customer: str, lenke: Command) -> None:
    shown = lenke(f"run-{few.engine.runs}")
    assert shown.exit_code == 0, shown.output
    right = few.engine.right_of(CUSTOMERS)[customer]
    row = next(line for line in shown.output.splitlines() if right in line)
    assert row.split() == ["right", OFFICE, "Customers", right, "phone", "put", "back", "then", "in", SHOP]
    assert "put back 1" in shown.output
    assert "Nothing is sent without --apply" in shown.output
    assert "edits which the run had carried are undone there, too" in shown.output
    assert not any(number in shown.output for number in (OLD, NEW))
    with_values = lenke(f"run-{few.engine.runs}", "--values")
    assert {OLD, NEW} <= set(with_values.output.split())
    assert few.asked() == []


def test_an_applied_undo_names_its_own_run_which_can_be_undone(few: Installation, customer: str, lenke: Command) -> None:
    done = lenke(f"run-{few.engine.runs}", "--apply")
    assert done.exit_code == 0, done.output
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == OLD
    assert len(few.asked()) == 1
    (own,) = [word.rstrip(";") for word in done.output.split() if word.startswith("undo__")]
    again = lenke(own, "--dataflow", few.engine.dataflow.name, "--flow", CUSTOMERS, "--apply")
    assert "put back 1" in again.output
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == NEW


def test_what_the_system_refuses_is_told_and_exits_1(few: Installation, customer: str, lenke: Command) -> None:
    few.systems.fault(OFFICE, "5xx", count=50, match={"method": "PATCH"})
    done = lenke(f"run-{few.engine.runs}", "--apply")
    assert done.exit_code == 1
    assert "failed 1" in done.output
    assert few.right(CUSTOMERS, customer)["PhoneNumber"] == NEW


def test_beside_an_active_run_it_refuses(few: Installation, customer: str, lenke: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "active_run", lambda dataflow: "manual__1")
    refused = lenke(f"run-{few.engine.runs}", "--apply")
    assert isinstance(refused.exception, BusyError)
    assert "manual__1" in str(refused.exception)
    assert "wait for its end" in str(refused.exception)
    assert few.asked() == []


@pytest.mark.parametrize(
    ("arguments", "said"), [(("run-99",), "no journal of run run-99"), (("run-1", "--flow", "nothing"), "has no flow nothing; there are")]
)
def test_what_is_not_there_is_named(lenke: Command, customer: str, few: Installation, arguments: tuple[str, ...], said: str) -> None:
    arguments = tuple(one.replace("run-1", f"run-{few.engine.runs}") for one in arguments)
    answer = lenke(*arguments)
    assert isinstance(answer.exception, ConfigurationError)
    assert said in str(answer.exception)
