"""What WooCommerce demands of a write, checked before anything is sent: batches are stored without any check by the shop.

There a price of words becomes no price, an unknown status ``pending`` or ``draft``, and a number where text belongs is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lenke.core.errors import ConfigurationError, LockedError, RejectedRecordError
from lenke.core.ports import Write
from lenke.systems.paths import look
from lenke.systems.woocommerce.entities import CUSTOMER, ORDER, ORDERED_AT, PRODUCT, STAFF_ROLES

STAFF = "the account belongs to the shop's staff"
GUEST = "a guest without an account in the shop"
_META = "meta_data."
# What WordPress's is_email takes; in a batch an account's e-mail is not refused but stripped of every other letter, which may make it
# somebody else's (sanitize_email, WooCommerce 11.0.1).
_ADDRESS_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@(?:{_ADDRESS_PART}\.)+{_ADDRESS_PART}", re.ASCII)
_MONEY = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country", "phone")
_TEXTS = {
    CUSTOMER: {"email", "first_name", "last_name", "billing.email"},
    PRODUCT: {"name", "sku", "global_unique_id", "description", "short_description", "tax_class", "tax_status", "weight"},
    ORDER: {"customer_note", "transaction_id", "payment_method", "payment_method_title", "currency", "billing.email"},
}
for _entity in (CUSTOMER, ORDER):
    _TEXTS[_entity] |= {f"{place}.{name}" for place in ("billing", "shipping") for name in _ADDRESS}
_STATUSES = {
    PRODUCT: frozenset({"draft", "pending", "private", "publish"}),
    ORDER: frozenset({"pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed"}),
}
NAMES = frozenset(name for texts in _TEXTS.values() for path in texts for name in (path, path.rpartition(".")[2]))

Body = dict[str, Any]


def body_of(entity: str, write: Write) -> Body:
    """The body of a write without its lines; raises RejectedRecordError, LockedError, ConfigurationError."""
    _refuse_people(entity, write)
    fields = {"archived": True} if write.verb == "archive" else dict(write.fields)
    if write.verb == "archive" and entity != PRODUCT:
        raise RejectedRecordError(f"WooCommerce {entity} has no archive")
    body: Body = {}
    for path, value in fields.items():
        if value is None and write.verb == "create":
            continue
        _put(body, entity, path, value, write)
    if write.marker:
        body.setdefault("meta_data", []).append({"key": "lenke_marker", "value": write.marker})
    return body


def _put(body: Body, entity: str, path: str, value: Any, write: Write) -> None:
    if entity == ORDER and path == ORDERED_AT:
        path = f"{_META}{ORDERED_AT}"
    if path.startswith(_META):
        # Null takes a key away; a value without the row's id goes to the first row with the key.
        body.setdefault("meta_data", []).append({"key": path.removeprefix(_META), "value": value})
        return
    if path in _TEXTS[entity]:
        _refuse_variation_name(path, write)
        head, _, tail = path.partition(".")
        text = "" if value is None else _text(path, value)
        if path == "email" or (path == "billing.email" and text):
            _refuse_no_email(path, text)
        if tail:
            body.setdefault(head, {})[tail] = text
        else:
            body[head] = text
        return
    rule = _OTHER[entity].get(path)
    if rule is None:
        raise ConfigurationError(f"WooCommerce {entity} takes no {path}; map it one-way or not at all")
    body.update(rule(path, value, write))


def _text(path: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RejectedRecordError("WooCommerce keeps text here", property=path)
    return value.strip() if path == "sku" else value


def _refuse_no_email(path: str, text: str) -> None:
    if not _EMAIL.fullmatch(text):
        raise RejectedRecordError("is no e-mail address that WooCommerce keeps: letters a-z, digits, a domain", property=path)


def _money(path: str, value: Any, _: Write) -> Body:
    """Text with a point; in any other form the shop reads the separators its own way (``12,50`` becomes 1250)."""
    text = "" if value is None else str(value)
    if text and (isinstance(value, bool) or not _MONEY.fullmatch(text)):
        raise RejectedRecordError("is no plain amount as 1299.00", property=path)
    return {path: text}


def _whole(path: str, value: Any, _: Write) -> Body:
    """Left out where it is null: alone the schema refuses the whole record for it, and a batch makes nought of it (11.0.1)."""
    number = None if value is None else Decimal(str(value))
    if number is not None and number != number.to_integral_value():
        raise RejectedRecordError("WooCommerce takes whole numbers here", property=path)
    return {} if number is None else {path: int(number)}


def _flag(path: str, value: Any, _: Write) -> Body:
    if not isinstance(value, bool):
        raise RejectedRecordError("true or false is needed", property=path)
    return {path: value}


def _status(entity: str) -> Callable[[str, Any, Write], Body]:
    def rule(path: str, value: Any, _: Write) -> Body:
        if value not in _STATUSES[entity]:
            raise RejectedRecordError(f"must be one of {', '.join(sorted(_STATUSES[entity]))}", property=path)
        return {path: value}

    return rule


def _archived(path: str, value: Any, write: Write) -> Body:
    if not isinstance(value, bool):
        raise RejectedRecordError("true or false is needed", property=path)
    hidden = "private" if _is_variation(write) else "draft"
    return {"status": hidden if value else "publish"}


def _customer(path: str, value: Any, _: Write) -> Body:
    if value is not None and not str(value).isdecimal():
        raise RejectedRecordError(f"an order of an account cannot go to {GUEST}", property=path)
    return {"customer_id": int(value or 0)}


_OTHER: Mapping[str, Mapping[str, Callable[[str, Any, Write], Body]]] = {
    CUSTOMER: {},
    PRODUCT: {
        "regular_price": _money,
        "sale_price": _money,
        "stock_quantity": _whole,
        "manage_stock": _flag,
        "virtual": _flag,
        "archived": _archived,
        "status": _status(PRODUCT),
    },
    ORDER: {"customer": _customer, "status": _status(ORDER)},
}


def _is_variation(write: Write) -> bool:
    return bool(look(write.current, "type") == "variation")


def _refuse_variation_name(path: str, write: Write) -> None:
    if path == "name" and _is_variation(write):
        raise RejectedRecordError("a variation is named by its product and its attributes", property="name")


def _refuse_people(entity: str, write: Write) -> None:
    if entity != CUSTOMER or write.verb == "create":
        return
    if look(write.current, "is_guest"):
        raise LockedError(GUEST, lock=GUEST)
    if str(look(write.current, "role")) in STAFF_ROLES:
        raise LockedError(STAFF, lock=STAFF)
