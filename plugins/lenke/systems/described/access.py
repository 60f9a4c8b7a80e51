"""From a description's auth to a strategy, with the connection's secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from lenke.core.errors import ConfigurationError
from lenke.systems.auth import Auth, ClientCredentials, Static, basic
from lenke.systems.connection import Connection
from lenke.systems.described.dialect import Dialect

TokenCall = Callable[[str, str, Mapping[str, str]], Mapping[str, Any]]


def auth_of(dialect: Dialect, connection: Connection, base_url: str, ask: TokenCall) -> Auth:
    """The strategy that ``dialect.auth`` names; raises ConfigurationError where the connection lacks what it needs.

    :param ask: sends a token request (URL, form, headers).
    """
    auth, fixed = dialect.auth, dict(dialect.headers)
    _refuse_missing(dialect, connection)
    match auth.kind:
        case "none":
            return Static(fixed)
        case "basic":
            return Static({**fixed, "Authorization": basic(connection.login, connection.password)})
        case "bearer":
            return Static({**fixed, "Authorization": f"Bearer {connection.password}"})
        case "api_key" if auth.place == "query":
            return Static(fixed, {auth.name: connection.password})
        case "api_key":
            return Static({**fixed, auth.name: connection.password})
        case "oauth2":
            fetch = _token_fetch(dialect, connection, base_url, ask)
            return ClientCredentials(fetch, fixed=fixed, hidden=(connection.login, connection.password))


def _token_fetch(dialect: Dialect, connection: Connection, base_url: str, ask: TokenCall) -> Callable[[], Mapping[str, Any]]:
    auth = dialect.auth
    url = connection.text("token_url") or (auth.token_url if "://" in auth.token_url else base_url + auth.token_url)
    client = {"client_id": connection.login, "client_secret": connection.password} if auth.client_in == "form" else {}
    form = urlencode({"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {}), **client})
    headers = {} if client else {"Authorization": basic(connection.login, connection.password)}
    return lambda: ask(url, form, headers)


def _refuse_missing(dialect: Dialect, connection: Connection) -> None:
    needed = {"none": (), "basic": ("login", "password"), "oauth2": ("login", "password")}.get(dialect.auth.kind, ("password",))
    missing = [name for name in needed if not getattr(connection, name)]
    if missing:
        raise ConfigurationError(f"connection {dialect.system}: {' and '.join(missing)} missing (auth is {dialect.auth.kind})")
