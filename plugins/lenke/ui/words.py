"""Codes in plain words: why a record is parked, what became of a write, what a run's state means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

# Reason -> what it is, and what helps.
PARKED: Mapping[str, tuple[str, str]] = {
    "missing_required": ("A value that the other system requires is empty", "Fill it in; the next run that reads the record sends it."),
    "invalid_value": ("A value cannot be read or converted", "Correct the value in its system."),
    "ambiguous_match": ("Several records could be its counterpart, so none was taken", "Relink it to the right one, or make the others differ."),
    "duplicate_match": ("Its counterpart is taken, or wanted by another record, too", "Merge the duplicates, or relink one of them."),
    "missing_reference": ("What it refers to is not linked yet", "Nothing: it goes by itself when the other record is linked."),
    "locked": ("The record is locked in the other system", "Nothing: it goes by itself when the lock opens."),
    "rejected": ("The other system refused it", "Correct what the system names; it is tried again when the record changes, else later and later."),
    "not_unique": ("The other system has a record with the same unique value", "Relink it to that record, or change the value."),
    "moved": ("The record changed while the run was under way", "Nothing: the next run plans it anew."),
    "gone": ("The record to be written was gone", "Nothing: the next run looks for it once more."),
    "stale": ("The answer was older than Lenke's own last write", "Nothing: the next run reads it again."),
    "unknown_outcome": ("A write was sent and its answer lost", "Nothing yet: the next run finds out before it sends anything again."),
    "conflict": ("Both sides changed the same property to different values", "Choose the left or the right value."),
    "deleted_edited": ("Deleted on one side, edited on the other", "Choose a side, or dismiss it to leave both as they are."),
    "both_needed": ("Both records must be read to decide", "Nothing: the next run reads both."),
    "incomplete": ("The record was read without its lines", "Nothing: the next run reads it whole."),
    "paused": ("A person has paused it", "Resume it when it may go."),
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
# Reasons that a person can decide by taking one side.
CHOOSABLE = frozenset({"conflict", "deleted_edited"})


def reason(code: str) -> tuple[str, str]:
    """What a reason means and what helps; the code itself where it has no words."""
    return PARKED.get(code, (code.replace("_", " "), ""))


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


def entity(name: str) -> str:
    """A flow's or property's name with spaces for underscores."""
    return name.replace("_", " ")
