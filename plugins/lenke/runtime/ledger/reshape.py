"""A ledger whose mapping has changed: what was agreed on moves with its property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lenke.core.links import table as ledger_rows
from lenke.core.links.rows import Link, Pending
from lenke.core.links.table import Table
from lenke.core.mapping.prints import places
from lenke.runtime.ledger.manifest import Shape


def reshape(table: Table, old: Shape, new: Shape) -> Table:
    """Digests moved to where their properties stand today; new and changed ones become UNKNOWN (:mod:`lenke.core.mapping.prints`)."""
    if old == new:
        return table
    lines = table.of_lines
    base = np.zeros((len(table), new.width), dtype=np.uint64)
    for mask, was, now in ((~lines, old.header, new.header), (lines, old.lines, new.lines)):
        for position, at in enumerate(places(now, was)):
            if at >= 0:
                base[mask, position] = table.base[mask, at]
    return Table(_move_stored(table, old, new), base)


def _move_stored(table: Table, old: Shape, new: Shape) -> Any:
    if not any(table.rows.column("extra").to_pylist()):
        return table.rows
    moved = [_moved(link, old, new) for link in table.links()]
    return ledger_rows.table(moved, new.width).rows


def _moved(link: Link, old: Shape, new: Shape) -> Link:
    was, now = (old.lines, new.lines) if link.parent else (old.header, new.header)
    place = {at: position for position, at in enumerate(places(now, was)) if at >= 0}

    def moved(stored: Mapping[int, int]) -> dict[int, int]:
        return {place[at]: digest for at, digest in stored.items() if at in place}

    def pending(old: Pending | None) -> Pending | None:
        return replace(old, replaced=moved(old.replaced)) if old else None

    return replace(
        link,
        base=(),  # they have been moved; fewer properties may be left than there were
        left_stored=moved(link.left_stored),
        right_stored=moved(link.right_stored),
        left_pending=pending(link.left_pending),
        right_pending=pending(link.right_pending),
    )
