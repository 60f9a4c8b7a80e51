"""One system's records, audit list and history in ``<home>/<system>.sqlite``, with the present state held in memory.

Tables: ``records`` (the present, deleted ones kept with ``deleted`` 1), ``audit`` (every write request that reached a
handler, refused ones with ``applied`` 0), ``history`` (each state a record had, from ``at`` on; ``body`` NULL once it was
deleted) and ``meta``. Bodies handed out are shared: a caller copies before it changes one.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.wire import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    entity TEXT, id TEXT, body TEXT, modified TEXT, deleted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (entity, id));
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY, at TEXT, method TEXT, path TEXT, entity TEXT, record_id TEXT, verb TEXT, body TEXT,
    status INTEGER, applied INTEGER, content_type TEXT);
CREATE TABLE IF NOT EXISTS history (entity TEXT, id TEXT, at TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS history_by_time ON history (entity, at);
CREATE INDEX IF NOT EXISTS history_by_id ON history (entity, id, at);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One write request, or one item of a batch, as the audit list keeps it."""

    method: str
    path: str
    entity: str
    record_id: str | None
    verb: str
    body: Any
    status: int
    content_type: str


def stamp(moment: datetime) -> str:
    """The one form in which the store keeps times: UTC, microseconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Store:
    """Records by entity and id. One process owns the file; others may read it at any time (WAL)."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._live: dict[str, dict[str, Json]] = {}
        self._load()

    def _load(self) -> None:
        self._live = {}
        for entity, key, body in self._db.execute("SELECT entity, id, body FROM records WHERE deleted = 0 ORDER BY rowid"):
            self._live.setdefault(entity, {})[key] = json.loads(body)

    def close(self) -> None:
        """Close the file; the store cannot be used after."""
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together or, on an exception, not at all; other threads wait."""
        with self.lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                self._load()
                raise
            self._db.execute("COMMIT")

    def get(self, entity: str, key: str, *, at: datetime | None = None) -> Json | None:
        """The record's body, or None where it is not there; ``at`` reads the state of that moment."""
        if at is None:
            return self._live.get(entity, {}).get(key)
        row = self._db.execute(
            "SELECT body FROM history WHERE entity = ? AND id = ? AND at <= ? ORDER BY at DESC, rowid DESC LIMIT 1",
            (entity, key, stamp(at)),
        ).fetchone()
        return json.loads(row[0]) if row and row[0] else None

    def all(self, entity: str, *, at: datetime | None = None) -> list[Json]:
        """Every record of the entity in the order of creation; ``at`` reads the state of that moment."""
        if at is None:
            return list(self._live.get(entity, {}).values())
        changed = {key for (key,) in self._db.execute("SELECT DISTINCT id FROM history WHERE entity = ? AND at > ?", (entity, stamp(at)))}
        kept = [body for key, body in self._live.get(entity, {}).items() if key not in changed]
        older = (self.get(entity, key, at=at) for key in sorted(changed))
        return kept + [body for body in older if body is not None]

    def put(self, entity: str, key: str, body: Json, *, modified: datetime, at: datetime | None = None) -> None:
        """Store a record; ``modified`` is the system's own changed time, ``at`` when it really became so (now)."""
        text = json.dumps(body, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO records (entity, id, body, modified, deleted) VALUES (?, ?, ?, ?, 0)"
            " ON CONFLICT (entity, id) DO UPDATE SET body = excluded.body, modified = excluded.modified, deleted = 0",
            (entity, key, text, stamp(modified)),
        )
        self._remember(entity, key, text, at)
        self._live.setdefault(entity, {})[key] = body

    def remove(self, entity: str, key: str) -> None:
        """Mark a record deleted; its last body stays readable in the file."""
        self._db.execute("UPDATE records SET deleted = 1 WHERE entity = ? AND id = ?", (entity, key))
        self._remember(entity, key, None, None)
        self._live.get(entity, {}).pop(key, None)

    def _remember(self, entity: str, key: str, text: str | None, at: datetime | None) -> None:
        moment = stamp(at or datetime.now(UTC))
        self._db.execute("INSERT INTO history (entity, id, at, body) VALUES (?, ?, ?, ?)", (entity, key, moment, text))

    def note(self, row: AuditRow) -> None:
        """Append to the audit list."""
        self._db.execute(
            "INSERT INTO audit (at, method, path, entity, record_id, verb, body, status, applied, content_type)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                stamp(datetime.now(UTC)),
                row.method,
                row.path,
                row.entity,
                row.record_id,
                row.verb,
                row.body if isinstance(row.body, str) else json.dumps(row.body, ensure_ascii=False),
                row.status,
                int(row.status < 300),
                row.content_type,
            ),
        )

    def audit(self, since: int = 0) -> list[Json]:
        """The audit rows with a higher ``seq`` than ``since``."""
        with self.lock:
            cursor = self._db.execute("SELECT * FROM audit WHERE seq > ? ORDER BY seq", (since,))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def meta(self, key: str) -> str | None:
        """A kept value, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, key: str, value: str) -> None:
        """Keep a value over restarts."""
        self._db.execute("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))

    def next_number(self, series: str, first: int) -> int:
        """The next number of a series that starts at ``first``; a number is never given twice."""
        number = int(self.meta(f"next:{series}") or first)
        self.keep(f"next:{series}", str(number + 1))
        return number

    def reserve(self, series: str, used: int) -> None:
        """Let the series go on after ``used``."""
        if used >= int(self.meta(f"next:{series}") or 0):
            self.keep(f"next:{series}", str(used + 1))
