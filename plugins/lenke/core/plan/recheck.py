"""The recheck list: what could not go, why, and when it is looked at again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lenke.core.links.digests import Digester
from lenke.core.links.merge import Policy
from lenke.core.links.rows import SIDES, Link
from lenke.core.mapping.model import Flow
from lenke.core.plan.model import Action, Parked, SideWrite

# A record that the system refused is sent again when it changed, else after these waits.
BACKOFF = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 24 * 7))
REFUSED = frozenset({"rejected", "not_unique", "locked"})
LINE = "line "


def entry(parked: Parked, old: Link | None, now: datetime) -> Link:
    """The ledger row of a record parked in planning; one that is parked as before keeps its row, so that nothing is written anew."""
    if old is not None and is_same(old, parked):
        return old
    # What an uncertain write may have done stays of interest until the pair was decided.
    kept = {"sent": old.note["sent"]} if old is not None and "sent" in old.note and parked.reason != "conflict" else {}
    return _row(parked, _note(parked) | {"since": now.isoformat()} | kept)


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


def sent(action: Action) -> dict[str, list[str]]:
    """What an action tells each side, by name only: header properties, and properties of lines after ``line ``."""
    told: dict[str, list[str]] = {}
    for side in SIDES:
        write = action.to(side)
        names = [*write.values, *(f"{LINE}{name}" for name in dict.fromkeys(name for line in write.lines for name in line.values))]
        told.update({side: names} if names else {})
    return told


def all_names(flow: Flow) -> list[str]:
    """Every property that a create tells the right side, named as :func:`sent` does."""
    lines = flow.lines.properties if flow.lines else ()
    return [p.name for p in flow.properties if p.travels_to("right")] + [f"{LINE}{p.name}" for p in lines if p.travels_to("right")]


def believing(policy: Policy, told: Mapping[str, Iterable[str]]) -> tuple[Policy, Policy]:
    """The policies for a header and for its lines after a write that may have told each side what :func:`sent` names."""
    names = {side: list(told.get(side, ())) for side in SIDES}
    header = {side: frozenset(name for name in found if not name.startswith(LINE)) for side, found in names.items()}
    lines = {side: frozenset(name.removeprefix(LINE) for name in found if name.startswith(LINE)) for side, found in names.items()}
    return replace(policy, sent=header), replace(policy, sent=lines)


def seen(digester: Digester, write: SideWrite) -> SideWrite:
    """An update with one digest over all that it sends, and over what it expects to find."""
    if not write:
        return write
    lines = [[line.verb, line.id or line.other, sorted(line.values.items()), sorted(line.expected.items())] for line in write.lines]
    told = json.dumps([sorted(write.values.items()), sorted(write.expected.items()), lines, write.current])
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
