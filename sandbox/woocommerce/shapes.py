"""The members of the shop's objects, empty, and how texts and times are kept."""

from __future__ import annotations

import copy
import html
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.wire import Json

ZONE = ZoneInfo("Europe/Oslo")
_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postcode", "country", "state")
BILLING = (*_ADDRESS, "email", "phone")
SHIPPING = (*_ADDRESS, "phone")
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<(?!/?(?:b|i|p|br|em|strong|ul|ol|li|a|h[1-6])\b)[^>]*>", re.IGNORECASE | re.DOTALL)
_AMPERSAND = re.compile(r"&(?!#?\w+;)")

_DATES: Json = {f"date_on_sale_{end}{form}": None for end in ("from", "to") for form in ("", "_gmt")}
_GOODS: Json = {
    "description": "", "sku": "", "global_unique_id": "", "price": "", "regular_price": "", "sale_price": "", **_DATES,
    "on_sale": False, "status": "publish", "purchasable": True, "virtual": False, "downloadable": False, "downloads": [],
    "download_limit": -1, "download_expiry": -1, "tax_status": "taxable", "tax_class": "", "manage_stock": False, "stock_quantity": None,
    "stock_status": "instock", "backorders": "no", "backorders_allowed": False, "backordered": False, "low_stock_amount": None,
    "weight": "", "dimensions": {"length": "", "width": "", "height": ""}, "shipping_class": "", "shipping_class_id": 0,
    "attributes": [], "menu_order": 0, "meta_data": [], "permalink": "",
}  # fmt: skip
_BLANK: dict[str, Json] = {
    "Customer": {
        "email": "", "first_name": "", "last_name": "", "role": "customer", "username": "", "billing": dict.fromkeys(BILLING, ""),
        "shipping": dict.fromkeys(SHIPPING, ""), "is_paying_customer": False, "avatar_url": "", "meta_data": [],
    },
    "Product": {
        **_GOODS, "name": "Product", "slug": "", "type": "simple", "featured": False, "catalog_visibility": "visible",
        "short_description": "", "total_sales": 0, "external_url": "", "button_text": "", "sold_individually": False,
        "shipping_required": True, "shipping_taxable": True, "reviews_allowed": True, "average_rating": "0", "rating_count": 0,
        "upsell_ids": [], "cross_sell_ids": [], "parent_id": 0, "purchase_note": "",
        "categories": [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}], "brands": [], "tags": [], "images": [],
        "default_attributes": [], "variations": [], "grouped_products": [], "price_html": "", "related_ids": [],
        "has_options": False, "post_password": "", "permalink_template": "", "generated_slug": "",
    },
    "Variation": {**_GOODS, "type": "variation", "tax_class": "parent", "image": None, "gallery_image_ids": [], "name": "", "parent_id": 0},
    "Order": {
        "parent_id": 0, "status": "pending", "currency": "NOK", "version": "11.0.1", "prices_include_tax": True, "discount_total": "0.00",
        "discount_tax": "0.00", "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": "0.00", "total": "0.00", "total_tax": "0.00",
        "customer_id": 0, "order_key": "", "billing": dict.fromkeys(BILLING, ""), "shipping": dict.fromkeys(SHIPPING, ""),
        "payment_method": "", "payment_method_title": "", "transaction_id": "", "customer_ip_address": "", "customer_user_agent": "",
        "created_via": "rest-api", "customer_note": "", "date_completed": None, "date_completed_gmt": None, "date_paid": None,
        "date_paid_gmt": None, "cart_hash": "", "number": "", "meta_data": [], "line_items": [], "tax_lines": [], "shipping_lines": [],
        "fee_lines": [], "coupon_lines": [], "refunds": [], "payment_url": "", "is_editable": True, "needs_payment": False,
        "needs_processing": False, "currency_symbol": "kr",
    },
}  # fmt: skip


def blank(shape: str) -> Json:
    """A new object with every member."""
    return copy.deepcopy(_BLANK[shape])


def local(moment: datetime) -> str:
    """A moment by the shop's clock, without a zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0).isoformat()


def gmt(moment: datetime) -> str:
    """A moment in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()


def stamp(body: Json, name: str, moment: datetime) -> None:
    """Set one of the dates, in its two forms."""
    body[name], body[f"{name}_gmt"] = local(moment), gmt(moment)


def moment_of(text: str) -> datetime:
    """A ``_gmt`` member as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def markup(text: str) -> str:
    """A text as WordPress keeps it: HTML, stripped of what may not stand in it."""
    return _AMPERSAND.sub("&amp;", _TAG.sub("", text)).strip()


def rendered(text: str) -> str:
    """A text as WordPress sets it: curly quotes, dashes, shortcodes run."""
    text = re.sub(r"\[gallery[^\]]*\]", '<div class="gallery"></div>', text)
    return re.sub(r'"([^"<>]*)"(?![^<]*>)', "&#8220;\\1&#8221;", text).replace(" -- ", " &#8211; ")


def paragraphs(text: str) -> str:
    """A description as WordPress shows it."""
    return "".join(f"<p>{part}</p>\n" for part in text.split("\n\n")) if text else ""


def price(value: Any) -> str:
    """What the shop makes of a price: its decimal mark is the point, so a comma only parts thousands; words are no price."""
    text = html.unescape(str(value)).replace(",", "").replace(" ", "").replace("\u00a0", "")
    return text if re.fullmatch(r"-?[0-9]*\.?[0-9]+", text) else ""


def decimal(value: Any) -> Decimal:
    """An amount; nought where it is none."""
    try:
        return Decimal(str(value)) if value not in (None, "") else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def fixed(value: Any, places: int) -> str:
    """An amount with so many decimals."""
    return format(decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def merged_meta(before: list[Json], given: Any, number: Any) -> list[Json]:
    """``meta_data`` after a write: a key without a row's id goes to its first row, null takes the row away."""
    rows = [dict(row) for row in before]
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, dict) or not (item.get("key") or item.get("id")):
            continue
        held = next((row for row in rows if row["id"] == item.get("id") or (not item.get("id") and row["key"] == item["key"])), None)
        if item.get("value") is None:
            rows = [row for row in rows if row is not held]
            continue
        value = str(item["value"]) if isinstance(item["value"], (int, float)) and not isinstance(item["value"], bool) else item["value"]
        if held is None:
            rows.append({"id": number(), "key": item["key"], "value": value})
        else:
            held["value"] = value
    return rows
