"""What the webshop's records mean. Its prices hold VAT; countries are ISO-3; units are words of its own."""

from __future__ import annotations

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import Facts, Record, number, price, total

STANDARD_VAT = 25
_TERMS = (
    "payment_terms", "payment_type", "delivery_terms", "delivery_type", "terms_text", *(f"terms_field_{n}" for n in range(1, 6)),
    *(f"offer_field_{n}" for n in range(1, 6)),
)  # fmt: skip


def customers(database: Database) -> dict[str, Record]:
    """Persons and companies."""
    return {key: Record(key, "Customer", _customer(body), marker=body.get("external_ref")) for key, body in database.of("Customer").items()}


def products(database: Database) -> dict[str, Record]:
    """Goods and services."""
    return {key: Record(key, "Product", _product(body), marker=body.get("external_ref")) for key, body in database.of("Product").items()}


def orders(database: Database) -> dict[str, Record]:
    """Orders with their lines."""
    return {
        key: Record(key, "Order", _order(body), [_line(line) for line in _in_order(body)], body.get("external_ref"))
        for key, body in database.of("Order").items()
    }


def _in_order(body: Body) -> list[Body]:
    return sorted(body["lines"], key=lambda line: line["position"])


def _customer(body: Body) -> Facts:
    person, billing = body.get("type") == "person", body.get("billing") or {}
    first, last = words.text(body.get("first_name")), words.text(body.get("last_name"))
    country = words.country2(billing.get("country"))
    return {
        "person": person,
        "first_name": first if person else None,
        "last_name": last if person else None,
        "contact": words.text(f"{first or ''} {last or ''}"),
        "name": words.text(f"{first or ''} {last or ''}") if person else words.text(body.get("company_name")),
        "org_number": None if person else words.digits(body.get("org_number")),
        "email": words.email(body.get("email")),
        "invoice_email": words.email(body.get("invoice_email")),
        "phone": words.phone(body.get("phone"), country),
        "website": words.text(body.get("website")),
        "line1": words.text(billing.get("line1")),
        "line2": words.text(billing.get("line2")),
        "postcode": words.text(billing.get("postal_code")),
        "city": words.text(billing.get("city")),
        "country": country,
        "currency": words.text(body.get("currency")),
        "language": words.text(body.get("language")),
        "number": words.text(body.get("customer_number")),
        "note": words.text(body.get("note")),
        "archived": bool(body.get("archived")),
    }


def _product(body: Body) -> Facts:
    managed = bool(body.get("manage_stock"))
    return {
        "sku": words.text(body.get("sku")),
        "name": words.text(body.get("name")),
        "description": words.text(body.get("description")),
        "gtin": words.text(body.get("gtin")),
        "unit": words.UNIT.get(str(body.get("unit")), body.get("unit")),
        "price": price(body.get("price"), body.get("vat_rate"), gross=True),
        "vat": number(body.get("vat_rate")),
        "cost": number(body.get("cost")),
        "service": body.get("kind") == "service",
        "stock_item": managed,
        "stock": number(body.get("stock")) if managed else None,
        "category": words.text(body.get("category")),
        "archived": bool(body.get("archived")),
    }


def _order(body: Body) -> Facts:
    return {
        "number": words.text(body.get("number")),
        "customer": words.text(body.get("customer_id")),
        "date": words.day(body.get("ordered_at")),
        "ordered_at": words.moment(body.get("ordered_at")),
        "delivery_date": words.text(body.get("delivery_date")),
        "currency": words.text(body.get("currency")),
        "exchange_rate": number(body.get("exchange_rate"), 6),
        "reference": words.text(body.get("customer_reference")),
        "purchase_order": words.text(body.get("purchase_order")),
        "contract": words.text(body.get("contract_number")),
        "payment_reference": words.text(body.get("payment_reference")),
        "accounting_status": words.STATUS.get(str(body.get("accounting_status")), body.get("accounting_status")),
        "accounting_number": words.text(body.get("accounting_number")),
        "status": words.text(body.get("status")),
        "title": words.text(body.get("title")),
        "note": words.text(body.get("note")),
        "sale_status": words.text(body.get("sale_status")),
        "probability": number(body.get("probability"), 0),
        "amount": total(body.get("expected_amount")),
        "progress": words.text(body.get("sale_progress")),
        "memo": words.text(body.get("memo")),
        "order_comment": words.text(body.get("order_comment")),
        **{name: words.text(body.get(name)) for name in _TERMS},
        "offer_name": words.text(body.get("offer_name")),
        "offer_description": words.text(body.get("offer_description")),
        "offer_number": words.text(body.get("offer_number")),
        "offer_state": words.text(body.get("offer_state")),
        "offer_expires": words.text(body.get("offer_expires")),
        "discount": number(body.get("discount_percent")),
        "discount_amount": total(body.get("discount_amount")),
        "subtotal": total(body.get("offer_subtotal")),
        "offer_vat": total(body.get("offer_vat")),
        "offer_total": total(body.get("offer_total")),
        "net_total": number(body.get("net_total"), 2),
        "gross_total": number(body.get("gross_total"), 2),
    }


def _line(line: Body) -> Facts:
    kind = line["kind"]
    vat = line.get("vat_rate") if words.text(line.get("vat_rate")) else STANDARD_VAT
    return {
        "kind": kind,
        "product": words.text(line.get("product_id")) if kind == "product" else kind,
        "text": words.text(line.get("description")),
        "quantity": number(line.get("quantity")),
        "price": price(line.get("unit_price"), vat, gross=True),
        "discount": number(line.get("discount_percent") or 0),
        "cost": number(line.get("unit_cost")),
        "unit": words.UNIT.get(str(line.get("unit")), line.get("unit")),
        "position": line.get("position"),
        "vat": number(vat),
    }
