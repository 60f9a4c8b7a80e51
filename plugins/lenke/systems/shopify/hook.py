"""Shopify's hook."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class ShopifyHook(SystemHook):
    """Host is the shop's address; password a static access token, or, beside the login (client id), the client secret."""

    system = "shopify"
    conn_name_attr = "shopify_conn_id"
    default_conn_name = "shopify"
    conn_type = "shopify"
    hook_name = "Shopify"
