"""What a ledger remembers of each property's mapping, and which of what was agreed on still counts under another one.

A print is the property's fingerprint, and behind it the direction of one that does not travel both ways. Where a side counts as a source
that was only written before, what it holds may be old, and nobody has compared it: nothing is agreed on. A print without a direction, of
a ledger from before directions were remembered, counts as one of both ways, so that no upgrade takes anything for not agreed on.
"""

from __future__ import annotations

from collections.abc import Mapping

from lenke.core.mapping.properties import Direction

Prints = tuple[tuple[str, str], ...]

_BOTH: Direction = "two_way"
_SOURCES: Mapping[str, frozenset[str]] = {
    _BOTH: frozenset({"left", "right"}),
    "to_right": frozenset({"left"}),
    "to_left": frozenset({"right"}),
    "check": frozenset(),
}


def directed(fingerprint: str, direction: Direction) -> str:
    """The print of a property."""
    return fingerprint if direction == _BOTH else f"{fingerprint}/{direction}"


def places(now: Prints, was: Prints) -> list[int]:
    """Where each of the properties of ``now`` stands in ``was``; -1 where nothing is agreed on of it."""
    at_of = {name: at for at, (name, _) in enumerate(was)}
    found = [(at_of.get(name, -1), told) for name, told in now]
    return [at if at >= 0 and _still_counts(told, was[at][1]) else -1 for at, told in found]


def _still_counts(now: str, then: str) -> bool:
    (shape, _, direction), (old_shape, _, old_direction) = now.partition("/"), then.partition("/")
    return shape == old_shape and _SOURCES[direction or _BOTH] <= _SOURCES[old_direction or _BOTH]
