"""Two ways to an access token: a static one, and client credentials; both travel as ``X-Shopify-Access-Token``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lenke.systems.auth import Auth, Static

HEADER = "X-Shopify-Access-Token"
_RENEW_AT = 0.8


def static(token: str) -> Auth:
    """A token that an admin made and that does not change."""
    return Static({HEADER: token})


class ClientCredentials:
    """Asks for a token, keeps it for four fifths of its life, and asks once more after a 401; there is no refresh token.

    :param fetch: answers with the token reply (``access_token``, ``expires_in`` in seconds).
    """

    def __init__(
        self, fetch: Callable[[], Mapping[str, Any]], *, hidden: tuple[str, ...] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._hidden = hidden
        self._clock = clock
        self._token = ""
        self._until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The token's header; fetches a token where there is none, or the last one is old."""
        if not self._token or self._clock() >= self._until:
            asked = self._clock()
            reply = self._fetch()
            self._token = str(reply["access_token"])
            self._until = asked + _RENEW_AT * float(reply.get("expires_in") or 3600)
        return {HEADER: self._token}

    def query(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renew(self) -> bool:
        """Drop the token: the next request asks for a new one."""
        self._token = ""
        return True

    def secrets(self) -> Iterable[str]:
        """The token and the client secret."""
        return (self._token, *self._hidden)
