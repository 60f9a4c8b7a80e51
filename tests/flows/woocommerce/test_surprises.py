"""What a real WooCommerce does and nobody expects: e-mails, deleted variations, guests with accounts, rendered texts, taxes off."""

from __future__ import annotations

import pytest

from lenke.runtime.windows import Window
from lenke.systems.woocommerce.guests import guest_id
from tests.flows.woocommerce.shop import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Body, Pair

FULL = Window("full")
GUEST = guest_id("gro.gjest@example.com")


@pytest.mark.parametrize("address", ["øyvind@blåbær.no", "anne@bør.no"])
def test_an_e_mail_that_the_shop_would_strip_is_parked_and_sent_to_nobody(pair: Pair, address: str) -> None:
    pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)["2"], {"EmailAddress": address})
    pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)["3"], {"EmailAddress": "ola.ny@example.com"})
    pair.engine.run()
    assert [pair.left("Customer", key)["email"] for key in ("2", "3")] == ["kari.lyng@example.com", "ola.ny@example.com"]
    assert pair.engine.parked(CUSTOMERS)["2"][0] == "rejected"


@pytest.mark.parametrize("first", [True, False])
def test_the_line_of_a_variation_that_was_deleted_is_a_line_of_a_product_that_is_no_more(pair: Pair, first: bool) -> None:
    if first:  # an order that comes after the deletion
        pair.systems.delete(SHOP, "Product", "21")
        pair.systems.create(SHOP, "Order", {"customer_id": 3, "line_items": [{"product_id": 11, "quantity": 1}]})
    else:
        pair.systems.edit(SHOP, "Order", "500001", {"transaction_id": "PAY-8"})
        pair.systems.delete(SHOP, "Product", "21")
    pair.engine.run(FULL)
    assert ORDERS not in {flow for flow, _ in pair.engine.all_parked()}
    before = pair.right(ORDERS, "500001")["SalesOrderLines"]
    pair.engine.run(FULL)
    assert pair.right(ORDERS, "500001")["SalesOrderLines"] == before
    assert "missing_reference" not in {reason for reason, _ in pair.engine.parked(ORDERS).values()}


def test_a_guest_who_gets_an_account_is_no_second_customer(pair: Pair) -> None:
    customers = len(pair.systems.records(OFFICE, "Customers"))
    key = pair.systems.create(SHOP, "Customer", {"email": "gro.gjest@example.com", "first_name": "Gro", "last_name": "Gjest"})
    pair.engine.run()
    assert len(pair.systems.records(OFFICE, "Customers")) == customers
    assert pair.engine.parked(CUSTOMERS)[key][0] == "closed_match"
    pair.engine.desk(CUSTOMERS).relink(key, pair.engine.right_of(CUSTOMERS)[GUEST])
    pair.settle()
    assert len(pair.systems.records(OFFICE, "Customers")) == customers
    assert key in pair.engine.right_of(CUSTOMERS)
    assert {pair.right(ORDERS, order)["CustomerId"] for order in ("500002", "500003")} == {int(pair.engine.right_of(CUSTOMERS)[key])}


def test_a_variations_description_is_what_was_written_and_not_how_it_is_shown(pair: Pair) -> None:
    text = 'Sies "myk" -- [gallery ids="1,2"]'
    pair.systems.edit(SHOP, "Product", "21", {"description": text})
    pair.settle()
    assert pair.right(PRODUCTS, "21")["Description"] == text
    pair.systems.edit(OFFICE, "Products", pair.engine.right_of(PRODUCTS)["21"], {"Description": f"{text} Ny"})
    pair.settle()
    assert pair.left("Product", "21")["description"] == f"{text} Ny"


def test_prices_of_a_shop_without_taxes_hold_none_whatever_was_left_in_its_settings(pair: Pair) -> None:
    pair.systems.switch(SHOP, "charges_taxes", on=False)
    body: Body = {"name": "Ny vare", "sku": "NY-1", "regular_price": "210.00"}
    key = pair.systems.create(SHOP, "Product", body)
    pair.engine.run()
    assert pair.right(PRODUCTS, key)["UnitPrice"] == 210
