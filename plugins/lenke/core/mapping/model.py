"""The mapping language: every key that a file in ``include/mappings`` may hold, as frozen values.

The loader builds these classes and refuses every key that is not here; a key is named as its attribute is, except
``dataflow``, ``flow`` and ``property`` (attribute ``name``) and ``as`` (attribute ``as_``).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from lenke.core.errors import MappingError
from lenke.core.mapping.properties import (
    SIDES,
    Condition,
    Direction,
    Field,
    Lookup,
    OnLink,
    Options,
    Property,
    Scalar,
    Side,
    Table,
    TypeName,
    named,
    rates,
)

__all__ = [
    "SIDES",
    "Condition",
    "Dataflow",
    "Direction",
    "EntitySide",
    "Field",
    "Flow",
    "LineSide",
    "Lines",
    "Lock",
    "Lookup",
    "MatchRule",
    "OnLink",
    "Options",
    "Property",
    "Scalar",
    "Side",
    "Table",
    "TypeName",
    "Where",
    "named",
    "rates",
]


# Flow has a method named ``property``, which hides the decorator within its class body.
_attribute = property


@dataclass(frozen=True, slots=True)
class MatchRule:
    """Properties whose canonical values, all filled and equal, make two unlinked records a pair."""

    properties: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """A record counts only if the raw value at ``path`` is one of ``values`` (a missing member is null)."""

    path: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class EntitySide:
    """The entity of one side. ``left: Customer`` is short for ``left: {entity: Customer}``; every ``where`` must hold.

    :param within: of a part: the member of its owner's record that holds it; its properties' paths begin there.
    :param system: filled in by the loader from the dataflow's side; it is no key of the file.
    """

    entity: str
    where: tuple[Where, ...] = ()
    within: str = ""
    system: str = dataclasses.field(default="", metadata={"key": None})


@dataclass(frozen=True, slots=True)
class Lock:
    """A life cycle: while the raw value at ``path`` of ``side`` is one of ``values`` that record is not written.

    :param path: in the whole record, for the lock of a part, too.
    :param part: the part whose properties and lines alone are locked, or "" for all of it; filled in by the loader.
    """

    side: Side
    path: str
    values: tuple[Scalar, ...]
    name: str
    part: str = dataclasses.field(default="", metadata={"key": None})

    def covers(self, part: str) -> bool:
        """Whether what belongs to ``part`` ("": the owner itself) is locked."""
        return self.part in ("", part)


@dataclass(frozen=True, slots=True)
class LineSide:
    """Where a record keeps its lines: the list's path, and within a line the paths of its id and of its position."""

    path: str
    id: str
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a composite record; ``match`` names the properties that make two unlinked lines a pair."""

    left: LineSide
    right: LineSide
    properties: tuple[Property, ...]
    match: tuple[str, ...] = ()
    part: str = dataclasses.field(default="", metadata={"key": None})

    def side(self, side: Side) -> LineSide:
        """The lines' place on ``side``."""
        return self.left if side == "left" else self.right


# The property by which ``on_delete: archive`` archives.
ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Flow:
    """One left and right entity pair.

    :param match: rules tried in turn for records that are not linked.
    :param locks: life cycles that forbid writing.
    :param on_delete: what a verified delete on one side does to the other: nothing, or ``archive``: its property ``archived`` becomes
        true, where that property goes to its side.
    :param group: flows of one exclusive group share a right entity and part the left side by their filters.
    :param owner: the flow that this one is a part of: both make one right record, which the owner creates with all that its
        parts hold. They are read, planned and written as one (:mod:`lenke.core.mapping.parts`).
    :param parts: names of this flow's parts; filled in by the loader.
    """

    name: str = dataclasses.field(metadata={"key": "flow"})
    left: EntitySide
    right: EntitySide
    properties: tuple[Property, ...] = ()
    match: tuple[MatchRule, ...] = ()
    locks: tuple[Lock, ...] = ()
    lines: Lines | None = None
    on_delete: Literal["keep", "archive"] = "keep"
    group: str | None = None
    owner: str | None = None
    parts: tuple[str, ...] = dataclasses.field(default=(), metadata={"key": None})

    def entity(self, side: Side) -> EntitySide:
        """The entity of ``side``."""
        return self.left if side == "left" else self.right

    def property(self, name: str) -> Property:
        """The header property of that name; raises KeyError."""
        return named(self.properties, name)

    @_attribute
    def references(self) -> tuple[str, ...]:
        """Flows and groups that header and lines refer to, each once, in the file's order."""
        lines = self.lines.properties if self.lines else ()
        return tuple(dict.fromkeys(p.to for p in (*self.properties, *lines) if p.to))


@dataclass(frozen=True, slots=True)
class Dataflow:
    """One mapping file: which entities of two systems belong together.

    :param left: system id of the left side; every left record gets a right record.
    :param introduction: what the dataflow does, for its document; an empty line between paragraphs.
    :param schedule: cron text or None.
    :param promise_minutes: whoever is notified of late dataflows hears of it when it has not succeeded for this long; None: never.
    :param file: the file's path as given.
    :param flows: what is run: each owner with its parts in it.
    :param sections: the flows as they are written down, parts by themselves; filled in by the loader.
    """

    name: str = dataclasses.field(metadata={"key": "dataflow"})
    left: str
    right: str
    flows: tuple[Flow, ...]
    title: str = ""
    introduction: str = ""
    schedule: str | None = None
    promise_minutes: int | None = None
    file: str = dataclasses.field(default="", metadata={"key": None})
    sections: tuple[Flow, ...] = dataclasses.field(default=(), metadata={"key": None})

    def system(self, side: Side) -> str:
        """The system id of ``side``."""
        return self.left if side == "left" else self.right

    def flow(self, name: str) -> Flow:
        """The flow of that name; raises KeyError."""
        for flow in self.flows:
            if flow.name == name:
                return flow
        raise KeyError(name)

    def running(self, name: str) -> Flow:
        """The flow that carries the one of that name: itself, or its owner; raises KeyError."""
        for flow in self.flows:
            if name == flow.name or name in flow.parts:
                return flow
        raise KeyError(name)

    def targets(self, to: str) -> tuple[Flow, ...]:
        """The flows that a reference's ``to`` names: one flow, or all of an exclusive group."""
        return tuple(f for f in self.flows if to in (f.name, f.group))

    def ordered(self) -> tuple[Flow, ...]:
        """The flows, each after those that it refers to, else in the file's order; a circle raises MappingError."""
        done: dict[str, Flow] = {}
        waiting = list(self.flows)
        while waiting:
            ready = next((f for f in waiting if self._needs(f) <= done.keys()), None)
            if ready is None:
                circle = ", ".join(f.name for f in waiting)
                raise MappingError(self.file, "flows", f"these flows refer to each other in a circle: {circle}; one must do without")
            done[ready.name] = ready
            waiting.remove(ready)
        return tuple(done.values())

    def _needs(self, flow: Flow) -> set[str]:
        return {target.name for to in flow.references for target in self.targets(to)}
