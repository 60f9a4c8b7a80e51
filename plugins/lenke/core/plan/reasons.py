"""Why a record waits, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# By reason code; what the record's note tells besides (property, text, what it waits for) is added to it.
WORDS: Mapping[str, str] = {
    "missing_required": "a property that the other system requires is empty",
    "invalid_value": "a value cannot be understood, or the other system cannot hold it",
    "ambiguous_match": "several records of the other system match it",
    "duplicate_match": "several records match one record of the other system",
    "closed_match": "it matches a record whose link is closed, or whose counterpart is gone",
    "missing_reference": "it refers to a record that has no link yet",
    "locked": "the other system has closed the record to changes",
    "rejected": "the other system refused it",
    "not_unique": "the other system has another record with the same unique value",
    "moved": "the other side changed while the plan was carried out",
    "gone": "the record to be written is not there any more",
    "stale": "the read is older than Lenke's own last write",
    "unknown_outcome": "it was sent and the answer was lost, so what became of it is not known",
    "conflict": "both sides hold different values, and a person must choose",
    "deleted_edited": "it was deleted on one side and edited on the other, and a person must choose",
    "both_needed": "a property was never agreed on, and both sides are needed to do so",
    "incomplete": "it was read without its lines",
    "paused": "a person has paused it",
}


def words(note: Mapping[str, Any]) -> str:
    """The whole reason of a recheck entry: what is wrong, with which property, and what it waits for."""
    reason = str(note.get("reason", ""))
    told = [WORDS.get(reason, reason)]
    if names := note.get("properties") or ([note["property"]] if note.get("property") else []):
        told.append(f"{'property' if len(names) == 1 else 'properties'} {', '.join(names)}")
    told += [str(note[name]) for name in ("text",) if note.get(name)]
    if waits_for := note.get("waits_for"):
        flow, _, id = str(waits_for).partition(":")
        told.append(f"waits for {flow} {id}")
    return "; ".join(told)
