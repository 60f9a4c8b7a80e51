"""The custom webshop's hook; what the shop speaks is described in include/systems/custom_webshop.yaml."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class CustomWebshopHook(SystemHook):
    """Password is the API key (what else a description's auth may need: login, extra)."""

    system = "custom_webshop"
    conn_name_attr = "custom_webshop_conn_id"
    default_conn_name = "custom_webshop"
    conn_type = "custom_webshop"
    hook_name = "Custom Webshop"
