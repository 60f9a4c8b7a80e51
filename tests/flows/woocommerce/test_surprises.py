"""What a real WooCommerce does and nobody expects: e-mails, deleted variations, guests with accounts, rendered texts, taxes off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lenke.runtime.windows import Window
from lenke.systems.woocommerce.guests import guest_id
from tests.flows.woocommerce.shop import (
    CUSTOMERS,
    OFFICE,
    ORDERS,
    PRODUCTS,
    SHOP,
    Body,
    Pair,
    office,
    paired,
    person,
    shop,
)

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


class TestWhatAGuestHasNoPlaceFor:
    """A guest has no meta data, where the shop keeps a web site and a currency; PowerOffice gives every customer a currency."""

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        """The guests' orders lie before what a run reads of the shop, so that their customers are read in PowerOffice alone."""
        records = shop()
        records["Customer"].append(person(4, "Siri", "Sen", date_modified_gmt="2026-05-01T10:00:00"))
        with paired(tmp_path, {SHOP: records, OFFICE: office()}) as found:
            found.engine.run(flows=(CUSTOMERS,))
            found.written()
            yield found

    def is_silent(self, pair: Pair) -> bool:
        """Two runs more write nothing and change no row of the ledger; the cursor has moved with the first."""
        before = pair.engine.links(CUSTOMERS)
        pair.engine.run(flows=(CUSTOMERS,))
        stays = pair.engine.links(CUSTOMERS) == before and pair.engine.quiet(flows=(CUSTOMERS,))
        return stays and pair.written() == []

    def test_a_second_run_is_silent(self, pair: Pair) -> None:
        assert pair.right(CUSTOMERS, GUEST)["CurrencyCode"] == "NOK"
        assert self.is_silent(pair)
        assert pair.engine.parked(CUSTOMERS) == {}

    def test_an_edit_in_the_accounts_comes_to_rest_there(self, pair: Pair) -> None:
        pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[GUEST], {"WebsiteUrl": "https://gro.example.com"})
        pair.engine.run(flows=(CUSTOMERS,))
        assert pair.engine.parked(CUSTOMERS) == {}
        assert pair.written() == []
        assert self.is_silent(pair)
        assert pair.right(CUSTOMERS, GUEST)["WebsiteUrl"] == "https://gro.example.com"

    def test_a_guest_that_was_matched_is_as_quiet(self, tmp_path: Path) -> None:
        known = {"Id": 61000102, "Number": 10002, "IsPerson": True, "FirstName": "Gro", "LastName": "Gjest", "CurrencyCode": "SEK"}
        known |= {
            "EmailAddress": "gro.gjest@example.com",
            "InvoiceEmailAddress": "gro.gjest@example.com",
            "WebsiteUrl": "https://g.example.com",
        }
        accounts = office()
        accounts["Customers"].append(known)
        records = shop()
        records["Customer"].append(person(4, "Siri", "Sen", date_modified_gmt="2026-05-01T10:00:00"))
        with paired(tmp_path, {SHOP: records, OFFICE: accounts}) as pair:
            pair.engine.run(flows=(CUSTOMERS,))
            assert pair.engine.right_of(CUSTOMERS)[GUEST] == "61000102"
            pair.written()
            assert self.is_silent(pair)
            assert (pair.right(CUSTOMERS, GUEST)["CurrencyCode"], pair.engine.parked(CUSTOMERS)) == ("SEK", {})

    def test_a_guest_that_is_gone_leaves_no_conflict_over_it(self, pair: Pair) -> None:
        for order in ("500002", "500003"):
            pair.systems.delete(SHOP, "Order", order)
        pair.engine.run(FULL, flows=(CUSTOMERS,))
        assert GUEST not in pair.engine.right_of(CUSTOMERS)
        assert (pair.engine.conflicts(CUSTOMERS), pair.engine.parked(CUSTOMERS)) == ([], {})


class TestAccountsOfOtherRoles:
    """WooCommerce takes an account for a paying customer once an order of it is completed; it is a customer as soon as it orders."""

    def account(self, pair: Pair, role: str, **more: object) -> str:
        fields = {"email": f"{role}@example.com", "first_name": "Rolf", "last_name": role.title(), **more}
        key = pair.systems.create(SHOP, "Customer", fields)
        pair.systems.edit(SHOP, "Customer", key, {"role": role})
        return key

    def order(self, pair: Pair, customer: str, **more: object) -> str:
        body = {"customer_id": int(customer), "status": "processing", "line_items": [{"product_id": 11, "quantity": 1}], **more}
        return pair.systems.create(SHOP, "Order", body)

    @pytest.mark.parametrize("role", ["subscriber", "wholesale_customer", "shop_manager"])
    @pytest.mark.parametrize("window", [Window("delta"), FULL])
    def test_one_who_orders_is_a_customer(self, pair: Pair, role: str, window: Window) -> None:
        buyer, other = self.account(pair, role), self.account(pair, "contributor")
        order = self.order(pair, buyer)
        pair.engine.run(window)
        assert buyer in pair.engine.right_of(CUSTOMERS)
        assert other not in pair.engine.right_of(CUSTOMERS)
        assert str(pair.right(ORDERS, order)["CustomerId"]) == pair.engine.right_of(CUSTOMERS)[buyer]
        pair.settle()

    def test_one_whose_guest_order_bears_its_e_mail_is_one(self, pair: Pair) -> None:
        buyer = self.account(pair, "subscriber")
        order = self.order(pair, "0", **{"billing.email": "Subscriber@example.com"})
        pair.engine.run()
        assert str(pair.right(ORDERS, order)["CustomerId"]) == pair.engine.right_of(CUSTOMERS)[buyer]

    def test_one_is_edited_long_after_its_order(self, tmp_path: Path) -> None:
        records = shop()
        records["Customer"] += [person(4, "Siri", "Sen", role="subscriber"), person(5, "Geir", "Ny", role="subscriber")]
        records["Order"].append(records["Order"][0] | {"id": 500011, "customer_id": 4})
        with paired(tmp_path, {SHOP: records, OFFICE: office()}) as pair:
            pair.engine.run(flows=(CUSTOMERS,))
            for key in ("4", "5"):
                pair.systems.edit(SHOP, "Customer", key, {"last_name": "Berg"})
            pair.engine.run(flows=(CUSTOMERS,))
            assert "5" not in pair.engine.right_of(CUSTOMERS)
            assert pair.right(CUSTOMERS, "4")["LastName"] == "Berg"

    def test_only_the_staffs_accounts_are_locked(self, pair: Pair) -> None:
        wholesale, staff = self.account(pair, "wholesale_customer"), self.account(pair, "shop_manager")
        for key in (wholesale, staff):
            self.order(pair, key)
        pair.settle()
        for key in (wholesale, staff):
            pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[key], {"PhoneNumber": "22 33 44 55"})
        pair.engine.run()
        assert pair.left("Customer", wholesale)["billing"]["phone"] == "+4722334455"
        assert pair.left("Customer", staff)["billing"]["phone"] == ""
        assert pair.engine.parked(CUSTOMERS) == {staff: ("locked", "")}

    def test_the_staffs_are_not_parked_for_what_the_accounts_fill_in(self, pair: Pair) -> None:
        staff = self.account(pair, "shop_manager")
        self.order(pair, staff)
        pair.settle()
        assert pair.right(CUSTOMERS, staff)["CurrencyCode"] == "NOK"
        assert pair.engine.parked(CUSTOMERS) == {}

    def test_an_e_mail_that_the_shop_keeps_to_itself_is_refused_for_that_account_alone(self, pair: Pair) -> None:
        """WooCommerce changes the e-mail of customers and subscribers only, and answers 403 for any other account (11.0.1)."""
        wholesale = self.account(pair, "wholesale_customer")
        self.order(pair, wholesale)
        pair.settle()
        for key, email in ((wholesale, "ny@example.com"), ("3", "ola.ny@example.com")):
            pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[key], {"EmailAddress": email})
        pair.engine.run()
        assert pair.left("Customer", "3")["email"] == "ola.ny@example.com"
        assert pair.engine.parked(CUSTOMERS)[wholesale][0] == "rejected"
        pair.written()
        pair.engine.run()
        pair.engine.run()
        assert pair.written() == []  # an hour must pass before it is tried again


def test_orders_whose_status_the_shop_knows_no_more_are_not_gone(pair: Pair) -> None:
    """Its extension is switched off, and lists leave such orders out."""
    orders = ("500001", "500002", "500003")
    for order in orders:
        pair.systems.edit(SHOP, "Order", order, {"status": "packed"})
    pair.settle()
    linked = pair.engine.right_of(ORDERS)
    pair.systems.switch(SHOP, "packs", on=False)
    pair.engine.run(FULL)
    assert pair.engine.right_of(ORDERS) == linked
    assert pair.engine.parked(ORDERS).keys().isdisjoint(orders)
    pair.systems.edit(OFFICE, "SalesOrders", linked["500001"], {"CustomMatchingReference": "BET-1"})
    pair.settle()
    assert pair.left("Order", "500001")["transaction_id"] == "BET-1"
