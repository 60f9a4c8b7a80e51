"""SuperOffice's hook."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class SuperofficeHook(SystemHook):
    """Login is the tenant (Cust12345), password the application token; extra holds the credentials of one of two kinds."""

    system = "superoffice"
    conn_name_attr = "superoffice_conn_id"
    default_conn_name = "superoffice"
    conn_type = "superoffice"
    hook_name = "SuperOffice"
