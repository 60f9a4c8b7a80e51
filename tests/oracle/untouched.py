"""What no sync may change: fields without a mapping, records of others, records that are parked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.oracle.databases import Body


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHOP_PERSON = names("type first_name last_name")
_SHOP_COMPANY = names("type company_name org_number")
_SHOP_CUSTOMER = names("email invoice_email phone website billing currency customer_number archived")
_SHOP = {
    "Product": names("sku name description gtin unit price cost kind manage_stock stock archived"),
    "Order": names("""
        customer_id number delivery_date currency exchange_rate customer_reference purchase_order contract_number payment_reference
        accounting_status accounting_number lines net_total gross_total
    """),
}
_SHOP_OWN = names("updated_at")

_OFFICE = {
    "Customers": names("""
        IsPerson Name FirstName LastName EmailAddress InvoiceEmailAddress PhoneNumber OrganizationNumber WebsiteUrl MailAddress
        CurrencyCode ExternalNumber IsArchived LastChangedDateTimeOffset
    """),
    # On hand follows from what is available.
    "Products": names("""
        Code Name Description Gtin UnitOfMeasureCode UnitPrice UnitCost ProductType IsStockItem StockAvailable StockOnHand
        StockOnHandLastChangedDatetimeOffset IsArchived LastChangedDateTimeOffset
    """),
    "SalesOrders": names("""
        CustomerId CustomerNo ImportedOrderNo SalesOrderDate DeliveryDate CurrencyCode CurrencyExchangeRate CustomerReference
        PurchaseOrderReference ContractNo CustomMatchingReference NetAmount TotalAmount LineCount SalesOrderLines
        LastChangedDateTimeOffset
    """),
}
_SHOP_LINE = names("product_id description quantity unit_price discount_percent unit_cost unit position")
_OFFICE_LINE = names("""
    ProductId ProductCode Description Quantity ProductUnitPrice Allowance ProductUnitCost UnitOfMeasureCode SortOrder NetAmount VatAmount
    TotalAmount VatRate VatCode VatId
""")


def left(entity: str, seeded: Body, now: Body) -> Iterator[tuple[str, Any, Any]]:
    """Fields of a shop record that are mapped to nothing and are not as seeded: (path, seeded, now)."""
    customer = _SHOP_CUSTOMER | (_SHOP_PERSON if seeded.get("type") == "person" else _SHOP_COMPANY)
    yield from _changed(seeded, now, _SHOP.get(entity, customer) | _SHOP_OWN)
    if entity == "Order":
        yield from _changed_lines(seeded["lines"], now["lines"], "id", _SHOP_LINE)


def right(entity: str, seeded: Body, now: Body) -> Iterator[tuple[str, Any, Any]]:
    """Fields of a PowerOffice GO record that are mapped to nothing and are not as seeded."""
    yield from _changed(seeded, now, _OFFICE[entity])
    if entity == "Customers" and seeded["MailAddress"] and now["MailAddress"]:
        for name in ("Id", "ExternalCode"):
            if seeded["MailAddress"].get(name) != now["MailAddress"].get(name):
                yield f"MailAddress.{name}", seeded["MailAddress"].get(name), now["MailAddress"].get(name)
    if entity == "SalesOrders":
        yield from _changed_lines(seeded["SalesOrderLines"], now["SalesOrderLines"], "Id", _OFFICE_LINE)


def whole(seeded: Body, now: Body) -> Iterator[tuple[str, Any, Any]]:
    """Any field that is not as seeded."""
    yield from _changed(seeded, now, frozenset())


def _changed(seeded: Body, now: Body, but: frozenset[str]) -> Iterator[tuple[str, Any, Any]]:
    for name, value in seeded.items():
        if name not in but and now.get(name) != value:
            yield name, value, now.get(name)


def _changed_lines(seeded: list[Body], now: list[Body], key: str, but: frozenset[str]) -> Iterator[tuple[str, Any, Any]]:
    by_id = {line[key]: line for line in now}
    for line in seeded:
        if line[key] in by_id:
            for name, old, new in _changed(line, by_id[line[key]], but):
                yield f"line {line[key]} {name}", old, new
