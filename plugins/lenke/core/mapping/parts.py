"""Flows that are parts of an owner, put together with it: one read, one plan, one call, one set of ledger rows.

The left system hands out one record that holds the parts inside (a sale with its quote's alternative and lines), so that the
right record is created in one call, and a header with its lines is written as one unit. What belongs to which part stays known:
a part's lock holds back only its own properties and lines, and the report has a line for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lenke.core.mapping.model import SIDES, Field, Flow, Lines, Property


def composed(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """Each flow that is no part, with its parts in it.

    :param flows: checked: an owner is there, is no part itself, and at most one flow of the whole has lines.
    """
    return tuple(_whole(flow, [part for part in flows if part.owner == flow.name]) for flow in flows if flow.owner is None)


def _whole(owner: Flow, parts: Sequence[Flow]) -> Flow:
    if not parts:
        return owner
    lines = owner.lines or next((_lines(part) for part in parts if part.lines), None)
    return replace(
        owner,
        properties=owner.properties + tuple(_placed(p, part) for part in parts for p in part.properties),
        locks=owner.locks + tuple(replace(lock, part=part.name) for part in parts for lock in part.locks),
        lines=lines,
        parts=tuple(part.name for part in parts),
    )


def _lines(part: Flow) -> Lines:
    assert part.lines is not None
    properties = tuple(replace(p, part=part.name) for p in part.lines.properties)
    return replace(part.lines, properties=properties, part=part.name)


def _placed(property: Property, part: Flow) -> Property:
    """A property of a part, with its paths from the owner's record on."""
    fields: dict[str, Any] = {
        side: _below(part.entity(side).within, field) for side in SIDES if (field := property.field(side)) is not None
    }
    return replace(property, part=part.name, **fields)


def _below(within: str, field: Field) -> Field:
    if not within:
        return field
    moved: dict[str, Any] = {name: f"{within}.{path}" for name in ("path", "rate", "kind") if (path := getattr(field, name)) is not None}
    return replace(field, **moved)
