"""What WooCommerce's records mean.

Texts hold HTML entities; product prices hold VAT as the shop's setting says, order lines never do. A variation is sold, its parent is
not. Who orders without an account is known by the order's billing e-mail alone, and is a customer of the accounts all the same.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import UNTOLD, Facts, Record, Total, number, price

# Standard Norwegian rates by tax class; a shop's rates for Norway.
RATES = {"": "25", "standard": "25", "reduced-rate": "15", "zero-rate": "0"}
_NO_ORDER = ("trash", "auto-draft", "checkout-draft")
_PUBLIC = ("publish", "future")


def customers(database: Database) -> dict[str, Record]:
    """Accounts of those who buy, and the guests of the orders: by the newest order with an e-mail that no account has."""
    found = {
        key: Record(key, "Customer", _account(body), marker=_meta(body).get("lenke_marker"))
        for key, body in database.of("Customer").items()
        if body["role"] == "customer" or body["is_paying_customer"]
    }
    accounts = {words.email(body["email"]) for body in database.of("Customer").values()}
    for email, body in _guests(database).items():
        if email not in accounts:
            id = guest(email)
            found[id] = Record(id, "Customer", _guest(body), stored=("Order", str(body["id"])))
    return found


def _account(body: Body) -> Facts:
    """The shop's staff, who may buy, too, are not to be written to."""
    told = _person(body, _meta(body))
    return told if body["role"] == "customer" else _as_it_is(told)


def _guest(body: Body) -> Facts:
    """A guest has no account that anything could be written to."""
    return _as_it_is(_person({**body["billing"], "billing": body["billing"]}, {}))


def _as_it_is(told: Facts) -> Facts:
    """What is not told has no place."""
    return {name: UNTOLD if value is None else value for name, value in told.items()}


def guest(email: str) -> str:
    """The id that a guest with this address (lower case) goes by."""
    return "guest-" + hashlib.sha256(email.encode()).hexdigest()[:16]


def products(database: Database) -> dict[str, Record]:
    """What can be bought: simple products and variations."""
    rows = database.of("Product")
    return {
        key: Record(
            key, "Product", _product(body, rows.get(str(body.get("parent_id"))), _meta(body)), marker=_meta(body).get("lenke_marker")
        )
        for key, body in rows.items()
        if body["type"] in ("simple", "external", "variation") and body["status"] not in _NO_ORDER
    }


def orders(database: Database) -> dict[str, Record]:
    """Orders with their lines: goods, freight, fees."""
    accounts = {words.email(body["email"]): key for key, body in database.of("Customer").items()}
    return {
        key: Record(key, "Order", _order(body, accounts), list(_lines(body)), _meta(body).get("lenke_marker"))
        for key, body in database.of("Order").items()
        if body["status"] not in _NO_ORDER
    }


def _guests(database: Database) -> dict[str, Body]:
    newest: dict[str, Body] = {}
    for body in sorted(database.of("Order").values(), key=lambda body: int(body["id"])):
        email = words.email(body["billing"].get("email"))
        if email and not body["customer_id"] and body["status"] not in _NO_ORDER:
            newest[email] = body
    return newest


def _meta(body: Body) -> Facts:
    return {str(item["key"]): _plain(item["value"]) for item in reversed(body.get("meta_data") or [])}


def _plain(value: Any) -> str | None:
    """Text as a reader sees it."""
    return words.text(html.unescape(str(value))) if value is not None else None


def _prose(value: Any) -> str | None:
    """A description without the paragraphs around it."""
    text = _plain(value)
    return (
        words.text(re.sub(r"</?p>", "", re.sub(r"</p>\s*<p>", "\n\n", text)))
        if text and text.startswith("<p>") and text.count("<") == 2 * text.count("</")
        else text
    )


def _person(body: Body, meta: Facts) -> Facts:
    billing = body.get("billing") or {}
    first, last = _plain(body.get("first_name")), _plain(body.get("last_name"))
    country = words.text(billing.get("country"))
    return {
        "person": True,
        "first_name": first,
        "last_name": last,
        "name": words.text(f"{first or ''} {last or ''}"),
        "email": words.email(body.get("email")),
        "invoice_email": words.email(billing.get("email")),
        "phone": words.phone(billing.get("phone"), country),
        "website": meta.get("website"),
        "line1": _plain(billing.get("address_1")),
        "line2": _plain(billing.get("address_2")),
        "postcode": _plain(billing.get("postcode")),
        "city": _plain(billing.get("city")),
        "country": country,
        "currency": meta.get("currency"),
        "number": meta.get("customer_number"),
    }


def _product(body: Body, parent: Body | None, meta: Facts) -> Facts:
    above = parent if body["type"] == "variation" and parent else None
    tax_class = str(body.get("tax_class") or "")
    vat = RATES.get(str((above or {}).get("tax_class") or "") if tax_class == "parent" else tax_class)
    managed = body.get("manage_stock") is True
    name = _plain(body["name"])
    return {
        "sku": words.text(body["sku"]),
        "name": words.text(f"{_plain(above['name'])} - {name}") if above else name,
        "description": _prose(body["description"]),
        "gtin": words.text(body["global_unique_id"]),
        "price": price(body["regular_price"], vat, gross=True),
        "vat": number(vat),
        "cost": number(meta.get("cost")),
        "unit": words.UNIT.get(str(meta.get("unit")), meta.get("unit")),
        "service": bool(body.get("virtual")),
        "stock_item": managed,
        "stock": number(body["stock_quantity"]) if managed else None,
        "archived": body["status"] not in _PUBLIC or bool(above and above["status"] not in _PUBLIC),
    }


def _order(body: Body, accounts: dict[str | None, str]) -> Facts:
    meta, email = _meta(body), words.email(body["billing"].get("email"))
    someone = accounts.get(email) or (guest(email) if email else None)
    made = words.text(body["date_created_gmt"])
    return {
        "number": words.text(body["number"]),
        "customer": str(body["customer_id"]) if body["customer_id"] else someone,
        "date": words.day(f"{made}+00:00") if made else None,
        "currency": words.text(body["currency"]),
        "exchange_rate": number(meta.get("exchange_rate"), 6),
        "delivery_date": meta.get("delivery_date"),
        "reference": meta.get("customer_reference"),
        "purchase_order": meta.get("purchase_order"),
        "contract": meta.get("contract_number"),
        "payment_reference": _plain(body["transaction_id"]),
        "accounting_status": words.STATUS.get(str(meta.get("accounting_status")), meta.get("accounting_status")),
        "accounting_number": meta.get("accounting_number"),
        "gross_total": Total(words.exact(body["total"])),
        "net_total": Total(words.exact(body["total"]) - words.exact(body["total_tax"] or 0)),
    }


def _lines(body: Body) -> Iterator[Facts]:
    rates = {rate["rate_id"]: rate["rate_percent"] for rate in body["tax_lines"]}
    for list_name, kind in (("line_items", "product"), ("shipping_lines", "shipping"), ("fee_lines", "fee")):
        for line in body[list_name]:
            yield _line(line, kind, rates)


def _line(line: Body, kind: str, rates: dict[Any, Any]) -> Facts:
    meta = _meta(line)
    quantity = Decimal(line["quantity"]) if kind == "product" else Decimal(1)
    before, total = words.exact(line.get("subtotal", line["total"]) or 0), words.exact(line["total"] or 0)
    taxes = [words.exact(rates[tax["id"]]) for tax in line.get("taxes") or () if tax.get("total") not in (None, "") and tax["id"] in rates]
    product = next((str(line[name]) for name in ("variation_id", "product_id") if line.get(name)), None)
    kind = str(meta.get("lenke_kind") or kind) if kind == "fee" else "other" if kind == "product" and not product else kind
    return {
        "kind": kind,
        "product": product if kind == "product" else kind,
        "text": _plain(line["method_title" if kind == "shipping" else "name"]),
        "quantity": number(quantity),
        "price": price(before / quantity if quantity else before),
        "discount": number((1 - total / before) * 100 if before else 0),
        "vat": number(sum(taxes, Decimal(0))),
        "net_total": Total(total),
        "gross": Total(total + words.exact(line["total_tax"] or 0)),
    }
