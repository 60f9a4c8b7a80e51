"""The settings file is as strict as a mapping, and its defaults are those of the shipped file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lenke.core.errors import MappingError
from lenke.core.mapping.settings import Settings, load_settings, loads_settings

SHIPPED = Path(__file__).parents[4] / "include" / "settings.yaml"


def test_the_shipped_file_says_the_defaults() -> None:
    assert load_settings(SHIPPED) == Settings()


def test_an_empty_file_is_the_defaults() -> None:
    assert loads_settings("# nothing yet\n", "settings.yaml") == Settings()


def test_a_section_may_be_given_in_part() -> None:
    settings = loads_settings("brakes: {max_creates_least: 7}\nvat_percent: 25.5\nprice_basis: {custom_erp: net}\n", "settings.yaml")
    assert settings.brakes.max_creates_least == 7
    assert settings.brakes.max_changes_percent == 20
    assert settings.vat_percent == Decimal("25.5")
    assert settings.price_basis == {"custom_erp": "net"}


def test_sales_accounts_are_keyed_by_the_percents_shortest_text() -> None:
    settings = loads_settings("sales_accounts: {25: 3001, '11.11': 3030, 0: 3100}\n", "settings.yaml")
    assert settings.sales_accounts == {"25": 3001, "11.11": 3030, "0": 3100}
    assert Settings().sales_accounts == {"25": 3000, "15": 3010, "12": 3020, "0": 3100}


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("timezone: Europe/Oslo", "timezone:line 1", "did you mean 'time_zone'?"),
        ("time_zone: Europe/Olso", "time_zone:line 1", "did you mean 'Europe/Oslo'?"),
        ("country: Norway", "country:line 1", "2 capital letters"),
        ("currency: kr", "currency:line 1", "3 capital letters"),
        ("price_basis: {custom_webshop: brutto}", "price_basis.custom_webshop:line 1", "known: gross, net"),
        ("line_products:\n  shipping: A\n  fee: A\n", "line_products.shipping:line 2", "its own"),
        ("sales_accounts: {25: '3000'}", "sales_accounts.25:line 1", "a whole number"),
        ("sales_accounts: [3000]", "sales_accounts:line 1", "must be a mapping"),
        ("sales_accounts: {high: 3000}", "sales_accounts.high:line 1", "must be a per cent"),
        ("sales_accounts: {100: 3000}", "sales_accounts.100:line 1", "must be a per cent"),
        ("sales_accounts: {25.0: 3000}", "sales_accounts.25.0:line 1", "shortest"),
        ("sales_accounts:\n  25: 3000\n  25: 3010\n", "sales_accounts.25:line 3", "twice"),
        ("sales_accounts:\n  25: 3000\n  15: 3000\n", "sales_accounts.25:line 2", "its own"),
        ("sales_accounts: {25: -3000}", "sales_accounts.25:line 1", "account number"),
        ("on_link: {real: ask}", "on_link.real:line 1", "known: hold, left, right"),
        ("brakes: {max_changes: 3}", "brakes.max_changes:line 1", "did you mean 'max_changes_least'?"),
        ("brakes: {max_changes_least: -3}", "brakes.max_changes_least:line 1", "negative"),
        ("clock_skew_seconds: soon", "clock_skew_seconds:line 1", "a whole number"),
        ("vat_percent: 125", "vat_percent:line 1", "below 100"),
        ("connections: [a]", "connections:line 1", "must be a mapping"),
    ],
)
def test_a_mistake_is_named_with_place_and_remedy(text: str, place: str, remedy: str) -> None:
    with pytest.raises(MappingError) as refused:
        loads_settings(text, "settings.yaml")
    assert refused.value.file == "settings.yaml"
    assert refused.value.path == place
    assert remedy in refused.value.problem


def test_a_pause_names_flows_and_records() -> None:
    settings = loads_settings('pause: {flows: [a.b], records: {a.c: ["1", "2"]}}\n', "settings.yaml")
    assert settings.pause.flows == ("a.b",)
    assert settings.pause.records == {"a.c": ("1", "2")}
