"""The mapping language: every key that a file in ``include/mappings`` may hold, as frozen values.

The loader builds these classes and refuses every key that is not here; a key is named as its attribute is, except
``dataflow``, ``flow`` and ``property`` (attribute ``name``) and ``as`` (attribute ``as_``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lenke.core.errors import MappingError

Side = Literal["left", "right"]
Direction = Literal["two_way", "to_right", "to_left", "check"]
Conflict = Literal["left", "right", "newest", "manual"]
OnLink = Literal["left", "right", "hold"]
Scalar = str | int | bool | Decimal | None
TypeName = Literal[
    "string", "integer", "decimal", "money", "boolean", "date", "instant", "country",
    "currency", "phone", "email", "enum", "language", "unit", "reference",
]  # fmt: skip
SIDES: tuple[Side, Side] = ("left", "right")


# Flow has a method named ``property``, which hides the decorator within its class body.
_attribute = property


def named(properties: Iterable[Property], name: str) -> Property:
    """The property of that name; raises KeyError."""
    for candidate in properties:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Table:
    """A ``values`` table: pairs of this side's value and the canonical one, in the file's order."""

    pairs: tuple[tuple[Scalar, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """``when: is_person`` or ``when: not is_person``: the property counts only where that boolean property says so.

    Where the boolean is null or absent neither form holds, and the conditional property is absent.
    """

    property: str
    negated: bool = False

    def holds(self, *, truth: bool | None) -> bool:
        """Whether the condition holds where its property is ``truth`` (None: null or absent)."""
        return truth is not None and truth is not self.negated


@dataclass(frozen=True, slots=True)
class Lookup:
    """A field that holds the id of a record which the installation names for each canonical value, as an account for a VAT rate.

    :param table: the table of the settings: canonical text to the record's key; :param entity: the record's entity on this side.
    :param key: path of that key in the record, one that the system can look up.
    """

    table: Literal["sales_accounts"]
    entity: str
    key: str


@dataclass(frozen=True, slots=True)
class Field:
    """Where one side keeps a property, and in what shape. ``left: city`` is short for ``left: {path: city}``.

    :param path: dotted path in the record's JSON, e.g. ``MailAddress.City``.
    :param values: this side's value to the canonical value (boolean, enum, unit).
    :param form: a shape that the type knows: ``iso2 | iso3 | name`` (country), ``iso2 | iso3`` (language),
        ``percent | fraction`` (decimal), ``date | instant`` (date), ``offset | local`` (instant).
    :param vat: money only. ``included``: this side's price holds VAT; ``shop``: as ``price_basis`` in the settings says.
    :param rate: path, in the same record or line, of the VAT rate of a price that holds VAT.
    :param rate_form: shape of that rate: ``percent`` (25) or ``fraction`` (0.25).
    :param kind: reference only. Path of a text that says what is referred to: ``product`` is a record, any other text is
        a constant of the installation (``line_products`` in the settings) with the canonical value ``@<kind>``.
    :param lookup: decimal only. The field holds an id that a table of the settings stands for; an id that is not in the table is
        somebody's own choice: it is absent, and never overwritten. A value that is not in the table cannot be written.
    :param as_: how numbers are written where the target has none yet: ``string`` or ``number``.
    """

    path: str
    values: Table | None = None
    form: str | None = None
    vat: Literal["shop", "included"] | None = None
    rate: str | None = None
    rate_form: Literal["percent", "fraction"] = "percent"
    kind: str | None = None
    lookup: Lookup | None = None
    as_: Literal["string", "number"] | None = dataclasses.field(default=None, metadata={"key": "as"})


@dataclass(frozen=True, slots=True)
class Options:
    """What a property's type may be told.

    :param scale: decimals kept (decimal: 6, money: 2 where not given), rounded half up.
    :param max_length: longest text, in characters, that either side may be sent; a longer one parks the record.
    :param digits: string only: an organisation number; blanks, dots and hyphens, a leading ``NO`` and a trailing ``MVA`` go.
    :param region: phone only: the country property whose value says how a national number is read, or an ISO-2 code.
    """

    scale: int | None = None
    max_length: int | None = None
    digits: bool = False
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """One mapped pair of fields.

    :param name: unique within its flow's header, or within its lines.
    :param type: the canonical type, see :mod:`lenke.core.converters`.
    :param left: the left field; only a ``check`` property may have one side only.
    :param direction: ``two_way``, one way, or ``check``: compared and reported, never written.
    :param conflict: who wins where both sides changed it to different values.
    :param on_link: at first link, both filled and different; None is the installation's choice (settings ``on_link``).
        Of a one-way property, naming the side that is written keeps what that side has.
    :param when: the condition under which the property counts.
    :param required: the side(s) that cannot create a record, or be emptied, without it.
    :param options: see :class:`Options`.
    :param to: reference only: the flow (or the exclusive group of flows) whose records it names.
    """

    name: str = dataclasses.field(metadata={"key": "property"})
    type: TypeName
    left: Field | None = None
    right: Field | None = None
    direction: Direction = "two_way"
    conflict: Conflict = "left"
    on_link: OnLink | None = None
    when: Condition | None = None
    required: Literal["left", "right", "both"] | None = None
    options: Options = Options()
    to: str | None = None

    def field(self, side: Side) -> Field | None:
        """The field of ``side``, or None where that side has none."""
        return self.left if side == "left" else self.right

    def travels_to(self, side: Side) -> bool:
        """Whether an edit on the other side is written to ``side``."""
        return self.direction in ("two_way", f"to_{side}")

    def required_on(self, side: Side) -> bool:
        """Whether ``side`` cannot do without it."""
        return self.required in (side, "both")


def rates(properties: Iterable[Property], side: Side) -> frozenset[str]:
    """``check`` properties that are the VAT rate of a price on ``side``: a price that holds VAT brings them into a new record."""
    found = tuple(properties)
    paths = {field.rate for p in found if (field := p.field(side)) is not None and p.travels_to(side)}
    return frozenset(p.name for p in found if p.direction == "check" and (field := p.field(side)) is not None and field.path in paths)


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

    ``system`` is filled in by the loader from the dataflow's side; it is no key of the file.
    """

    entity: str
    where: tuple[Where, ...] = ()
    system: str = dataclasses.field(default="", metadata={"key": None})


@dataclass(frozen=True, slots=True)
class Lock:
    """A life cycle: while the raw value at ``path`` of ``side`` is one of ``values`` that record is not written."""

    side: Side
    path: str
    values: tuple[Scalar, ...]
    name: str


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

    def side(self, side: Side) -> LineSide:
        """The lines' place on ``side``."""
        return self.left if side == "left" else self.right


@dataclass(frozen=True, slots=True)
class Flow:
    """One left and right entity pair.

    :param match: rules tried in turn for records that are not linked.
    :param locks: life cycles that forbid writing.
    :param on_delete: what a verified delete on one side does to the other: nothing, or archive.
    :param group: flows of one exclusive group share a right entity and part the left side by their filters.
    """

    name: str = dataclasses.field(metadata={"key": "flow"})
    left: EntitySide
    right: EntitySide
    properties: tuple[Property, ...]
    match: tuple[MatchRule, ...] = ()
    locks: tuple[Lock, ...] = ()
    lines: Lines | None = None
    on_delete: Literal["keep", "archive"] = "keep"
    group: str | None = None

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
    :param schedule: cron text or None.
    :param file: the file's path as given.
    """

    name: str = dataclasses.field(metadata={"key": "dataflow"})
    left: str
    right: str
    flows: tuple[Flow, ...]
    title: str = ""
    schedule: str | None = None
    file: str = dataclasses.field(default="", metadata={"key": None})

    def system(self, side: Side) -> str:
        """The system id of ``side``."""
        return self.left if side == "left" else self.right

    def flow(self, name: str) -> Flow:
        """The flow of that name; raises KeyError."""
        for flow in self.flows:
            if flow.name == name:
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
