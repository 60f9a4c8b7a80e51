"""A free port on this machine."""

from __future__ import annotations

import socket

from lenke.core.errors import ConfigurationError

HOST = "127.0.0.1"
_TRIES = 50


def choose(first: int, *, host: str = HOST) -> int:
    """``first`` if it is free, else the next free one of the 50 after it; ConfigurationError if none is."""
    for port in range(first, min(first + _TRIES, 65536)):
        if free(port, host=host):
            return port
    message = f"no free port from {first} to {first + _TRIES - 1} on {host}: name another with PORT=<number>"
    raise ConfigurationError(message)


def free(port: int, *, host: str = HOST) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port whose last connections are only waiting to be forgotten counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
