"""The recheck list: what could not go, why, and when it is looked at again."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import xor
from typing import Any

from lenke.core.links.digests import Digester
from lenke.core.links.rows import LOST, LOST_AT, Link
from lenke.core.plan.model import Parked, SideWrite
from lenke.core.plan.uncertain import PAIR, Told, is_ended

# A record that the system refused is sent again when it changed, else after these waits.
BACKOFF = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 24 * 7))
# A write whose answer was lost is settled by the next run; only one whose answer is lost again and again waits as a refused one does.
PROMPT = 3
# After so many tries a record is not sent any more until it changes or a person releases it (settings: parked.tries).
TRIES = 8
# What an entry remembers of the tries.
TRIED = ("tries", "seen", "next_try", "given_up", "dismissed", "refused")
REFUSED = frozenset({"rejected", "not_unique", "locked"})


def entry(
    parked: Parked,
    old: Link | None,
    now: datetime,
    *,
    again: timedelta | None = None,
    doubt: Told | None = None,
) -> Link:
    """The ledger row of a record parked in planning; one that is parked as before keeps its row, so that nothing is written anew.

    :param again: after how long a conflict gets a row anew, so that its values are recorded once more.
    :param doubt: what writes without an answer may have told, and is not decided; None where nobody has looked, and what the entry tells
        stands.
    """
    row = _entry(parked, old, now, again)
    if doubt is None or doubt == row.note.get("sent", {}):
        return row
    note = {name: value for name, value in row.note.items() if name != "sent"}
    return replace(row, note=note | ({"sent": {side: list(names) for side, names in doubt.items()}} if doubt else {}))


def _entry(parked: Parked, old: Link | None, now: datetime, again: timedelta | None) -> Link:
    if old is not None and parked.reason == old.note["reason"] == "unknown_outcome":
        return old if is_same(old, parked) else replace(old, note={**old.note, **_note(parked)})  # it was sent when it was sent
    if old is not None and is_same(old, parked) and old.note.get("values", "0") == f"{parked.values:x}":
        is_old = parked.values and again is not None and now - datetime.fromisoformat(old.note.get("recorded", old.note["since"])) >= again
        return replace(old, note={**old.note, "recorded": now.isoformat()}) if is_old else old
    kept: dict[str, Any] = {"sent": still} if old is not None and (still := _still(old)) else {}
    if old is not None and is_refused(old) and (parked.reason == "conflict" or parked.reason in REFUSED):
        # A conflict in one property does not make the system take another one that it has refused.
        kept |= {name: old.note[name] for name in TRIED if name in old.note and name != "refused"}
        kept |= {"refused": old.note.get("refused", old.note["reason"])} if parked.reason == "conflict" else {}
    if old is not None and not old.note.get("sent") and (lost := in_doubt(old)) is not None:
        kept |= {LOST: " ".join(lost), LOST_AT: sent_at(old)}
    first = {"first": _first(old)} if old is not None else {}
    return _row(parked, _note(parked) | {"since": now.isoformat()} | first | kept)


def _still(old: Link) -> dict[str, list[str]]:
    """What was told without an answer; nothing where a person has let go what was begun with one right record."""
    sent: dict[str, list[str]] = old.note.get("sent", {})
    return {} if PAIR in sent and is_ended(old) else sent


def counting(planned: Iterable[Link], undone: Container[str]) -> list[Link]:
    """A plan's rows without the entries of left records whose actions were not carried out: they tell what is in doubt after these.

    What a person has released is released all the same.

    :param undone: left ids of actions that nobody has begun, or whose outcome nobody knows.
    """
    return [row for row in planned if row.kind != "recheck" or row.left not in undone or "released" in row.note]


def parked(old: Link) -> Parked:
    """What a recheck entry was parked for."""
    note, (side, id) = old.note, key(old)
    if "refused" in note:  # the conflict is told anew as long as it is open
        return Parked("left" if side == "left" else "right", id, note["refused"])
    return Parked(
        "left" if side == "left" else "right",
        id,
        note["reason"],
        note.get("property", ""),
        note.get("text", ""),
        note.get("waits_for", ""),
        properties=tuple(note.get("properties", ())),
        values=int(note.get("values", "0"), 16),
    )


def is_same(old: Link | None, parked: Parked) -> bool:
    """Whether a recheck entry tells the same as what the record is parked for now."""
    return old is not None and all(old.note.get(name, "") == getattr(parked, name) for name in ("reason", "property", "text", "waits_for"))


def refused(parked: Parked, old: Link | None, now: datetime, *, seen: int, most: int = TRIES, doubt: Told | None = None) -> Link:
    """The ledger row of a record that the system refused: it is sent again when it changes, else after a growing wait.

    :param seen: one digest over the record as it was sent; :param most: how often it is sent in all.
    :param doubt: as of :func:`entry`: an earlier try may have done what this one was refused.
    """
    told = old.note.get("sent", {}) if doubt is None and old is not None else doubt
    kept = {"sent": {side: list(names) for side, names in told.items()}} if told else {}
    return _row(parked, _note(parked) | {"since": now.isoformat()} | kept | _tried(old, now, seen=seen, most=most, prompt=0))


def unknown(verb: str, id: str, old: Link | None, at: datetime, *, seen: int, sent: Mapping[str, Iterable[str]], most: int = TRIES) -> Link:
    """The ledger row of a record whose write has no known outcome; ``since`` is when it may have been sent.

    :param seen: one digest over what was sent; :param sent: per side, the names of what an update told, as :func:`sent` gives them.
    """
    again = old if old is not None and old.note.get("reason") == "unknown_outcome" else None
    told = {"reason": "unknown_outcome", "text": f"a {verb} was sent and its answer lost", "since": at.isoformat()}
    tried = _tried(again, at, seen=seen, most=most, prompt=PROMPT)
    return Link(left=id, kind="recheck", note=told | {"sent": {side: list(names) for side, names in sent.items()}} | tried)


def _tried(old: Link | None, now: datetime, *, seen: int, most: int, prompt: int) -> dict[str, Any]:
    """What a recheck entry remembers of its tries: another record than the one that was sent before begins anew.

    :param prompt: how many tries the next run follows up at once.
    """
    told, before = f"{seen:x}", _seen(old)
    is_again = old is not None and told in before
    tries = int(old.note.get("tries", 0)) + 1 if old is not None and is_again else 1
    # Either side may have refused what it was sent.
    more: dict[str, Any] = {"tries": tries, "seen": " ".join([*[one for one in before if one != told][-1:], told])}
    if tries >= most:
        more["given_up"] = True
    elif tries > prompt:
        more["next_try"] = (now + BACKOFF[min(tries - prompt, len(BACKOFF)) - 1]).isoformat()
    if old is not None:
        more["first"] = _first(old)
        more |= {"dismissed": old.note["dismissed"]} if is_again and "dismissed" in old.note else {}
    return more


def is_refused(old: Link) -> bool:
    """Whether a system refused what it was sent of a record, be a conflict open in it besides."""
    return old.note.get("reason") in REFUSED or "refused" in old.note


def in_doubt(old: Link | None) -> list[str] | None:
    """Digests of what was sent of a record and may have been made, by its entry; None where nothing of it is in doubt."""
    if old is None or old.is_let_go:
        return None
    if old.note.get("reason") == "unknown_outcome":
        return _seen(old) or str(old.note.get(LOST, "")).split()
    return str(old.note.get(LOST, "")).split() if LOST in old.note or old.note.get("sent") else None


def sent_at(old: Link) -> str:
    """When a create of a record that is in doubt was sent, or what its entry tells of since (UTC, ISO 8601)."""
    return str(old.note["since"] if old.note.get("sent") else old.note.get(LOST_AT, old.note["since"]))


def has_sent(old: Link) -> bool:
    """Whether the entry is of a write of its own flow that had no answer; else it may wait for what became of a sibling's."""
    return bool(old.note.get("sent")) or LOST in old.note or (old.note.get("reason") == "unknown_outcome" and "tries" in old.note)


def _seen(old: Link | None) -> list[str]:
    return str(old.note.get("seen", "")).split() if old is not None else []


def _first(old: Link) -> str:
    """Since when a record has been parked, whatever for."""
    return str(old.note.get("first", old.note["since"]))


def seen(digester: Digester, write: SideWrite) -> SideWrite:
    """An update with one digest over all that it sends, and over what it expects to find."""
    if not write:
        return write
    lines = [[line.verb, line.id or line.other, sorted(line.values.items()), sorted(line.expected.items())] for line in write.lines]
    told = json.dumps([sorted(write.values.items()), sorted(write.expected.items()), lines, write.current])
    return replace(write, seen=digester.value("sent", told))


def seen_of(*writes: SideWrite, create: int = 0) -> int:
    """One digest over all that an action sends: its writes', and a create's own."""
    return reduce(xor, (write.seen for write in writes), create)


def _note(parked: Parked) -> dict[str, Any]:
    note: dict[str, Any] = {name: value for name in ("reason", "property", "text", "waits_for") if (value := getattr(parked, name))}
    note |= {"properties": list(parked.properties)} if parked.properties else {}
    return note | ({"values": f"{parked.values:x}"} if parked.values else {})


def _row(parked: Parked, note: dict[str, Any]) -> Link:
    return Link(
        left=parked.id if parked.side == "left" else "", right=parked.id if parked.side == "right" else "", kind="recheck", note=note
    )


def must_wait(old: Link | None, seen: int, now: datetime) -> bool:
    """Whether a record that was tried before is not to be sent now: it is as it was, and its wait is not over, or it has given up."""
    if old is None or not (is_refused(old) or old.note.get("reason") == "unknown_outcome") or f"{seen:x}" not in _seen(old) or not seen:
        return False
    is_over = now.isoformat() >= old.note.get("next_try", "")
    return bool(old.note.get("given_up") or "dismissed" in old.note or not is_over)


def key(row: Link) -> tuple[str, str]:
    """Side and id of a recheck entry."""
    return ("left", row.left) if row.left else ("right", row.right)
