"""Times of a described system: texts or numbers in its replies and in its filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lenke.systems.described.dialect import Modified

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime.min.replace(tzinfo=UTC)
_STEPS = {"iso8601": timedelta(milliseconds=1), "epoch": timedelta(seconds=1), "epoch_ms": timedelta(milliseconds=1)}


def instant(modified: Modified, value: Any) -> datetime | None:
    """A reply's time as UTC, or None where there is none that can be read; a text without offset is UTC."""
    try:
        if modified.format == "iso8601":
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return _EPOCH + timedelta(seconds=float(Decimal(str(value)) / (1000 if modified.format == "epoch_ms" else 1)))
    except (TypeError, ValueError, ArithmeticError):
        return None


def lower_bound(modified: Modified, moment: datetime) -> str:
    """The filter's value that lets everything from ``moment`` on through: rounded down, one step earlier where exclusive."""
    earlier = timedelta(0) if modified.inclusive else min(_STEPS[modified.format], moment - _FIRST)
    return _text(modified, moment - earlier)


def upper_bound(modified: Modified, moment: datetime) -> str:
    """The filter's value that lets everything up to ``moment`` through: rounded up."""
    return _text(modified, moment + _STEPS[modified.format])


def _text(modified: Modified, moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    if modified.format == "iso8601":
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = (moment - _EPOCH) // _STEPS[modified.format]
    return str(whole)
