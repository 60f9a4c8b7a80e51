"""The members of the ERP's objects, and whether a value fits one. Numbers are JSON numbers: a text is refused where one belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.custom_erp.refusals import invalid
from sandbox.wire import Json

UNITS = ("stk", "kg", "time", "m", "l", "eske", "sett", "par")
Check = Callable[[Any], bool]


def _text(room: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= room


def _pattern(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fraction(value: Any) -> bool:
    return _number(value) and 0 <= value <= 1


def _parsed(parse: Callable[[str], object]) -> Check:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(parse(value))
        except ValueError:
            return False

    return fits


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == 10 else None


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else None


@dataclass(frozen=True, slots=True)
class Member:
    """One member.

    :param needed: never null, and given when a record is made, unless it has a default.
    :param inner: the shape of a nested object, which an update replaces whole.
    """

    fits: Check
    needed: bool = False
    inner: Mapping[str, Member] | None = None


_ADDRESS = {"street": Member(_text(250)), "extra": Member(_text(250)), "zip": Member(_text(20)), "place": Member(_text(100)),
            "countryCode": Member(_pattern("[A-Z]{2}"))}  # fmt: skip
_ACCOUNTING = {"status": Member(_one_of("draft", "confirmed")), "number": Member(_whole)}
_STOCK = {"managed": Member(_flag, needed=True), "onHand": Member(_number)}
_CURRENCY, _REF = Member(_pattern("[A-Z]{3}")), Member(_text(64))
SHAPES: Mapping[str, Mapping[str, Member]] = {
    "Customer": {
        "category": Member(_one_of("private", "business"), needed=True),
        "name": Member(_text(250)),
        "givenName": Member(_text(100)),
        "familyName": Member(_text(100)),
        "eMail": Member(_pattern(r"[^@\s]+@[^@\s]+")),
        "invoiceEMail": Member(_pattern(r"[^@\s]+@[^@\s]+")),
        "telephone": Member(_pattern(r"\+[0-9;=a-z]{4,30}")),
        "registrationNo": Member(_pattern("[A-Z0-9]{4,20}")),
        "homepage": Member(_text(250)),
        "address": Member(lambda value: isinstance(value, dict), inner=_ADDRESS),
        "currencyCode": _CURRENCY,
        "languageCode": Member(_pattern("[a-z]{3}")),
        "customerNo": Member(_whole),
        "active": Member(_flag, needed=True),
        "remark": Member(_text(2000)),
        "externalRef": _REF,
    },
    "Product": {
        "itemNo": Member(_text(100), needed=True),
        "title": Member(_text(400), needed=True),
        "text": Member(_text(10_000)),
        "ean": Member(_text(20)),
        "unitCode": Member(_one_of(*UNITS)),
        "salesPrice": Member(_number),
        "costPrice": Member(_number),
        "vatRate": Member(_fraction),
        "type": Member(_one_of("goods", "service"), needed=True),
        "stock": Member(lambda value: isinstance(value, dict), inner=_STOCK),
        "itemGroup": Member(_text(100)),
        "active": Member(_flag, needed=True),
        "externalRef": _REF,
    },
    "Order": {
        "orderNo": Member(_whole, needed=True),
        "partnerId": Member(_text(20), needed=True),
        "placedAt": Member(_parsed(_moment), needed=True),
        "deliveryDate": Member(_parsed(_day)),
        "currencyCode": Member(_CURRENCY.fits, needed=True),
        "exchangeRate": Member(_number, needed=True),
        "yourReference": Member(_text(250)),
        "purchaseOrderNo": Member(_text(100)),
        "contractNo": Member(_text(100)),
        "paymentReference": Member(_text(100)),
        "progress": Member(_text(50)),
        "accounting": Member(lambda value: isinstance(value, dict), inner=_ACCOUNTING),
        "externalRef": _REF,
        "orderLines": Member(lambda value: isinstance(value, list)),
    },
    "Line": {
        "articleId": Member(_text(20), needed=True),
        "text": Member(_text(1000)),
        "qty": Member(_number, needed=True),
        "price": Member(_number, needed=True),
        "discountRate": Member(_fraction, needed=True),
        "cost": Member(_number),
        "vatRate": Member(_fraction, needed=True),
        "unitCode": Member(_one_of(*UNITS)),
        "seq": Member(_whole),
        "externalRef": _REF,
    },
}  # fmt: skip


def fit(kind: str, given: Any) -> Json:
    """The given members; raises RefusedError (400) for one that is unknown or does not fit."""
    return _fit(SHAPES[kind], given, "")


def blank(kind: str) -> Json:
    """Every member, null; nested objects with theirs."""
    return _blank(SHAPES[kind])


def _blank(shape: Mapping[str, Member]) -> Json:
    return {name: _blank(member.inner) if member.inner else None for name, member in shape.items()}


def _fit(shape: Mapping[str, Member], given: Any, at: str) -> Json:
    if not isinstance(given, dict):
        raise invalid(at or "body", "must be an object")
    values: Json = {}
    for name, value in given.items():
        member = shape.get(name)
        if member is None:
            raise invalid(f"{at}{name}", "cannot be set")
        if value is None and member.needed:
            raise invalid(f"{at}{name}", "cannot be empty")
        if value is not None and not member.fits(value):
            raise invalid(f"{at}{name}", "does not fit")
        values[name] = value if member.inner is None else _blank(member.inner) | _fit(member.inner, value or {}, f"{at}{name}.")
    return values
