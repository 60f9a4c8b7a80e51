"""Tokens, keys and privileges."""

from __future__ import annotations

import base64
import secrets
import time
from urllib.parse import parse_qs

from sandbox.store import Store
from sandbox.wire import Json, Reply, Request

LIFETIME = 1200
_ROLES = ("Customer", "Product", "SalesOrders", "OutgoingInvoice", "GeneralLedgerAccount", "VatCode", "Currency")


class Access:
    """Gives out bearer tokens for the client's keys. Tokens live in memory: a restart ends them all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ends: dict[str, float] = {}

    def token(self, request: Request) -> Reply:
        """The answer to a token request (OAuth 2.0 client credentials)."""
        if request.method != "POST":
            return Reply(405)
        refusal = self._subscription(request)
        if refusal:
            return refusal
        form = parse_qs(request.body.decode("ascii", "replace"))
        if request.content_type != "application/x-www-form-urlencoded" or form.get("grant_type") != ["client_credentials"]:
            return Reply(400, {"error": "unsupported_grant_type"})
        if not self._known(request.headers.get("authorization", "")):
            detail = "Client integration not found: the keys do not fit together or belong to another environment."
            return Reply(400, {"error": "invalid_client", "error_description": detail})
        token = secrets.token_urlsafe(48)
        self._ends[token] = time.monotonic() + LIFETIME
        return Reply(200, {"access_token": token, "token_type": "bearer", "expires_in": LIFETIME})

    def refusal(self, request: Request) -> Reply | None:
        """Why this API call is not let in, or None: subscription key first, then the token, as the gateway does."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and self._ends.get(token, 0) > time.monotonic()
        return self._subscription(request) or (None if known else Reply(401, headers={"WWW-Authenticate": "Bearer"}))

    def expire(self) -> None:
        """End every token given out."""
        self._ends.clear()

    def information(self, *, writable: bool) -> Json:
        """``GET /ClientIntegrationInformation``: needs no privilege, names the tenant and what the integration may do."""
        full = [f"{role}_Full" for role in _ROLES[:3]]
        return {
            "ClientId": self._store.meta("client_id"),
            "ClientName": "Sandbox AS",
            "ActiveClientSubscriptions": ["Invoice", "Logistics"],
            "ValidPrivileges": [*_ROLES, *(full if writable else ())],
            "InvalidPrivileges": [] if writable else full,
        }

    def _known(self, header: str) -> bool:
        scheme, _, text = header.partition(" ")
        keys = f"{self._store.meta('application_key')}:{self._store.meta('client_key')}"
        return scheme.lower() == "basic" and secrets.compare_digest(text.strip(), base64.b64encode(keys.encode()).decode())

    def _subscription(self, request: Request) -> Reply | None:
        if request.headers.get("ocp-apim-subscription-key") == self._store.meta("subscription_key"):
            return None
        return Reply(401, {"statusCode": 401, "message": "Access denied: the subscription key is missing or not valid."})
