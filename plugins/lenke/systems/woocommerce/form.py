"""The connection form of WooCommerce."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "woocommerce",
    "hook-name": "WooCommerce",
    "hook-class-name": "lenke.systems.woocommerce.hook.WoocommerceHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema"],
        "relabeling": {"host": "Shop address", "login": "Consumer key", "password": "Consumer secret"},
        "placeholders": {"host": "https://shop.example.com", "login": "ck_...", "password": "cs_..."},
    },
    "conn-fields": {
        "permalinks": fields.text("Permalinks", "pretty, plain (the API answers under ?rest_route= only) or auto (default): find out."),
        "site_url": fields.text(
            "Site address", "Where WordPress has another address in its settings than the host above. Empty: it is asked."
        ),
        "oauth": fields.flag("Sign with OAuth 1.0a", "Over http always; over https for hosts that drop the Authorization header."),
        "meta_keys": fields.text("Further meta_data keys", "With commas between them: keys of the mapping that records may lack."),
        "requests_per_second": fields.rate("5"),
        "read_lag_seconds": fields.read_lag("0"),
    },
}
