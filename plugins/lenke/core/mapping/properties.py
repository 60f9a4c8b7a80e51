"""The mapping language below a flow: properties, the fields of both sides that they pair, and their options."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

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
    :param part: the flow that wrote it down, where that is a part of this one; filled in by the loader.
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
    part: str = dataclasses.field(default="", metadata={"key": None})

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
