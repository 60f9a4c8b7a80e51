"""The rows of a flow's ledger: links, tombstones and the recheck list, as values and as a column table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from lenke.core.links.digests import UNKNOWN, Digests

# "dropped" takes a link or tombstone out of the ledger, "settled" a recheck entry.
Kind = Literal["link", "tombstone", "recheck", "dropped", "settled"]
KINDS: tuple[Kind, ...] = ("link", "tombstone", "recheck", "dropped", "settled")
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
OTHER: Mapping[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Pending:
    """A side's last write, remembered until it was seen or the system's ``read_lag`` is over.

    :param at: when it was written (UTC, ISO 8601).
    :param modified: the record's modified time as the write's answer gave it, or "".
    :param replaced: property position to the digest that the write replaced.
    :param removed: ids of the lines that the write removed.
    """

    at: str
    modified: str = ""
    replaced: Mapping[int, int] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One ledger row.

    :param base: the agreed digest per property, in the order of the manifest's properties; UNKNOWN where none is agreed.
    :param left_stored: property position to the digest of what the left side stored instead of the agreed value; ``right_stored`` likewise.
    :param left_version: digest of the left record's version where reads of it come in two steps, else 0.
    :param note: of a tombstone: side, reason, since; of a recheck entry: reason, property, text, waits_for, since, next_try, tries, seen.
    """

    left: str
    right: str = ""
    parent: str = ""
    kind: Kind = "link"
    base: tuple[int, ...] = ()
    left_stored: Mapping[int, int] = field(default_factory=dict)
    right_stored: Mapping[int, int] = field(default_factory=dict)
    left_pending: Pending | None = None
    right_pending: Pending | None = None
    left_version: int = 0
    right_version: int = 0
    note: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What a later row replaces: the link of (parent, left id), or the recheck entry of (side, id)."""
        return row_key(self.kind, self.parent, self.left, self.right)

    def id(self, side: Side) -> str:
        """The record's (or line's) id on one side."""
        return self.left if side == "left" else self.right

    def version(self, side: Side) -> int:
        """The digest of the record's version as last read whole; 0 where there is none."""
        return self.left_version if side == "left" else self.right_version

    def pending(self, side: Side) -> Pending | None:
        """The last write on one side."""
        return self.left_pending if side == "left" else self.right_pending

    def stored(self, side: Side, position: int) -> int:
        """The digest that ``side`` is known to hold for a property."""
        own = self.left_stored if side == "left" else self.right_stored
        return own.get(position, self.base[position] if position < len(self.base) else UNKNOWN)

    def dropped(self) -> Link:
        """The row that takes this one out of the ledger."""
        return Link(left=self.left, right=self.right, parent=self.parent, kind="settled" if self.kind == "recheck" else "dropped")


def row_key(kind: str, parent: str, left: str, right: str) -> tuple[str, str, str]:
    """The identity of a ledger row."""
    if kind in ("recheck", "settled"):
        return ("recheck", "left" if left else "right", left or right)
    return ("link", parent, left)


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

    def links(self, positions: Sequence[int] | None = None) -> list[Link]:
        """Rows as values (all of them, or those at ``positions``)."""
        if positions is None:
            return [_link(row, base) for row, base in zip(self.rows.to_pylist(), self.base, strict=True)]
        rows = self.rows.take(pa.array(positions, pa.int64())).to_pylist()
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
    frame = rows.select(["kind", "left", "right", "parent"]).to_pandas()
    keep = np.flatnonzero(_newest(frame) & (frame["kind"].to_numpy() < KINDS.index("dropped")))
    if len(keep) == len(rows):
        return Table(rows, base)
    return Table(rows.take(pa.array(keep)), base[keep])


def _newest(frame: pd.DataFrame) -> NDArray[np.bool_]:
    recheck = np.isin(frame["kind"].to_numpy(), [KINDS.index("recheck"), KINDS.index("settled")])
    key = pd.DataFrame(
        {
            "recheck": recheck,
            "parent": frame["parent"].to_numpy(),
            "left": frame["left"].to_numpy(),
            "right": np.where(recheck & (frame["left"].to_numpy() == ""), frame["right"].to_numpy(), ""),
        }
    )
    return np.asarray(~key.duplicated(keep="last").to_numpy(), dtype=np.bool_)


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
