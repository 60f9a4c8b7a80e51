"""Every property crosses both ways; edits of both sides survive; a price keeps its meaning under another VAT rate."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from lenke.systems.paths import look
from tests.flows.custom_erp.edits import COMPANY, LEFT_EDITS, RIGHT_EDITS
from tests.flows.custom_erp.pair import CUSTOMERS, ENTITY, ERP, ORDERS, PRODUCTS, SHOP, Pair


@pytest.mark.parametrize("flow", ENTITY)
def test_an_edit_of_any_property_in_the_shop_reaches_the_erp(synced: Pair, flow: str) -> None:
    id, edits = synced.first(flow, **COMPANY[flow]), LEFT_EDITS[flow]
    synced.systems.edit(SHOP, ENTITY[flow], id, {path: value for path, (value, _, _) in edits.items()})
    synced.engine.run()
    theirs = synced.right(flow, id)
    assert {path: look(theirs, path) for _, path, _ in edits.values()} == {path: value for _, path, value in edits.values()}
    assert [row["system"] for row in synced.written()] == [ERP]
    assert synced.settled()


@pytest.mark.parametrize("flow", ENTITY)
def test_an_edit_of_any_property_in_the_erp_reaches_the_shop(synced: Pair, flow: str) -> None:
    id, edits = synced.first(flow, **COMPANY[flow]), RIGHT_EDITS[flow]
    synced.systems.edit(ERP, ENTITY[flow], synced.right_id(flow, id), {path: value for path, (value, _, _) in edits.items()})
    synced.engine.run()
    ours = synced.left(flow, id)
    assert {path: look(ours, path) for _, path, _ in edits.values()} == {path: value for _, path, value in edits.values()}
    assert [row["system"] for row in synced.written()] == [SHOP]
    assert synced.settled()


def test_the_vat_rate_alone_is_edited_in_the_erp(synced: Pair) -> None:
    id = synced.first(PRODUCTS, vat_rate="25")
    price = synced.right(PRODUCTS, id)["salesPrice"]
    synced.systems.edit(ERP, "Product", synced.right_id(PRODUCTS, id), {"vatRate": 0.15})
    synced.engine.run()
    assert synced.left(PRODUCTS, id)["vat_rate"] == "15"
    synced.engine.run()
    ours, theirs = synced.left(PRODUCTS, id), synced.right(PRODUCTS, id)
    assert float(ours["price"]) == pytest.approx(theirs["salesPrice"] * 1.15, abs=0.005)
    assert theirs["salesPrice"] == pytest.approx(price, abs=0.005)
    assert synced.settled()


def test_another_customer_of_an_order_crosses_both_ways(synced: Pair) -> None:
    orders = list(synced.engine.right_of(ORDERS))[:2]
    one, other = (synced.left(ORDERS, id)["customer_id"] for id in orders)
    synced.systems.edit(SHOP, "Order", orders[0], {"customer_id": other})
    synced.systems.edit(ERP, "Order", synced.right_id(ORDERS, orders[1]), {"partnerId": synced.right_id(CUSTOMERS, str(one))})
    synced.engine.run()
    assert synced.right(ORDERS, orders[0])["partnerId"] == synced.right_id(CUSTOMERS, str(other))
    assert synced.left(ORDERS, orders[1])["customer_id"] == one
    assert synced.settled()


def test_edits_of_different_properties_on_both_sides_both_survive(synced: Pair) -> None:
    id = synced.first(CUSTOMERS, type="company")
    synced.systems.edit(SHOP, "Customer", id, {"billing.city": "Narvik", "note": "Fra butikken"})
    synced.systems.edit(ERP, "Customer", synced.right_id(CUSTOMERS, id), {"address.street": "Torget 9", "remark": "Fra ERP"})
    synced.engine.run()
    ours, theirs = synced.left(CUSTOMERS, id), synced.right(CUSTOMERS, id)
    assert (ours["billing"]["line1"], ours["billing"]["city"], ours["note"]) == ("Torget 9", "Narvik", "Fra butikken")
    assert (theirs["address"]["street"], theirs["address"]["place"], theirs["remark"]) == ("Torget 9", "Narvik", "Fra butikken")
    assert synced.settled()


def test_a_read_that_lags_undoes_nothing(synced: Pair, clock: Traveller) -> None:
    id = synced.first(CUSTOMERS, type="company")
    clock.shift(2)  # what was written before must not be hidden by the lag
    synced.systems.lag(2, system=ERP)
    connection = synced.engine.connections[ERP]
    lagging = {**connection, "extra": {**connection["extra"], "read_lag_seconds": 2}}
    synced.engine.connections = {**synced.engine.connections, ERP: lagging}
    synced.systems.edit(SHOP, "Customer", id, {"billing.city": "Hammerfest"})
    for _ in range(2):
        synced.engine.run()
        assert synced.left(CUSTOMERS, id)["billing"]["city"] == "Hammerfest"
        assert synced.right(CUSTOMERS, id)["address"]["place"] == "Hammerfest"
    assert [row["system"] for row in synced.written()] == [ERP]
