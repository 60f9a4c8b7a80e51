"""Which links have anything to decide: found in columns, so that only they are looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lenke.core.links.digests import UNKNOWN, Digests
from lenke.core.links.rows import OTHER, Link, Positions, Side
from lenke.core.links.table import Table
from lenke.core.mapping.model import Property
from lenke.core.plan.reads import LineRead, SideRead, grouped

Mask = NDArray[np.bool_]


def positions(read: SideRead, ids: NDArray[Any]) -> Positions:
    """Where each id stands in the read, -1 where it was not read."""
    return np.fromiter((read.position.get(id, -1) for id in ids), np.int64, len(ids))


def differing(held: Digests, digests: Digests, at: Positions, watched: Mask) -> Mask:
    """Rows whose read shows another digest than the side is known to hold, in a watched property.

    :param held: as :meth:`Table.stored` gives it.
    :param at: position in ``digests`` per row of ``held``, -1 where it was not read.
    """
    result = np.zeros(len(held), dtype=np.bool_)
    read = at >= 0
    now, then = digests[at[read]], held[read][:, : digests.shape[1]]
    result[read] = np.any((now != then) & (now != UNKNOWN) & watched, axis=1)
    return result


def watched(properties: Sequence[Property], side: Side) -> Mask:
    """Properties of which an edit on ``side`` travels."""
    return np.asarray([spec.travels_to(OTHER[side]) for spec in properties], dtype=np.bool_)


def changed_lines(table: Table, read: LineRead, side: Side, headers_read: Set[str], right_of: Mapping[str, str], mask: Mask) -> set[str]:
    """Header ids of ``side`` whose lines were added, removed or edited there, or hold a problem.

    :param headers_read: headers that were read whole on this side.
    :param right_of: left header id to right header id of every link.
    """
    rows = table.line_links()
    parents = table.column("parent", rows)
    if side == "right":
        parents = np.asarray([right_of.get(parent, "") for parent in parents], dtype=object)
    at = _line_positions(read, parents, table.column(side, rows))
    unlinked = np.ones(len(read.ids), dtype=np.bool_)
    unlinked[at[at >= 0]] = False
    edited = differing(table.stored(rows, side), read.digests, at, mask)
    troubled = read.parents[unlinked | pd.notna(read.problems)]
    return (set(parents[(at < 0) | edited]) & headers_read) | (set(troubled) & headers_read)


def _line_positions(read: LineRead, parents: NDArray[Any], ids: NDArray[Any]) -> Positions:
    # Of two lines with one id the later one counts; a dict of pairs is faster here than an index over two columns.
    at = {key: position for position, key in enumerate(zip(read.parents.tolist(), read.ids.tolist(), strict=True))}
    return np.fromiter((at.get(key, -1) for key in zip(parents.tolist(), ids.tolist(), strict=True)), np.int64, len(ids))


class LineLinks:
    """The links of lines, by their left header; made into values only where they are asked for."""

    def __init__(self, table: Table) -> None:
        self._table, self._rows = table, table.line_links()
        self._of = grouped(table.column("parent", self._rows))

    def of(self, left: str) -> list[Link]:
        """The line links of one left header."""
        found = self._of.get(left)
        return [] if found is None else self._table.links(self._rows[found].tolist())
