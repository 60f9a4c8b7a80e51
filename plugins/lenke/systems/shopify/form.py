"""The connection form of Shopify."""

from __future__ import annotations

from typing import Any

from lenke.systems import form_fields as fields

FORM: dict[str, Any] = {
    "connection-type": "shopify",
    "hook-name": "Shopify",
    "hook-class-name": "lenke.systems.shopify.hook.ShopifyHook",
    "ui-field-behaviour": {
        "hidden-fields": ["port", "schema"],
        "relabeling": {"host": "Shop", "login": "Client id (empty: static token)", "password": "Access token or client secret"},
        "placeholders": {"host": "my-shop.myshopify.com"},
    },
    "conn-fields": {
        "api_version": fields.text("API version", "Empty: 2026-10. An answer in another version stops the run."),
        "location_id": fields.text("Location id", "Whose stock is synced. Empty: the shop's only active location."),
        "overlap_seconds": fields.number("Overlap (seconds)", "How far each read looks back, for the search index lags. Empty: 600."),
        "requests_per_second": fields.rate("20; the query costs that Shopify tells limit it further"),
        "read_lag_seconds": fields.read_lag("0; reads by id are current"),
    },
}
