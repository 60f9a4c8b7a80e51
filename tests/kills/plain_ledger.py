"""A ledger in a SQLite file with what the Execution API promises: a key is set by taking the old one away, a missing one is none.

For the scenarios that are not killed against the real API: the same boundaries, a tenth of the time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlainKeys:
    """Keys of one flow and generation in a file; each call is a transaction of its own, as each call of the API is."""

    file: Path
    run: str

    def get(self, key: str) -> str | None:
        """The value, or None."""
        with closing(_opened(self.file)) as database:
            row = database.execute("SELECT value FROM keys WHERE run = ? AND key = ?", (self.run, key)).fetchone()
        return str(row[0]) if row else None

    def set(self, key: str, value: str) -> None:
        """Store a value."""
        with closing(_opened(self.file)) as database, database:
            database.execute("DELETE FROM keys WHERE run = ? AND key = ?", (self.run, key))
            database.execute("INSERT INTO keys VALUES (?, ?, ?)", (self.run, key, value))

    def delete(self, key: str) -> None:
        """Take a key away."""
        with closing(_opened(self.file)) as database, database:
            database.execute("DELETE FROM keys WHERE run = ? AND key = ?", (self.run, key))

    def prepare(self) -> None:
        """Nothing has to be made first."""


@dataclass(frozen=True)
class PlainWitness:
    """A flow's witness in the same file."""

    keys: PlainKeys

    def get(self) -> dict[str, int] | None:
        """The witness, or None."""
        stored = self.keys.get("witness")
        return None if stored is None else {str(name): int(value) for name, value in json.loads(stored).items()}

    def set(self, value: Mapping[str, int]) -> None:
        """Store it."""
        self.keys.set("witness", json.dumps(dict(value)))


@dataclass(frozen=True)
class PlainClaim:
    """A flow's claim in the same file."""

    keys: PlainKeys

    def get(self) -> str:
        """The run that has the flow, or ""."""
        return self.keys.get("claim") or ""

    def set(self, run_id: str) -> None:
        """Store it."""
        self.keys.set("claim", run_id)


def journal_keys(file: Path) -> list[str]:
    """Journal keys of any flow that are there."""
    with closing(_opened(file)) as database:
        return [key for (key,) in database.execute("SELECT key FROM keys WHERE key LIKE 'j.%' ORDER BY key")]


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file)
    # What a process has written survives its death without this; only a machine that stops would lose it.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE IF NOT EXISTS keys (run TEXT, key TEXT, value TEXT, PRIMARY KEY (run, key))")
    return database
