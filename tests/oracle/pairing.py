"""Which records of the two systems are the same thing in the world, by what a bookkeeper would go by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body

Key = Callable[[Body], Any]


@dataclass(frozen=True)
class Pairs:
    """Left id -> right id; what is left over on each side."""

    right_of: dict[str, str] = field(default_factory=dict)
    lone_left: frozenset[str] = frozenset()
    lone_right: frozenset[str] = frozenset()


def _shop_name(body: Body) -> str | None:
    if body.get("type") == "person":
        return words.text(f"{words.text(body.get('first_name')) or ''} {words.text(body.get('last_name')) or ''}")
    return words.text(body.get("company_name"))


def _office_name(body: Body) -> str | None:
    if body["IsPerson"]:
        return words.text(f"{words.text(body['FirstName']) or ''} {words.text(body['LastName']) or ''}")
    return words.text(body["Name"])


def _shop_street(body: Body) -> tuple[str | None, str | None]:
    billing = body.get("billing") or {}
    return words.text(billing.get("line1")), words.text(billing.get("postal_code"))


def _office_street(body: Body) -> tuple[str | None, str | None]:
    address = body["MailAddress"] or {}
    return words.text(address.get("AddressLine1")), words.text(address.get("ZipCode"))


def _person(body: Body) -> bool:
    return bool(body.get("type") == "person" if "type" in body else body["IsPerson"])


def _all(*parts: Any) -> tuple[Any, ...] | None:
    return parts if all(parts) else None


_CUSTOMER_KEYS: tuple[tuple[Key, Key], ...] = (
    (lambda left: left.get("customer_number"), lambda right: right["ExternalNumber"]),
    (
        lambda left: None if _person(left) else words.digits(left.get("org_number")),
        lambda right: None if _person(right) else words.digits(right["OrganizationNumber"]),
    ),
    (
        lambda left: _all(words.email(left.get("email")), _shop_name(left), _person(left)),
        lambda right: _all(words.email(right["EmailAddress"]), _office_name(right), _person(right)),
    ),
    (
        lambda left: words.email(left.get("email")) if _person(left) else None,
        lambda right: words.email(right["EmailAddress"]) if _person(right) else None,
    ),
    (
        lambda left: _all(_shop_name(left), _shop_street(left)[0], _shop_street(left)[1]),
        lambda right: _all(_office_name(right), *_office_street(right)),
    ),
)
_PRODUCT_KEYS: tuple[tuple[Key, Key], ...] = ((lambda left: words.text(left.get("sku")), lambda right: words.text(right["Code"])),)
_ORDER_KEYS: tuple[tuple[Key, Key], ...] = ((lambda left: left.get("number"), lambda right: right["ImportedOrderNo"]),)
KEYS = {"Customer": _CUSTOMER_KEYS, "Product": _PRODUCT_KEYS, "Order": _ORDER_KEYS}


def pair(entity: str, left: Mapping[str, Body], right: Mapping[str, Body]) -> Pairs:
    """Pairs by one key after the other, each only where it names exactly one record on either side."""
    right_of: dict[str, str] = {}
    lone_left, lone_right = dict(left), dict(right)
    for left_key, right_key in KEYS[entity]:
        ours, theirs = _by_key(lone_left, left_key), _by_key(lone_right, right_key)
        for key in ours.keys() & theirs.keys():
            if len(ours[key]) == len(theirs[key]) == 1:
                right_of[ours[key][0]] = theirs[key][0]
                del lone_left[ours[key][0]], lone_right[theirs[key][0]]
    return Pairs(right_of, frozenset(lone_left), frozenset(lone_right))


def candidates(entity: str, body: Body, right: Mapping[str, Body]) -> list[str]:
    """The right records that any key of the left record names."""
    found: dict[str, None] = {}
    for left_key, right_key in KEYS[entity]:
        key = left_key(body)
        if key is not None:
            found |= dict.fromkeys(name for name, other in right.items() if right_key(other) == key)
    return list(found)


def _by_key(bodies: Mapping[str, Body], key: Key) -> dict[Any, list[str]]:
    groups: dict[Any, list[str]] = {}
    for name, body in bodies.items():
        value = key(body)
        if value is not None:
            groups.setdefault(value, []).append(name)
    return groups
