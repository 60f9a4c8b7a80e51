"""Prices that a connector does not know, which it answers with the least decimal there is."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.ports import LineWrite
from sandbox import Running
from tests.contract.superoffice.desk import read, update
from tests.flows.superoffice_small import OFFICE

PRICES = ["UnitCost", "UnitMinimumPrice", "UnitListPrice"]
UNKNOWN = -7.922816251426434e28


def held(running: Running, entity: str, id: str) -> Any:
    found = running.record(OFFICE, entity, id)
    assert found is not None
    return found


@pytest.mark.parametrize("price", PRICES)
def test_a_product_gets_a_price_that_was_not_known(client: Any, running: Running, price: str) -> None:
    running.edit(OFFICE, "Product", "2001", {price: UNKNOWN})
    assert read(client, "Product", "2001")[1][price] is None
    assert update(client, "Product", "2001", {price: 12.5}, {price: None}).status == "done"
    assert held(running, "Product", "2001")[price] == 12.5


@pytest.mark.parametrize("price", PRICES)
def test_a_product_keeps_a_price_that_is_not_known(client: Any, running: Running, price: str) -> None:
    running.edit(OFFICE, "Product", "2001", {price: UNKNOWN})
    assert update(client, "Product", "2001", {"Name": "Tauverk"}, {price: None, "Name": "Tau"}).status == "done"
    product = held(running, "Product", "2001")
    assert product["Name"] == "Tauverk"
    assert float(product[price]) == UNKNOWN


@pytest.mark.parametrize("price", PRICES)
def test_a_line_gets_a_price_that_was_not_known(client: Any, running: Running, price: str) -> None:
    running.edit_line(OFFICE, "Sale", "501", "6001", {price: UNKNOWN})
    assert read(client, "Sale", "501")[1]["Quotelines"][0][price] is None
    line = LineWrite("update", "6001", {price: 12.5}, {price: None})
    assert update(client, "Sale", "501", {}, lines=(line,)).status == "done"
    assert held(running, "QuoteLine", "6001")[price] == 12.5


def test_a_price_that_somebody_set_meanwhile_is_not_overwritten(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Product", "2001", {"UnitCost": 40})
    assert update(client, "Product", "2001", {"UnitCost": 12.5}, {"UnitCost": None}).status == "moved"
    assert held(running, "Product", "2001")["UnitCost"] == 40
