"""Billing addresses between WooCommerce and PowerOffice GO, which keeps none without city and postal code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lenke.systems.woocommerce.guests import guest_id
from tests.flows.woocommerce.shop import CUSTOMERS, OFFICE, ORDERS, SHOP, Pair, office, order, paired, person, shop

COUNTRY_ALONE, BEGUN, NONE = "4", "5", "6"
NOWHERE = dict.fromkeys(("address_1", "address_2", "city", "postcode", "phone"), "")
GUEST = guest_id("dina.last@example.com")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """An account and a guest that bought downloads, and an account with a street and no more."""
    records = shop()
    for key, first, billing in (
        (4, "Siri", {"country": "SE"}),
        (5, "Geir", {"country": "DK", "address_1": "Havnegade 3"}),
        (6, "Eva", {"country": ""}),
    ):
        body = person(key, first, "Sen")
        body["billing"] |= NOWHERE | billing
        records["Customer"].append(body)
        records["Order"].append(order(500010 + key, key, [{"product_id": 11, "quantity": 1}]))
    guest = {"first_name": "Dina", "last_name": "Last", "email": "dina.last@example.com", "country": "SE"}
    records["Order"].append(order(500020, 0, [{"product_id": 11, "quantity": 1}], billing=guest))
    with paired(tmp_path, {SHOP: records, OFFICE: office()}) as found:
        found.engine.run()
        yield found


def address(pair: Pair, key: str) -> dict[str, Any] | None:
    found = pair.right(CUSTOMERS, key)["MailAddress"]
    return {name: found[name] for name in ("AddressLine1", "ZipCode", "City", "CountryCode")} if found else None


def is_at_rest(pair: Pair) -> bool:
    """Nothing waits, and two runs more write nothing."""
    pair.settle()
    return pair.engine.quiet() and pair.engine.quiet() and pair.engine.parked(CUSTOMERS) == {} and pair.engine.conflicts(CUSTOMERS) == []


def test_half_an_address_is_left_out_and_hinders_no_order(pair: Pair) -> None:
    assert [address(pair, key) for key in (COUNTRY_ALONE, BEGUN, GUEST)] == [None, None, None]
    assert {"500014", "500015", "500020"} <= pair.engine.right_of(ORDERS).keys()
    assert is_at_rest(pair)
    assert pair.left("Customer", COUNTRY_ALONE)["billing"]["country"] == "SE"


@pytest.mark.parametrize(("key", "country", "street"), [(COUNTRY_ALONE, "SE", None), (BEGUN, "DK", "Havnegade 3")])
def test_it_goes_whole_once_it_is_whole(pair: Pair, key: str, country: str, street: str | None) -> None:
    pair.systems.edit(SHOP, "Customer", key, {"billing.city": "Malmö", "billing.postcode": "21119"})
    assert is_at_rest(pair)
    assert address(pair, key) == {"AddressLine1": street, "ZipCode": "21119", "City": "Malmö", "CountryCode": country}


def test_a_guests_goes_with_the_order_that_has_it(pair: Pair) -> None:
    pair.systems.edit(SHOP, "Order", "500020", {"billing.city": "Malmö", "billing.postcode": "21119"})
    assert is_at_rest(pair)
    assert address(pair, GUEST) == {"AddressLine1": None, "ZipCode": "21119", "City": "Malmö", "CountryCode": "SE"}


@pytest.mark.parametrize(("key", "crosses"), [(COUNTRY_ALONE, False), (NONE, True)])
def test_one_that_is_typed_in_the_accounts_fills_an_empty_one_and_fights_no_half_one(pair: Pair, key: str, crosses: bool) -> None:
    typed = {"AddressLine1": "Torget 1", "ZipCode": "21119", "City": "Malmö", "CountryCode": "SE"}
    pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[key], {"MailAddress": typed})
    assert is_at_rest(pair)
    billing = pair.left("Customer", key)["billing"]
    shown = [billing[name] for name in ("address_1", "postcode", "city", "country")]
    assert shown == (list(typed.values()) if crosses else ["", "", "", "SE"])
    assert address(pair, key) == typed


@pytest.mark.parametrize("fields", [{"billing.postcode": ""}, {"billing.postcode": "", "billing.city": "", "billing.address_1": ""}])
def test_one_that_loses_its_postal_code_stays_in_the_accounts_as_it_was(pair: Pair, fields: dict[str, str]) -> None:
    before = address(pair, "2")
    pair.systems.edit(SHOP, "Customer", "2", fields)
    assert is_at_rest(pair)
    assert address(pair, "2") == before
    whole = {"billing.postcode": "8007", "billing.city": "Bodø", "billing.address_1": "Ny gate 2"}
    pair.systems.edit(SHOP, "Customer", "2", whole)
    assert is_at_rest(pair)
    assert address(pair, "2") == {"AddressLine1": "Ny gate 2", "ZipCode": "8007", "City": "Bodø", "CountryCode": "NO"}


def test_a_guest_who_orders_without_an_address_keeps_the_one_of_an_earlier_order(pair: Pair) -> None:
    pair.systems.edit(SHOP, "Order", "500020", {"billing.city": "Malmö", "billing.postcode": "21119"})
    assert is_at_rest(pair)
    email, lines = {"billing.email": "dina.last@example.com"}, [{"product_id": 11, "quantity": 1}]
    pair.systems.create(SHOP, "Order", {**email, "billing.first_name": "Dina", "billing.last_name": "Last", "line_items": lines})
    assert is_at_rest(pair)
    assert address(pair, GUEST) == {"AddressLine1": None, "ZipCode": "21119", "City": "Malmö", "CountryCode": "SE"}


def test_an_edit_in_the_accounts_of_other_members_leaves_the_half_one_alone(pair: Pair) -> None:
    pair.systems.edit(OFFICE, "Customers", pair.engine.right_of(CUSTOMERS)[BEGUN], {"LastName": "Berg"})
    assert is_at_rest(pair)
    left = pair.left("Customer", BEGUN)
    assert (left["last_name"], left["billing"]["address_1"], left["billing"]["country"]) == ("Berg", "Havnegade 3", "DK")


def test_a_national_number_is_read_as_of_the_country_that_is_left_out(pair: Pair) -> None:
    pair.systems.edit(SHOP, "Customer", COUNTRY_ALONE, {"billing.phone": "040-12 34 56"})
    assert is_at_rest(pair)
    assert pair.right(CUSTOMERS, COUNTRY_ALONE)["PhoneNumber"] == "+4640123456"
