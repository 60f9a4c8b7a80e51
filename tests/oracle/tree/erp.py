"""What the custom ERP's records mean. Prices are without VAT, rates and discounts are fractions, units are words of its own."""

from __future__ import annotations

from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import Facts, Record, number, price

LINE_ARTICLES = {"FRAKT": "shipping", "GEBYR": "fee", "AVRUND": "rounding"}
_UNIT = {"stk": "EA", "kg": "KGM", "time": "HUR", "m": "MTR", "l": "LTR", "eske": "BX", "sett": "SET", "par": "PR"}
_LANGUAGE = {"nob": "nb", "swe": "sv", "dan": "da", "fin": "fi", "eng": "en"}


def customers(database: Database) -> dict[str, Record]:
    """Partners."""
    return {key: Record(key, "Customer", _customer(body), marker=body["externalRef"]) for key, body in database.of("Customer").items()}


def products(database: Database) -> dict[str, Record]:
    """Articles, those for freight, fee and rounding among them."""
    return {key: Record(key, "Product", _product(body), marker=body["externalRef"]) for key, body in database.of("Product").items()}


def orders(database: Database) -> dict[str, Record]:
    """Sales orders with their lines."""
    kinds = {key: LINE_ARTICLES.get(body["itemNo"], "product") for key, body in database.of("Product").items()}
    return {
        key: Record(key, "Order", _order(body), [_line(line, kinds) for line in _in_order(body)], body["externalRef"])
        for key, body in database.of("Order").items()
    }


def _in_order(body: Body) -> list[Body]:
    return sorted(body["orderLines"], key=lambda line: line["seq"] if line["seq"] is not None else 0)


def _percent(fraction: Any) -> Any:
    return None if fraction is None else number(words.exact(fraction) * 100)


def _customer(body: Body) -> Facts:
    person, address = body["category"] == "private", body["address"] or {}
    first, last = words.text(body["givenName"]), words.text(body["familyName"])
    country = words.text(address.get("countryCode"))
    language = words.text(body["languageCode"])
    return {
        "person": person,
        "first_name": first if person else None,
        "last_name": last if person else None,
        "contact": words.text(f"{first or ''} {last or ''}"),
        "name": words.text(f"{first or ''} {last or ''}") if person else words.text(body["name"]),
        "org_number": None if person else words.digits(body["registrationNo"]),
        "email": words.email(body["eMail"]),
        "invoice_email": words.email(body["invoiceEMail"]),
        "phone": words.phone(body["telephone"], country),
        "website": words.text(body["homepage"]),
        "line1": words.text(address.get("street")),
        "line2": words.text(address.get("extra")),
        "postcode": words.text(address.get("zip")),
        "city": words.text(address.get("place")),
        "country": country,
        "currency": words.text(body["currencyCode"]),
        "language": _LANGUAGE.get(str(language), language),
        "number": words.text(body["customerNo"]),
        "note": words.text(body["remark"]),
        "archived": not body["active"],
    }


def _product(body: Body) -> Facts:
    managed, stock = bool((body["stock"] or {}).get("managed")), (body["stock"] or {}).get("onHand")
    return {
        "sku": words.text(body["itemNo"]),
        "name": words.text(body["title"]),
        "description": words.text(body["text"]),
        "gtin": words.text(body["ean"]),
        "unit": _UNIT.get(str(body["unitCode"]), body["unitCode"]),
        "price": price(body["salesPrice"], _percent(body["vatRate"])),
        "vat": _percent(body["vatRate"]),
        "cost": number(body["costPrice"]),
        "service": body["type"] == "service",
        "stock_item": managed,
        "stock": number(stock) if managed else None,
        "category": words.text(body["itemGroup"]),
        "archived": not body["active"],
    }


def _order(body: Body) -> Facts:
    accounting = body["accounting"] or {}
    return {
        "number": words.text(body["orderNo"]),
        "customer": words.text(body["partnerId"]),
        "ordered_at": words.moment(body["placedAt"]),
        "delivery_date": words.text(body["deliveryDate"]),
        "currency": words.text(body["currencyCode"]),
        "exchange_rate": number(body["exchangeRate"], 6),
        "reference": words.text(body["yourReference"]),
        "purchase_order": words.text(body["purchaseOrderNo"]),
        "contract": words.text(body["contractNo"]),
        "payment_reference": words.text(body["paymentReference"]),
        "accounting_status": words.STATUS.get(str(accounting.get("status")), accounting.get("status")),
        "accounting_number": words.text(accounting.get("number")),
        "status": words.text(body["progress"]),
    }


def _line(line: Body, kinds: dict[str, str]) -> Facts:
    kind = kinds.get(str(line["articleId"]), "product")
    return {
        "kind": kind,
        "product": words.text(line["articleId"]) if kind == "product" else kind,
        "text": words.text(line["text"]),
        "quantity": number(line["qty"]),
        "price": price(line["price"], _percent(line["vatRate"])),
        "discount": _percent(line["discountRate"] or 0),
        "cost": number(line["cost"]),
        "unit": _UNIT.get(str(line["unitCode"]), line["unitCode"]),
        "position": line["seq"],
        "vat": _percent(line["vatRate"]),
    }
