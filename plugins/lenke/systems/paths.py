"""Dotted paths (``MailAddress.City``) in JSON objects, ids in addresses, and equality of JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from lenke.core.errors import RecordNotFoundError


def segment(id: str | None) -> str:
    """An id as one step of an address, whatever it holds; RecordNotFoundError for dots, which an address takes for a way up."""
    if id in (".", ".."):
        raise RecordNotFoundError("an id of nothing but dots stands in no address")
    return quote(str(id), safe="")


def look(value: Any, path: str) -> Any:
    """The value at ``path`` (a step of digits picks from a list), or None where any step of it is missing."""
    for key in path.split(".") if path else ():
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)] if int(key) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(key)
        else:
            return None
    return value


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object of dotted fields: ``{"a.b": 1}`` gives ``{"a": {"b": 1}}``."""
    whole: dict[str, Any] = {}
    for path, value in fields.items():
        *parents, last = path.split(".")
        place = whole
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value
    return whole


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; numbers by their worth (``10`` is ``10.00``)."""
    if _number(left) and _number(right):
        return Decimal(str(left)) == Decimal(str(right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def unlike(before: Mapping[str, Any], current: Any) -> list[str]:
    """The paths of ``before`` where ``current`` holds another value."""
    return [path for path, value in before.items() if not same(value, look(current, path))]


def text_of(value: Any) -> str | None:
    """An id or a key as text: ``17`` is ``"17"``; None where there is no value."""
    return None if value is None else str(value)


def whole_number(value: Any) -> Any:
    """Text of digits as the integer it spells (ids travel as text); any other value as it is."""
    return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() and value.isascii() else value


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
