"""PowerOffice GO's hook."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class PowerofficeGoHook(SystemHook):
    """Password is the client key; extra ``application_key`` the integration's, ``subscription_key`` the subscription's."""

    system = "poweroffice_go"
    conn_name_attr = "poweroffice_go_conn_id"
    default_conn_name = "poweroffice_go"
    conn_type = "poweroffice_go"
    hook_name = "PowerOffice GO"
