"""A dataflow's runs: their figures from the reports, which properties they changed and who won from the journals; names, never values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lenke.core.links.rows import SIDES
from lenke.core.plan.uncertain import LINE
from lenke.runtime.conflicts import FILE
from lenke.ui.index import files

SCHEMA = """
CREATE TABLE IF NOT EXISTS seen(folder TEXT PRIMARY KEY, stamp REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run(folder TEXT, flow TEXT, run TEXT, at TEXT, state TEXT, note TEXT, plan TEXT, figures TEXT,
  PRIMARY KEY(folder, flow)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS run_at ON run(flow, at);
CREATE TABLE IF NOT EXISTS change(flow TEXT, folder TEXT, left TEXT, right TEXT, at TEXT, verb TEXT, told TEXT);
CREATE INDEX IF NOT EXISTS change_left ON change(flow, left);
CREATE INDEX IF NOT EXISTS change_folder ON change(folder);
CREATE TABLE IF NOT EXISTS conflict(flow TEXT, folder TEXT, left TEXT, at TEXT, property TEXT, winner TEXT, reason TEXT);
CREATE INDEX IF NOT EXISTS conflict_left ON conflict(flow, left);
CREATE INDEX IF NOT EXISTS conflict_folder ON conflict(folder);
"""

Asked = tuple[str, str, str]


@dataclass(frozen=True)
class RunIndex:
    """The index of one dataflow's runs.

    :param path: of its SQLite file; :param home: storage root with reports/ and journal/.
    """

    path: Path
    home: Any
    dataflow: str

    def refresh(self) -> None:
        """Read the run folders that are new or have changed, and forget those that were swept."""
        found = dict(self._folders())
        with files.reading(self.path) as connection:
            seen = dict(connection.execute("SELECT folder, stamp FROM seen").fetchall())
        changed = [name for name, stamp in found.items() if seen.get(name) != stamp]
        gone = [name for name in seen if name not in found]
        if not changed and not gone:
            return
        with files.writing(self.path) as connection:
            for name in (*changed, *gone):
                _forget(connection, name)
            for name in changed:
                self._read(connection, name)
                connection.execute("INSERT INTO seen VALUES (?, ?)", (name, found[name]))

    def _folders(self) -> Iterator[tuple[str, float]]:
        root = self.home / "reports" / self.dataflow
        if root.exists():
            yield from ((folder.name, _stamp(folder)) for folder in root.iterdir())

    def _read(self, connection: sqlite3.Connection, folder: str) -> None:
        for path in (self.home / "reports" / self.dataflow / folder).iterdir():
            if path.name.endswith(".json"):
                report = json.loads(path.read_text())
                at = report.get("at") or datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
                flow = report["flow"]
                row = (folder, flow, report.get("run", folder), at, report["state"], report["note"], report.get("plan", ""))
                connection.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, json.dumps(report)))
                self._journal(connection, folder, flow, at)

    def _journal(self, connection: sqlite3.Connection, folder: str, flow: str, at: str) -> None:
        place = self.home / "journal" / self.dataflow / folder / flow
        if not place.exists():
            return
        for path in place.iterdir():
            if path.name.startswith("changes-") and path.name.endswith(".json"):
                rows = [(flow, folder, one["left"], one["right"], at, one["verb"], _told(one)) for one in json.loads(path.read_text())]
                connection.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            elif path.name == FILE:
                found = json.loads(path.read_text())
                told = [(flow, folder, one["left_id"], at, _name(one), one["winner"], one["reason"]) for one in found]
                connection.executemany("INSERT INTO conflict VALUES (?, ?, ?, ?, ?, ?, ?)", told)


def _told(one: Mapping[str, Any]) -> str:
    """A create names no properties: it told all of them, and a million creates would fill the index with the same words."""
    to = {side: names for side, names in one["to"].items() if one["verb"] != "create" or side == "left"}
    return json.dumps({"to": to, "outcome": one["outcome"]}, separators=(",", ":"))


def _name(conflict: Mapping[str, Any]) -> str:
    """The property as a person chooses by it."""
    return f"{LINE}{conflict['property']}" if conflict.get("of_lines") else str(conflict["property"])


def _forget(connection: sqlite3.Connection, folder: str) -> None:
    for table in ("seen", "run", "change", "conflict"):
        connection.execute(f"DELETE FROM {table} WHERE folder = ?", (folder,))


def _stamp(folder: Any) -> float:
    """Grows when a report in a run's folder is written or swept."""
    if isinstance(folder, Path):
        return folder.stat().st_mtime
    # Object stores know no folders: the newest file tells.
    return max((path.stat().st_mtime for path in folder.iterdir()), default=0.0)


def conflict_values(
    home: Any, dataflow: str, flow: str, wanted: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """Both values of conflicts, from the journals that keep them.

    :param wanted: folder, left id and property of each.
    :return: the same to (left value, right value), canonical texts; what was swept is not in it.
    """
    asked = set(wanted)
    found: dict[Asked, tuple[Any, Any]] = {}
    for folder in {one[0] for one in asked}:
        path = home / "journal" / dataflow / folder / flow / FILE
        for one in json.loads(path.read_text()) if path.exists() else ():
            key = (folder, one["left_id"], _name(one))
            if key in asked:
                found[key] = tuple(one[side] for side in SIDES)
    return found
