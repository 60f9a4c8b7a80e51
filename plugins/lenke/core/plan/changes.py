"""Which links have anything to decide: found in columns, so that only they are looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import KINDS, Side, Table
from lenke.core.mapping.model import Property
from lenke.core.plan.reads import LineRead, SideRead

Mask = NDArray[np.bool_]
Positions = NDArray[np.int64]


def headers(table: Table, kind: str) -> Positions:
    """Positions of the header rows of one kind."""
    kinds = table.rows.column("kind").to_numpy()
    parents = table.rows.column("parent").to_numpy(zero_copy_only=False)
    return np.flatnonzero((kinds == KINDS.index(kind)) & (parents == ""))


def column(table: Table, name: str, positions: Positions) -> NDArray[Any]:
    """One fixed column at some rows."""
    return np.asarray(table.rows.column(name).to_numpy(zero_copy_only=False), dtype=object)[positions]


def positions(read: SideRead, ids: NDArray[Any]) -> Positions:
    """Where each id stands in the read, -1 where it was not read."""
    return np.asarray(pd.Index(read.ids).get_indexer(pd.Index(ids)), dtype=np.int64)


def differing(base: NDArray[np.uint64], digests: NDArray[np.uint64], at: Positions, watched: Mask) -> Mask:
    """Rows whose read shows another digest than the base in a watched property.

    :param at: position in ``digests`` per row of ``base``, -1 where it was not read.
    """
    result = np.zeros(len(base), dtype=np.bool_)
    read = at >= 0
    now, then = digests[at[read]], base[read][:, : digests.shape[1]]
    result[read] = np.any((now != then) & (now != UNKNOWN) & watched, axis=1)
    return result


def watched(properties: Sequence[Property], side: Side) -> Mask:
    """Properties of which an edit on ``side`` travels."""
    other: Side = "right" if side == "left" else "left"
    return np.asarray([spec.travels_to(other) for spec in properties], dtype=np.bool_)


def changed_lines(table: Table, read: LineRead, side: Side, headers_read: set[str], right_of: dict[str, str], mask: Mask) -> set[str]:
    """Header ids of ``side`` whose lines were added, removed or edited there.

    :param headers_read: headers that were read whole on this side.
    :param right_of: left header id to right header id of every link.
    """
    kinds = table.rows.column("kind").to_numpy()
    parents = np.asarray(table.rows.column("parent").to_numpy(zero_copy_only=False), dtype=object)
    rows = np.flatnonzero((kinds == KINDS.index("link")) & (parents != ""))
    own_parents = parents[rows] if side == "left" else np.asarray([right_of.get(parent, "") for parent in parents[rows]], dtype=object)
    linked = pd.DataFrame({"parent": own_parents, "id": column(table, side, rows), "row": rows}, dtype=object)
    seen = pd.DataFrame({"parent": read.parents, "id": read.ids, "at": np.arange(len(read.ids))}, dtype=object)
    both = linked.merge(seen, on=["parent", "id"], how="outer", indicator=True)
    one_sided = both[(both["_merge"] != "both") & both["parent"].isin(headers_read)]
    paired = both[both["_merge"] == "both"]
    edited = differing(table.base[paired["row"].to_numpy(np.int64)], read.digests, paired["at"].to_numpy(np.int64), mask)
    return set(one_sided["parent"]) | set(paired["parent"].to_numpy()[edited])
