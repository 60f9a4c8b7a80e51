"""What PowerOffice GO's records mean. Prices are without VAT; a line's VAT is a fraction that the product's sales account gives."""

from __future__ import annotations

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import Facts, Record, number, price, total

CURRENCY = "NOK"
_LINE_KIND = {code: kind for kind, code in words.LINE_PRODUCT.items()}


def customers(database: Database) -> dict[str, Record]:
    """Persons and companies."""
    return {
        key: Record(key, "Customers", _customer(body), marker=body.get("ExternalImportReference"))
        for key, body in database.of("Customers").items()
    }


def products(database: Database) -> dict[str, Record]:
    """Goods, services, and the products for freight, fee and rounding lines. PowerOffice GO has no place for a marker on them."""
    rates = {str(body["Id"]): body.get("VatCode") for body in database.of("GeneralLedgerAccounts").values()}
    by_code = {body["Code"]: number(words.exact(body["Rate"]) * 100) for body in database.of("VatCodes").values()}
    return {
        key: Record(key, "Products", _product(body, by_code.get(rates.get(str(body.get("StandardSalesAccountId"))))))
        for key, body in database.of("Products").items()
    }


def orders(database: Database) -> dict[str, Record]:
    """Sales orders, and those that were invoiced: they leave the orders and keep their id."""
    codes = {str(body["Id"]): body["Code"] for body in database.of("Products").values()}
    return {
        key: Record(key, "SalesOrders", _order(body), [_line(line, codes) for line in _in_order(body)], body.get("ExternalImportReference"))
        for key, body in database.of("SalesOrders").items()
    }


def _in_order(body: Body) -> list[Body]:
    return sorted(body["SalesOrderLines"], key=lambda line: line["SortOrder"])


def _customer(body: Body) -> Facts:
    person, address = bool(body.get("IsPerson")), body.get("MailAddress") or {}
    first, last = words.text(body.get("FirstName")), words.text(body.get("LastName"))
    country = words.text(address.get("CountryCode"))
    return {
        "person": person,
        "first_name": first if person else None,
        "last_name": last if person else None,
        "company": None if person else words.text(body.get("Name")),
        "name": words.text(f"{first or ''} {last or ''}") if person else words.text(body.get("Name")),
        "org_number": None if person else words.digits(body.get("OrganizationNumber")),
        "email": words.email(body.get("EmailAddress")),
        "invoice_email": words.email(body.get("InvoiceEmailAddress")),
        "phone": words.phone(body.get("PhoneNumber"), country),
        "website": words.text(body.get("WebsiteUrl")),
        "line1": words.text(address.get("AddressLine1")),
        "line2": words.text(address.get("AddressLine2")),
        "postcode": words.text(address.get("ZipCode")),
        "city": words.text(address.get("City")),
        "country": country,
        "currency": words.text(body.get("CurrencyCode")),
        "number": words.text(body.get("ExternalNumber")),
        "account": words.text(body.get("Number")),
        "vat_free": bool(body.get("IsVatFree")),
        "archived": bool(body.get("IsArchived")),
    }


def _product(body: Body, vat: object) -> Facts:
    stocked = bool(body.get("IsStockItem"))
    return {
        "sku": words.text(body.get("Code")),
        "name": words.text(body.get("Name")),
        "description": words.text(body.get("Description")),
        "gtin": words.text(body.get("Gtin")),
        "unit": body.get("UnitOfMeasureCode"),
        "price": price(body.get("UnitPrice"), vat),
        "vat": vat,
        "cost": number(body.get("UnitCost")),
        "service": body.get("ProductType") == "Service",
        "stock_item": stocked,
        "stock": number(body.get("StockAvailable")) if stocked else None,
        "pieces": number(body.get("StockAvailable"), 0) if stocked else None,
        "money": number(body.get("UnitCost"), 2),
        "archived": bool(body.get("IsArchived")),
    }


def _order(body: Body) -> Facts:
    return {
        "number": words.text(body.get("ImportedOrderNo")),
        "customer": words.text(body.get("CustomerId")),
        "date": words.text(body.get("SalesOrderDate")),
        "delivery_date": words.text(body.get("DeliveryDate")),
        "currency": words.text(body.get("CurrencyCode")),
        "exchange_rate": number(body.get("CurrencyExchangeRate"), 6),
        "reference": words.text(body.get("CustomerReference")),
        "purchase_order": words.text(body.get("PurchaseOrderReference")),
        "contract": words.text(body.get("ContractNo")),
        "payment_reference": words.text(body.get("CustomMatchingReference")),
        "accounting_status": body.get("SalesOrderStatus"),
        "accounting_number": words.text(body.get("SalesOrderNo")),
        "payment_term": words.text(body.get("PaymentTermId")),
        "delivery_term": words.text(body.get("DeliveryTermId")),
        "department": words.text(body.get("DepartmentId")),
        "project": words.text(body.get("ProjectId")),
        "location": words.text(body.get("LocationId")),
        "dimension_1": words.text(body.get("Dim1Id")),
        "dimension_2": words.text(body.get("Dim2Id")),
        "dimension_3": words.text(body.get("Dim3Id")),
        "related_invoice": words.text(body.get("RelatedInvoiceNo")),
        "net_total": total(body.get("NetAmount")),
        "gross_total": total(body.get("TotalAmount")),
    }


def _line(line: Body, codes: dict[str, str]) -> Facts:
    code = codes.get(str(line.get("ProductId")))
    kind = _LINE_KIND.get(str(code), "product")
    vat = number(words.exact(line.get("VatRate") or 0) * 100)
    return {
        "kind": kind,
        "product": words.text(line.get("ProductId")) if kind == "product" else kind,
        "article": words.text(line.get("ProductId")),
        "text": words.text(line.get("Description")),
        "quantity": number(line.get("Quantity")),
        "price": price(line.get("ProductUnitPrice"), vat),
        "discount": number(line.get("Allowance") or 0),
        "cost": number(line.get("ProductUnitCost")),
        "unit": line.get("UnitOfMeasureCode"),
        "position": line.get("SortOrder"),
        "vat": vat,
        "net_total": total(line.get("NetAmount")),
        "gross_total": total(line.get("TotalAmount")),
    }
