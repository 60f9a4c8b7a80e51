"""What the core asks of a system: the port that every ``systems/<system>/client.py`` implements.

A client speaks one system's dialect. It raises the errors of :mod:`lenke.core.errors`, counts its HTTP requests, and
never decides what is to be written: it is handed :class:`Write` values and answers with one :class:`Outcome` each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Literal, Protocol

Verb = Literal["create", "update", "archive"]
Status = Literal["done", "rejected", "not_unique", "moved", "locked", "gone", "retriable", "unknown"]


class Spelling(IntEnum):
    """How far forms of one value may lie from its canonical text; each includes those before it.

    ``ONE``: there is no other form. ``BLANK``: blanks around it, or how its accents are composed. ``CASE``: upper or lower case.
    ``ANY``: anything else (digits in groups, a country code, a word of a table).
    """

    ONE = 0
    BLANK = 1
    CASE = 2
    ANY = 3


@dataclass(frozen=True, slots=True)
class Record:
    """One entity instance as read.

    :param id: the system's id, always text (ids over 2**53 stay whole).
    :param version: an opaque text that changes when the record does, or None where the system has none.
    :param modified: when the system says it last changed (UTC), or None.
    :param raw: the JSON text of the record as received.
    :param whole: False for a list entry without its details (an order without lines): ``get`` brings the rest.
    """

    id: str
    version: str | None
    modified: datetime | None
    raw: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Traits:
    """What one entity of a system can and cannot do.

    :param changes: ``filter`` - the API filters by modified time; ``walk`` - it cannot tell (all of) what changed, so
        every run walks the list and digests decide.
    :param interval: where it filters, an interval can be asked for without reading what lies after it.
    :param created: path of the time at which a record was created, ISO 8601 (UTC where it has no offset), or None where none is told.
    :param trustworthy_modified: the modified time moves with every edit of a mapped property.
    :param read_lag: a read may be this much older than the last write.
    :param marker: path of the field that holds Lenke's marker, or None where the system has no such field.
    :param line_marker: path, within a line, of the field that holds the marker of a line; None: lines hold it where records do.
    :param marker_length: how many characters the marker field holds.
    :param marker_unique: the system refuses a second record with the same marker.
    :param keys: paths that ``find`` can look up.
    :param overlooks: of a key, how far a stored form may lie from the text asked for and be found nevertheless: because the server's
        search overlooks the difference, or because the system stores no such form. None: the very text only. Where forms of a mapped
        value may lie farther apart (:meth:`lenke.core.converters.base.Converter.spelling`), the whole list is compared instead.
    :param batch: how many writes one call to ``write`` may hold.
    :param reckons: what follows from a record's lines is reckoned by a call of its own after they were written.
    :param compares: updates are compared with ``Write.before`` by the server in the same step (no gap to lose an edit in).
    """

    changes: Literal["filter", "walk"]
    created: str | None = None
    interval: bool = True
    trustworthy_modified: bool = False
    read_lag: timedelta = timedelta(0)
    marker: str | None = None
    line_marker: str | None = None
    marker_length: int = 0
    marker_unique: bool = False
    keys: frozenset[str] = frozenset()
    overlooks: Mapping[str, Spelling] = field(default_factory=dict)
    batch: int = 1
    reckons: bool = False
    compares: bool = False


@dataclass(frozen=True, slots=True)
class LineWrite:
    """One line of a composite record: ``create`` (no id), ``update`` or ``remove``."""

    verb: Literal["create", "update", "remove"]
    id: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One record to be written.

    :param key: the caller's name for this write; the outcome carries it back.
    :param id: the target's id (None for a create).
    :param fields: dotted path (``MailAddress.City``) to the JSON value to store; only changed, mapped fields.
    :param before: the same paths with the values that the plan saw; a target that now holds others has *moved*.
    :param current: the target's raw JSON object as last read, for dialects that must know more than the changed fields.
    :param marker: Lenke's key for a created record.
    :param lines: the record's line writes, in the order they are to stand.
    :param reckon: lines are written now, or an earlier try may have written them without what is reckoned from them.
    """

    key: str
    verb: Verb
    id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    current: Mapping[str, Any] | None = None
    marker: str | None = None
    lines: tuple[LineWrite, ...] = ()
    reckon: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write.

    :param record: the whole record as stored (with its lines), where the system's answer or a read by id gave it.
    :param reason: for a person; names the vendor's property where it is known and never holds a field's value.
    :param delay: for ``retriable``: what the server asked to wait for.
    :param partial: the record was written, some of its lines were not; ``reason`` says which.
    """

    key: str
    status: Status
    id: str | None = None
    record: Record | None = None
    reason: str = ""
    delay: timedelta | None = None
    partial: bool = False


class System(Protocol):
    """One of the six systems, as the tasks use it."""

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, token requests included."""

    def tenant(self) -> str:
        """The id of the tenant that the credentials open (PowerOffice ClientId, shop id, host ...)."""

    def traits(self, entity: str) -> Traits:
        """What ``entity`` can do; raises ConfigurationError for an entity that the system does not have."""

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Every record changed after ``since`` (all of them where it is None), without losing rows while pages drift."""

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The whole records with these ids; one that is not there any more is left out."""

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose field ``path`` equals one of ``values``, and none of other values (checked on this side, too).

        ``path`` is the marker, compared exactly, or one of the traits' keys. Of a key also forms that the traits' ``overlooks`` names
        may come: the caller compares canonical values, and ``find`` only spares it the whole list.
        """

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Send at most ``traits(entity).batch`` writes and say what became of each, in their order.

        A failure of one record is an outcome, not an exception. Raised are only AuthenticationError and ConfigurationError
        (nothing was written).
        """

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """For ids that reads no longer bring: the reason (``deleted``, ``invoiced`` ...); ids that do exist are left out."""

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Records that were of this entity and went on as something else (an order as an invoice), by the value of ``path``.

        :return: value to id and reason; what is not there is left out. Asked before a record is created.
        """

    def close(self) -> None:
        """End the HTTP session."""
