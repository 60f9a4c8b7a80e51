"""Who is let in: basic credentials only over TLS, which a loopback port has not, else OAuth 1.0a signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox.store import Store
from sandbox.wire import Request
from sandbox.woocommerce.refusals import cannot_view, unauthorised

_WINDOW = 15 * 60
_CODE = "woocommerce_rest_authentication_error"
_HASHES: Mapping[str, Callable[..., object]] = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


class Access:
    """Checks each request; nonces are remembered as long as their timestamps are taken.

    :param home: the shop's own address, which signatures must hold.
    """

    def __init__(self, store: Store, *, over_tls: Callable[[], bool]) -> None:
        self._store = store
        self._over_tls = over_tls
        self._nonces: dict[str, float] = {}
        self.home = ""

    def check(self, request: Request) -> None:
        """Raise RefusedError for a request that is not let in: where the address does not say ``wp-json/wc/``, keys are not looked at."""
        if "wp-json/wc/" not in request.target:
            raise cannot_view()
        given = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
        if "oauth_consumer_key" in given:
            self._signed(request, given)
        elif self._over_tls():
            self._keys(*self._given(request, given))
        else:
            raise cannot_view()
        if request.method != "GET" and self._store.meta("permissions") == "read":
            raise unauthorised(_CODE, "The API key provided does not have write permissions.")

    def _given(self, request: Request, given: Mapping[str, str]) -> tuple[str, str]:
        """Key and secret: of the query, else of the basic header."""
        if "consumer_key" in given:
            return given["consumer_key"], given.get("consumer_secret", "")
        _, _, text = request.headers.get("authorization", "").partition(" ")
        try:
            key, _, secret = base64.b64decode(text).decode().partition(":")
        except ValueError:
            raise cannot_view() from None
        return key, secret

    def _keys(self, key: str, secret: str) -> None:
        if key != self._store.meta("consumer_key"):
            raise cannot_view()
        if not hmac.compare_digest(secret.encode(), str(self._store.meta("consumer_secret")).encode()):
            raise unauthorised(_CODE, "Consumer secret is invalid.")

    def _signed(self, request: Request, given: dict[str, str]) -> None:
        if given["oauth_consumer_key"] != self._store.meta("consumer_key"):
            raise unauthorised(_CODE, "Consumer key is invalid.")
        signature = given.pop("oauth_signature", "")
        if not hmac.compare_digest(signature, self._signature(request, given)):
            raise unauthorised(_CODE, "Invalid signature - provided signature does not match.")
        self._refuse_replay(given)

    def _signature(self, request: Request, given: Mapping[str, str]) -> str:
        pairs = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(given.items()))
        address = self.home + urlsplit(request.target).path.rstrip("/")
        text = "&".join((request.method, quote(address, safe="~"), quote(pairs, safe="~")))
        secret = f"{self._store.meta('consumer_secret')}&"
        method = _HASHES.get(given.get("oauth_signature_method", ""))
        if method is None:
            raise unauthorised(_CODE, "Invalid signature - signature method is invalid.")
        return base64.b64encode(hmac.new(secret.encode(), text.encode(), method).digest()).decode()  # type: ignore[arg-type]

    def _refuse_replay(self, given: Mapping[str, str]) -> None:
        now, at = time.time(), given.get("oauth_timestamp", "")
        if not at.isdecimal() or abs(now - int(at)) > _WINDOW:
            raise unauthorised(_CODE, "Invalid timestamp.")
        self._nonces = {nonce: seen for nonce, seen in self._nonces.items() if now - seen < _WINDOW}
        if given.get("oauth_nonce", "") in self._nonces:
            raise unauthorised(_CODE, "Invalid nonce - nonce has already been used.")
        self._nonces[given.get("oauth_nonce", "")] = now
