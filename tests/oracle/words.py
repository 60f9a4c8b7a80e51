"""One business meaning for what the two systems write differently: text, numbers, phones, countries, days."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pycountry

UNIT = {"pcs": "EA", "kg": "KGM", "hour": "HUR", "m": "MTR", "l": "LTR", "box": "BX", "set": "SET", "pair": "PR"}
KIND = {"physical": "Product", "service": "Service"}
STATUS = {"draft": "Draft", "confirmed": "Confirmed"}
LINE_PRODUCT = {"shipping": "FRAKT", "fee": "GEBYR", "rounding": "AVRUND", "other": "DIVERSE"}
OSLO = ZoneInfo("Europe/Oslo")


def text(value: Any) -> str | None:
    """Blank is nothing; composed and decomposed letters are the same letters."""
    if value is None:
        return None
    plain = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").strip()
    return plain or None


def email(value: Any) -> str | None:
    """Case is no difference."""
    plain = text(value)
    return plain.lower() if plain else None


def digits(value: Any) -> str | None:
    """An organisation number without spaces, letters and signs."""
    return "".join(letter for letter in text(value) or "" if letter.isdigit()) or None


def phone(value: Any, country: str | None) -> str | None:
    """The number as one dials it from abroad; a text that is no number stays a text."""
    plain = text(value)
    if plain is None:
        return None
    try:
        number = phonenumbers.parse(plain, country or "NO")
    except phonenumbers.NumberParseException:
        return plain
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country2(iso3: Any) -> str | None:
    """ISO-3 as ISO-2; a word that is no country stays as it is."""
    plain = text(iso3)
    found = pycountry.countries.get(alpha_3=plain.upper()) if plain else None
    return found.alpha_2 if found else plain


def number(value: Any, places: int) -> Decimal | str | None:
    """A number half up at ``places`` decimals; a text that is no number stays a text."""
    if text(value) is None:
        return None
    try:
        return exact(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return str(value)


def exact(value: Any) -> Decimal:
    """The number as it is written."""
    return Decimal(str(value).strip())


def day(instant: Any) -> str | None:
    """The date on a wall calendar in Oslo at that instant."""
    plain = text(instant)
    return datetime.fromisoformat(plain).astimezone(OSLO).date().isoformat() if plain else None


def moment(instant: Any) -> datetime | None:
    """The instant to the second, in UTC; a time without a zone is UTC."""
    plain = text(instant)
    if plain is None:
        return None
    found = datetime.fromisoformat(plain)
    return (found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)).replace(microsecond=0)


def same_price(gross: Any, net: Any, percent: Any) -> bool:
    """A gross price of two decimals and a net price are the same price: net * (1 + rate), rounded to an øre, is the gross one.

    Exactly half an øre may have been rounded either way.
    """
    if text(gross) is None or text(net) is None:
        return text(gross) == text(net)
    try:
        return abs(exact(net) * (1 + exact(percent) / 100) - exact(gross)) <= Decimal("0.005")
    except InvalidOperation:
        return False
