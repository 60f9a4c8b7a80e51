"""Who is let in: OAuth2 client credentials sent in the form, bearer tokens that end."""

from __future__ import annotations

import secrets
import time
from urllib.parse import parse_qs

from sandbox.store import Store
from sandbox.wire import Reply, Request

LIFETIME = 900
SCOPE = "partners articles orders"


class Access:
    """Gives out tokens. They live in memory: a restart ends them all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ends: dict[str, float] = {}

    def found(self) -> None:
        """Make the client's id and secret."""
        self._store.keep("client_id", secrets.token_hex(8))
        self._store.keep("client_secret", secrets.token_urlsafe(24))

    def token(self, request: Request) -> Reply:
        """The answer to a token request."""
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            return Reply(400, {"error": "unsupported_grant_type"})
        if set(form.get("scope", "").split()) - set(SCOPE.split()):
            return Reply(400, {"error": "invalid_scope"})
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        if given != (self._store.meta("client_id"), self._store.meta("client_secret")):
            return Reply(401, {"error": "invalid_client"})
        token = secrets.token_urlsafe(32)
        self._ends[token] = time.monotonic() + LIFETIME
        return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME})

    def lets_in(self, request: Request) -> bool:
        """Whether the request carries a token that still holds."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._ends.get(token, 0) > time.monotonic()

    def expire(self) -> None:
        """End every token given out."""
        self._ends.clear()
