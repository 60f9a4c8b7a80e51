"""A flow's links, tombstones and recheck list, kept in step with the newest export of its ledger."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lenke.core.links.rows import KINDS
from lenke.core.links.table import Table
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import Manifest
from lenke.runtime.ledger.segments import decode
from lenke.runtime.ledger.waiting import OPEN
from lenke.ui.index import files

SCHEMA = """
CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link(parent TEXT, left TEXT, right TEXT, kind INTEGER, extra TEXT,
  PRIMARY KEY(parent, left)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parked(side TEXT, id TEXT, reason TEXT, note TEXT, PRIMARY KEY(side, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parked_reason ON parked(reason, side, id);
"""
INDEXES = {
    "link_right": "CREATE INDEX IF NOT EXISTS link_right ON link(right, parent, left)",
    "link_line": "CREATE INDEX IF NOT EXISTS link_line ON link(left, parent) WHERE parent != ''",
    "link_closed": "CREATE INDEX IF NOT EXISTS link_closed ON link(left) WHERE kind = 1",
}
# Stands for the reason of an entry that a person has taken out of the lists.
DISMISSED = "dismissed"
# So many rows are taken over while a person waits; more are by a thread, and the page shows the state before.
AT_ONCE = 50_000


@dataclass(frozen=True)
class LinkIndex:
    """The index of one flow.

    :param path: of its SQLite file; :param backups: the ledger's export that it is made from.
    """

    path: Path
    backups: Backups

    def behind(self) -> tuple[Manifest, int] | None:
        """The newest manifest and how many rows must be read to reach it, or None where the index is there."""
        manifest = self.backups.newest()
        if manifest is None:
            return None
        with files.reading(self.path) as connection:
            state = _state(connection)
        if state.get("at") == _stamp(manifest):
            return None
        return manifest, sum(segment.rows for segment in manifest.segments[_kept(state, manifest) :])

    def refresh(self) -> None:
        """Take over what the export has and the index has not; nothing where it is in step."""
        if (found := self.behind()) is None:
            return
        manifest = found[0]
        with files.writing(self.path) as connection:
            state = _state(connection)
            if state.get("at") == _stamp(manifest):
                return  # another process did it while this one waited
            kept = _kept(state, manifest)
            if kept == 0:
                _empty(connection)
            for segment in manifest.segments[kept:]:
                _apply(connection, decode(self.backups.text(manifest, segment)))
            for statement in INDEXES.values():
                connection.execute(statement)
            _note(connection, manifest)

    def forget(self) -> None:
        """Empty the index of a flow that has no export."""
        with files.writing(self.path) as connection:
            if _state(connection):
                _empty(connection)
                connection.execute("DELETE FROM state")

    def state(self) -> dict[str, str]:
        """``links``, ``lines``, ``tombstones``, ``parked`` ... of the indexed commit, its ``sequence``, ``at`` ...; all texts."""
        with files.reading(self.path) as connection:
            return _state(connection)


def _stamp(manifest: Manifest) -> str:
    return f"{manifest.generation}.{manifest.sequence}"


def _state(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, value FROM state").fetchall())


def _kept(state: dict[str, str], manifest: Manifest) -> int:
    """How many of the manifest's first segments the index already holds: all that it holds, or none.

    Segments are told by checksum: a refreshed one has another name and the same rows.
    """
    held = json.loads(state.get("segments", "[]"))
    names = [segment.checksum for segment in manifest.segments]
    is_same = state.get("generation") == str(manifest.generation) and state.get("shape") == _shape(manifest)
    return len(held) if is_same and held and names[: len(held)] == held else 0


def _shape(manifest: Manifest) -> str:
    return json.dumps([[name for name, _ in part] for part in (manifest.shape.header, manifest.shape.lines)])


def _empty(connection: sqlite3.Connection) -> None:
    # Indexes are made after the rows: that is several times faster.
    for name in INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    connection.execute("DELETE FROM link")
    connection.execute("DELETE FROM parked")


def _apply(connection: sqlite3.Connection, table: Table) -> None:
    kinds = table.rows.column("kind").to_numpy()
    if len(kinds) and kinds.max() >= DROPPED:
        for row in table.rows.to_pylist():  # one after the other: a key may be dropped and taken again
            _row(connection, row)
        return
    links = table.rows.take(pa.array(np.flatnonzero(kinds != RECHECK)))
    columns = [links.column(name).to_pylist() for name in ("parent", "left", "right", "kind", "extra")]
    connection.executemany(_LINK, zip(*columns, strict=True))
    for row in table.rows.take(pa.array(np.flatnonzero(kinds == RECHECK))).to_pylist():
        _row(connection, row)


DROPPED, RECHECK = KINDS.index("dropped"), KINDS.index("recheck")
_LINK = "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?)"


def _row(connection: sqlite3.Connection, row: dict[str, Any]) -> None:
    kind = KINDS[row["kind"]]
    side, id = ("left", row["left"]) if row["left"] else ("right", row["right"])
    if kind == "dropped":
        connection.execute("DELETE FROM link WHERE parent = ? AND left = ?", (row["parent"], row["left"]))
    elif kind == "settled":
        connection.execute("DELETE FROM parked WHERE side = ? AND id = ?", (side, id))
    elif kind == "recheck":
        note = json.loads(row["extra"]).get("note", {}) if row["extra"] else {}
        reason = DISMISSED if "dismissed" in note else str(note.get("reason", ""))
        connection.execute("INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?)", (side, id, reason, json.dumps(note)))
    else:
        connection.execute(_LINK, tuple(row[name] for name in ("parent", "left", "right", "kind", "extra")))


def _note(connection: sqlite3.Connection, manifest: Manifest) -> None:
    counts = connection.execute(
        "SELECT count(*) FILTER (WHERE kind = 0 AND parent = '') AS links, count(*) FILTER (WHERE kind = 0 AND parent != '') AS lines,"
        " count(*) FILTER (WHERE kind = 1) AS tombstones FROM link"
    ).fetchone()
    reasons = [tuple(row) for row in connection.execute("SELECT reason, count(*) FROM parked GROUP BY reason")]
    waiting = {reason: count for reason, count in reasons if reason != DISMISSED}
    state = dict(counts) | {
        "parked": sum(waiting.values()),
        "conflicts": sum(waiting.get(reason, 0) for reason in OPEN),
        "reasons": json.dumps(dict(reasons)),
        "at": _stamp(manifest),
        "generation": manifest.generation,
        "sequence": manifest.sequence,
        "committed": manifest.at,
        "shape": _shape(manifest),
        "segments": json.dumps([segment.checksum for segment in manifest.segments]),
    }
    connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", [(name, str(value)) for name, value in state.items()])
