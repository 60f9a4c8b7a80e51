"""Numbers with the form and checksum of real ones: organisation numbers, GTINs, phones, instants, decimals."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

YEAR_START = datetime(2026, 1, 2, 6, 0, 0, tzinfo=UTC)
YEAR_END = datetime(2026, 10, 30, 20, 0, 0, tzinfo=UTC)


def norwegian_org(body: int) -> str | None:
    """Nine digits: eight of ``body`` and the modulus 11 check digit; None where no check digit exists (remainder 1)."""
    digits = f"{body:08d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return None if rest == 1 else f"{digits}{(11 - rest) % 11}"


def swedish_org(body: int) -> str:
    """``NNNNNN-NNNC`` with the Luhn check digit over nine digits."""
    digits = f"{body:09d}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))
    return f"{digits[:6]}-{digits[6:]}{-total % 10}"


def danish_org(body: int) -> str | None:
    """Eight digits (CVR, modulus 11); None where no check digit exists."""
    digits = f"{body:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return None if rest == 1 else f"{digits}{(11 - rest) % 11}"


def finnish_org(body: int) -> str | None:
    """``NNNNNNN-C`` (modulus 11); None where no check digit exists."""
    digits = f"{body:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return None if rest == 1 else f"{digits}-{(11 - rest) % 11}"


def org_number(rng: Random, country: str) -> str:
    """A checksum-valid organisation number of ``country`` (ISO-3), as its register writes it."""
    while True:
        if country == "SWE":
            return swedish_org(556_900_000 + rng.randrange(99_999))
        if country == "DNK":
            number = danish_org(rng.randrange(3_000_000, 4_400_000))
        elif country == "FIN":
            number = finnish_org(rng.randrange(2_000_000, 3_200_000))
        else:
            number = norwegian_org(rng.randrange(91_000_000, 93_000_000))
        if number is not None:
            return number


def gtin13(body: int) -> str:
    """Thirteen digits: the Norwegian prefix 70, ten of ``body`` and the check digit."""
    digits = f"70{body:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def phone(rng: Random, country: str, *, national: bool) -> str:
    """A phone number valid in ``country`` in one of several written styles; national ones only where asked for."""
    four = f"{rng.randrange(10_000):04d}"
    two = f"{rng.randrange(100):02d}"
    code, trunk, local = {
        "NOR": ("47", "", rng.choice((f"22 {two} {four[:2]} {four[2:]}", f"40{four[0]} {two} {four[1:]}"))),
        "SWE": ("46", "0", f"70-{1 + rng.randrange(9)}{two} {four[:2]} {four[2:]}"),
        "DNK": ("45", "", f"26 {two} {four[:2]} {four[2:]}"),
        "FIN": ("358", "0", f"41 {1 + rng.randrange(9)}{two} {four}"),
    }[country]
    compact = "".join(filter(str.isdigit, local))
    styles = [f"+{code} {local}", f"00{code}{compact}", f"+{code}{compact}", f"(+{code}) {local}"]
    return rng.choice([*styles, trunk + local, trunk + compact] if national else styles)


def instant(rng: Random, after: datetime = YEAR_START, before: datetime = YEAR_END) -> datetime:
    """A moment between two, whole milliseconds, UTC."""
    span = int((before - after).total_seconds() * 1000)
    return after + timedelta(milliseconds=rng.randrange(max(span, 1)))


def shop_time(moment: datetime) -> str:
    """``2026-03-04T10:15:30.123Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def office_time(moment: datetime) -> str:
    """``2026-03-04T10:15:30.123+00:00``."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+00:00"


def guid(rng: Random) -> str:
    """A random version 4 UUID, the same for the same generator state."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up at ``places`` decimals."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def net(gross: str, rate_percent: str) -> Decimal:
    """Price without VAT, four decimals."""
    return rounded(Decimal(gross) / (1 + Decimal(rate_percent) / 100), 4)
