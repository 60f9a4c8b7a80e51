"""What waits, as lines of the command line: a record a line, its reason in plain words, never a value unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lenke.core.plan.decisions import STANDING
from lenke.core.plan.uncertain import LINE
from lenke.runtime.conflicts import Recorded
from lenke.runtime.ledger.waiting import Taken, Waiting, is_open


def parked(found: Iterable[Waiting], *, with_dismissed: bool) -> Iterator[str]:
    """Parked records with all that is known of when they go on."""
    for one in found:
        if with_dismissed or not one.dismissed:
            yield " | ".join([f"{one.flow}: {_ids(one)}", f"{one.reason}: {one.words}", f"since {_minute(one.since)}", *_going_on(one)])


def _going_on(one: Waiting) -> Iterator[str]:
    if one.tries:
        yield f"sent {one.tries} times" if one.tries > 1 else "sent once"
    if one.given_up:
        yield "given up until it changes or is released"
    elif one.next_try:
        yield f"next try {_minute(one.next_try)}"
    if one.dismissed:
        yield "dismissed until it changes"
    if one.decided:
        yield "paused until it is unpaused" if one.decided in STANDING else f"{one.decided} is decided; the next run applies it"


def conflicts(found: Iterable[Waiting], recorded: Iterable[Recorded], *, with_values: bool) -> Iterator[str]:
    """Open conflicts, a property a line.

    :param recorded: what the journals hold, the newest first; read only where values are asked for.
    """
    listed = [one for one in found if is_open(one) and not one.dismissed]
    values = _values(recorded) if with_values and listed else {}
    for one in listed:
        left = one.id if one.side == "left" else one.other
        for name in one.properties or (one.property,):
            told = [f"{one.flow}: {_ids(one)}", name, one.words.partition(";")[0], f"since {_minute(one.since)}"]
            yield " | ".join([*told, *(_of(values, left, name) if with_values else [])])


def _of(values: dict[tuple[str, str], list[str]], left: str, name: str) -> list[str]:
    """The values of one property; of ``lines``, those of all properties of the record's lines."""
    of_lines = [f"{key}: {one}" for (id, key), found in values.items() if id == left and key.startswith(LINE) for one in found]
    return values.get((left, name)) or (of_lines if name == "lines" else []) or ["its values are in no journal any more"]


def _values(recorded: Iterable[Recorded]) -> dict[tuple[str, str], list[str]]:
    """Left id and property to the values, as the newest run that recorded them did; several where several lines differ."""
    found: dict[tuple[str, str], list[str]] = {}
    runs: dict[str, str] = {}
    for one in recorded:
        if one.winner == "none" and runs.setdefault(one.left_id, one.run) == one.run:
            found.setdefault((one.left_id, one.name), []).append(f"left {one.left!r}, right {one.right!r}")
    return found


def decisions(found: Iterable[Taken]) -> Iterator[str]:
    """Decisions with what became of each."""
    for one in found:
        taken = one.decision
        about = [f"{taken.side} {taken.subject}" if taken.kind != "approve" else taken.subject, taken.property, taken.winner]
        about += [f"with right {taken.right}"] if taken.right else []
        what = " ".join(text for text in [taken.kind, *about] if text)
        yield f"{taken.id} | {what} | {taken.who}, {_minute(taken.at)} | {one.outcome or 'the next run applies it'}"


def _ids(one: Waiting) -> str:
    return f"{one.side} {one.id}" + (f" ({'right' if one.side == 'left' else 'left'} {one.other})" if one.other else "")


def _minute(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"
