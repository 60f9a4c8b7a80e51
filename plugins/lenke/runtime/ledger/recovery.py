"""Settling what an earlier run left open: its journal's rows become ledger rows, uncertain writes go on the recheck list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lenke.core.links.rows import Link
from lenke.core.plan import recheck
from lenke.runtime.ledger import journal
from lenke.runtime.ledger.journal import Folded, Item
from lenke.runtime.ledger.opened import Ledger


def recover(ledger: Ledger, *, at: datetime, tries: int = recheck.TRIES) -> None:
    """Fold the journal of a run that never came to its commit; the cursor stays where it was."""
    opened = ledger.manifest.open
    if opened is None:
        return
    if ledger.manifest.takes(opened.run):
        # Its load may be alive, for as long as Airflow takes to end a task that was cleared: what it journals after this, it does not send.
        ledger.commit([], at=at, open=replace(opened, closing=True))
    finish(ledger, [], at=at, tries=tries)


def unknown(items: Sequence[tuple[Item, str]], old: Mapping[str, Link], *, tries: int = recheck.TRIES) -> list[Link]:
    """Recheck entries of writes whose outcome is not known.

    :param old: recheck entries of left ids so far; :param tries: how often a write is sent in all.
    """
    return [
        recheck.unknown(item.verb, item.left, old.get(item.left), datetime.fromisoformat(at), seen=item.seen, sent=item.sent, most=tries)
        for item, at in items
    ]


def entries(ledger: Ledger, rows: Sequence[Link] = ()) -> dict[str, Link]:
    """The recheck entries of left records, once ``rows`` are in the ledger."""
    table = ledger.table
    stored = table.links(table.headers("recheck").tolist())
    found = {row.left: row for row in (*stored, *rows) if row.kind in ("recheck", "settled") and row.left}
    return {left: row for left, row in found.items() if row.kind == "recheck"}


def finish(
    ledger: Ledger, rows: Sequence[Link], *, at: datetime, folded: Folded | None = None, tries: int = recheck.TRIES, **manifest: Any
) -> Folded:
    """Commit a run: its plan's rows, its journal's rows, and whatever of the manifest changes; then delete its journal.

    The manifest names the journal until its last key is gone, so that a crash in between leaves none behind.
    """
    opened = ledger.manifest.open
    if opened is None:
        ledger.commit(rows, at=at, **manifest)
        return Folded([], [], [])
    folded = folded or journal.fold(ledger.keys, opened, ledger.shape)
    if not opened.folded:
        # The last of a batch's writes may have been sent long after the batch was begun, but none is sent after now.
        waiting = [(item, at.isoformat()) for item, _ in folded.open]
        lost = unknown(waiting, entries(ledger, rows), tries=tries)
        manifest |= {"open": replace(opened, folded=True), "settled": opened.run, "figures": dict(folded.counts)}
        ledger.commit([*rows, *folded.rows, *lost], at=at, **manifest)
    for name in folded.keys:
        ledger.keys.delete(name)
    ledger.commit([], at=at, open=None)
    return folded
