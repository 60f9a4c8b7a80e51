"""The connection form of SuperOffice."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "superoffice",
    "hook-name": "SuperOffice",
    "hook-class-name": "lenke.systems.superoffice.hook.SuperofficeHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema"],
        "relabeling": {"host": "Environment", "login": "Tenant", "password": "Application token (client secret)"},
        "placeholders": {"host": "https://online.superoffice.com", "login": "Cust12345"},
    },
    "conn-fields": {
        "system_token": fields.secret("System token", "System user: the token that an administrator's consent gave this application."),
        "private_key": fields.secret("Private key (PEM)", "System user: the application's RSA key, which signs the system token."),
        "client_id": fields.text("Client ID", "Refresh token only."),
        "refresh_token": fields.secret("Refresh token", "In place of system token and key: the session of an ordinary user."),
        "redirect_uri": fields.text("Redirect URI", "Refresh token only: as registered."),
        "currency": fields.text("Shop currency", "Only products of price lists in this currency are the shop's products. Empty: NOK."),
        "requests_per_second": fields.rate("10"),
    },
}
