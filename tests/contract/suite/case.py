"""What a system's test says of one entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One entity of one system.

    :param new: the fields of a valid record, none alike (given a number); None where the API makes none.
    :param edited: a path to change, and a text unlike any record's.
    :param other: another path, which somebody else changes meanwhile, and its value.
    :param key: a path that ``find`` takes; None where it takes none.
    :param id: the id's path.
    :param address: path of the entity below the sandbox's base, for faults.
    :param reads: which requests are the entity's reads (a fault's match); GET below the address where empty.
    :param writes: the same for creates; POST below the address where empty.
    :param unique: a path whose value only one record may have; None where only the marker is unique.
    :param archived: the path that says so; None where the entity has no archive.
    :param archive_value: what stands there in an archived record.
    :param elsewhere: what somebody else writes to the edited path; the edited text and a 9 where None.
    :param compares: the server compares in the step of the write; else the client reads and compares first.
    :param moving: members that change with every write, besides dates.
    :param shaped: members of the raw that the client adds to the vendor's record, or brings into another form.
    :param selected: a read brings some of the stored members only.
    :param born: fields with which a person makes a record where ``new`` is None.
    """

    system: str
    entity: str
    new: Callable[[int], Mapping[str, Any]] | None
    edited: tuple[str, str]
    other: tuple[str, Any]
    key: str | None
    id: str
    address: str
    reads: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    unique: str | None = None
    archived: str | None = None
    archive_value: Any = True
    elsewhere: str | None = None
    compares: bool = True
    moving: frozenset[str] = frozenset()
    shaped: frozenset[str] = frozenset()
    selected: bool = False
    born: Callable[[int], Mapping[str, Any]] | None = None
    bad_credentials: Mapping[str, Any] = field(default_factory=lambda: {"password": "no-such-secret"})
