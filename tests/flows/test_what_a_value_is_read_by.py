"""A price is read by its VAT rate and a telephone number by its country; a property counts only while its ``when`` holds."""

from __future__ import annotations

from tests.flows.installation import CUSTOMERS, OFFICE, PRODUCTS, SHOP, Installation
from tests.flows.small import complaints


def test_a_telephone_number_stays_where_its_country_changes(few: Installation) -> None:
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    billing = {**few.left(CUSTOMERS, left)["billing"], "country": "NOR"}
    few.edit(SHOP, "Customer", left, {"phone": "40 12 34 56", "billing": billing})
    few.engine.run()
    few.edit(OFFICE, "Customers", right, {"MailAddress.CountryCode": "DK"})
    for _ in range(3):
        few.engine.run()
    assert few.left(CUSTOMERS, left)["billing"]["country"] == "DNK"
    assert few.right(CUSTOMERS, left)["PhoneNumber"].replace(" ", "") == "+4740123456"
    assert few.engine.parked(CUSTOMERS) == {}
    assert complaints(few) == []


def test_a_price_waits_with_a_rate_that_has_no_account(few: Installation) -> None:
    product = next(id for id in sorted(few.engine.right_of(PRODUCTS)) if str(few.left(PRODUCTS, id)["vat_rate"]) == "25")
    few.edit(SHOP, "Product", product, {"price": "125.00"})
    few.engine.run()
    before = few.right(PRODUCTS, product)["UnitPrice"]
    few.edit(SHOP, "Product", product, {"vat_rate": "10"})
    for _ in range(2):
        few.engine.run()
    assert few.right(PRODUCTS, product)["UnitPrice"] == before
    assert few.engine.parked(PRODUCTS)[product][1] == "vat_rate"
    few.edit(SHOP, "Product", product, {"vat_rate": "25"})
    for _ in range(2):
        few.engine.run()
    assert few.engine.parked(PRODUCTS) == {}
    assert complaints(few) == []


def test_a_name_that_is_edited_while_the_person_becomes_a_company_is_told(few: Installation) -> None:
    customers = few.engine.right_of(CUSTOMERS)
    person = next(id for id in sorted(customers) if few.left(CUSTOMERS, id)["type"] == "person")
    few.edit(SHOP, "Customer", person, {"first_name": "Nynavn"})
    few.edit(OFFICE, "Customers", customers[person], {"IsPerson": False, "Name": "Firma AS"})
    few.engine.run()
    told = [(one["property"], one["left"], one["winner"]) for one in few.engine.conflicts(CUSTOMERS) if one["property"] == "first_name"]
    assert told == [("first_name", "Nynavn", "right")]
