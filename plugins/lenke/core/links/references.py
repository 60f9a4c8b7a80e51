"""References between flows: a record's id on one side, told as the id of its linked record on the other.

On both sides a reference is compared as the *left* id. A right id without a link becomes ``right:<id>``, which can never
equal a left id and never be written to the left. ``@freight`` and its like (constants of the installation) pass unchanged.
A closed link (a tombstone) still says what a reference means, so that no order looks edited, but nothing new may refer to it. So does
the right id that a left record had before it was linked anew: the orders that were made with it go on naming it.

A line whose product is sold no more (``@other/<id>``) was sold as that product: it is told as the linked one, be the link closed by now
because the product was deleted, as long as the right record is there; and as a constant like any other (``@other``) where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from lenke.core.converters.references import FORMERLY, NO_MORE
from lenke.core.links.rows import Kind, Side
from lenke.core.links.table import Table

UNLINKED = "right:"


@dataclass(frozen=True)
class Index:
    """Left id to right id over the flows that a reference may name, and back.

    :param closed: left ids whose link is a tombstone; ``to_left`` knows them, ``to_right`` does not.
    :param left_over: of those, the ones whose left record is gone, with the right record that is still there and nobody else's.
    """

    to_right: Mapping[str, str]
    to_left: Mapping[str, str]
    closed: frozenset[str] = frozenset()
    left_over: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Iterable[Table], *, keeps: bool = True) -> Index:
        """The header links and tombstones of some ledgers.

        :param keeps: a right record whose left one was deleted goes on as it was, and is not archived.
        """
        links: dict[str, str] = {}
        tombstones: dict[str, str] = {}
        former: dict[str, str] = {}
        left_over: dict[str, str] = {}
        for table in tables:
            former |= table.former()
            links.update(_headers(table, "link"))
            tombstones.update(_headers(table, "tombstone"))
            left_over |= _left_over(table) if keeps else {}
        to_left = former | {right: left for left, right in tombstones.items()} | {right: left for left, right in links.items()}
        left_over = {left: right for left, right in left_over.items() if left not in links and to_left[right] == left}
        return cls(links, to_left, frozenset(tombstones) - frozenset(links), left_over)

    def as_left(self, texts: pd.Series, side: Side) -> pd.Series:
        """A side's ids as left ids; an empty reference stays None, and ``@other/<id>`` one whose link is closed."""
        read = self._of_left if side == "left" else self._of_right
        return pd.Series([None if pd.isna(text) else read(text) for text in texts], index=texts.index, dtype=object)

    def _of_left(self, text: str) -> str:
        if not text.startswith(FORMERLY):
            return text
        id = text.removeprefix(FORMERLY)
        return id if id in self.to_right else text if id in self.left_over else NO_MORE

    def _of_right(self, text: str) -> str:
        if text.startswith(FORMERLY):
            id = self.to_left.get(text.removeprefix(FORMERLY))
            return id if id is not None and id in self.to_right else NO_MORE
        return text if text.startswith("@") else self.to_left.get(text, UNLINKED + text)

    def on_right(self, text: str | None) -> str | None:
        """A canonical reference as the right side is told it; KeyError where it is not linked."""
        if text is not None and text.startswith(FORMERLY):
            return self.left_over[text.removeprefix(FORMERLY)]
        if text is None or text.startswith("@"):
            return text
        return text.removeprefix(UNLINKED) if text.startswith(UNLINKED) else self.to_right[text]

    def on_left(self, text: str | None) -> str | None:
        """A canonical reference as the left side is told it; KeyError where it is not linked."""
        if text is not None and (text.startswith((UNLINKED, FORMERLY)) or text in self.closed):
            raise KeyError(text)
        return text


def meant(text: str | None) -> str | None:
    """What a canonical reference says, however its link stands: ``@other/<id>`` is that record."""
    return text.removeprefix(FORMERLY) if text is not None else None


def _left_over(table: Table) -> dict[str, str]:
    """Right records by their left ones, which were deleted."""
    closed = table.links(table.headers("tombstone").tolist())
    return {link.left: link.right for link in closed if link.note.get("side") == "left" and link.note.get("reason") == "deleted"}


def _headers(table: Table, kind: Kind) -> Iterable[tuple[str, str]]:
    rows = table.headers(kind)
    return zip(table.column("left", rows), table.column("right", rows), strict=True)
