"""The connection form of PowerOffice GO."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "poweroffice_go",
    "hook-name": "PowerOffice GO",
    "hook-class-name": "lenke.systems.poweroffice_go.hook.PowerofficeGoHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema", "login"],
        "relabeling": {"host": "API base URL", "password": "Client key"},
        "placeholders": {"host": "https://goapi.poweroffice.net/v2 (demo: .../Demo/v2)"},
    },
    "conn-fields": {
        "application_key": fields.secret("Application key"),
        "subscription_key": fields.secret("Subscription key"),
        "token_url": fields.text("Token URL", "Empty: OAuth/Token beside the base URL's v2."),
        "requests_per_second": fields.rate("10, the vendor's limit for one subscription key"),
        "read_lag_seconds": fields.read_lag("60"),
        "json_patch_test": fields.flag(
            "Server compares old values",
            "On (default): an update carries the values last read, and the server refuses it where they have changed. "
            "Off: Lenke reads the record and compares before it writes.",
        ),
    },
}
