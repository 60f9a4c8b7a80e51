"""WooCommerce and PowerOffice GO, end to end on a handful of records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lenke.runtime.windows import Window
from lenke.systems.woocommerce.guests import guest_id
from tests.flows.woocommerce.shop import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Pair, items, line_id, lines, paired, sent

FULL = Window("full")
GUEST = guest_id("gro.gjest@example.com")


def test_the_first_sync_makes_everything_once_and_the_second_is_silent(pair: Pair) -> None:
    assert set(pair.engine.right_of(CUSTOMERS)) == {"2", "3", GUEST}
    assert set(pair.engine.right_of(PRODUCTS)) == {"10", "11", "21"}
    assert set(pair.engine.right_of(ORDERS)) == {"500001", "500002", "500003", "500004", "500005", "500007"}
    assert pair.engine.all_parked() == set()
    pair.engine.run()
    assert pair.written() == []
    assert pair.engine.quiet()


def test_customers_are_persons_and_the_one_that_was_there_is_matched(pair: Pair) -> None:
    assert pair.engine.right_of(CUSTOMERS)["3"] == "61000101"
    assert all(pair.right(CUSTOMERS, key)["IsPerson"] for key in ("2", "3", GUEST))
    assert len(pair.systems.records(OFFICE, "Customers")) == 3


def test_texts_cross_without_html_entities(pair: Pair) -> None:
    assert pair.right(PRODUCTS, "10")["Name"] == "Sokk & vott"
    assert lines(pair, "500001")["GEBYR"]["Description"] == "Gebyr & kort"
    assert pair.left("Product", "10")["name"] == "Sokk &amp; vott"


def test_an_order_is_booked_with_goods_variations_freight_and_fees(pair: Pair) -> None:
    found = {code: (line["Quantity"], line["ProductUnitPrice"]) for code, line in lines(pair, "500001").items()}
    assert found == {"ULL-1": (7, 7.992), "GENSER-B": (1, 399.2), "FRAKT": (1, 79.2), "GEBYR": (1, 49)}


def test_prices_with_vat_come_to_the_same_sum(pair: Pair) -> None:
    order = pair.left("Order", "500001")
    net = float(order["total"]) - float(order["total_tax"])
    assert pair.right(ORDERS, "500001")["NetAmount"] == pytest.approx(net, abs=0.005)


def test_a_line_of_a_deleted_product_goes_to_the_configured_one(pair: Pair) -> None:
    line = lines(pair, "500005")["DIVERSE"]
    assert (line["Description"], line["Quantity"], line["ProductUnitPrice"]) == ("Utgått", 2, 40)


def test_two_currencies_and_a_discount(pair: Pair) -> None:
    order = pair.right(ORDERS, "500004")
    assert (order["CurrencyCode"], order["NetAmount"]) == ("SEK", 900)
    assert lines(pair, "500004")["KOPP-2"]["Allowance"] == 10
    assert pair.right(ORDERS, "500001")["CurrencyCode"] == "NOK"


class TestGuests:
    def test_all_orders_with_one_e_mail_are_one_customers(self, pair: Pair) -> None:
        customers = {pair.right(ORDERS, order)["CustomerId"] for order in ("500002", "500003")}
        assert customers == {int(pair.engine.right_of(CUSTOMERS)[GUEST])}

    def test_the_newest_order_tells_the_address(self, pair: Pair) -> None:
        assert pair.right(CUSTOMERS, GUEST)["MailAddress"]["City"] == "Narvik"

    def test_a_guests_e_mail_that_an_account_has_is_that_account(self, pair: Pair) -> None:
        assert pair.right(ORDERS, "500007")["CustomerId"] == pair.right(ORDERS, "500001")["CustomerId"]

    def test_an_edit_of_a_guest_in_the_accounts_waits_with_its_reason(self, pair: Pair) -> None:
        pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[GUEST], {"FirstName": "Grete"})
        pair.written()
        pair.engine.run()
        assert pair.written() == []
        assert pair.engine.parked(CUSTOMERS)[GUEST][0] == "locked"

    def test_an_order_without_an_e_mail_is_parked(self, pair: Pair) -> None:
        key = pair.systems.create(SHOP, "Order", {"line_items": [{"product_id": 11, "quantity": 1}]})
        pair.engine.run()
        assert pair.engine.parked(ORDERS)[key] == ("missing_required", "customer")


class TestHeaders:
    def test_edits_in_the_shop_reach_the_accounts(self, pair: Pair) -> None:
        pair.systems.edit(SHOP, "Customer", "2", {"billing.city": "Tromsø", "billing.postcode": "9008"})
        pair.systems.edit(SHOP, "Product", "21", {"regular_price": "599.00"})
        pair.systems.edit(SHOP, "Order", "500001", {"transaction_id": "PAY-7"})
        pair.settle()
        assert pair.right(CUSTOMERS, "2")["MailAddress"]["City"] == "Tromsø"
        assert pair.right(PRODUCTS, "21")["UnitPrice"] == 479.2
        assert pair.right(ORDERS, "500001")["CustomMatchingReference"] == "PAY-7"

    def test_edits_in_the_accounts_reach_the_shop(self, pair: Pair) -> None:
        pair.systems.edit(
            OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)["2"], {"LastName": "Lyng & Sønn", "PhoneNumber": "+4722334455"}
        )
        pair.systems.edit(OFFICE, "Products", pair.engine.right_of(PRODUCTS)["10"], {"Name": "Sokk, grå", "UnitPrice": 8, "StockOnHand": 5})
        pair.systems.edit(
            OFFICE,
            "SalesOrders",
            pair.engine.right_of(ORDERS)["500002"],
            {"CustomerReference": "Ref & co", "PurchaseOrderReference": "PO-1"},
        )
        pair.settle()
        customer, product, order = pair.left("Customer", "2"), pair.left("Product", "10"), pair.left("Order", "500002")
        assert (customer["last_name"], customer["billing"]["phone"]) == ("Lyng & Sønn", "+4722334455")
        assert (product["name"], product["regular_price"], product["stock_quantity"]) == ("Sokk, grå", "10.00", 5)
        meta = {item["key"]: item["value"] for item in order["meta_data"]}
        assert (meta["customer_reference"], meta["purchase_order"]) == ("Ref & co", "PO-1")

    def test_only_what_differs_is_sent_and_no_line(self, pair: Pair) -> None:
        pair.systems.edit(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500001"], {"ContractNo": "K-1"})
        pair.written()
        pair.engine.run()
        assert sent(pair, SHOP, "Order") == [{"meta_data": [{"key": "contract_number", "value": "K-1"}]}]

    def test_a_variation_cannot_be_renamed(self, pair: Pair) -> None:
        pair.systems.edit(OFFICE, "Products", pair.engine.right_of(PRODUCTS)["21"], {"Name": "Jakke"})
        pair.engine.run()
        assert pair.engine.parked(PRODUCTS)["21"] == ("rejected", "")

    def test_a_product_taken_off_the_shelves_is_archived(self, pair: Pair) -> None:
        pair.systems.edit(SHOP, "Product", "11", {"status": "draft"})
        pair.settle()
        assert pair.right(PRODUCTS, "11")["IsArchived"] is True
        pair.systems.edit(OFFICE, "Products", pair.engine.right_of(PRODUCTS)["11"], {"IsArchived": False})
        pair.settle()
        assert pair.left("Product", "11")["status"] == "publish"

    def test_a_confirmed_order_is_not_fought(self, pair: Pair) -> None:
        pair.systems.edit(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500002"], {"SalesOrderStatus": "Confirmed"})
        pair.settle()
        pair.systems.edit(SHOP, "Order", "500002", {"transaction_id": "PAY-9"})
        pair.engine.run()
        assert pair.engine.parked(ORDERS)["500002"][0] == "locked"


def test_edits_of_both_sides_meet(pair: Pair) -> None:
    pair.systems.edit(SHOP, "Order", "500001", {"transaction_id": "PAY-1"})
    key = line_id(pair, "500001", "GENSER-B")
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500001"], key, {"Quantity": 2})
    pair.settle()
    assert pair.right(ORDERS, "500001")["CustomMatchingReference"] == "PAY-1"
    assert items(pair, "500001")["Vare GENSER - Blå"]["quantity"] == 2


def test_the_old_storage_of_orders_is_walked(pair: Pair) -> None:
    pair.systems.switch(SHOP, "hpos", on=False)
    pair.systems.edit(SHOP, "Order", "500001", {"transaction_id": "PAY-2"})
    pair.settle()
    assert pair.right(ORDERS, "500001")["CustomMatchingReference"] == "PAY-2"


def test_an_order_in_the_trash_keeps_its_right_record(pair: Pair) -> None:
    before = len(pair.systems.records(OFFICE, "SalesOrders"))
    pair.systems.delete(SHOP, "Order", "500001")
    pair.engine.run()
    assert pair.written() == []
    assert len(pair.systems.records(OFFICE, "SalesOrders")) == before


def test_a_product_deleted_later_leaves_its_booked_lines_alone(pair: Pair) -> None:
    pair.systems.delete(SHOP, "Product", "11")
    pair.systems.delete(SHOP, "Product", "11")
    pair.systems.edit(SHOP, "Order", "500002", {"transaction_id": "PAY-3"})
    pair.settle()
    assert pair.right(ORDERS, "500002")["CustomMatchingReference"] == "PAY-3"
    assert set(lines(pair, "500002")) == {"KOPP-2"}
    pair.engine.run(FULL)
    assert set(lines(pair, "500002")) == {"KOPP-2"}


def test_a_shop_whose_prices_hold_no_vat(tmp_path: Path) -> None:
    with paired(tmp_path) as pair:
        pair.systems.switch(SHOP, "prices_hold_vat", on=False)
        pair.engine.run()
        assert pair.right(PRODUCTS, "11")["UnitPrice"] == 1299
        pair.settle()
        pair.systems.edit(OFFICE, "Products", pair.engine.right_of(PRODUCTS)["11"], {"UnitPrice": 1000})
        pair.settle()
        assert pair.left("Product", "11")["regular_price"] == "1000.00"


def test_a_full_run_over_everything_is_silent(pair: Pair) -> None:
    pair.engine.run()
    pair.written()
    pair.engine.run(FULL)
    assert pair.written() == []


def test_no_person_is_written_to_by_mail(pair: Pair) -> None:
    """What makes WooCommerce send mail: a new customer, another account e-mail, a status. A sync from the shop does none of it."""
    pair.systems.edit(
        OFFICE, "SalesOrders", pair.engine.right_of(ORDERS)["500002"], {"CustomerReference": "Ref", "SalesOrderStatus": "Confirmed"}
    )
    pair.settle()
    rows = [row for row in pair.systems.audit(SHOP) if row["applied"]]
    assert {row["verb"] for row in rows} == {"update"}
    assert not any({"status", "set_paid", "email"} & json.loads(row["body"]).keys() for row in rows if row["entity"] != "Product")
