"""Settling what an earlier run left open: its journal's rows become ledger rows, uncertain writes go on the recheck list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lenke.core.links.rows import Link
from lenke.runtime.ledger import journal
from lenke.runtime.ledger.journal import Folded, Item
from lenke.runtime.ledger.store import Ledger


def recover(ledger: Ledger, *, at: datetime) -> None:
    """Fold the journal of a run that never came to its commit; the cursor stays where it was."""
    if ledger.manifest.open is not None:
        finish(ledger, [], at=at)


def unknown(items: Sequence[tuple[Item, str]]) -> list[Link]:
    """Recheck entries of writes whose outcome is not known; ``since`` is when they may have been sent."""
    return [
        Link(
            left=item.left,
            kind="recheck",
            note={"reason": "unknown_outcome", "text": f"a {item.verb} was sent and its answer lost", "since": at, "sent": dict(item.sent)},
        )
        for item, at in items
    ]


def finish(ledger: Ledger, rows: Sequence[Link], *, at: datetime, folded: Folded | None = None, **manifest: Any) -> Folded:
    """Commit a run: its plan's rows, its journal's rows, and whatever of the manifest changes; then delete its journal.

    The manifest names the journal until its last key is gone, so that a crash in between leaves none behind.
    """
    opened = ledger.manifest.open
    if opened is None:
        ledger.commit(rows, at=at, **manifest)
        return Folded([], [], [])
    folded = folded or journal.fold(ledger.keys, opened)
    if not opened.folded:
        manifest |= {"open": replace(opened, folded=True), "settled": opened.run, "figures": dict(folded.counts)}
        ledger.commit([*rows, *folded.rows, *unknown(folded.open)], at=at, **manifest)
    for name in folded.keys:
        ledger.keys.delete(name)
    ledger.commit([], at=at, open=None)
    return folded
