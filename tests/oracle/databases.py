"""The two sandbox databases as plain records, read without any code of the sandbox or of Lenke."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Database:
    """One system's records: entity -> id -> body; ``deleted`` holds the (entity, id) pairs that are marked deleted."""

    live: Mapping[str, Mapping[str, Body]]
    deleted: frozenset[tuple[str, str]]

    def of(self, entity: str) -> Mapping[str, Body]:
        """The live records of an entity by id."""
        return self.live.get(entity, {})


def read(path: Path) -> Database:
    """``<home>/<system>.sqlite``; a server may have it open."""
    live: dict[str, dict[str, Body]] = {}
    deleted = set()
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for entity, key, body, gone in connection.execute("SELECT entity, id, body, deleted FROM records ORDER BY entity, id"):
            if gone:
                deleted.add((entity, key))
            else:
                live.setdefault(entity, {})[key] = json.loads(body)
    finally:
        connection.close()
    return Database(live, frozenset(deleted))
