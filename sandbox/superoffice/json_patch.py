"""PATCH: RFC 6902 (add, replace, remove, test; paths in any case) and RFC 7396 with the vendor's own way with lists."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.superoffice.refusals import bad, refuse
from sandbox.wire import Json

_FORBIDDEN = frozenset({"contactid", "saleid", "createddate", "updateddate"})


def patched(body: Json, given: Any) -> Json:
    """A copy with the patch in it; raises RefusedError: 409 for a test that fails, 400 for an operation that is none."""
    after = copy.deepcopy(body)
    if isinstance(given, dict):
        return _merged(after, given)
    if not isinstance(given, list):
        raise bad("The patch is neither a list of operations nor an object")
    for operation in given:
        _apply(after, operation)
    return after


def _merged(body: Json, given: Json) -> Json:
    """A list replaces the list; an object where a list stands is one more element of it."""
    for name, value in given.items():
        key = _name(body, name)
        held = body.get(key)
        if isinstance(held, list) and isinstance(value, dict):
            body[key] = [*held, value]
        elif isinstance(held, dict) and isinstance(value, dict):
            body[key] = _merged(held, value)
        else:
            body[key] = value
    return body


def _apply(body: Json, operation: Any) -> None:
    if not isinstance(operation, dict):
        raise bad("An operation is no object")
    verb, parts = operation.get("op"), str(operation.get("path", "")).lstrip("/").split("/")
    if verb not in ("add", "replace", "remove", "test"):
        raise bad("Only add, replace, remove and test are supported")
    if verb != "test" and parts[0].lower() in _FORBIDDEN and len(parts) == 1:
        raise bad(f"{parts[0]} cannot be changed")
    place = _place(body, parts[:-1])
    key = _key(place, parts[-1], is_new=verb == "add")
    if verb == "test":
        if not _same(place[key], operation.get("value")):
            raise refuse(409, "SoConflictException", "A test operation failed")
    elif verb == "remove":
        if isinstance(place, list):
            del place[key]
        else:
            place[key] = None
    elif isinstance(place, list) and verb == "add":
        place.insert(key, operation.get("value"))
    else:
        place[key] = operation.get("value")


def _place(body: Any, parts: list[str]) -> Any:
    for part in parts:
        body = body[_key(body, part, is_new=False)]
        if body is None:
            raise bad("The path leads through a value that is not there")
    return body


def _key(place: Any, part: str, *, is_new: bool) -> Any:
    if isinstance(place, list):
        at = len(place) if part == "-" and is_new else int(part) if part.isdecimal() else -1
        if not 0 <= at < len(place) + is_new:
            raise refuse(409, "SoConflictException", "The list has no such element")
        return at
    if isinstance(place, dict):
        key = _name(place, part)
        if key in place:
            return key
    raise bad(f"There is no member {part}")


def _name(body: Json, name: str) -> str:
    return next((known for known in body if known.lower() == name.lower()), name)


def _same(stored: Any, wanted: Any) -> bool:
    if isinstance(stored, bool) or isinstance(wanted, bool):
        return stored is wanted
    return bool(stored == wanted)
