"""The document of a dataflow as data, between the mapping and its text."""

from __future__ import annotations

from dataclasses import dataclass, field

LINES = "[]"


@dataclass(frozen=True, slots=True)
class Row:
    """One property: its path in each system ("" where the table has none), and its type on the right ("" where it says none)."""

    left: str
    right: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One flow.

    :param left: the left entity as the document names it, e.g. ``Customers (human data)``; :param right: likewise.
    :param text: what is synchronised with what; paragraphs, each on one line.
    :param notes: what the table does not show, one item each.
    """

    left: str
    right: str
    rows: tuple[Row, ...]
    text: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One dataflow.

    :param left: the left system's name as the document spells it; :param right: likewise.
    """

    left: str
    right: str
    sections: tuple[Section, ...]
    introduction: tuple[str, ...] = field(default=())
