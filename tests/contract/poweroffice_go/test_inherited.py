"""What an order inherits from its customer is read as its page shows it, and written to as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Record, System
from sandbox import Running
from tests.contract.poweroffice_go.desk import GO, NUMBERS, body, made, opened, write


@pytest.fixture
def order(client: System, sandbox: Running) -> Record:
    """An order as a person makes one for a customer of another currency with a fixed discount: it holds neither itself."""
    customer = made(client, "Customers", Name="Utland GmbH", CurrencyCode="EUR", Allowance=10)
    product = made(client, "Products", Name="Vare", Code=f"V-{next(NUMBERS)}", UnitPrice=100).id
    lines = tuple(LineWrite("create", None, {"ProductId": product, "Quantity": 2, "SortOrder": place}) for place in range(2))
    made_now = write(client, "SalesOrders", fields={"CustomerId": customer.id}, lines=lines).record
    assert made_now
    for line in body(made_now)["SalesOrderLines"]:
        sandbox.edit_line(GO, "SalesOrders", made_now.id, line["Id"], {"Allowance": None})
    sandbox.edit(GO, "SalesOrders", made_now.id, {"CurrencyCode": None})
    (found,) = client.get("SalesOrders", [made_now.id])
    return found


def told(order: Record | None) -> tuple[str, list[float]]:
    return body(order)["CurrencyCode"], [line["Allowance"] for line in body(order)["SalesOrderLines"]]


def stored(sandbox: Running, order: Record) -> tuple[str | None, list[float | None]]:
    found: Mapping[str, Any] | None = sandbox.record(GO, "SalesOrders", order.id)
    assert found
    return found["CurrencyCode"], [line["Allowance"] for line in found["SalesOrderLines"]]


def test_an_order_shows_what_it_inherits(client: System, order: Record, sandbox: Running) -> None:
    assert stored(sandbox, order) == (None, [None, None])
    assert told(order) == ("EUR", [10, 10])
    assert body(order)["NetAmount"] == 360


@pytest.mark.parametrize(("tests", "lag"), [(True, 0), (False, 0), (True, 3600)])
def test_a_write_is_compared_with_what_is_stored(client: System, order: Record, sandbox: Running, tests: bool, lag: int) -> None:
    first, second = body(order)["SalesOrderLines"]
    change = LineWrite("update", first["Id"], {"Allowance": 15}, {"Allowance": 10})
    removal = LineWrite("remove", second["Id"], before={"Allowance": 10, "Quantity": 2})
    fields: Mapping[str, Any] = {"CurrencyCode": "SEK"}
    sandbox.lag(lag)
    current, before = body(order), {"CurrencyCode": "EUR"}
    writer = opened(sandbox, json_patch_test=tests)
    outcome = write(writer, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=current, lines=(change, removal))
    sandbox.lag(0)
    assert outcome.status == "done", outcome
    assert stored(sandbox, order) == ("SEK", [15])
    assert told(outcome.record) == ("SEK", [15])


def test_what_is_not_written_stays_inherited(client: System, order: Record, sandbox: Running) -> None:
    line = LineWrite("update", body(order)["SalesOrderLines"][0]["Id"], {"Quantity": 5}, {"Quantity": 2})
    outcome = write(client, "SalesOrders", "update", id=order.id, fields={"CustomerReference": "Vår"}, current=body(order), lines=(line,))
    assert outcome.status == "done", outcome
    assert stored(sandbox, order) == (None, [None, None])
    assert told(outcome.record) == ("EUR", [10, 10])
    assert (outcome.record,) == tuple(client.get("SalesOrders", [order.id]))


def test_one_that_was_set_meanwhile_has_moved(client: System, order: Record, sandbox: Running) -> None:
    sandbox.edit(GO, "SalesOrders", order.id, {"CurrencyCode": "DKK"})
    fields, before = {"CurrencyCode": "SEK"}, {"CurrencyCode": "EUR"}
    assert write(client, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=body(order)).status == "moved"
    assert stored(sandbox, order)[0] == "DKK"


@pytest.mark.parametrize(("holds", "calls"), [(False, 2), (True, 1)])
def test_only_what_is_not_told_costs_a_call_more(client: System, order: Record, sandbox: Running, holds: bool, calls: int) -> None:
    if holds:
        sandbox.edit(GO, "SalesOrders", order.id, {"CurrencyCode": "EUR"})
        for line in body(order)["SalesOrderLines"]:
            sandbox.edit_line(GO, "SalesOrders", order.id, line["Id"], {"Allowance": 0})
    before = client.calls
    list(client.get("SalesOrders", [order.id]))
    assert client.calls - before == calls
