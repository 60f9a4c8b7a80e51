"""Values to edit a property to, from its type, its tables and its name; made up, and valid in any system that checks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.model import SIDES, Property

_COUNTRIES = ("SE", "DK", "FI", "NO", "DE")
_CURRENCIES = ("SEK", "EUR", "DKK", "NOK", "USD")
_LANGUAGES = ("sv", "en", "da", "nb", "de")


def candidates(spec: Property, number: int, *, seen: Sequence[str] = (), now: str | None = None) -> list[str]:
    """Canonical texts to try in turn, none of them ``now``.

    :param number: told apart by it are the values of different edits; :param seen: texts that other records of the flow hold.
    """
    offered = _listed(spec) or _made(spec, number)
    if spec.type in ("enum", "unit", "reference", "currency", "language"):
        # What other records hold is valid in both systems; what the tables or standards list may not be in use here.
        offered = [*(text for text in seen if text in offered), *offered] if offered else list(seen)
    return [text for text in dict.fromkeys(offered) if text != now]


def _listed(spec: Property) -> list[str]:
    """Canonical values that both sides' tables know, where there are tables."""
    encode = CONVERTERS[spec.type].encode
    tables = [[encode(value) for _, value in field.values.pairs] for side in SIDES if (field := spec.field(side)) and field.values]
    return [text for text in tables[0] if all(text in table for table in tables)] if tables else []


def _made(spec: Property, number: int) -> list[str]:
    return list(_MADE.get(spec.type, _texts)(spec, number))


def _texts(spec: Property, number: int) -> Iterator[str]:
    if spec.options.digits:
        yield organisation_number(number)
        return
    words = " ".join([spec.name, *(field.path.rpartition(".")[2] for side in SIDES if (field := spec.field(side)))]).lower()
    plain = f"QA {spec.name.replace('_', ' ')} {number}"
    made = next((make(number) for hint, make in _SHAPED if any(word in words for word in hint)), plain)
    longest = spec.options.max_length
    yield made if longest is None or len(made) <= longest else made[-longest:].strip()


def organisation_number(number: int) -> str:
    """A Norwegian organisation number with its right check digit."""
    while True:
        stem = f"{90000000 + number * 7:08d}"
        rest = sum(int(digit) * weight for digit, weight in zip(stem, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if rest != 1:
            return f"{stem}{(11 - rest) % 11}"
        number += 1000


def gtin(number: int) -> str:
    """A GTIN-13 with its right check digit."""
    stem = f"{709990000000 + number:012d}"
    odd_even = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(stem))
    return f"{stem}{-odd_even % 10}"


_SHAPED: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("website", "url", "www"), lambda n: f"https://qa-{n}.example.org"),
    (("gtin", "ean", "barcode"), gtin),
    (("postal", "zip", "postcode"), lambda n: f"{1000 + n % 8000:04d}"),
    (("sku", "code"), lambda n: f"QA-{n:05d}"),
    (("org_number", "organization", "orgnr"), organisation_number),
    (("email", "e_mail"), lambda n: f"qa.{n}@example.org"),
)


def _numbers(values: Iterable[object]) -> Iterator[str]:
    yield from map(str, values)


def _decimals(spec: Property, number: int) -> Iterator[str]:
    words = spec.name.lower()
    if ("rate" in words and "vat" in words) or "tax" in words:
        return iter(("15", "25", "12", "0"))
    if "discount" in words or "percent" in words or "allowance" in words:
        return _numbers([5 + number % 20, 30])
    if "quantity" in words or "qty" in words or "stock" in words:
        return _numbers([2 + number % 7, 11])
    if "exchange" in words:
        return _numbers([f"1.{100 + number % 800}"[:5].rstrip("0"), "1.5"])
    return _numbers([100 * (1 + number % 90), 50])


_MADE: dict[str, Any] = {
    "integer": lambda spec, n: _numbers([8_000_000 + n, 80_000 + n, 100 + n % 800, 3 + n % 6]),
    "decimal": _decimals,
    # A whole hundred stays whole with any rate of VAT on it, so that no gross price rounds.
    "money": lambda spec, n: _numbers([100 * (1 + n % 90), 100 * (2 + n % 70)]),
    "boolean": lambda spec, n: iter(("true", "false")),
    "date": lambda spec, n: iter((f"2026-12-{1 + n % 28:02d}", f"2027-01-{1 + n % 28:02d}")),
    "instant": lambda spec, n: iter((f"2026-12-{1 + n % 28:02d}T10:00:00.000000Z",)),
    "country": lambda spec, n: iter(_turned(_COUNTRIES, n)),
    "currency": lambda spec, n: iter(_turned(_CURRENCIES, n)),
    "language": lambda spec, n: iter(_turned(_LANGUAGES, n)),
    "phone": lambda spec, n: iter((f"+4722{600000 + n % 9999:06d}",)),
    "email": lambda spec, n: iter((f"qa.{n}@example.org",)),
    "enum": lambda spec, n: iter(()),
    "unit": lambda spec, n: iter(()),
    "reference": lambda spec, n: iter(()),
}


def _turned(words: Sequence[str], number: int) -> list[str]:
    """The same words, beginning elsewhere for each number."""
    at = number % len(words)
    return [*words[at:], *words[:at]]
