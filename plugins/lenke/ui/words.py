"""Codes in plain words: what helps a parked record, what became of a write, what a run's state means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from lenke.core.plan.reasons import WORDS

# By reason code: what helps.
HELP: Mapping[str, str] = {
    "missing_required": "Fill it in; the next run that reads the record sends it.",
    "invalid_value": "Correct the value in its system.",
    "ambiguous_match": "Relink it to the right one, or make the others differ.",
    "duplicate_match": "Merge the duplicates, or relink one of them.",
    "closed_match": "Release the closed link, or relink the record.",
    "missing_reference": "Nothing to do: it goes by itself when the other record is linked.",
    "locked": "Nothing to do: it goes by itself when the lock opens.",
    "rejected": "Correct what the system names. It is tried again when the record changes, else later and later.",
    "not_unique": "Relink it to that record, or change the value.",
    "moved": "Nothing to do: the next run plans it anew.",
    "gone": "Nothing to do: the next run looks for it once more.",
    "stale": "Nothing to do: the next run reads it again.",
    "unknown_outcome": "Nothing to do, unless it says to look for it: the next run finds out before it sends anything again.",
    "conflict": "Choose the left or the right value.",
    "deleted_edited": "Choose a side, or dismiss it to leave both as they are.",
    "both_needed": "Nothing to do: the next run reads both.",
    "incomplete": "Nothing to do: the next run reads it whole.",
    "paused": "Resume it when it may go.",
}
STATES: Mapping[str, str] = {
    "success": "finished",
    "failed": "failed",
    "braked": "stopped by a brake, nothing written",
    "dry_run": "planned only, nothing written",
    "paused": "paused",
}
STATUSES: Mapping[str, str] = {
    "done": "written",
    "rejected": "refused",
    "not_unique": "refused: not unique",
    "moved": "not written: it had moved",
    "locked": "not written: locked",
    "gone": "not written: it was gone",
    "retriable": "outcome not known",
    "unknown": "outcome not known",
}
# Reasons that naming the counterpart ends.
RELINKABLE = frozenset({"ambiguous_match", "duplicate_match", "closed_match", "not_unique", "unknown_outcome"})


def reason(code: str) -> str:
    """What a reason code means, as the beginning of a sentence."""
    told = WORDS.get(code, code.replace("_", " "))
    return told[:1].upper() + told[1:]


def ago(at: str | None, now: datetime) -> str:
    """How long ago an instant (ISO 8601) was, to one unit; "never" for none."""
    if not at:
        return "never"
    return span(now - datetime.fromisoformat(at))


def span(length: timedelta) -> str:
    """A length of time to one unit."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def instant(at: str | None) -> str:
    """An instant as a person reads it, in UTC, to the second."""
    return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M:%S") if at else "-"
