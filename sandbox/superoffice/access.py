"""Where the tenant is, and who is let in: the state API, a system user's tickets, an ordinary user's access tokens.

The key pairs of the application and of the environment are made when the sandbox is filled. Tickets end six hours after their last use.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.store import Store
from sandbox.superoffice.refusals import refuse
from sandbox.wire import BadJsonError, Json, Reply, Request

TICKET_LIFE = 6 * 3600.0
TOKEN_LIFE = 3600.0
_CLAIM = "http://schemes.superoffice.net/identity/ticket"


class Access:
    """Gives out tickets and access tokens, which live in memory: a restart ends them all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ends: dict[str, float] = {}

    def make_keys(self) -> None:
        """The secrets of a new tenant."""
        for name in ("application_key", "environment_key"):
            self._store.keep(name, _new_key(name))
        for name in ("system_token", "application_token", "refresh_token", "client_id"):
            self._store.keep(name, f"Lenke-{secrets.token_urlsafe(18)}")
        self._store.keep("tenant", f"Cust{20_000 + secrets.randbelow(9_999)}")
        self._store.keep("node", "online2")
        self._store.keep("state", "Running")

    def state(self, tenant: str, api: str) -> Reply:
        """``GET /api/state/{tenant}``: no credentials needed."""
        if tenant.lower() != self._meta("tenant").lower():
            raise refuse(404, "SoNotFoundException", "No such tenant")
        running = self._meta("state") == "Running"
        until = datetime.now(UTC) + timedelta(minutes=30)
        told = {"ContextIdentifier": tenant, "Endpoint": "", "State": self._meta("state"), "IsRunning": running}
        return Reply(200, {**told, "ValidUntil": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "Api": api, "Version": "Release_12.2"})

    def authenticate(self, request: Request) -> Reply:
        """A ticket inside a JWT for a signed system token; ``ErrorMessage`` beside status 200 where there is none."""
        try:
            body = request.json()
        except BadJsonError:
            return Reply(400)
        if not isinstance(body, dict) or not self._knows(body):
            return Reply(200, {"IsSuccessful": False, "Token": None, "ErrorMessage": "The system user cannot be authenticated."})
        claims = {_CLAIM: self._given("7T:", TICKET_LIFE), "iss": "https://sandbox.superoffice.com", "aud": "Lenke"}
        token = jwt.encode(claims, self._meta("environment_key"), algorithm="RS256", headers={"kid": "sandbox"})
        return Reply(200, {"IsSuccessful": True, "Token": token, "ErrorMessage": None})

    def keys(self) -> Reply:
        """The environment's public keys."""
        public = _private(self._meta("environment_key")).public_key()
        found: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))
        return Reply(200, {"keys": [{**found, "kid": "sandbox", "use": "sig", "alg": "RS256"}]})

    def tokens(self, request: Request) -> Reply:
        """An access token for the refresh token."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("ascii", "replace")).items()}
        wanted = {"grant_type": "refresh_token", "client_id": self._meta("client_id")}
        wanted |= {"client_secret": self._meta("application_token"), "refresh_token": self._meta("refresh_token")}
        if any(form.get(name) != value for name, value in wanted.items()):
            return Reply(400, {"error": "invalid_grant"})
        token = self._given("8A:", TOKEN_LIFE)
        return Reply(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": int(TOKEN_LIFE), "refresh_token": form["refresh_token"]}
        )

    def admits(self, request: Request) -> bool:
        """Whether the request carries a ticket (or access token) that is alive, and the application's token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        kind = {"soticket": "7T:", "bearer": "8A:"}.get(scheme.lower())
        if kind is None or not token.startswith(kind) or self._ends.get(token, 0) < time.monotonic():
            return False
        if kind == "7T:":
            self._ends[token] = time.monotonic() + TICKET_LIFE
        return kind == "8A:" or request.headers.get("so-apptoken") == self._meta("application_token")

    def expire(self) -> None:
        """End every ticket and token given out."""
        self._ends.clear()

    def _knows(self, body: Json) -> bool:
        data, _, signature = str(body.get("SignedSystemToken")).rpartition(".")
        token, _, minute = data.rpartition(".")
        if body.get("ApplicationToken") != self._meta("application_token") or token != self._meta("system_token"):
            return False
        if str(body.get("ContextIdentifier")).lower() != self._meta("tenant").lower() or not _is_now(minute):
            return False
        try:
            public = _private(self._meta("application_key")).public_key()
            public.verify(base64.b64decode(signature), data.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _given(self, prefix: str, life: float) -> str:
        token = prefix + secrets.token_urlsafe(32)
        self._ends[token] = time.monotonic() + life
        return token

    def _meta(self, name: str) -> str:
        return self._store.meta(name) or ""


@cache
def _new_key(name: str) -> str:
    """A key (PEM), the same for every tenant that this process makes: to make one takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def _is_now(minute: str) -> bool:
    try:
        moment = datetime.strptime(minute, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


def _private(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), password=None)
