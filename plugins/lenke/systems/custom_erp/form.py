"""The connection form of the custom ERP."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "custom_erp",
    "hook-name": "Custom ERP",
    "hook-class-name": "lenke.systems.custom_erp.hook.CustomErpHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema"],
        "relabeling": {"host": "Base URL", "login": "Client id", "password": "Client secret"},
        "placeholders": {"host": "https://erp.example.com/erp/v2"},
    },
    "conn-fields": {
        "token_url": fields.text("Token URL", "Empty: as include/systems/custom_erp.yaml says."),
        "requests_per_second": fields.rate("as include/systems/custom_erp.yaml says"),
        "read_lag_seconds": fields.read_lag("as include/systems/custom_erp.yaml says"),
    },
}
