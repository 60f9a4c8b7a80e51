"""A document as reStructuredText: a title, a section per flow, and a list-table of its properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from lenke.document.model import Document, Section

WIDTH = 120


def text(document: Document) -> str:
    """The whole text."""
    lines = [*_heading(f"{document.left} to {document.right}: data synchronisation", "="), *_paragraphs(document.introduction)]
    for section in document.sections:
        lines += _section(document, section)
    return "\n".join(lines).rstrip() + "\n"


def _section(document: Document, section: Section) -> Iterator[str]:
    left, right = f"{document.left} {section.left}", f"{document.right} {section.right}"
    yield from _heading(f"{left} to {right}", "-")
    yield from _paragraphs(section.text)
    yield from _table(
        [f"{left} property", f"{right} property", f"{document.right} data type"],
        [[_literal(row.left), _literal(row.right), row.type] for row in section.rows],
    )
    for note in section.notes:
        yield from wrap(note, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    if section.notes:
        yield ""


def _heading(words: str, mark: str) -> tuple[str, ...]:
    return (words, mark * len(words), "")


def _paragraphs(paragraphs: Iterable[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield from wrap(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
        yield ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    for row in (head, *rows):
        yield from (f"   {'* -' if at == 0 else '  -'} {cell}".rstrip() for at, cell in enumerate(row))
    yield ""


def _literal(path: str) -> str:
    return f"``{path}``" if path else ""
