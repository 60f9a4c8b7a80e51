"""A free port on this machine."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lenke.core.errors import ConfigurationError

HOST = "127.0.0.1"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Reserved:
    """A port that no other ``make run`` on this machine takes as long as this process lives."""

    port: int
    lock: int


def reserve(first: int) -> Reserved:
    """``first`` if it is free and nobody else's, else the next such port; ConfigurationError if there is none.

    A server takes its port minutes after it was chosen: until then a lock says whose it is.
    """
    port = choose(first)
    while (lock := _lock(port)) is None:
        port = choose(port + 1)
    return Reserved(port, lock)


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


def _lock(port: int) -> int | None:
    """An open lock file (-1 where another user's cannot be opened), or None where another process holds it."""
    path = Path(tempfile.gettempdir()) / f"lenke-port-{port}.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return -1
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
