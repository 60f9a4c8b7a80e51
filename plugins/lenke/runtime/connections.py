"""Whether each system's connection opens it, whose data it is, and what to do where it does not; secrets are never told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from lenke.core import errors
from lenke.core.mapping.settings import load_settings
from lenke.runtime import places
from lenke.systems.registry import SYSTEMS, hook_class

# By what a person can do about it; the first that fits.
REMEDIES: tuple[tuple[type[errors.LenkeError], str], ...] = (
    (errors.AuthenticationError, "check login, password and keys of connection {id}, and the privileges that they have"),
    (errors.ConfigurationError, "complete connection {id}: its form explains each field (Admin > Connections)"),
    (errors.ThrottledError, "wait a moment and try again; nothing is wrong with the connection"),
    (errors.RetriableError, "check the host of connection {id}, and whether this machine reaches it (firewall, proxy, VPN)"),
    (errors.LenkeError, "check that the host of connection {id} is the API's own address"),
)
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Checked:
    """One system.

    :param result: ``missing``: nobody has set up a connection of that id.
    :param told: the tenant that the credentials open, or what is wrong.
    """

    system: str
    id: str
    result: Literal["ok", "missing", "failed"]
    told: str
    remedy: str = ""
    is_sandbox: bool = False


def check() -> list[Checked]:
    """All systems, one after the other; each answer or failure stands for itself."""
    ids = load_settings(places.include() / "settings.yaml").connections
    return [_check(system, ids.get(system, system)) for system in SYSTEMS]


def _check(system: str, id: str) -> Checked:
    try:
        connection = BaseHook.get_connection(id)
    except AirflowNotFoundException:
        remedy = f"add it under Admin > Connections, or as AIRFLOW_CONN_{id.upper()} in every Airflow process"
        return Checked(system, id, "missing", "there is no such connection", remedy)
    is_sandbox = str(connection.extra_dejson.get("sandbox", "")).lower() in ("true", "1")
    try:
        hook = hook_class(system)(id)
        client = hook.get_conn()
        try:
            return Checked(system, id, "ok", f"tenant {hook.prove(client)}", is_sandbox=is_sandbox)
        finally:
            client.close()
    except errors.LenkeError as error:
        return Checked(system, id, "failed", _without(connection, str(error)), _remedy(error, id, is_sandbox=is_sandbox), is_sandbox)


def _remedy(error: errors.LenkeError, id: str, *, is_sandbox: bool) -> str:
    if is_sandbox and isinstance(error, errors.RetriableError):
        return "the sandbox does not run: `make run` starts it"
    return next(text for kind, text in REMEDIES if isinstance(error, kind)).format(id=id)


def _without(connection: Any, text: str) -> str:
    """The text without any value of the connection that may be a secret, whoever put it there."""
    secrets = [connection.password, connection.login, *(value for value in connection.extra_dejson.values() if isinstance(value, str))]
    for secret in sorted((one for one in secrets if one and len(one) >= _SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
