"""Contacts: what is added to one as read, and JSON Patch with a test of every value that it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lenke.core.errors import LockedError, MovedError
from lenke.core.ports import Write
from lenke.systems.paths import look, unlike
from lenke.systems.superoffice.entities import CONTACT
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.persons import NAMES, Naming

Operation = dict[str, Any]
_NOBODY = {"IsPerson": False, "Firstname": None, "Lastname": None}


def private(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The added member ``Private``: a contact of one person, with that person's name and no organisation number, is that person."""
    people = [one for one in contact.get("Persons") or () if not one.get("Retired")]
    if len(people) != 1 or str(contact.get("OrgNr") or "").strip():
        return _NOBODY
    first, last = (str(people[0].get(name) or "").strip() for name in ("Firstname", "Lastname"))
    if not first or not last or str(contact.get("Name") or "").split() != f"{first} {last}".split():
        return _NOBODY
    return {"IsPerson": True, "Firstname": first, "Lastname": last}


def patch_of(write: Write, lists: Lists, named: Naming | None = None) -> list[Operation]:
    """The patch of an update; raises LockedError for the name of a private person, which follows from the person's.

    :param named: the name that its one person was given.
    SuperOffice refuses the whole patch (409) where one ``test`` fails.
    """
    current = write.current or {}
    if look(current, "Private.IsPerson") and "Name" in write.fields:
        name = "the contact is a private person, whose name is that of its person"
        raise LockedError(name, lock=name)
    CONTACT.refuse_unknown(frozenset(write.fields))
    operations: list[Operation] = []
    if named is not None:
        operations += [_operation("test", "Name", named.contact), _operation("replace", "Name", named.whole)]
    for path, value in write.fields.items():
        operations += _operations(path, value, write, lists) if path not in NAMES else ()
    return [one for one in operations if one["op"] == "test"] + [one for one in operations if one["op"] != "test"]


def body_of(write: Write, default: Mapping[str, Any], lists: Lists) -> dict[str, Any]:
    """The entity to be posted: the tenant's default contact with our values in it."""
    CONTACT.refuse_unknown(frozenset(write.fields))
    body = dict(default)
    for path, value in write.fields.items():
        if value is not None:
            _put(body, path, value, lists)
    if write.marker and CONTACT.marker:
        body[CONTACT.marker] = write.marker
    return body


def refuse_moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise MovedError where ``now`` holds something else than the plan saw."""
    told = {path: value for path, value in before.items() if not (value in (None, "") and look(now, path) in (None, ""))}
    if moved := unlike(told, now):
        raise MovedError(f"changed since it was read: {', '.join(moved)}")


def _operations(path: str, value: Any, write: Write, lists: Lists) -> Iterator[Operation]:
    parts = path.split(".")
    if path == "Country.TwoLetterISOCountry":
        yield _operation("test", "Country/CountryId", look(write.current, "Country.CountryId"))
        yield _operation("replace", "Country", {"CountryId": lists.country_id(value)})
    elif len(parts) == 3 and parts[1] == "0":
        yield from _first(parts[0], value, write.current or {})
    else:
        pointer = "/".join(parts)
        if path in write.before:
            yield _operation("test", pointer, write.before[path])
        yield _operation("replace", pointer, "" if value is None else value)


def _first(name: str, value: Any, current: Mapping[str, Any]) -> Iterator[Operation]:
    """The first of a list of addresses: set in place, added to an empty list, or taken away."""
    held = current.get(name) or []
    yield _operation("test", f"{name}/0/Value" if held else name, held[0].get("Value") if held else [])
    if held and value is not None:
        yield _operation("replace", f"{name}/0/Value", value)
    elif held:
        yield {"op": "remove", "path": f"/{name}/0"}
    elif value is not None:
        yield _operation("add", f"{name}/-", {"Value": value})


def _operation(op: str, pointer: str, value: Any) -> Operation:
    return {"op": op, "path": f"/{pointer}", "value": value}


def _put(body: dict[str, Any], path: str, value: Any, lists: Lists) -> None:
    first, *rest = path.split(".")
    if path == "Country.TwoLetterISOCountry":
        body[first] = {"CountryId": lists.country_id(value)}
    elif rest[:1] == ["0"]:
        body[first] = [{"Value": value}]
    elif rest:
        inner = dict(body.get(first) or {})
        _put(inner, ".".join(rest), value, lists)
        body[first] = inner
    else:
        body[first] = value
