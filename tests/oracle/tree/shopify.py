"""What Shopify's records mean. A Customer is a person, or a company by its address and metafields; a variant is what is sold.

Prices hold VAT. A line's quantity without what was removed is its current one. What a placed line cannot say by itself (a part of a
piece, a discount that is in its price) stands in its attributes, and the money of the line is the same all the same. So do lines that an
edit of the order put in the place of others, in the order's metafield of lines.
"""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import UNTOLD, Facts, Record, Total, number, price

# What the accounts keep beside an order: ids of PowerOffice GO.
BESIDE = {
    "payment_term": "payment_term_id",
    "delivery_term": "delivery_term_id",
    "department": "department_id",
    "project": "project_id",
    "location": "location_id",
    "dimension_1": "dim1_id",
    "dimension_2": "dim2_id",
    "dimension_3": "dim3_id",
    "related_invoice": "related_invoice_number",
}


def _id(gid: Any) -> str | None:
    return str(gid).rpartition("/")[2] if gid else None


def _meta(body: Body) -> Facts:
    return {key: words.text(value) for key, value in (body["metafields"].get("lenke") or {}).items()}


def customers(database: Database) -> dict[str, Record]:
    """Persons and companies."""
    return {
        key: Record(key, "Customer", _customer(body), marker=_meta(body).get("marker")) for key, body in database.of("Customer").items()
    }


def _customer(body: Body) -> Facts:
    meta, address = _meta(body), _address(body)
    first, last = words.text(body["firstName"]), words.text(body["lastName"])
    country = words.text(address.get("countryCodeV2"))
    company = words.text(address.get("company"))
    return {
        "person": company is None and meta.get("org_number") is None,
        "first_name": first,
        "last_name": last,
        "company": company,
        "name": company or words.text(f"{first or ''} {last or ''}"),
        "org_number": words.digits(meta.get("org_number")),
        "email": words.email((body["defaultEmailAddress"] or {}).get("emailAddress")),
        "invoice_email": words.email(meta.get("invoice_email")),
        "phone": words.phone(address.get("phone"), country),
        "website": meta.get("website"),
        "line1": words.text(address.get("address1")),
        "line2": words.text(address.get("address2")),
        "postcode": words.text(address.get("zip")),
        "city": words.text(address.get("city")),
        "country": country,
        "currency": meta.get("currency"),
        "number": meta.get("customer_number"),
        "account": meta.get("accounting_number"),
        "vat_free": bool(body["taxExempt"]),
        "archived": "archived" in body["tags"],
    }


def _address(body: Body) -> Body:
    """The default one."""
    found: Body = body.get("defaultAddress") or {}
    return found or next((one for one in body.get("addresses", ()) if one["id"] == body.get("defaultAddressId")), {})


def text_of(markup: str | None) -> str | None:
    """What a reader sees of HTML."""
    plain = re.sub(r"<br\s*/?>|</p>\s*<p[^>]*>", "\n", markup or "")
    return words.text(html.unescape(re.sub(r"<[^>]+>", "", plain)))


def products(database: Database) -> dict[str, Record]:
    """Variants, each with what it says itself; where it is its product's only one, the product speaks for it."""
    parents = database.of("Product")
    rows = database.of("ProductVariant")
    siblings: dict[str, int] = {}
    for body in rows.values():
        siblings[str(_id(body["productId"]))] = siblings.get(str(_id(body["productId"])), 0) + 1
    return {
        key: Record(
            key,
            "Sesamproduct",
            _variant(body, parents[str(_id(body["productId"]))], _meta(body), alone=siblings[str(_id(body["productId"]))] == 1),
            marker=_meta(body).get("marker"),
            stored=("ProductVariant", key),
            parts=(("Product", str(_id(body["productId"]))),),
        )
        for key, body in rows.items()
    }


def _variant(variant: Body, product: Body, meta: Facts, *, alone: bool) -> Facts:
    item = variant["inventoryItem"]
    tracked = bool(item["tracked"])
    cost = item["unitCost"]
    return {
        "sku": words.text(variant["sku"]),
        "name": words.text(product["title"] if alone else meta.get("name") or f"{product['title']} - {variant['title']}"),
        "description": text_of(product["descriptionHtml"]) if alone else meta.get("description"),
        "gtin": words.text(variant["barcode"]),
        "unit": meta.get("unit"),
        "price": price(variant["price"], meta.get("vat_rate"), gross=True),
        "vat": number(meta.get("vat_rate")),
        "cost": number(cost["amount"] if isinstance(cost, dict) else cost, 2),
        "service": not item["requiresShipping"],
        "stock_item": tracked,
        "stock": number(next(iter(variant["levels"].values()), None), 0) if tracked else None,
        "archived": product["status"] == "ARCHIVED" or (not alone and meta.get("archived") == "true"),
    }


def orders(database: Database) -> dict[str, Record]:
    """Orders with the lines that are not removed."""
    return {
        key: Record(key, "Order", _order(body), [_line(line, body, notes) for line, notes in _left(body)], _meta(body).get("marker"))
        for key, body in database.of("Order").items()
    }


def _left(body: Body) -> list[tuple[Body, dict[str, str]]]:
    """The lines that are there, each with its attributes and what the order notes of it."""
    told = json.loads((body["metafields"].get("lenke") or {}).get("lines") or "[]")
    found = {str(note["id"]): note for note in told if "id" in note}
    lines = sorted(body["lineItems"], key=lambda line: int(str(_id(line["id"]))))
    for note in told:
        own = (str(_id(line["id"])) for line in lines if "after" in note and _is_of(note, line))
        id = next((id for id in own if id not in found), None)
        if id is not None:
            found[id] = note
    attributes = {str(_id(line["id"])): {str(one["key"]): str(one["value"]) for one in line["customAttributes"]} for line in lines}
    return [
        (line, attributes[id] | found.get(id, {}))
        for line in body["lineItems"]
        if line["currentQuantity"] > 0 and (id := str(_id(line["id"])))
    ]


def _is_of(note: Body, line: Body) -> bool:
    """A note of a line that was added in an edit: the first later one of its variant, or of its text without one."""
    kind = _id(line["variantId"]) == note["variant"] if "variant" in note else not line["variantId"] and line["title"] == note["item"]
    return kind and int(str(_id(line["id"]))) > int(note["after"])


def _order(body: Body) -> Facts:
    meta = _meta(body)
    return {
        "accounting_number": words.text(body["sourceIdentifier"]),
        "customer": _id(body["customerId"]),
        "currency": words.text(body["presentmentCurrencyCode"]),
        "exchange_rate": number(meta.get("exchange_rate"), 6),
        "number": meta.get("imported_order_number"),
        "date": meta.get("order_date"),
        "delivery_date": meta.get("delivery_date"),
        "reference": meta.get("customer_reference"),
        "purchase_order": words.text(body["poNumber"]),
        "contract": meta.get("contract_number"),
        "payment_reference": meta.get("matching_reference"),
        "accounting_status": meta.get("accounting_status"),
        **{name: meta.get(key) for name, key in BESIDE.items()},
    }


def _line(line: Body, order: Body, notes: dict[str, str]) -> Facts:
    pieces = Decimal(line["currentQuantity"])
    own = sum((Decimal(str(tax["rate"])) for tax in line["taxLines"]), Decimal(0))
    vat = words.exact(notes.get("_rate", own)) * 100
    held = words.exact(line["originalUnitPriceSet"]["presentmentMoney"]["amount"])
    off = sum((words.exact(one["percent"]) for one in line["discounts"]), Decimal(0))
    return {
        "product": _id(line["variantId"]) or notes.get("_variant"),
        "text": words.text(notes.get("_title", line["title"])),
        "quantity": number(Decimal(notes["_quantity"]) * pieces if "_quantity" in notes else pieces),
        "price": price(notes.get("_unit_price", held), vat, gross=bool(order["taxesIncluded"])),
        "discount": number(_discount(words.exact(notes.get("_discount_percent", 0)), off, words.exact(notes.get("_taken", 0)))),
        "gross_total": _money(held * (1 - off / 100), pieces, notes),
        "vat": number(vat),
    }


def _discount(inside: Decimal, off: Decimal, known: Decimal) -> Decimal:
    """Per cent in all: what the price holds already, and what was taken off beyond what the note knows of."""
    if off == known:
        return inside
    return 100 - (100 - inside) * (100 - off) / (100 - known)


def _money(held: Decimal, pieces: Decimal, notes: dict[str, str]) -> Any:
    """What the buyer pays: each piece's price is rounded for itself. An order in Shopify holds no line below nothing."""
    below = words.exact(notes.get("_quantity", 1)) < 0 or words.exact(notes.get("_unit_price", 0)) < 0
    return UNTOLD if below else Total(held * pieces, room=Decimal("0.01") + Decimal("0.005") * pieces)
