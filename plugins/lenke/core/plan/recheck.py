"""The recheck list: what could not go, why, and when it is looked at again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lenke.core.links.digests import Digester
from lenke.core.links.rows import Link
from lenke.core.plan.model import Parked, SideWrite

# A record that the system refused is sent again when it changed, else after these waits.
BACKOFF = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 24 * 7))
REFUSED = frozenset({"rejected", "not_unique", "locked"})


def entry(parked: Parked, old: Link | None, now: datetime) -> Link:
    """The ledger row of a record parked in planning; one that is parked as before keeps its row, so that nothing is written anew."""
    if old is not None and is_same(old, parked):
        return old
    return _row(parked, _note(parked) | {"since": now.isoformat()})


def is_same(old: Link | None, parked: Parked) -> bool:
    """Whether a recheck entry tells the same as what the record is parked for now."""
    return old is not None and all(old.note.get(name, "") == getattr(parked, name) for name in ("reason", "property", "text", "waits_for"))


def refused(parked: Parked, old: Link | None, now: datetime, *, seen: int) -> Link:
    """The ledger row of a record that the system refused: it is sent again when it changes, else after a growing wait.

    :param seen: one digest over the record as it was sent.
    """
    tries = int(old.note.get("tries", 0)) + 1 if old is not None else 1
    wait = BACKOFF[min(tries, len(BACKOFF)) - 1]
    more = {"since": now.isoformat(), "tries": tries, "seen": f"{seen:x}", "next_try": (now + wait).isoformat()}
    return _row(parked, _note(parked) | more)


def seen(digester: Digester, write: SideWrite) -> SideWrite:
    """An update with one digest over all that it sends, and over what it expects to find."""
    if not write:
        return write
    lines = [[line.verb, line.id or line.other, sorted(line.values.items()), sorted(line.expected.items())] for line in write.lines]
    told = json.dumps([sorted(write.values.items()), sorted(write.expected.items()), lines])
    return replace(write, seen=digester.value("sent", told))


def _note(parked: Parked) -> dict[str, Any]:
    return {name: value for name in ("reason", "property", "text", "waits_for") if (value := getattr(parked, name))}


def _row(parked: Parked, note: dict[str, Any]) -> Link:
    return Link(
        left=parked.id if parked.side == "left" else "", right=parked.id if parked.side == "right" else "", kind="recheck", note=note
    )


def must_wait(old: Link | None, seen: int, now: datetime) -> bool:
    """Whether a refused record is not to be sent now: it is as it was, and its wait is not over."""
    if old is None or old.note.get("reason") not in REFUSED or not seen:
        return False
    return bool(old.note.get("seen") == f"{seen:x}" and now.isoformat() < old.note.get("next_try", ""))


def key(row: Link) -> tuple[str, str]:
    """Side and id of a recheck entry."""
    return ("left", row.left) if row.left else ("right", row.right)
