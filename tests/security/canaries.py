"""Connections whose every field holds a word of its own that nothing may repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lenke.core.ports import System
from lenke.systems.registry import client_for

LOGIN, PASSWORD = "canary-login-4f1a", "canary-password-9b2c"
# What must hold a secret in a connection's extra, by system.
SECRETS: Mapping[str, tuple[str, ...]] = {
    "poweroffice_go": ("application_key", "subscription_key"),
    "superoffice": ("system_token", "refresh_token"),
}


@cache
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def connection_with(system: str, host: str, *, without: tuple[str, ...] = ("refresh_token",)) -> dict[str, Any]:
    """A connection of ``system`` to ``host``, a canary in every secret field."""
    extra: dict[str, Any] = {name: f"canary-{name}-7d" for name in SECRETS.get(system, ()) if name not in without}
    if system == "superoffice":
        extra |= {"private_key": private_key(), "client_id": "canary-client-id"}
    return {"host": host, "login": LOGIN, "password": PASSWORD, "extra": extra}


@contextmanager
def opened(system: str, host: str, *, without: tuple[str, ...] = ("refresh_token",), **transport: Any) -> Iterator[System]:
    """The client on such a connection."""
    client = client_for(system, connection_with(system, host, without=without), **transport)
    try:
        yield client
    finally:
        client.close()
