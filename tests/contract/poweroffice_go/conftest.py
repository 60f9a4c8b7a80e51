"""A client of the sandbox, and an order in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lenke.core.ports import LineWrite, Record, System
from sandbox import Running
from tests.contract.poweroffice_go.desk import NUMBERS, made, opened, write


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = opened(sandbox)
    yield found
    found.close()


@pytest.fixture
def order(client: System) -> Record:
    customer = made(client, "Customers", Name="Bestiller AS")
    products = [made(client, "Products", Name=f"Vare {n}", Code=f"V-{next(NUMBERS)}", UnitPrice=100).id for n in range(2)]
    lines = tuple(
        LineWrite("create", None, {"ProductId": product, "Quantity": 2, "SortOrder": place}, marker=f"lk-line-{place}")
        for place, product in enumerate(products)
    )
    outcome = write(client, "SalesOrders", fields={"CustomerId": customer.id, "ImportedOrderNo": next(NUMBERS)}, lines=lines, marker=None)
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record
