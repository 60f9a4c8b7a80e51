"""JSON Patch (RFC 6902) documents: compare, then replace, in one step on the server.

The vendor documents the ``test`` operation. It compares on the primary, while a GET may come from a replica that lags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lenke.systems.paths import look
from lenke.systems.poweroffice_go.entities import Entity

CONTENT_TYPE = "application/json-patch+json"
Operation = dict[str, Any]


def patch_of(
    entity: Entity, fields: Mapping[str, Any], before: Mapping[str, Any], current: Mapping[str, Any] | None, *, tests: bool
) -> list[Operation]:
    """The operations that change ``fields`` where the record still holds ``before``.

    A nested object that is null in ``current`` is set as a whole: a path into null cannot be replaced.
    """
    missing = {_parent(path) for path in fields if _parent(path) and current is not None and look(current, _parent(path)) is None}
    asked = list(_tests(entity, fields, before, missing)) if tests else []
    plain = [_operation("replace", path, entity.value(path, value)) for path, value in fields.items() if _parent(path) not in missing]
    wholes = [_operation("replace", parent, _members(fields, parent)) for parent in sorted(missing) if _members(fields, parent)]
    return [*asked, *plain, *wholes]


def has_tests(operations: list[Operation]) -> bool:
    """Whether a refusal of these operations may mean that the record has moved."""
    return any(operation["op"] == "test" for operation in operations)


def _tests(entity: Entity, fields: Mapping[str, Any], before: Mapping[str, Any], missing: set[str]) -> Iterator[Operation]:
    for path in fields:
        if path in before and _parent(path) not in missing:
            yield _operation("test", path, entity.value(path, before[path]))
    for parent in sorted(missing):
        if _members(fields, parent):
            yield _operation("test", parent, None)


def _operation(op: str, path: str, value: Any) -> Operation:
    return {"op": op, "path": "/" + path.replace(".", "/"), "value": value}


def _members(fields: Mapping[str, Any], parent: str) -> dict[str, Any]:
    return {path.rpartition(".")[2]: value for path, value in fields.items() if _parent(path) == parent and value is not None}


def _parent(path: str) -> str:
    return path.rpartition(".")[0]
