"""The recheck list: what could not go, why, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from lenke.core.links.rows import Link
from lenke.core.plan.model import Parked

# A record that the system refused is sent again when it changed, else after these waits.
BACKOFF = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 24 * 7))
REFUSED = frozenset({"rejected", "not_unique"})


def entry(parked: Parked, old: Link | None, now: datetime) -> Link:
    """The ledger row of a record parked in planning; one that is parked as before keeps its row, so that nothing is written anew."""
    note = _note(parked)
    if old is not None and _same(old.note, note):
        return old
    return _row(parked, note | {"since": now.isoformat()})


def refused(parked: Parked, old: Link | None, now: datetime, *, seen: int) -> Link:
    """The ledger row of a record that the system refused: it is sent again when it changes, else after a growing wait.

    :param seen: one digest over the record as it was sent.
    """
    tries = int(old.note.get("tries", 0)) + 1 if old is not None else 1
    wait = BACKOFF[min(tries, len(BACKOFF)) - 1]
    more = {"since": now.isoformat(), "tries": tries, "seen": f"{seen:x}", "next_try": (now + wait).isoformat()}
    return _row(parked, _note(parked) | more)


def _note(parked: Parked) -> dict[str, Any]:
    return {name: value for name in ("reason", "property", "text", "waits_for") if (value := getattr(parked, name))}


def _row(parked: Parked, note: dict[str, Any]) -> Link:
    return Link(
        left=parked.id if parked.side == "left" else "", right=parked.id if parked.side == "right" else "", kind="recheck", note=note
    )


def _same(old: Mapping[str, Any], note: Mapping[str, Any]) -> bool:
    return all(old.get(name) == note.get(name) for name in ("reason", "property", "text", "waits_for"))


def must_wait(old: Link | None, seen: int, now: datetime) -> bool:
    """Whether a refused record is not to be sent now: it is as it was, and its wait is not over."""
    if old is None or old.note.get("reason") not in REFUSED:
        return False
    return bool(old.note.get("seen") == f"{seen:x}" and now.isoformat() < old.note.get("next_try", ""))


def settled(old: Mapping[tuple[str, str], Link], still: Iterable[Link], evaluated: Iterable[tuple[str, str]]) -> list[Link]:
    """Rows that take entries off the list: those looked at in this run and not parked again."""
    keep = {("left", row.left) if row.left else ("right", row.right) for row in still}
    return [old[key].dropped() for key in dict.fromkeys(evaluated) if key in old and key not in keep]
