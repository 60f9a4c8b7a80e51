"""The rows of a flow's ledger in columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lenke.core.links.digests import Digests
from lenke.core.links.rows import KINDS, SIDES, Kind, Link, Pending, Positions, Side

SCHEMA_FIXED = pa.schema(
    [
        ("kind", pa.int8()),
        ("left", pa.string()),
        ("right", pa.string()),
        ("parent", pa.string()),
        ("left_version", pa.uint64()),
        ("right_version", pa.uint64()),
        ("extra", pa.string()),
    ]
)


_PARKED = pa.array([KINDS.index("recheck"), KINDS.index("settled")], pa.int8())
# No id holds a unit separator (core/mapping/ids.py).
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Table:
    """Ledger rows in columns.

    :param rows: kind, left, right, parent, left_version, right_version, extra (JSON or "").
    :param base: one row of digests a ledger row (header links and lines share the width of the wider of the two).
    """

    rows: pa.Table
    base: Digests

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def headers(self, kind: Kind) -> Positions:
        """Positions of the header rows of one kind."""
        return np.flatnonzero(~self.of_lines & (self._kinds == KINDS.index(kind)))

    def former(self) -> dict[str, str]:
        """Right ids that a left record had before a person linked it anew, each with the left id."""
        marked = np.asarray(pc.match_substring(self.rows.column("extra"), '"former"').to_numpy())
        relinked = self.links(np.flatnonzero(~self.of_lines & marked).tolist()) if marked.any() else []
        return {right: link.left for link in relinked for right in link.former}

    def line_links(self) -> Positions:
        """Positions of the links of lines."""
        return np.flatnonzero(self.of_lines & (self._kinds == KINDS.index("link")))

    def column(self, name: str, positions: Positions) -> NDArray[Any]:
        """One fixed column at some rows."""
        if not len(positions):
            return np.empty(0, dtype=object)
        return np.asarray(self.rows.column(name).to_numpy(zero_copy_only=False), dtype=object)[positions]

    def stored(self, positions: Positions, side: Side) -> Digests:
        """What ``side`` is known to hold: the base, and what it stored instead where it did; one row a position."""
        held = self.base[positions]
        for at in np.flatnonzero(self._with_stored[side][positions]).tolist():
            extra = json.loads(self.rows.column("extra")[int(positions[at])].as_py())
            for position, digest in extra[f"{side}_stored"].items():
                held[at, int(position)] = int(digest, 16)
        return held

    @cached_property
    def _kinds(self) -> NDArray[np.int8]:
        return np.asarray(self.rows.column("kind").to_numpy())

    @cached_property
    def of_lines(self) -> NDArray[np.bool_]:
        """Rows that belong to a line, of whatever kind."""
        return np.asarray(pc.not_equal(self.rows.column("parent"), "").to_numpy())

    @cached_property
    def _with_stored(self) -> Mapping[Side, NDArray[np.bool_]]:
        extra = self.rows.column("extra")
        return {side: np.asarray(pc.match_substring(extra, f'"{side}_stored"').to_numpy()) for side in SIDES}

    def links(self, positions: Sequence[int] | None = None) -> list[Link]:
        """Rows as values (all of them, or those at ``positions``)."""
        if positions is None:
            return [_link(row, base) for row, base in zip(self.rows.to_pylist(), self.base, strict=True)]
        rows = self.rows.take(pa.array(positions, pa.int64())).to_pylist() if len(positions) else []
        return [_link(row, self.base[at]) for row, at in zip(rows, positions, strict=True)]


def empty(width: int) -> Table:
    """A table without rows."""
    return Table(SCHEMA_FIXED.empty_table(), np.zeros((0, width), dtype=np.uint64))


def table(links: Iterable[Link], width: int) -> Table:
    """Rows from values; ``width`` is the number of digests a row."""
    listed = list(links)
    columns = {
        "kind": [KINDS.index(link.kind) for link in listed],
        "left": [link.left for link in listed],
        "right": [link.right for link in listed],
        "parent": [link.parent for link in listed],
        "left_version": [link.left_version for link in listed],
        "right_version": [link.right_version for link in listed],
        "extra": [_extra(link) for link in listed],
    }
    base = np.zeros((len(listed), width), dtype=np.uint64)
    for position, link in enumerate(listed):
        base[position, : len(link.base)] = link.base
    return Table(pa.table(columns, schema=SCHEMA_FIXED), base)


def latest(tables: Sequence[Table], width: int) -> Table:
    """All segments in one table: later rows win, dropped rows are gone."""
    present = [part for part in tables if len(part)]
    if not present:
        return empty(width)
    rows = pa.concat_tables([part.rows for part in present]).combine_chunks()
    base = np.vstack([_widen(part.base, width) for part in present])
    keep = np.flatnonzero(_newest(rows) & (rows.column("kind").to_numpy() < KINDS.index("dropped")))
    if len(keep) == len(rows):
        return Table(rows, base)
    return Table(rows.take(pa.array(keep)), base[keep])


def _newest(rows: pa.Table) -> NDArray[np.bool_]:
    """Rows that no later one takes the place of: one text per row, as comparing four columns is several times as slow."""
    kind, left = rows.column("kind"), rows.column("left")
    recheck = pc.is_in(kind, _PARKED)
    right = pc.if_else(pc.and_(recheck, pc.equal(left, "")), rows.column("right"), "")
    key = pc.binary_join_element_wise(pc.if_else(recheck, "?", "="), rows.column("parent"), left, right, _BETWEEN)
    codes = key.combine_chunks().dictionary_encode().indices.to_numpy()
    last = np.zeros(len(codes), dtype=np.int64)
    last[codes] = np.arange(len(codes))
    newest = np.zeros(len(codes), dtype=np.bool_)
    newest[last[codes]] = True
    return newest


def _widen(base: Digests, width: int) -> Digests:
    if base.shape[1] == width:
        return base
    wide = np.zeros((base.shape[0], width), dtype=np.uint64)
    wide[:, : base.shape[1]] = base[:, :width]
    return wide


def _extra(link: Link) -> str:
    extra: dict[str, Any] = {}
    for name in ("left_stored", "right_stored"):
        if stored := getattr(link, name):
            extra[name] = {str(at): f"{digest:x}" for at, digest in stored.items()}
    for name in ("left_pending", "right_pending"):
        if (pending := getattr(link, name)) is not None:
            extra[name] = _told(pending)
    if link.note:
        extra["note"] = dict(link.note)
    return json.dumps(extra, separators=(",", ":")) if extra else ""


def _told(pending: Pending) -> dict[str, Any]:
    replaced = {str(at): f"{digest:x}" for at, digest in pending.replaced.items()}
    told: dict[str, Any] = {"at": pending.at, "modified": pending.modified, "replaced": replaced}
    return told | ({"removed": list(pending.removed)} if pending.removed else {})


def _link(row: Mapping[str, Any], base: Digests) -> Link:
    extra = json.loads(row["extra"]) if row["extra"] else {}
    return Link(
        left=row["left"],
        right=row["right"],
        parent=row["parent"],
        kind=KINDS[row["kind"]],
        base=tuple(int(digest) for digest in base),
        left_stored=_digests(extra.get("left_stored")),
        right_stored=_digests(extra.get("right_stored")),
        left_pending=_pending(extra.get("left_pending")),
        right_pending=_pending(extra.get("right_pending")),
        left_version=row["left_version"],
        right_version=row["right_version"],
        note=extra.get("note", {}),
    )


def _digests(stored: Mapping[str, str] | None) -> dict[int, int]:
    return {int(at): int(digest, 16) for at, digest in (stored or {}).items()}


def _pending(stored: Mapping[str, Any] | None) -> Pending | None:
    if not stored:
        return None
    return Pending(stored["at"], stored["modified"], _digests(stored["replaced"]), tuple(stored.get("removed", ())))
