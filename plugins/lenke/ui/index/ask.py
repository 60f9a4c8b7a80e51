"""The pages' questions to the index. Each reads by an index of SQLite's, so that a million links cost no more than a thousand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.runtime import tried
from lenke.ui.index import files
from lenke.ui.index.links import DISMISSED, LinkIndex
from lenke.ui.index.runs import RunIndex

Row = dict[str, Any]
PAGE = 50
# Sorts after every text that begins with what stands before it.
_LAST = "\U0010ffff"
_LINK = "SELECT parent, left, right, kind, extra FROM link"


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where the next ones begin (None where these are the last)."""

    rows: list[Row]
    after: str | None


def links(index: LinkIndex, *, after: str = "", limit: int = PAGE) -> Page:
    """Links and tombstones in the order of their left ids."""
    with files.reading(index.path) as connection:
        found = connection.execute(f"{_LINK} WHERE parent = '' AND left > ? ORDER BY left LIMIT ?", (after, limit + 1)).fetchall()
    return _page(found, limit, lambda row: str(row["left"]))


def search(index: LinkIndex, text: str, *, limit: int = PAGE) -> list[Row]:
    """Links, tombstones and lines of which one id begins with ``text``; whole matches first."""
    upto = text + _LAST
    asked = (
        (f"{_LINK} WHERE parent = '' AND left >= ? AND left < ? ORDER BY left LIMIT ?", (text, upto, limit)),
        (f"{_LINK} WHERE right >= ? AND right < ? ORDER BY right LIMIT ?", (text, upto, limit)),
        (f"{_LINK} WHERE parent != '' AND left >= ? AND left < ? ORDER BY left LIMIT ?", (text, upto, limit)),
    )
    with files.reading(index.path) as connection:
        found = [row for statement, values in asked for row in _rows(connection.execute(statement, values))]
    unique = {(row["parent"], row["left"]): row for row in found}
    return sorted(unique.values(), key=lambda row: text not in (row["left"], row["right"]))[:limit]


@dataclass(frozen=True)
class Record:
    """A left record's link (None where it has none), its lines and its entry on the recheck list."""

    link: Row | None
    lines: list[Row]
    parked: Row | None


def record(index: LinkIndex, left: str, *, limit: int = 500) -> Record:
    """All that the ledger holds of one left record."""
    with files.reading(index.path) as connection:
        link = _rows(connection.execute(f"{_LINK} WHERE parent = '' AND left = ?", (left,)))
        lines = _rows(connection.execute(f"{_LINK} WHERE parent = ? AND parent != '' LIMIT ?", (left, limit)))
        parked = _rows(connection.execute("SELECT * FROM parked WHERE side = 'left' AND id = ?", (left,)))
    return Record(link[0] if link else None, lines, _noted(parked[0]) if parked else None)


def parked(index: LinkIndex, *, reason: str = "", after: str = "", limit: int = PAGE) -> Page:
    """The recheck list by side and id.

    :param reason: a code, DISMISSED for what a person has taken out of the lists, "" for all but that.
    :param after: ``<side>:<id>`` of the last row of the page before.
    """
    side, _, id = after.partition(":")
    where, values = ("reason = ? AND ", [reason]) if reason else ("reason != ? AND ", [DISMISSED])
    statement = f"SELECT * FROM parked WHERE {where}(side, id) > (?, ?) ORDER BY side, id LIMIT ?"
    with files.reading(index.path) as connection:
        found = connection.execute(statement, (*values, side, id, limit + 1)).fetchall()
    page = _page(found, limit, lambda row: f"{row['side']}:{row['id']}")
    return Page([_noted(row) for row in page.rows], page.after)


def waiting(index: LinkIndex, keys: Iterable[tuple[str, str]]) -> list[Row]:
    """Entries of the recheck list by side and id; those that are there no more are left out."""
    statement = "SELECT * FROM parked WHERE side = ? AND id = ?"
    with files.reading(index.path) as connection:
        return [_noted(row) for key in keys for row in _rows(connection.execute(statement, key))]


def linked(index: LinkIndex, side: str, id: str) -> Row | None:
    """The link or tombstone of a record."""
    with files.reading(index.path) as connection:
        found = _rows(connection.execute(f"{_LINK} WHERE parent = '' AND {'left' if side == 'left' else 'right'} = ? LIMIT 1", (id,)))
    return found[0] if found else None


def _noted(row: Row) -> Row:
    return row | {"note": json.loads(row["note"])}


def runs(index: RunIndex, flow: str, *, limit: int) -> list[Row]:
    """A flow's last runs, newest first, each with its report as ``figures``."""
    with files.reading(index.path) as connection:
        found = _rows(connection.execute("SELECT * FROM run WHERE flow = ? ORDER BY at DESC LIMIT ?", (flow, limit)))
    return [row | {"figures": json.loads(row["figures"])} for row in found]


_UNREPORTED = (
    "SELECT folder FROM seen WHERE stamp > (SELECT coalesce(max(stamp), 0) FROM seen JOIN run USING (folder) WHERE flow = ?)"
    " ORDER BY stamp DESC LIMIT ?"
)


def unreported(index: RunIndex, flow: str, *, limit: int = 5) -> list[Row]:
    """Runs after a flow's last report that have none of it yet but tries that failed, newest first.

    :return: ``folder``, and ``tries`` as a report holds them.
    """
    with files.reading(index.path) as connection:
        folders = [str(row["folder"]) for row in _rows(connection.execute(_UNREPORTED, (flow, limit)))]
    found = [{"folder": folder, "tries": tried.of_flow(index.home / "reports" / index.dataflow / folder, flow)} for folder in folders]
    return [row for row in found if row["tries"]]


def last_success(index: RunIndex, flow: str) -> str | None:
    """When a flow's last run that wrote, or had nothing to write, ended."""
    with files.reading(index.path) as connection:
        row = connection.execute("SELECT at FROM run WHERE flow = ? AND state = 'success' ORDER BY at DESC LIMIT 1", (flow,)).fetchone()
    return str(row[0]) if row else None


_RUN = "LEFT JOIN run ON run.folder = one.folder AND run.flow = one.flow WHERE one.flow = ? AND one.left = ?"
_CHANGES = f"SELECT one.*, run.run FROM change AS one {_RUN} ORDER BY one.at DESC LIMIT ?"
# An undecided conflict is recorded again from time to time: one event, told with the last run that did (SQLite's rule for max).
_CONFLICTS = (
    "SELECT one.flow, one.folder, one.left, max(one.at) AS at, min(one.at) AS first, count(*) AS times, one.property, one.winner,"
    f" one.reason, run.run FROM conflict AS one {_RUN} GROUP BY one.property, CASE one.winner WHEN 'none' THEN '' ELSE one.folder END"
    " ORDER BY at DESC LIMIT ?"
)


def history(index: RunIndex, flow: str, left: str, *, limit: int = 200) -> list[Row]:
    """What runs did to one left record, newest first: changes with what they told, conflicts with who won."""
    with files.reading(index.path) as connection:
        changes = _rows(connection.execute(_CHANGES, (flow, left, limit)))
        conflicts = _rows(connection.execute(_CONFLICTS, (flow, left, limit)))
    told = [row | json.loads(row["told"]) | {"what": "change"} for row in changes] + [row | {"what": "conflict"} for row in conflicts]
    return sorted(told, key=lambda row: str(row["at"]), reverse=True)[:limit]


def open_conflicts(index: RunIndex, flow: str, lefts: Sequence[str]) -> list[Row]:
    """Per left record the undecided conflicts that the last run found which found any."""
    found: list[Row] = []
    with files.reading(index.path) as connection:
        for left in lefts:
            statement = "SELECT * FROM conflict WHERE flow = ? AND left = ? AND winner = 'none' ORDER BY at DESC"
            rows = _rows(connection.execute(statement, (flow, left)))
            found += [row for row in rows if row["folder"] == rows[0]["folder"]]
    return found


def _rows(found: Iterable[sqlite3.Row]) -> list[Row]:
    return [dict(row) for row in found]


def _page(found: Sequence[sqlite3.Row], limit: int, place: Any) -> Page:
    rows = _rows(found[:limit])
    return Page(rows, place(rows[-1]) if len(found) > limit else None)
