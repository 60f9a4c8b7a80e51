"""What Airflow's connection form shows for Lenke's connection types (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from typing import Any

from lenke.systems.registry import SYSTEMS

_OPTIONAL_NUMBER = {"type": ["number", "null"]}
_RATE = {"label": "Requests per second", "schema": _OPTIONAL_NUMBER, "description": "Share the system's limit among what uses it."}
_LAG = {
    "label": "Read lag (seconds)",
    "schema": _OPTIONAL_NUMBER,
    "description": "How much older than the last write a read may be.",
}


def get_provider_info() -> dict[str, Any]:
    """The provider's metadata in Airflow's form."""
    return {
        "package-name": "lenke",
        "name": "Lenke",
        "description": "Two-way sync of business systems.",
        "connection-types": [_poweroffice_go(), _custom_webshop()],
    }


def _poweroffice_go() -> dict[str, Any]:
    return {
        "connection-type": "poweroffice_go",
        "hook-name": "PowerOffice Go",
        "hook-class-name": SYSTEMS["poweroffice_go"].hook,
        "ui-field-behaviour": {
            "hidden-fields": ["port", "schema", "login"],
            "relabeling": {"host": "API base URL", "password": "Client key"},
            "placeholders": {"host": "https://goapi.poweroffice.net/v2 (demo: .../Demo/v2)"},
        },
        "conn-fields": {
            "application_key": {"label": "Application key", "schema": {"type": ["string", "null"], "format": "password"}},
            "subscription_key": {"label": "Subscription key", "schema": {"type": ["string", "null"], "format": "password"}},
            "token_url": {
                "label": "Token URL",
                "schema": {"type": ["string", "null"]},
                "description": "Empty: OAuth/Token beside the base URL's v2.",
            },
            "requests_per_second": _RATE,
            "read_lag_seconds": _LAG,
            "json_patch_test": {
                "label": "Compare in the patch",
                "schema": {"type": ["boolean", "null"]},
                "description": "Each update tests the old values in the same step (default). Off: it reads and compares first.",
            },
        },
    }


def _custom_webshop() -> dict[str, Any]:
    return {
        "connection-type": "custom_webshop",
        "hook-name": "Custom Webshop",
        "hook-class-name": SYSTEMS["custom_webshop"].hook,
        "ui-field-behaviour": {
            "hidden-fields": ["port", "schema"],
            "relabeling": {"host": "Base URL", "password": "API key"},
            "placeholders": {"host": "https://shop.example.com/api/v1"},
        },
        "conn-fields": {"requests_per_second": _RATE, "read_lag_seconds": _LAG},
    }
