"""WooCommerce's entities as Lenke reads and writes them: what the vendor serves, with these differences.

Everywhere: HTML entities are resolved; ``meta_data`` is an object of key to value (the first of a key counts), keys that the mapping
uses being null where the record lacks them; members that say nothing of the record (links, the price as HTML, related products) are
left out.

Customer: ``is_person`` (true), ``is_guest``, ``phone_country`` (the billing country). A billing address that lacks its city or postal
code is left out (:func:`told_address`); where an account has none at all, its members are empty. A guest, who orders without an account,
is a Customer, too: ``id`` ``guest-`` and a hash of the billing e-mail, made of the newest order with that e-mail (:mod:`.guests`).
Product: a simple or external product, or a variation; a variable product and a group of products are none, for nobody buys them.
``archived`` (not published), ``vat_rate`` (per cent as text, by tax class in the shop's own country, null where the shop does not
tell its rates), ``price_vat_rate`` (the same in a shop whose prices hold VAT, else 0). A variation's ``name`` is its parent's and its own;
``manage_stock`` of a variation that shares its parent's stock is false.
Order: ``customer`` (a Customer's id, or null), ``ordered_at`` (the meta data of that name, else ``date_created_gmt`` with its zone,
which the shop lets nobody change), ``net_total``, and ``lines``: see :mod:`.lines`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.core.ports import Record, Spelling
from lenke.systems.jsontext import dumps
from lenke.systems.odd import ODD, UNREADABLE, readable, warn
from lenke.systems.woocommerce.lines import Unsold, lines_of, number
from lenke.systems.woocommerce.meta import meta_of
from lenke.systems.woocommerce.texts import moment, unescaped, unwrapped
from lenke.systems.woocommerce.wire import Row

CUSTOMER, PRODUCT, ORDER = "Customer", "Product", "Order"
PATHS = {CUSTOMER: "/customers", PRODUCT: "/products", ORDER: "/orders"}
MARKER_KEY = "lenke_marker"
MARKER = f"meta_data.{MARKER_KEY}"
KEYS = {CUSTOMER: frozenset({"email"}), PRODUCT: frozenset({"sku"}), ORDER: frozenset({"number"})}
# The filters tell no upper from lower case, and the shop stores neither with blanks around.
OVERLOOKS = {CUSTOMER: {"email": Spelling.CASE}, PRODUCT: {"sku": Spelling.CASE}, ORDER: {}}
ORDERED_AT = "ordered_at"
META_KEYS = {
    CUSTOMER: (MARKER_KEY, "customer_number", "website", "currency"),
    PRODUCT: (MARKER_KEY, "unit", "cost"),
    ORDER: (
        MARKER_KEY, "customer_reference", "purchase_order", "contract_number", "delivery_date", "exchange_rate", "accounting_status",
        "accounting_number", ORDERED_AT, "payment_term_id", "delivery_term_id", "department_id", "project_id", "location_id", "dim1_id",
        "dim2_id", "dim3_id", "related_invoice_number",
    ),
}  # fmt: skip
# Carts and waste, which a list may bring and which are no orders and no products.
NOT_THERE = frozenset({"trash", "auto-draft", "checkout-draft"})
PUBLISHED = frozenset({"publish", "future"})
STAFF_ROLES = frozenset({"administrator", "shop_manager", "editor", "author"})
_PLACE = frozenset({"address_1", "address_2", "postcode", "city", "country"})
SOLD = frozenset({"simple", "external", "variation"})
_NOISE = frozenset(
    {
        "_links", "avatar_url", "price_html", "related_ids", "payment_url", "permalink", "permalink_template", "generated_slug",
        "currency_symbol", "order_key", "post_password", "total_sales", "rating_count", "average_rating",
    }
)  # fmt: skip

Fields = dict[str, Any]
_SPOILT = object()
_PARENTS_DATE = ".parent_modified"


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of a product, per cent as text; None where the shop does not tell. ``in_price``: what its price holds of it."""

    rate: str | None
    in_price: str | None


def is_there(row: Row) -> bool:
    """Whether a row of a list counts at all."""
    return str(row.get("status")) not in NOT_THERE


def _told(entity: str, row: Row, make: Callable[[], Fields]) -> Fields:
    """What ``make`` makes of a row; of one that cannot be read only what :func:`record` needs to say so."""
    try:
        return make()
    except ODD as error:
        warn(f"WooCommerce {entity}", row.get("id"), error)
        return {"id": row.get("id"), "": _SPOILT}


def refuse_unknown(entity: str) -> str:
    """The entity's path; raises ConfigurationError for one that WooCommerce does not have."""
    if entity not in PATHS:
        raise ConfigurationError(f"WooCommerce has no entity {entity}; there are {', '.join(PATHS)}")
    return PATHS[entity]


def clean(row: Row, meta_keys: Iterable[str]) -> Fields:
    """A row without noise and entities, its meta data as an object."""
    fields: Fields = {name: unescaped(value) for name, value in row.items() if name not in _NOISE and name != "meta_data"}
    fields["meta_data"] = meta_of(row, meta_keys)
    return fields


def customer(row: Row, meta_keys: Iterable[str]) -> Fields:
    """A customer with an account; one that cannot be written to has no meta data but what it holds."""
    return _told(CUSTOMER, row, partial(_customer, row, meta_keys))


def _customer(row: Row, meta_keys: Iterable[str]) -> Fields:
    fields = clean(row, () if str(row.get("role")) in STAFF_ROLES else meta_keys)
    billing = fields.get("billing") or {}
    begun = told_address(billing) if any(billing.get(name) for name in _PLACE) else {"phone_country": None}
    return fields | begun | {"is_person": True, "is_guest": False}


def told_address(billing: Mapping[str, Any]) -> Fields:
    """``billing`` and ``phone_country`` of a customer, without the members of an address that is not whole.

    Accounts that bought downloads have a country and no address, and accounting systems keep none without city and postal code. Half of
    one is no edit either, be it that its postal code was deleted: the other side keeps what it has.
    """
    is_whole = billing.get("city") and billing.get("postcode")
    shown = {name: value for name, value in billing.items() if is_whole or name not in _PLACE}
    return {"billing": shown, "phone_country": billing.get("country")}


def product(row: Row, meta_keys: Iterable[str], *, parent: Row | None, vat: Vat) -> Fields:
    """A product, or a variation of ``parent``."""
    return _told(PRODUCT, row, partial(_product, row, meta_keys, parent, vat))


def _product(row: Row, meta_keys: Iterable[str], parent: Row | None, vat: Vat) -> Fields:
    fields = clean(row, meta_keys)
    fields["type"] = "variation" if parent else fields.get("type")
    fields["description"] = unwrapped(fields.get("description"))
    if parent is not None:
        own = str(fields.get("name") or _options(fields))
        fields["name"] = " - ".join(part for part in (unescaped(str(parent.get("name") or "")), own) if part)
        fields["manage_stock"] = fields.get("manage_stock") is True
    hidden = parent is not None and str(parent.get("status")) not in PUBLISHED
    return fields | {"archived": hidden or str(fields.get("status")) not in PUBLISHED, "vat_rate": vat.rate, "price_vat_rate": vat.in_price}


def order(row: Row, meta_keys: Iterable[str], *, customer: str | None, unsold: Unsold) -> Fields:
    """An order with its lines in one list."""
    return _told(ORDER, row, partial(_order, row, meta_keys, customer, unsold))


def _order(row: Row, meta_keys: Iterable[str], customer: str | None, unsold: Unsold) -> Fields:
    fields = clean(row, meta_keys)
    made = fields.get("date_created_gmt")
    net = _difference(fields.get("total"), fields.get("total_tax"))
    ordered = fields["meta_data"].get(ORDERED_AT) or (made and f"{made}Z")
    return fields | {"customer": customer, ORDERED_AT: ordered, "net_total": net, "lines": lines_of(row, unsold)}


def because_of(parent: Row | None, fields: Fields) -> Fields:
    """A variation that is read because its parent changed; :func:`record` takes the later of the two dates, and no more of it."""
    return fields | {_PARENTS_DATE: (parent or {}).get("date_modified_gmt")}


def record(fields: Mapping[str, Any]) -> Record:
    """The record; its version changes with any of its members, whatever its date does."""
    if fields.get("") is _SPOILT:
        return Record(str(fields.get("id")), None, None, UNREADABLE)
    return readable("WooCommerce record", fields.get("id"), partial(_record, fields))


def _record(fields: Mapping[str, Any]) -> Record:
    text = dumps({name: value for name, value in fields.items() if name != _PARENTS_DATE}, finite=False)
    dates = [at for name in ("date_modified_gmt", _PARENTS_DATE) if (at := moment(fields.get(name)))]
    at = max(dates, default=None)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Record(str(fields.get("id")), f"{fields.get('date_modified_gmt')} {digest}", at, text)


def _options(fields: Mapping[str, Any]) -> str:
    return ", ".join(str(item.get("option")) for item in fields.get("attributes") or () if isinstance(item, Mapping) and item.get("option"))


def _difference(total: Any, tax: Any) -> str | None:
    """Without VAT; where one of the two is no number, its text, and None where there is no total."""
    if total in (None, ""):
        return None
    gross, vat = number(total), number(tax)
    if gross is None or vat is None:
        return str(total if gross is None else tax)
    return format(gross - vat, "f")
