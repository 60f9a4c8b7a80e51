"""Whether both records of a pair say the same, property by property."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body


@dataclass(frozen=True)
class Difference:
    """A property on which the two sides do not agree; ``check``: a property that is only compared, never written."""

    property: str
    left: Any
    right: Any
    check: bool = False


@dataclass(frozen=True)
class References:
    """Left ids to right ids of customers and products, and the right ids of the products for freight, fee and rounding."""

    customers: Mapping[str, str]
    products: Mapping[str, str]
    line_products: Mapping[str, str]


def _unequal(rows: Iterator[tuple[str, Any, Any]]) -> Iterator[Difference]:
    return (Difference(name, left, right) for name, left, right in rows if left != right)


def customers(left: Body, right: Body) -> Iterator[Difference]:
    """Persons by their names, companies by theirs and by their organisation number."""
    return _unequal(_customer_rows(left, right))


def _customer_rows(left: Body, right: Body) -> Iterator[tuple[str, Any, Any]]:
    person = left.get("type") == "person"
    yield "is_person", person, bool(right["IsPerson"])
    if person:
        yield "first_name", words.text(left.get("first_name")), words.text(right["FirstName"])
        yield "last_name", words.text(left.get("last_name")), words.text(right["LastName"])
    else:
        yield "company_name", words.text(left.get("company_name")), words.text(right["Name"])
        yield "org_number", words.digits(left.get("org_number")), words.digits(right["OrganizationNumber"])
    yield "email", words.email(left.get("email")), words.email(right["EmailAddress"])
    yield "invoice_email", words.email(left.get("invoice_email")), words.email(right["InvoiceEmailAddress"])
    yield "website", words.text(left.get("website")), words.text(right["WebsiteUrl"])
    yield "currency", words.text(left.get("currency")), words.text(right["CurrencyCode"])
    yield "customer_number", left.get("customer_number"), right["ExternalNumber"]
    yield "archived", bool(left.get("archived")), bool(right["IsArchived"])
    yield from _address_rows(left, right)


def _address_rows(left: Body, right: Body) -> Iterator[tuple[str, Any, Any]]:
    ours, theirs = left.get("billing") or {}, right["MailAddress"] or {}
    country, other = words.country2(ours.get("country")), words.text(theirs.get("CountryCode"))
    yield "phone", words.phone(left.get("phone"), country), words.phone(right["PhoneNumber"], other)
    yield "address_line_1", words.text(ours.get("line1")), words.text(theirs.get("AddressLine1"))
    yield "address_line_2", words.text(ours.get("line2")), words.text(theirs.get("AddressLine2"))
    yield "postal_code", words.text(ours.get("postal_code")), words.text(theirs.get("ZipCode"))
    yield "city", words.text(ours.get("city")), words.text(theirs.get("City"))
    yield "country", country, other


def products(left: Body, right: Body) -> Iterator[Difference]:
    """The shop's price holds VAT, PowerOffice GO's does not."""
    yield from _unequal(_product_rows(left, right))
    if not words.same_price(left.get("price"), right["UnitPrice"], left["vat_rate"]):
        yield Difference("price", left.get("price"), right["UnitPrice"])


def _product_rows(left: Body, right: Body) -> Iterator[tuple[str, Any, Any]]:
    yield "sku", words.text(left.get("sku")), words.text(right["Code"])
    yield "name", words.text(left.get("name")), words.text(right["Name"])
    yield "description", words.text(left.get("description")), words.text(right["Description"])
    yield "gtin", words.text(left.get("gtin")), words.text(right["Gtin"])
    yield "unit", words.UNIT.get(left["unit"], left["unit"]), right["UnitOfMeasureCode"]
    yield "cost", words.number(left.get("cost"), 4), words.number(right["UnitCost"], 4)
    yield "kind", words.KIND.get(left["kind"], left["kind"]), right["ProductType"]
    yield "stock_item", bool(left["manage_stock"]), bool(right["IsStockItem"])
    if left["manage_stock"] and right["IsStockItem"]:
        yield "stock", words.number(left.get("stock"), 4), words.number(right["StockAvailable"], 4)
    yield "archived", bool(left.get("archived")), bool(right["IsArchived"])


def orders(left: Body, right: Body, references: References) -> Iterator[Difference]:
    """Header, then lines in their order."""
    yield from _unequal(_order_rows(left, right, references))
    ours = sorted(left["lines"], key=lambda line: line["position"])
    theirs = sorted(right["SalesOrderLines"], key=lambda line: line["SortOrder"])
    if len(ours) != len(theirs):
        yield Difference("lines", f"{len(ours)} lines", f"{len(theirs)} lines")
        return
    for place, (line, other) in enumerate(zip(ours, theirs, strict=True)):
        for difference in _lines(line, other, references):
            yield Difference(f"lines[{place}].{difference.property}", difference.left, difference.right, difference.check)
    yield from _net_total(left, right)


def _order_rows(left: Body, right: Body, references: References) -> Iterator[tuple[str, Any, Any]]:
    yield "customer", references.customers.get(str(left["customer_id"])), str(right["CustomerId"])
    yield "order_number", left["number"], right["ImportedOrderNo"]
    yield "order_date", words.day(left["ordered_at"]), right["SalesOrderDate"]
    yield "delivery_date", words.text(left.get("delivery_date")), right["DeliveryDate"]
    yield "currency", words.text(left["currency"]), right["CurrencyCode"]
    yield "exchange_rate", words.number(left["exchange_rate"], 6), words.number(right["CurrencyExchangeRate"], 6)
    yield "customer_reference", words.text(left.get("customer_reference")), words.text(right["CustomerReference"])
    yield "purchase_order", words.text(left.get("purchase_order")), words.text(right["PurchaseOrderReference"])
    yield "contract_number", words.text(left.get("contract_number")), words.text(right["ContractNo"])
    yield "matching_reference", words.text(left.get("payment_reference")), words.text(right["CustomMatchingReference"])
    status = left.get("accounting_status")
    yield "accounting_status", words.STATUS.get(str(status), status), right["SalesOrderStatus"]
    yield "accounting_number", left.get("accounting_number"), right["SalesOrderNo"]


def _lines(left: Body, right: Body, references: References) -> Iterator[Difference]:
    yield from _unequal(_line_rows(left, right, references))
    percent = left["vat_rate"] if words.text(left.get("vat_rate")) else 25
    if not words.same_price(left["unit_price"], right["ProductUnitPrice"], percent):
        yield Difference("unit_price", left["unit_price"], right["ProductUnitPrice"])
    if words.number(percent, 4) != words.number(words.exact(right["VatRate"] or 0) * 100, 4):
        yield Difference("vat_rate", percent, right["VatRate"], check=True)


def _line_rows(left: Body, right: Body, references: References) -> Iterator[tuple[str, Any, Any]]:
    if left["kind"] == "product":
        yield "product", references.products.get(str(left["product_id"])), str(right["ProductId"])
    else:
        yield "product", references.line_products.get(left["kind"]), str(right["ProductId"])
    yield "description", words.text(left.get("description")), words.text(right["Description"])
    yield "quantity", words.number(left["quantity"], 4), words.number(right["Quantity"], 4)
    yield "discount", words.number(left.get("discount_percent") or 0, 4), words.number(right["Allowance"] or 0, 4)
    yield "unit_cost", words.number(left.get("unit_cost"), 4), words.number(right["ProductUnitCost"], 4)
    yield "unit", words.UNIT.get(left["unit"], left["unit"]), right["UnitOfMeasureCode"]
    yield "position", left["position"], right["SortOrder"]


def _net_total(left: Body, right: Body) -> Iterator[Difference]:
    """Compared only. An øre a line may go to rounding: each side adds up lines that it rounded itself."""
    ours, theirs = words.number(left.get("net_total"), 2), words.number(right["NetAmount"], 2)
    room = words.exact("0.01") * len(left["lines"])
    if isinstance(ours, str) or isinstance(theirs, str) or ours is None or theirs is None or abs(ours - theirs) > room:
        yield Difference("net_total", ours, theirs, check=True)


PLAIN: Mapping[str, Callable[[Body, Body], Iterator[Difference]]] = {"Customer": customers, "Product": products}
