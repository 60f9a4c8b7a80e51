"""What an order inherits from its customer is read as its page shows it, and written to as it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


class TestProducts:
    """The sandbox's only group books on account 510001."""

    @pytest.fixture
    def product(self, client: System) -> Record:
        return made(client, "Products", Name="Vare", Code=f"V-{next(NUMBERS)}", UnitPrice=100)

    def account(self, sandbox: Running, product: Record) -> int | None:
        stored = sandbox.record(GO, "Products", product.id)
        assert stored
        found: int | None = stored["StandardSalesAccountId"]
        return found

    @pytest.mark.parametrize("how", ["made", "get", "list", "find"])
    def test_a_product_shows_its_groups_account_however_it_is_read(
        self, client: System, product: Record, sandbox: Running, how: str
    ) -> None:
        reads: dict[str, Callable[[], Iterable[Record]]] = {
            "made": lambda: [product],
            "get": lambda: client.get("Products", [product.id]),
            "list": lambda: client.list("Products"),
            "find": lambda: client.find("Products", "Code", [body(product)["Code"]]),
        }
        (found,) = (record for record in reads[how]() if record.id == product.id)
        assert (body(found)["StandardSalesAccountId"], self.account(sandbox, product)) == (510001, None)

    @pytest.mark.parametrize("tests", [True, False])
    @pytest.mark.parametrize(("fields", "left"), [({"StandardSalesAccountId": 510003}, 510003), ({"Name": "Ny"}, None)])
    def test_a_write_is_compared_with_what_is_stored(
        self, product: Record, sandbox: Running, fields: dict[str, Any], left: int | None, tests: bool
    ) -> None:
        before = {path: body(product)[path] for path in fields}
        writer = opened(sandbox, json_patch_test=tests)
        outcome = write(writer, "Products", "update", id=product.id, fields=fields, before=before, current=body(product))
        assert outcome.status == "done", outcome
        assert self.account(sandbox, product) == left
        assert body(outcome.record)["StandardSalesAccountId"] == (left or 510001)

    def test_the_groups_are_asked_for_once(self, sandbox: Running, product: Record) -> None:
        reader = opened(sandbox)
        counts = []
        for _ in range(3):
            before = reader.calls
            list(reader.get("Products", [product.id]))
            counts.append(reader.calls - before)
        assert counts[1:] == [1, 1]

    def test_groups_that_nobody_may_see_tell_nothing(self, sandbox: Running, product: Record) -> None:
        sandbox.fault(GO, "5xx", status=404, match={"method": "GET", "path": "/ProductGroups"})
        (found,) = opened(sandbox).get("Products", [product.id])
        assert body(found)["StandardSalesAccountId"] is None
