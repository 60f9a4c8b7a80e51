"""The members of the webshop's objects, and whether a value fits one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.custom_webshop.refusals import invalid
from sandbox.wire import Json

# ``name:type`` with a mark: ``!`` read only, ``*`` never null. A type in brackets is a choice.
_TABLES = {
    "Customer": """id:integer! type:(person|company)* first_name:text last_name:text company_name:text email:email invoice_email:email
        phone:text org_number:text website:text billing:billing currency:currency language:text customer_number:integer
        archived:boolean* external_ref:text64 note:text created_at:instant! updated_at:instant!""",
    "billing": "line1:text line2:text postal_code:text city:text country:country",
    "Product": """id:integer! sku:text name:text* description:text gtin:text unit:(pcs|kg|hour|m|l|box|set|pair) price:decimal
        vat_rate:decimal cost:decimal kind:(physical|service)* manage_stock:boolean* stock:number archived:boolean*
        external_ref:text64 category:text created_at:instant! updated_at:instant!""",
    "Order": """id:integer! number:integer* customer_id:integer ordered_at:instant* delivery_date:date currency:currency*
        exchange_rate:decimal* customer_reference:text purchase_order:text contract_number:text payment_reference:text
        accounting_status:(draft|confirmed) accounting_number:integer net_total:decimal! gross_total:decimal! status:text
        title:text note:text sale_status:(open|sold|lost|stalled) probability:integer expected_amount:decimal
        discount_percent:decimal discount_amount:decimal offer_name:text offer_description:text offer_number:text offer_state:text
        sale_progress:(not_started|started|completed) memo:text order_comment:text payment_terms:text payment_type:text
        delivery_terms:text delivery_type:text terms_text:text
        terms_field_1:text terms_field_2:text terms_field_3:text terms_field_4:text terms_field_5:text
        offer_field_1:text offer_field_2:text offer_field_3:text offer_field_4:text offer_field_5:text
        offer_expires:date offer_subtotal:decimal offer_vat:decimal offer_total:decimal
        external_ref:text64 lines:lines created_at:instant! updated_at:instant!""",
    "Line": """id:integer! kind:(product|shipping|fee|rounding)* product_id:integer description:text quantity:decimal* unit_price:decimal*
        discount_percent:decimal* unit_cost:decimal unit:(pcs|kg|hour|m|l|box|set|pair) position:integer* vat_rate:decimal*
        external_ref:text64""",
}
_MEMBER = re.compile(r"(\w+):(?:\(([\w|]+)\)|([a-z]+)(\d*))([!*]?)")
_EMAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class Member:
    """One member; ``choices`` empty means that ``type`` decides, ``room`` 0 that a text has no limit."""

    name: str
    type: str
    choices: frozenset[str]
    room: int
    read_only: bool
    needed: bool

    def fit(self, value: Any) -> Any:
        """The value as stored; raises RefusedError (422) naming the member."""
        if value is None:
            if self.needed:
                raise invalid(self.name, "cannot be empty")
            return None
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise invalid(self.name, f"must be one of {', '.join(sorted(self.choices))}")
            return value
        stored = _FITS[self.type](value)
        if stored is None or (self.room and len(stored) > self.room):
            raise invalid(self.name, f"must be {self.type}" + (f" of at most {self.room} characters" if self.room else ""))
        return stored


class Shape:
    """An object's members by name."""

    def __init__(self, text: str) -> None:
        self._members = {
            name: Member(name, kind, frozenset(filter(None, choices.split("|"))), int(room or 0), mark == "!", mark == "*")
            for name, choices, kind, room, mark in _MEMBER.findall(text)
        }

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def blank(self) -> Json:
        """Every member, null."""
        return dict.fromkeys(self._members)

    def fit(self, body: Any) -> Json:
        """The given members as stored; raises RefusedError (422) for one that is unknown, read only or does not fit."""
        if not isinstance(body, dict):
            raise invalid("body", "must be an object")
        for name in body:
            if name not in self._members or self._members[name].read_only:
                raise invalid(name, "is not a member that can be set")
        return {name: self._members[name].fit(value) for name, value in body.items()}


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _integer(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _decimal(value: Any) -> Any:
    try:
        return value if isinstance(value, str) and Decimal(value).is_finite() else None
    except InvalidOperation:
        return None


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _instant(value: Any) -> Any:
    moment = moment_of(value) if isinstance(value, str) else None
    return moment and served(moment)


def _pattern(pattern: str) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, str) and re.fullmatch(pattern, value) else None


def _email(value: Any) -> Any:
    return value if isinstance(value, str) and (not value or _EMAIL.fullmatch(value.strip())) else None


def moment_of(text: str) -> datetime | None:
    """A moment with its zone, or None for a text that is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def served(moment: datetime) -> str:
    """A time as the shop serves it: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _billing(value: Any) -> Any:
    return SHAPES["billing"].fit(value)


def _lines(value: Any) -> Any:
    return value if isinstance(value, list) and all(isinstance(line, dict) for line in value) else None


_FITS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "email": _email,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "decimal": _decimal,
    "date": _date,
    "instant": _instant,
    "country": _pattern("[A-Z]{3}"),
    "currency": _pattern("[A-Z]{3}"),
    "billing": _billing,
    "lines": _lines,
}

SHAPES = {name: Shape(text) for name, text in _TABLES.items()}
