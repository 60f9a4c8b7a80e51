"""The connection form of the custom webshop."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "custom_webshop",
    "hook-name": "Custom Webshop",
    "hook-class-name": "lenke.systems.custom_webshop.hook.CustomWebshopHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema"],
        "relabeling": {"host": "Base URL", "password": "API key"},
        "placeholders": {"host": "https://shop.example.com/api/v1"},
    },
    "conn-fields": {
        "requests_per_second": fields.rate("as include/systems/custom_webshop.yaml says"),
        "read_lag_seconds": fields.read_lag("as include/systems/custom_webshop.yaml says"),
    },
}
