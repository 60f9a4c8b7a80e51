"""The hook that every system's own hook extends: an Airflow connection opens the system's client."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.sdk import BaseHook

from lenke.core.errors import LenkeError
from lenke.core.ports import System
from lenke.systems.registry import client_for


class SystemHook(BaseHook):
    """A connection of any type that holds host, login, password and extra; a plain ``http`` connection does.

    :param conn_id: the connection's id; the system's id where none is given.
    """

    system: ClassVar[str]
    conn_name_attr: ClassVar[str]
    default_conn_name: ClassVar[str]
    conn_type: ClassVar[str]
    hook_name: ClassVar[str]

    def __init__(self, conn_id: str | None = None, **named: str) -> None:
        super().__init__()
        self._conn_id = named.get(self.conn_name_attr) or conn_id or self.default_conn_name

    def get_conn(self) -> System:
        """The client; raises ConfigurationError where the connection lacks something."""
        connection = self.get_connection(self._conn_id)
        plain: dict[str, Any] = {name: getattr(connection, name, None) for name in ("host", "schema", "port", "login", "password", "extra")}
        return client_for(self.system, plain)

    def prove(self, client: System) -> str:
        """The tenant that the credentials open, once a system's own hook has seen that they do what a sync needs. Raises LenkeError."""
        return client.tenant()

    def test_connection(self) -> tuple[bool, str]:
        """Whether the credentials open the system, and whose data it is: for Airflow's Test button."""
        try:
            client = self.get_conn()
            try:
                return True, f"{self.hook_name} answers; tenant {self.prove(client)}"
            finally:
                client.close()
        except LenkeError as error:
            return False, str(error)
