"""OAuth 1.0a as WooCommerce wants it over http: one-legged, HMAC-SHA256, in the query string.

The signature covers the method, the address and the whole query, not the body; each request has a nonce of its own, since a nonce
that comes twice is refused. A header would be signed the same way, but some web servers drop it before PHP sees it.
"""

from __future__ import annotations

from urllib.parse import quote

import requests
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY
from requests_oauthlib import OAuth1

# What an address must hold, not encoded, for WooCommerce to look at keys at all.
NAMESPACE = "wp-json/wc/"


class Signer:
    """Signs prepared requests.

    :param site: the address that requests go to.
    :param signed_as: the address that the shop checks the signature against.
    """

    def __init__(self, key: str, secret: str, *, site: str, signed_as: str) -> None:
        self._oauth = OAuth1(key, client_secret=secret, signature_method=SIGNATURE_HMAC_SHA256, signature_type=SIGNATURE_TYPE_QUERY)
        self._site = site
        self._signed_as = signed_as

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the signature in its query."""
        prepared.url = self._moved(str(prepared.url), self._site, self._signed_as)
        signed: requests.PreparedRequest = self._oauth(prepared)
        # The library encodes the query anew; the signature covers what it says, whichever way that is written.
        url = str(signed.url).replace(quote(NAMESPACE, safe=""), NAMESPACE)
        signed.url = self._moved(url, self._signed_as, self._site)
        return signed

    def signs_as(self, address: str) -> bool:
        """Sign for another address from now on; False where it is the one that was signed for already."""
        known, self._signed_as = self._signed_as, address.rstrip("/")
        return known != self._signed_as

    @staticmethod
    def _moved(url: str, here: str, there: str) -> str:
        return there + url.removeprefix(here) if url.startswith(here) else url
