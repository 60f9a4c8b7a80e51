"""How a request proves who sends it: small strategies, one per scheme."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Auth(Protocol):
    """Adds credentials to a request."""

    def headers(self) -> Mapping[str, str]:
        """The headers of one request; may fetch a token first."""

    def query(self) -> Mapping[str, str]:
        """The query parameters of one request."""

    def renew(self) -> bool:
        """Forget what a 401 refused; True where another try may do better."""

    def secrets(self) -> Iterable[str]:
        """What must never be seen in a message."""


@dataclass(frozen=True, slots=True)
class Static:
    """Credentials that do not change: none, basic, bearer, API key, fixed headers.

    :param hidden: further secrets, which no message may hold.
    """

    fixed: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def headers(self) -> Mapping[str, str]:
        """The fixed headers."""
        return self.fixed

    def query(self) -> Mapping[str, str]:
        """The fixed parameters."""
        return self.parameters

    def renew(self) -> bool:
        """Nothing to renew."""
        return False

    def secrets(self) -> Iterable[str]:
        """Every fixed value, whole and without its scheme, what it is the base64 form of, and what is hidden besides."""
        return [*self.hidden, *(secret for value in (*self.fixed.values(), *self.parameters.values()) for secret in told_by(value))]


def told_by(value: str) -> tuple[str, ...]:
    """What a header's value would tell: itself, its credentials without the scheme, and the login and password inside."""
    scheme, _, bare = value.partition(" ")
    try:
        inside = base64.b64decode(bare).decode().split(":", 1) if scheme.lower() == "basic" else ()
    except ValueError:
        inside = ()
    return (value, bare, *inside)


def basic(login: str, password: str) -> str:
    """The value of a basic Authorization header (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode("ascii")


class ClientCredentials:
    """OAuth2 client credentials: a bearer token, kept until ``early`` seconds before it expires.

    :param fetch: asks for a token and answers with the token reply (``access_token``, ``expires_in`` in seconds).
    :param fixed: further headers of every request.
    :param hidden: further secrets, which no message may hold.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, Any]],
        *,
        fixed: Mapping[str, str] | None = None,
        hidden: tuple[str, ...] = (),
        early: float = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._fixed = dict(fixed or {})
        self._hidden = hidden
        self._early = early
        self._clock = clock
        self._token = ""
        self._until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The bearer header; fetches a token where there is none, or the last one is about to end."""
        if not self._token or self._clock() >= self._until:
            self._ask()
        return {**self._fixed, "Authorization": f"Bearer {self._token}"}

    def query(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renew(self) -> bool:
        """Drop the token: the next request asks for a new one."""
        self._token = ""
        return True

    def secrets(self) -> Iterable[str]:
        """The token, the further headers and what is hidden besides."""
        return (self._token, *self._hidden, *(secret for value in self._fixed.values() for secret in told_by(value)))

    def _ask(self) -> None:
        asked = self._clock()
        reply = self._fetch()
        self._token = str(reply["access_token"])
        life = float(reply.get("expires_in") or 600)
        self._until = asked + max(life - self._early, life / 2)
