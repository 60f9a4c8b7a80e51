"""The installation's choices: ``include/settings.yaml``, each key optional, read as strictly as a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from lenke.core.errors import MappingError
from lenke.core.mapping.document import Entry, close_to, parse, read
from lenke.core.mapping.model import OnLink

_PERCENT = re.compile(r"(?:0|[1-9][0-9]?)(?:\.[0-9]*[1-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FirstLink:
    """What a first link does where both sides are filled and different."""

    sandbox: OnLink = "left"
    real: OnLink = "hold"


@dataclass(frozen=True, slots=True)
class Brakes:
    """When a flow stops before its first write: per cent of its links, but never below ``..._least`` records."""

    max_changes_percent: int = 20
    max_changes_least: int = 100
    max_creates_percent: int = 20
    max_creates_least: int = 100


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that staged frames and journals are kept, and after which ledger segments are written anew."""

    staging_days: int = 7
    journal_days: int = 30
    refresh_after_days: int = 3


@dataclass(frozen=True, slots=True)
class ParkedRecords:
    """How often a record that a system refuses, or does not answer about, is sent before it gives up."""

    tries: int = 8


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told of a run that went wrong.

    :param on: of what; nothing is told while it is empty.
    :param notifier: import path of any of Airflow's notifiers; :param options: its arguments, of which Airflow's template fields may
        hold ``{{ lenke.title }}`` and ``{{ lenke.text }}``.
    :param parked_growth: so many more parked records than after the last run are worth telling.
    """

    on: tuple[Literal["failure", "brake", "parked", "late"], ...] = ()
    notifier: str = "lenke.runtime.notices.LogNotifier"
    options: Mapping[str, str] = field(default_factory=dict)
    parked_growth: int = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is the installation's choice and not the mapping's.

    :param time_zone: in which an instant becomes a date.
    :param language: ISO 639-1; :param currency: ISO 4217; :param country: ISO-2, for national telephone numbers.
    :param vat_percent: the VAT rate of a price that holds VAT and whose record names none.
    :param price_basis: system id to ``gross`` or ``net``, for fields with ``vat: shop``.
    :param line_products: kind of an order line without a product to the product code that stands for it.
    :param sales_accounts: VAT per cent (its shortest text) to the number of the account that sales at that rate are booked on.
    :param walk_minutes: how long a backfill may choose from one walk of a system that cannot filter.
    :param clock_skew_seconds: a smaller difference of two modified times tells nothing.
    :param connections: system id to Airflow connection id, where the two differ.
    """

    time_zone: str = "Europe/Oslo"
    language: str = "nb"
    currency: str = "NOK"
    country: str = "NO"
    vat_percent: Decimal = Decimal(25)
    price_basis: Mapping[str, Literal["gross", "net"]] = field(default_factory=lambda: {"custom_webshop": "gross", "shopify": "gross"})
    line_products: Mapping[str, str] = field(
        default_factory=lambda: {"shipping": "FRAKT", "fee": "GEBYR", "rounding": "AVRUND", "other": "DIVERSE"}
    )
    sales_accounts: Mapping[str, int] = field(default_factory=lambda: {"25": 3000, "15": 3010, "12": 3020, "0": 3100})
    on_link: FirstLink = FirstLink()
    brakes: Brakes = Brakes()
    retention: Retention = Retention()
    parked: ParkedRecords = ParkedRecords()
    notify: Notify = Notify()
    walk_minutes: int = 60
    clock_skew_seconds: int = 5
    connections: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The installation's time zone."""
        return ZoneInfo(self.time_zone)


def load_settings(path: Path) -> Settings:
    """The settings in ``path``; raises MappingError with the key's place and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(str(path), "", f"cannot be read: {type(error).__name__}") from None
    return loads_settings(text, str(path))


def loads_settings(text: str, file: str) -> Settings:
    """The settings in ``text``; ``file`` is named in errors."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return Settings()
    entry = parse(text, file)
    settings = read(entry, Settings, {})
    _check(settings, entry)
    return settings


def _check(settings: Settings, entry: Entry) -> None:
    if settings.time_zone not in available_timezones():
        entry.at("time_zone").fail(f"unknown time zone; {_zones(settings.time_zone)}")
    _check_code(entry, "country", settings.country, 2)
    _check_code(entry, "currency", settings.currency, 3)
    if not 0 <= settings.vat_percent < 100:
        entry.at("vat_percent").fail("must be a per cent from 0 to below 100")
    codes = list(settings.line_products.values())
    for kind, code in settings.line_products.items():
        if codes.count(code) > 1:
            entry.at("line_products", kind).fail("two kinds of line share this product code and could not be told apart; give each its own")
    _check_accounts(settings.sales_accounts, entry)
    for name, value in _counts(settings):
        if value < 0:
            entry.at(*name).fail("must not be negative")


def _check_accounts(accounts: Mapping[str, int], entry: Entry) -> None:
    numbers = list(accounts.values())
    for percent, number in accounts.items():
        here = entry.at("sales_accounts", percent)
        if not _PERCENT.fullmatch(percent):
            here.fail("the key must be a per cent from 0 to below 100 in its shortest form, as 25 or 11.11")
        if number <= 0:
            here.fail("must be an account number, as 3000")
        if numbers.count(number) > 1:
            here.fail("two rates share this account and could not be told apart; give each its own")


def _counts(settings: Settings) -> list[tuple[tuple[str, ...], int]]:
    found: list[tuple[tuple[str, ...], int]] = [((name,), getattr(settings, name)) for name in ("clock_skew_seconds", "walk_minutes")]
    found.append((("notify", "parked_growth"), settings.notify.parked_growth))
    for section in ("brakes", "retention", "parked"):
        group = getattr(settings, section)
        found += [((section, name), getattr(group, name)) for name in group.__dataclass_fields__]
    return found


def _check_code(entry: Entry, key: str, code: str, length: int) -> None:
    if len(code) != length or not (code.isascii() and code.isalpha() and code.isupper()):
        entry.at(key).fail(f"must be {length} capital letters, as NO or NOK")


def _zones(word: str) -> str:
    hint = close_to(word, list(available_timezones())).partition("(")[0]
    return f"{hint}write an IANA name, as Europe/Oslo"
