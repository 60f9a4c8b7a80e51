"""The shop's own settings, and what its status page tells."""

from __future__ import annotations

from typing import Any

from sandbox.store import Store
from sandbox.wire import Json
from sandbox.woocommerce.refusals import refuse

_PREFIX = "woocommerce_"
_KNOWN = {
    "general": {"woocommerce_default_country": "NO", "woocommerce_currency": "NOK", "woocommerce_calc_taxes": "yes"},
    "tax": {"woocommerce_prices_include_tax": "yes"},
}


class Settings:
    """Settings by group and name; they hold for every order made from then on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def one(self, group: str, name: str) -> Json:
        """A setting; raises RefusedError (404)."""
        default = _KNOWN.get(group, {}).get(name)
        if default is None:
            raise refuse(404, "rest_setting_setting_invalid", "Invalid setting.")
        about: Json = {"id": name, "label": name.removeprefix(_PREFIX), "description": "", "type": "select", "default": default}
        return about | {"options": {}, "tip": "", "value": self._value(name, default), "group_id": group, "_links": {}}

    def change(self, group: str, name: str, values: Json) -> Json:
        """Set a setting's value."""
        self.one(group, name)
        value: Any = values.get("value")
        kept = str(int(value == "yes")) if name.endswith("include_tax") else str(value)
        self._store.keep(name.removeprefix(_PREFIX), kept)
        return self.one(group, name)

    def status(self, fields: str, *, hpos: bool) -> Json:
        """The status page: the sections and members that are asked for, or all of them."""
        currency = {"currency": self._store.meta("currency"), "currency_symbol": "&#107;&#114;", "currency_position": "left"}
        numbers = {"thousand_separator": ",", "decimal_separator": ".", "number_of_decimals": 2, "geolocation_enabled": False}
        extras: Json = {
            "taxonomies": {}, "product_visibility_terms": {}, "woocommerce_com_connected": "no", "enforce_approved_download_dirs": True,
            "order_datastore": "OrdersTableDataStore" if hpos else "WC_Order_Data_Store_CPT", "HPOS_enabled": hpos,
            "HPOS_sync_enabled": False, "enabled_features": [],
        }  # fmt: skip
        whole: Json = {
            "environment": {"home_url": self._store.meta("home"), "version": "11.0.1", "wp_version": "7.0"},
            "database": {"wc_database_version": "11.0.1"},
            "settings": {"api_enabled": False, "force_ssl": False, **currency, **numbers, **extras},
        }
        wanted = [name for name in fields.split(",") if name]
        return {section: _picked(section, members, wanted) for section, members in whole.items() if _named(section, wanted)}

    def _value(self, name: str, default: str) -> str:
        kept = self._store.meta(name.removeprefix(_PREFIX))
        if name.endswith("include_tax"):
            return "no" if kept == "0" else "yes"
        return kept or default


def _named(section: str, wanted: list[str]) -> bool:
    return not wanted or any(name.partition(".")[0] == section for name in wanted)


def _picked(section: str, members: Json, wanted: list[str]) -> Json:
    if not wanted or section in wanted:
        return members
    return {name: value for name, value in members.items() if f"{section}.{name}" in wanted}
