"""Reads a document of the form that :mod:`lenke.document.rst` writes, and of its freer relatives.

A title, with or without a line above it, names the two systems; a section's title names the two entities, each after its
system or alone. Of a section's list-tables the widest with a heading that speaks of properties counts: its columns are told by
their headings (left system, right system, type), may be fewer, and the table may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lenke.core.errors import ConfigurationError
from lenke.document.model import Document, Row, Section
from lenke.document.names import SYSTEMS, plain, system_id, without_system

_MARK = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}\s*")
_BETWEEN = re.compile(r"\s+(?:to|and|with|->|<->|→|↔)\s+", re.IGNORECASE)
_TAIL = re.compile(r"[:\s]*\b(?:data\s+)?(?:synchroni[sz]ation|sync|integration|dataflow)\b.*$", re.IGNORECASE)
_CELL = re.compile(r"\s+(\*\s+-|-)(?:\s+(.*))?$")


@dataclass
class _Part:
    title: str
    lines: list[str] = field(default_factory=list)


def parse(text: str, file: str) -> Document:
    """The document; raises ConfigurationError where it has no title that names two systems."""
    parts = list(_parts(text.expandtabs(8).splitlines()))
    if not parts:
        raise ConfigurationError(f"{file}: has no title; the first line names the two systems, as 'Custom Webshop to PowerOffice GO'")
    left, right = _systems(parts[0].title, file)
    ids = (system_id(left), system_id(right))
    sections = tuple(found for part in parts[1:] if (found := _section(part, ids)) is not None)
    introduction = " ".join(line.strip() for line in parts[0].lines if line.strip() and not line.startswith(("..", " ")))
    return Document(SYSTEMS.get(ids[0], left), SYSTEMS.get(ids[1], right), sections, (introduction,) if introduction else ())


def _parts(lines: Sequence[str]) -> Iterator[_Part]:
    part: _Part | None = None
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        if line.strip() and not line.startswith(" ") and not _MARK.fullmatch(line) and _MARK.fullmatch(below):
            if part is not None:
                yield part
            part = _Part(line.strip())
        elif part is not None and not _MARK.fullmatch(line):
            part.lines.append(line)
    if part is not None:
        yield part


def _systems(title: str, file: str) -> tuple[str, str]:
    named = _BETWEEN.split(_TAIL.sub("", title).strip())
    if len(named) != 2:
        raise ConfigurationError(f"{file}: the title {title!r} does not name two systems; write it as 'Custom Webshop to PowerOffice GO'")
    return named[0].strip(), named[1].strip()


def _section(part: _Part, systems: tuple[str, str]) -> Section | None:
    """None for a section that is about no two entities."""
    named = _BETWEEN.split(part.title)
    if len(named) != 2:
        return None
    left, right = (without_system(name, systems=(system,))[1] for name, system in zip(named, systems, strict=True))
    if not left or not right:
        return None
    return Section(left, right, _rows(part, systems))


def _rows(part: _Part, systems: tuple[str, str]) -> tuple[Row, ...]:
    every = [table for table in _tables(part.lines) if table]
    tables = [table for table in every if any("property" in cell.lower() for cell in table[0])] or every
    if not tables:
        return ()
    # A table of match keys has the properties alone; the one of all properties stands after it, and has their types.
    table = max(tables, key=lambda rows: (len(rows[0]), tables.index(rows)))
    columns = _columns(table[0], systems)
    rows = [[_cell(row, columns.get(name)) for name in ("left", "right", "type")] for row in table[1:]]
    return tuple(Row(left, right, kind) for left, right, kind in rows if left or right)


def _cell(row: Sequence[str], at: int | None) -> str:
    """The cell of a column, bare of its marks; "" where the table has no such column."""
    text = row[at] if at is not None and at < len(row) else ""
    return re.sub(r"^(?:``|\*\*|:\w+:`)|(?:``|\*\*|`)$", "", text.strip()).strip()


def _columns(head: Sequence[str], systems: tuple[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        if "type" in plain(cell):
            found.setdefault("type", at)
        elif (system := without_system(cell, systems=systems)[0]) in systems:
            found.setdefault("left" if system == systems[0] else "right", at)
    return found or dict(zip(("left", "right", "type"), range(len(head)), strict=False))


def _tables(lines: Sequence[str]) -> Iterator[list[list[str]]]:
    """Every list-table as rows of cells."""
    rows: list[list[str]] | None = None
    for line in lines:
        if line.startswith(".. list-table::"):
            if rows is not None:
                yield rows
            rows = []
        elif rows is not None and line.strip() and not line.startswith(" "):
            yield rows
            rows = None
        elif rows is not None and (cell := _CELL.match(line)):
            if cell[1] != "-":
                rows.append([])
            if rows:
                rows[-1].append((cell[2] or "").strip())
    if rows is not None:
        yield rows
