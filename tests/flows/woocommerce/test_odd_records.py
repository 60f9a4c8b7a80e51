"""What a plugin makes of an amount or a list spoils the record that holds it: nobody else waits, and nothing of it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from lenke.runtime.windows import Window
from tests.flows.strange import change_replies
from tests.flows.woocommerce.shop import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Body, Pair, paired

FULL = Window("full")
Spoil = Callable[[Body], object]


def spoil(monkeypatch: pytest.MonkeyPatch, path: str, key: int, change: Spoil) -> None:
    """Let the shop tell one record of a list otherwise."""

    def odd(request: requests.PreparedRequest, reply: requests.Response) -> None:
        if request.method != "GET" or path not in str(request.url) or reply.status_code != 200:
            return
        body = json.loads(reply.content)
        for row in body if isinstance(body, list) else [body]:
            if isinstance(row, dict) and row.get("id") == key:
                change(row)
        reply._content = json.dumps(body).encode()

    change_replies(monkeypatch, SHOP, odd)


def fee(total: Any) -> Spoil:
    def change(row: Body) -> None:
        for line in row.get("fee_lines") or ():
            line["total"] = total

    return change


ODD_ORDERS: dict[str, Spoil] = {
    "NAN": fee("NAN"),  # what PHP makes of 0 / 0, once it is stored as text
    "INF": fee("INF"),
    "-INF": fee("-INF"),
    "1e999": fee("1e999"),
    "a word": fee("gratis"),
    "NaN": fee(float("nan")),
    "a list": fee([]),
    "a tax that is null": lambda row: [line.update(taxes=[None]) for line in row.get("fee_lines") or ()],
    "taxes that are a number": lambda row: row.update(tax_lines=7),
    "a line that is a text": lambda row: row.update(line_items=["Sokk"]),
    "meta data that is a number": lambda row: row.update(meta_data=1),
}


@pytest.mark.parametrize("change", ODD_ORDERS.values(), ids=ODD_ORDERS)
def test_an_order_that_cannot_be_read_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Spoil) -> None:
    with monkeypatch.context() as during, paired(tmp_path) as pair:
        spoil(during, "/orders", 500001, change)
        pair.engine.run()
        assert sorted(pair.engine.right_of(ORDERS)) == ["500002", "500003", "500004", "500005", "500007"]
        assert pair.engine.parked(ORDERS)["500001"][0] == "invalid_value"
        during.undo()
        pair.engine.run()
        assert "500001" in pair.engine.right_of(ORDERS)
        assert pair.engine.parked(ORDERS) == {}


def test_an_amount_that_is_no_number_names_its_property(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, "/orders", 500001, fee("NAN"))
    pair.engine.run(FULL)
    assert pair.engine.parked(ORDERS)["500001"] == ("invalid_value", "quantity")


@pytest.mark.parametrize("change", [ODD_ORDERS["NAN"], ODD_ORDERS["a tax that is null"]], ids=["its amount", "all of it"])
def test_a_linked_order_that_cannot_be_read_is_left_alone(pair: Pair, monkeypatch: pytest.MonkeyPatch, change: Spoil) -> None:
    with monkeypatch.context() as during:
        spoil(during, "/orders", 500001, change)
        pair.systems.edit(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500001"], {"CustomMatchingReference": "BET-1"})
        pair.systems.edit(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500002"], {"CustomMatchingReference": "BET-2"})
        before = pair.left("Order", "500001"), pair.right(ORDERS, "500001")
        for _ in range(2):
            pair.engine.run(FULL)
        assert (pair.left("Order", "500001"), pair.right(ORDERS, "500001")) == before
        assert pair.left("Order", "500002")["transaction_id"] == "BET-2"
        assert pair.engine.parked(ORDERS).keys() == {"500001"}
    pair.settle()
    assert pair.left("Order", "500001")["transaction_id"] == "BET-1"
    assert pair.engine.parked(ORDERS) == {}


ODD_OTHERS: dict[str, tuple[str, str, int, Spoil]] = {
    "a customer's role": (CUSTOMERS, "/customers", 3, lambda row: row.update(role=["customer"])),
    "a customer's address": (CUSTOMERS, "/customers", 3, lambda row: row.update(billing="Storgata 1")),
    "a product's meta data": (PRODUCTS, "/products", 11, lambda row: row.update(meta_data=1)),
    "a product's price": (PRODUCTS, "/products", 11, lambda row: row.update(regular_price=float("inf"))),
    "a product's status": (PRODUCTS, "/products", 11, lambda row: row.update(status=["publish"])),
}


@pytest.mark.parametrize(("flow", "path", "key", "change"), ODD_OTHERS.values(), ids=ODD_OTHERS)
def test_one_odd_member_of_a_customer_or_product_stops_no_other(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, flow: str, path: str, key: int, change: Spoil
) -> None:
    spoil(monkeypatch, path, key, change)
    pair.systems.edit(SHOP, "Customer", "2", {"first_name": "Karianne"})
    pair.systems.edit(SHOP, "Product", "10", {"name": "Sokker"})
    linked = pair.engine.right_of(flow)
    pair.engine.run(FULL)
    assert pair.right(CUSTOMERS, "2")["FirstName"] == "Karianne"
    assert pair.right(PRODUCTS, "10")["Name"] == "Sokker"
    assert pair.engine.right_of(flow) == linked
