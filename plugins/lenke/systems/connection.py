"""A connection as a client needs it: host, login, password and extra, whatever its type and however extra was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lenke.core.errors import ConfigurationError
from lenke.core.printable import printable

_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a system is and what opens it.

    :param base_url: scheme, host, port and path, without a slash at the end; empty where the connection names no host.
    :param extra: flat; texts are understood where a number or a flag is asked for.
    """

    base_url: str = ""
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, connection: Mapping[str, Any], *, signs_over_http: bool = False) -> Connection:
        """From the plain form of an Airflow connection (``host``, ``schema``, ``port``, ``login``, ``password``, ``extra``).

        Raises ConfigurationError for an address that is none, and for one that would send credentials in the open.

        :param signs_over_http: the system's secrets sign requests and do not travel where the address is http.
        """
        url = _url(connection)
        found = cls(url, str(connection.get("login") or ""), str(connection.get("password") or ""), _extra(connection.get("extra")))
        if not signs_over_http and not found.flag("sandbox", default=False):
            refuse_open_wire("host", url)
        return found

    def text(self, name: str, default: str = "") -> str:
        """A text of extra."""
        value = self.extra.get(name)
        return default if value is None or value == "" else str(value)

    def number(self, name: str, default: float) -> float:
        """A number of extra; raises ConfigurationError where it is none."""
        value = self.text(name)
        try:
            return float(value) if value else default
        except ValueError:
            raise ConfigurationError(f"connection extra {name}: a number is needed") from None

    def flag(self, name: str, *, default: bool) -> bool:
        """A flag of extra; raises ConfigurationError where it is neither true nor false."""
        value = self.text(name).lower()
        if value in ("", "true", "1", "yes", "false", "0", "no"):
            return value in ("true", "1", "yes") if value else default
        raise ConfigurationError(f"connection extra {name}: true or false is needed")


def _extra(value: Any) -> dict[str, Any]:
    """Extra may be JSON text, an object, or nested in one of its own members (the http provider's forms)."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else {}
        except ValueError:
            raise ConfigurationError("connection extra: it is no JSON object") from None
    if value is not None and not isinstance(value, Mapping):
        raise ConfigurationError("connection extra: it is no JSON object")
    flat: dict[str, Any] = {}
    for key, item in (value or {}).items():
        flat.update(_extra(item) if key == "extra" and item else {key.rpartition("__")[2]: item})
    return flat


def _url(connection: Mapping[str, Any]) -> str:
    host = str(connection.get("host") or "").strip().rstrip("/")
    if not host:
        return ""
    if "://" not in host:
        host = f"{connection.get('schema') or 'https'}://{host}"
    port = connection.get("port")
    parts = _split(host)
    if port and not parts.port:
        host = parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
    return host


def _split(host: str) -> SplitResult:
    try:
        parts = urlsplit(host)
        _ = parts.port
    except ValueError:
        raise ConfigurationError("connection host: it is no address; write it as https://shop.example.com") from None
    if "@" in parts.netloc:
        raise ConfigurationError("connection host: login and password do not belong into the address; use the connection's own fields")
    if parts.scheme not in ("http", "https") or not parts.hostname or printable(host) != host or " " in host:
        raise ConfigurationError("connection host: it is no address; write it as https://shop.example.com")
    return parts


def refuse_open_wire(field: str, url: str) -> None:
    """Raise ConfigurationError where ``url`` would send credentials in the open; ``field`` of the connection holds it."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise ConfigurationError(f"connection {field}: http:// would send the credentials in the open; use https://")
