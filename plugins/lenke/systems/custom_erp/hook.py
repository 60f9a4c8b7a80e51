"""The custom ERP's hook; its dialect is described in include/systems/custom_erp.yaml."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class CustomErpHook(SystemHook):
    """Host is the base URL; login and password are what the described auth asks for: the client's id and its secret."""

    system = "custom_erp"
    conn_name_attr = "custom_erp_conn_id"
    default_conn_name = "custom_erp"
    conn_type = "custom_erp"
    hook_name = "Custom ERP"
