"""Which members PowerOffice GO's objects have, and whether a value fits one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.poweroffice_go import tables
from sandbox.wire import Json

_INT64 = 2**63
_MEMBER = re.compile(r"(\w+):([A-Za-z]+)(\d*)([!+-]?)")
_ENUMS = {name: frozenset(values.split()) for name, values in tables.ENUMS.items()}


class UnfitError(ValueError):
    """A value that a member cannot hold; the text says what the member wants, never the value."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name, type, room in characters (0: no limit) and mark (see ``tables``)."""

    name: str
    type: str
    room: int
    mark: str

    def fit(self, value: Any) -> Any:
        """The value as stored: texts trimmed, an empty one null. Raises UnfitError."""
        if value is None:
            return None
        if self.type in _ENUMS:
            return _enum(self.type, value)
        return _FITS[self.type](self, value)


class Shape:
    """An object's members, found by name in any case as ASP.NET binds them."""

    def __init__(self, text: str) -> None:
        found = (Member(name, kind, int(room or 0), mark) for name, kind, room, mark in _MEMBER.findall(text))
        self._members = {member.name.lower(): member for member in found}

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def member(self, name: str) -> Member | None:
        """The member of this name, in any case."""
        return self._members.get(name.lower())

    def blank(self) -> Json:
        """Every served member, null."""
        return {member.name: None for member in self if member.mark != "-"}

    def posted(self, body: Any, path: str = "") -> tuple[Json, dict[str, str]]:
        """A POST body's members as stored, and what is wrong with which: unknown and read-only members are errors."""
        if not isinstance(body, dict):
            return {}, {path.rstrip(".") or "body": "must be an object"}
        values: Json = {}
        errors: dict[str, str] = {}
        for name, value in body.items():
            member = self.member(name)
            if member is None or member.mark == "!":
                errors[path + name] = "is not a member of this object"
                continue
            _one(member, value, path, values, errors)
        return values, errors


def _one(member: Member, value: Any, path: str, values: Json, errors: dict[str, str]) -> None:
    if member.type == "address" and value is not None:
        values[member.name], found = ADDRESS.posted(value, f"{path}{member.name}.")
        errors.update(found)
    elif member.type == "lines":
        values[member.name] = _lines(member, value, errors)
    else:
        try:
            values[member.name] = member.fit(value)
        except UnfitError as error:
            errors[path + member.name] = str(error)


def _lines(member: Member, value: Any, errors: dict[str, str]) -> list[Json]:
    if not isinstance(value, list | None):
        errors[member.name] = "must be an array"
        return []
    checked = [SALES_ORDER_LINE.posted(line, f"{member.name}[{index}].") for index, line in enumerate(value or [])]
    for _, found in checked:
        errors.update(found)
    return [line for line, _ in checked]


def _text(member: Member, value: Any) -> str | None:
    if not isinstance(value, str):
        raise UnfitError("must be a text")
    trimmed = value.strip()
    if member.room and len(trimmed) > member.room:
        raise UnfitError(f"must be at most {member.room} characters long")
    return trimmed or None


def _integer(_: Member, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise UnfitError("must be a whole number")
    return value


def _number(_: Member, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError("must be a number")
    return value


def _boolean(_: Member, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnfitError("must be true or false")
    return value


def _date(_: Member, value: Any) -> str:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UnfitError("must be a date, YYYY-MM-DD") from None


def _integers(member: Member, value: Any) -> list[int]:
    if not isinstance(value, list):
        raise UnfitError("must be an array of whole numbers")
    return [_integer(member, item) for item in value]


def _object(_: Member, value: Any) -> Json:
    if not isinstance(value, dict):
        raise UnfitError("must be an object")
    return value


def _enum(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in _ENUMS[name]:
        raise UnfitError(f"must be one of the {name} names")
    return value


_FITS: Mapping[str, Any] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "time": _text,
    "uuid": _text,
    "integers": _integers,
    "address": _object,
    "lines": _object,
    "object": _object,
}

CUSTOMER = Shape(tables.CUSTOMER)
ADDRESS = Shape(tables.ADDRESS)
PRODUCT = Shape(tables.PRODUCT)
SALES_ORDER = Shape(tables.SALES_ORDER)
SALES_ORDER_LINE = Shape(tables.SALES_ORDER_LINE)
OUTGOING_INVOICE = Shape(tables.OUTGOING_INVOICE)
VAT_CODE = Shape(tables.VAT_CODE)
CURRENCY = Shape(tables.CURRENCY)
ACCOUNT = Shape(tables.ACCOUNT)
PRODUCT_GROUP = Shape(tables.PRODUCT_GROUP)
