"""The seed is the same each time, of the promised size, and parks exactly what its manifest says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest

from sandbox.seed import Seed, build, record_id

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
REASONS = {"missing_required", "invalid_value", "ambiguous_match", "duplicate_match", "missing_reference", "rejected"}
EMAIL = re.compile(r"[a-zA-Z0-9.\-]+@[a-zA-Z0-9.\-]+\.example\.(com|org|net)", re.IGNORECASE)
ISO2 = {"NOR": "NO", "SWE": "SE", "DNK": "DK", "FIN": "FI"}
Body = dict[str, Any]


@pytest.fixture(scope="module", params=[1, 2, 77])
def seed(request: pytest.FixtureRequest) -> Seed:
    return build(request.param)


def good(seed: Seed, entity: str) -> list[Body]:
    """The shop's records of an entity that are not to be parked."""
    parked = seed.parked()
    return [body for body in seed.records[SHOP][entity] if (entity, str(body["id"])) not in parked]


def repeated(values: Iterator[Any]) -> list[Any]:
    return [value for value, count in Counter(value for value in values if value is not None).items() if count > 1]


def test_same_number_gives_same_bytes(seed: Seed) -> None:
    again = build(seed.number)
    assert json.dumps([again.records, again.manifest, again.tenants]) == json.dumps([seed.records, seed.manifest, seed.tenants])


def test_numbers_differ() -> None:
    assert build(1).records != build(2).records


def test_sizes(seed: Seed) -> None:
    assert {entity: len(bodies) for entity, bodies in seed.records[SHOP].items()} == {"Customer": 500, "Product": 300, "Order": 1000}
    persons = sum(body["type"] == "person" for body in seed.records[SHOP]["Customer"])
    assert 150 <= persons <= 185
    assert {len(order["lines"]) for order in seed.records[SHOP]["Order"]} == set(range(1, 9))
    assert len(seed.records[OFFICE]["Customers"]) == 60 + 5 + 25
    assert len(seed.records[OFFICE]["Products"]) == 40 + 2 + 25 + 4
    assert len(seed.records[OFFICE]["SalesOrders"]) == 30 + 2 + 25


def test_ids_are_unique_and_beyond_doubles(seed: Seed) -> None:
    for system, entities in seed.records.items():
        for entity, bodies in entities.items():
            assert not repeated(record_id(system, entity, body) for body in bodies), (system, entity)
    shop = seed.records[SHOP]
    lines = [line["id"] for order in shop["Order"] for line in order["lines"]]
    assert not repeated(iter(lines))
    assert all(key > 2**53 for key in lines + [body["id"] for bodies in shop.values() for body in bodies])


def test_manifest_names_every_reason_and_few_records(seed: Seed) -> None:
    assert {entry["reason"] for entry in seed.parking()} == REASONS
    assert len(seed.parking()) <= 0.03 * 1800
    assert len(seed.parked()) == len(seed.parking())
    assert all(entry["side"] == "left" and entry["text"] for entry in seed.parking())


def test_orders_hang_on_parked_records_only_where_the_manifest_says(seed: Seed) -> None:
    customers = {body["id"] for body in good(seed, "Customer") if not body["archived"]}
    products = {body["id"] for body in good(seed, "Product") if not body["archived"]}
    for order in good(seed, "Order"):
        assert order["customer_id"] in customers
        assert {line["product_id"] for line in order["lines"] if line["kind"] == "product"} <= products
        assert all(line["product_id"] is None for line in order["lines"] if line["kind"] != "product")
    hanging = [entry["id"] for entry in seed.parking() if entry["reason"] == "missing_reference"]
    bodies = {str(body["id"]): body for body in seed.records[SHOP]["Order"]}
    known = {body["id"] for body in good(seed, "Customer")}, {body["id"] for body in good(seed, "Product")}
    for key in hanging:
        lost = {line["product_id"] for line in bodies[str(key)]["lines"] if line["kind"] == "product"} - known[1]
        assert (bodies[str(key)]["customer_id"] not in known[0]) != bool(lost)


def test_what_the_vendor_holds_unique_is_unique(seed: Seed) -> None:
    shop, office = seed.records[SHOP], seed.records[OFFICE]
    assert not repeated(body["customer_number"] for body in shop["Customer"])
    assert not repeated(body.get("sku") for body in shop["Product"])
    assert not repeated((body.get("sku") or "").strip().lower() or None for body in shop["Product"])
    assert not repeated(body.get("gtin") or None for body in shop["Product"])
    assert not repeated(body["number"] for body in shop["Order"])
    for entity, names in {
        "Customers": ("Number", "ExternalNumber", "ExternalImportReference"),
        "Products": ("Code",),
        "SalesOrders": ("SalesOrderNo", "ExternalImportReference"),
    }.items():
        for name in names:
            assert not repeated(body[name] for body in office[entity]), name
    lefts = {body["customer_number"] for body in shop["Customer"]}
    foreign = [body["ExternalNumber"] for body in office["Customers"] if body["ExternalNumber"] not in lefts and body["ExternalNumber"]]
    assert not repeated(iter(foreign))


def test_nothing_matches_ambiguously_by_accident(seed: Seed) -> None:
    office = seed.records[OFFICE]
    keys = {
        "Customer": (_customer_key, _office_customer_key, office["Customers"]),
        "Order": (lambda body: body["number"], lambda body: body["ImportedOrderNo"], office["SalesOrders"]),
    }
    for entity, (left_key, right_key, rights) in keys.items():
        right = Counter(right_key(body) for body in rights if right_key(body) is not None)
        left = Counter(left_key(body) for body in good(seed, entity) if left_key(body) is not None)
        assert not [key for key in left if right[key] > 1 or (right[key] == 1 and left[key] > 1)]


def _customer_key(body: Body) -> Any:
    if body["type"] == "person":
        return ("person", (body["email"] or "").strip().lower()) if (body["email"] or "").strip() else None
    number = re.sub(r"\D", "", body["org_number"] or "")
    return ("company", number) if number else None


def _office_customer_key(body: Body) -> Any:
    if body["IsPerson"]:
        return ("person", body["EmailAddress"].lower()) if body["EmailAddress"] else None
    number = re.sub(r"\D", "", body["OrganizationNumber"] or "")
    return ("company", number) if number else None


def test_customers_of_the_shop_can_go_unless_parked(seed: Seed) -> None:
    for body in good(seed, "Customer"):
        names = ("first_name", "last_name") if body["type"] == "person" else ("company_name",)
        assert all((body[name] or "").strip() for name in names)
        assert body["currency"] in ("NOK", "SEK", "DKK", "EUR")
        for name in ("email", "invoice_email"):
            email = (body.get(name) or "").strip()
            assert not email or EMAIL.fullmatch(email), email
        billing = body.get("billing") or {}
        if any(billing.values()):
            assert billing["city"].strip()
            assert billing["postal_code"].strip()
            assert len(billing["line1"].strip()) <= 200
        country = ISO2.get(str(billing.get("country")))
        if body.get("phone"):
            assert country or "+" in body["phone"] or body["phone"].startswith("00")
            assert phonenumbers.is_valid_number(phonenumbers.parse(body["phone"], country or "NO")), body["phone"]


def test_organisation_numbers_have_check_digits(seed: Seed) -> None:
    numbers = [
        body["org_number"] for body in good(seed, "Customer") if body["type"] == "company" and body["billing"].get("country") == "NOR"
    ]
    found = 0
    for text in numbers:
        digits = [int(digit) for digit in re.sub(r"\D", "", text or "")]
        if len(digits) == 9:
            found += 1
            assert sum(a * b for a, b in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0
    assert found > 100


def test_products_and_orders_of_the_shop_can_go_unless_parked(seed: Seed) -> None:
    for body in good(seed, "Product"):
        assert body["sku"].strip()
        assert 0 < len(body["name"].strip()) <= 400
        assert Decimal(body["price"]) >= 0
        assert Decimal(body["vat_rate"]) in (0, 12, 15, 25)
        assert (body["stock"] is not None) or not body["manage_stock"]
    for order in good(seed, "Order"):
        assert order["currency"] in ("NOK", "SEK", "DKK", "EUR")
        assert [line["position"] for line in order["lines"]] == list(range(len(order["lines"])))
        for line in order["lines"]:
            assert Decimal(line["quantity"]) != 0
            assert Decimal(line["unit_price"]) == round(Decimal(line["unit_price"]), 2)
            assert 0 <= Decimal(line["discount_percent"]) <= 100
            assert line["description"].strip()


def test_a_line_without_a_cost_has_a_product_without_one(seed: Seed) -> None:
    """Else PowerOffice GO fills the line's cost from the product, which the shop never said."""
    shop_costs = {body["id"]: body.get("cost") for body in seed.records[SHOP]["Product"]}
    codes = {body["id"]: (body.get("sku") or "").strip() for body in seed.records[SHOP]["Product"]}
    office_costs = {body["Code"]: body["UnitCost"] for body in seed.records[OFFICE]["Products"]}
    for order in good(seed, "Order"):
        for line in order["lines"]:
            if line["kind"] == "product" and line["unit_cost"] is None:
                assert shop_costs[line["product_id"]] is None
                assert office_costs.get(codes[line["product_id"]]) is None


def test_accounting_records_are_valid(seed: Seed) -> None:
    office = seed.records[OFFICE]
    for body in office["Customers"]:
        address = body["MailAddress"]
        assert address is None or (address["City"] and address["ZipCode"])
        assert body["FirstName"] and body["LastName"] if body["IsPerson"] else body["Name"]
        assert body["EmailAddress"] or body["InvoiceEmailAddress"] or body["InvoiceDeliveryType"] == "Print"
        if body["PhoneNumber"]:
            assert phonenumbers.is_valid_number(phonenumbers.parse(body["PhoneNumber"], "NO"))
    accounts = {body["Id"] for body in office["GeneralLedgerAccounts"]}
    assert all(body["StandardSalesAccountId"] in accounts for body in office["Products"])
    known = {body["Id"] for body in office["Customers"]}, {body["Id"] for body in office["Products"]}
    for order in office["SalesOrders"]:
        assert order["CustomerId"] in known[0]
        assert {line["ProductId"] for line in order["SalesOrderLines"]} <= known[1]
        assert order["LineCount"] == len(order["SalesOrderLines"]) > 0
    confirmed = [order for order in office["SalesOrders"] if order["SalesOrderStatus"] == "Confirmed"]
    assert len(confirmed) == 3


def test_times_are_of_2026_and_before_november(seed: Seed) -> None:
    # An offer may hold good for longer than that.
    text = re.sub(r'"ExpirationDate": "[^"]*"', "", json.dumps(seed.records))
    times = re.findall(r"\b\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)", text)
    assert len(times) > 3000
    assert all("2026-01-01" < time < "2026-11-01" for time in times)


def test_the_awkward_ones_are_there() -> None:
    shop = build(1).records[SHOP]
    customers = json.dumps(shop["Customer"], ensure_ascii=False)
    assert "🎣" in customers
    assert "Å" in customers
    emails = [(body["email"] or "").strip() for body in shop["Customer"] if body["type"] == "person"]
    assert len(repeated(email or None for email in emails)) >= 3
    assert any("billing" not in body for body in shop["Customer"])
    assert {"0.00", "0.01", "1.5"} <= {body["price"] for body in shop["Product"]}
    assert {"25", "25.00", "15", "12", "0"} == {body["vat_rate"] for body in shop["Product"]}
    lines = [line for order in shop["Order"] for line in order["lines"]]
    assert {line["kind"] for line in lines} == {"product", "shipping", "fee", "rounding"}
    assert {order["currency"] for order in shop["Order"]} >= {"NOK", "SEK", "EUR", "DKK"}
    assert any(Decimal(line["quantity"] or 0) < 0 for line in lines)
