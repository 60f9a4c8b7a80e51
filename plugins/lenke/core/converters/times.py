"""Dates and instants; where one side keeps an instant, its day on the installation's clock is the date, and its hour stays."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

import pyarrow as pa

from lenke.core.converters.base import Converter, InvalidValueError, Place
from lenke.core.mapping.model import SIDES, Property

_NOON = time(12)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T00:00:00(?:\.0+)?)?", re.ASCII)
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,]([0-9]{1,12}))?(Z|z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)


def parse_instant(raw: Any, place: Place) -> datetime | None:
    """ISO 8601 as UTC to the microsecond; without an offset only where ``form: local`` says how to read it."""
    if raw is None or raw == "":
        return None
    found = _INSTANT.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if not found:
        raise InvalidValueError("is not an ISO 8601 date and time")
    day, clock, fraction, offset = found.groups()
    if offset is None and place.field.form != "local":
        raise InvalidValueError("has no time zone")
    try:
        return _to_utc(f"{day}T{clock}", (fraction or "0")[:6].ljust(6, "0"), offset, place)
    except (ValueError, OverflowError):
        raise InvalidValueError("is no date and time that exists") from None


def _to_utc(clock: str, fraction: str, offset: str | None, place: Place) -> datetime:
    naive = datetime.fromisoformat(clock).replace(microsecond=int(fraction))
    if offset is None:
        return naive.replace(tzinfo=place.settings.zone).astimezone(UTC)
    if offset in "Zz":
        return naive.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    shift = timedelta(hours=hours, minutes=minutes)
    return naive.replace(tzinfo=UTC) - (shift if offset[0] == "+" else -shift)


class Date(Converter):
    """A calendar day, ``2026-11-20``."""

    forms: ClassVar[tuple[str, ...]] = ("date", "instant")

    def arrow(self, property: Property) -> pa.DataType:
        """Days."""
        return pa.date32()

    def get(self, raw: Any, place: Place, companion: Any = None) -> date | None:
        """The day; of an instant, the day in the installation's time zone."""
        if place.field.form == "instant":
            return _local_day(parse_instant(raw, place), place)
        if raw is None or raw == "":
            return None
        found = _DATE.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if not found:
            raise InvalidValueError("is not a date as 2026-11-20")
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise InvalidValueError("is no date that exists") from None

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str:
        """The day as text; a side that keeps an instant keeps its hour (noon, where it has none yet) on that day."""
        return _moment_on(value, place, like) if place.field.form == "instant" else str(value.isoformat())

    def encode(self, value: Any) -> str:
        """ISO 8601."""
        return str(value.isoformat())

    def decode(self, text: str) -> date:
        """The day of a canonical text."""
        return date.fromisoformat(text)

    def choices(self, place: Place) -> tuple[str, ...]:
        """The time zone, where an instant becomes a day."""
        return (place.settings.time_zone,) if place.field.form == "instant" else ()


def _local_day(instant: datetime | None, place: Place) -> date | None:
    try:
        return instant.astimezone(place.settings.zone).date() if instant else None
    except (ValueError, OverflowError):
        raise InvalidValueError("is no date and time that exists") from None


def _moment_on(day: date, place: Place, like: Any) -> str:
    """The moment on ``day`` at the hour of ``like`` on the installation's clock; unlike a new hour, the day is what was meant."""
    try:
        old = parse_instant(like, place)
    except InvalidValueError:
        old = None
    if _local_day(old, place) == day:
        return str(like)
    clock = old.astimezone(place.settings.zone).time() if old is not None else _NOON
    try:
        return written(datetime.combine(day, clock, place.settings.zone).astimezone(UTC))
    except OverflowError:
        raise InvalidValueError("is no day whose moments can be told") from None


def written(moment: datetime) -> str:
    """A moment in UTC as ``2026-11-20T10:15:30.123Z``, with as many decimals as it has."""
    clock, _, decimals = moment.replace(tzinfo=None).isoformat(timespec="microseconds").partition(".")
    return f"{clock}{f'.{decimals}'.rstrip('0').rstrip('.')}Z"


class Instant(Converter):
    """A moment, UTC to the microsecond; further decimals are cut off. ``form: local`` reads and writes the installation's clock."""

    forms: ClassVar[tuple[str, ...]] = ("offset", "local")

    def arrow(self, property: Property) -> pa.DataType:
        """Microseconds, UTC."""
        return pa.timestamp("us", "UTC")

    def get(self, raw: Any, place: Place, companion: Any = None) -> datetime | None:
        """The moment; raises InvalidValueError without an offset (unless ``form: local``)."""
        return parse_instant(raw, place)

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> str:
        """``2026-11-20T10:15:30.123Z``, with as many decimals as it has."""
        if place.field.form == "local":
            return written(value.astimezone(place.settings.zone)).removesuffix("Z")
        return written(value.astimezone(UTC))

    def encode(self, value: Any) -> str:
        """ISO 8601 with six decimals and Z."""
        return str(value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")) + "Z"

    def decode(self, text: str) -> datetime:
        """The moment of a canonical text."""
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)

    def check(self, property: Property) -> list[tuple[tuple[str, ...], str]]:
        """The hour that a local clock shows twice cannot be written back."""
        return [
            (("direction",), f"the {side} side keeps a local time, which is two moments in the hour that comes twice; do not write to it")
            for side in SIDES
            if (field := property.field(side)) and field.form == "local" and property.travels_to(side)
        ]

    def choices(self, place: Place) -> tuple[str, ...]:
        """The time zone, where the side keeps a local time."""
        return (place.settings.time_zone,) if place.field.form == "local" else ()
