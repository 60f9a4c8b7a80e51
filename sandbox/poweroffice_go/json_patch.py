"""RFC 6902 on PowerOffice GO's objects: add, replace, remove and test, paths in any case, all or nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from sandbox.poweroffice_go.problems import problem
from sandbox.poweroffice_go.shapes import ADDRESS, Member, Shape, UnfitError
from sandbox.wire import Json, RefusedError


@dataclass(frozen=True, slots=True)
class Patched:
    """The object after the patch, and the top-level members that an operation other than ``test`` named."""

    body: Json
    touched: frozenset[str]


def patch(what: str, shape: Shape, body: Json, operations: Any) -> Patched:
    """Apply the operations to a copy of ``body``; raises RefusedError (400) for the first one that cannot be, nothing applied."""
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise _bad(what, "The body must be an array of JSON Patch operations.")
    after = copy.deepcopy(body)
    touched = set()
    for operation in operations:
        name = _apply(what, shape, after, {str(key).lower(): value for key, value in operation.items()})
        if name:
            touched.add(name)
    return Patched(after, frozenset(touched))


def _apply(what: str, shape: Shape, body: Json, operation: Json) -> str | None:
    verb, pointer = str(operation.get("op", "")).lower(), str(operation.get("path", ""))
    parent, member, top = _target(what, shape, body, pointer)
    if verb == "test":
        if not _same(parent.get(member.name), operation.get("value")):
            raise _bad(what, f"The current value at path '{pointer}' is not equal to the test value.", {top: "test failed"})
        return None
    if verb not in ("add", "replace", "remove"):
        raise _bad(what, f"The operation at path '{pointer}' is not supported.")
    if member.mark:
        raise _bad(what, f"The member at path '{pointer}' cannot be changed.", {top: "is read only"})
    parent[member.name] = None if verb == "remove" else _value(what, member, pointer, operation.get("value"))
    return top


def _target(what: str, shape: Shape, body: Json, pointer: str) -> tuple[Json, Member, str]:
    names = [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
    member = shape.member(names[0])
    if member is None or len(names) > 2 or (len(names) == 2 and member.type != "address"):
        raise _bad(what, f"The target location at path '{pointer}' was not found.")
    if len(names) == 1:
        return body, member, member.name
    inner = ADDRESS.member(names[1])
    # ASP.NET walks the object itself: there is no way through a null.
    if inner is None or body.get(member.name) is None:
        raise _bad(what, f"The target location at path '{pointer}' was not found.")
    return body[member.name], inner, member.name


def _value(what: str, member: Member, pointer: str, value: Any) -> Any:
    if member.type == "address":
        address, errors = ADDRESS.posted(value, f"{member.name}.")
        if errors:
            raise _bad(what, "The value is invalid.", errors)
        return address
    try:
        return member.fit(value)
    except UnfitError as error:
        raise _bad(what, f"The value at path '{pointer}' is invalid for its target location.", {member.name: str(error)}) from None


def _same(stored: Any, wanted: Any) -> bool:
    if isinstance(stored, bool) or isinstance(wanted, bool):
        return stored is wanted
    if isinstance(stored, dict) and isinstance(wanted, dict):
        return all(_same(stored.get(name), wanted.get(name)) for name in {*stored, *wanted})
    return bool(stored == wanted)


def _bad(what: str, detail: str, errors: dict[str, str] | None = None) -> RefusedError:
    return problem(400, f"{what} validation error(s)", detail, errors)
