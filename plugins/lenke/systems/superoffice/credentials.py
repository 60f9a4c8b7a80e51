"""Who signs in: a system user's ticket, or an ordinary user's access token.

A ticket lives six hours from its last use. It is handed out for a system token that is signed together with the minute (UTC), inside
a JWT which is believed only with a signature of the environment's own keys.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lenke.core.errors import AuthenticationError, ConfigurationError
from lenke.systems.auth import ClientCredentials
from lenke.systems.http import Session
from lenke.systems.superoffice.settings import Settings

TICKET_CLAIM = "http://schemes.superoffice.net/identity/ticket"
LIFE = timedelta(hours=6)
# Names of lists come in one language only, else every reader's own would look like an edit.
FIXED: Mapping[str, str] = {"Accept-Language": "en", "SO-TimeZone": "UTC,includeTZOffset"}


class SystemUser:
    """A ticket in ``Authorization: SOTicket``, kept while it is used at least every six hours.

    :param ask: gives a new ticket.
    """

    def __init__(self, settings: Settings, ask: Callable[[], str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._ask = ask
        self._clock = clock
        self._ticket = ""
        self._used = 0.0

    def headers(self) -> Mapping[str, str]:
        """Ticket, application token, language and time zone."""
        now = self._clock()
        if not self._ticket or now - self._used > LIFE.total_seconds():
            self._ticket = self._ask()
        self._used = now
        return {**FIXED, "Authorization": f"SOTicket {self._ticket}", "SO-AppToken": self._settings.application_token}

    def query(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renew(self) -> bool:
        """Drop the ticket: the next request asks for a new one."""
        self._ticket = ""
        return True

    def secrets(self) -> Iterable[str]:
        """The ticket and what it is asked for with."""
        return (self._ticket, self._settings.application_token, self._settings.system_token)


def ticket(session: Session, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> str:
    """A new ticket of the system user; AuthenticationError where the environment gives none, or one that it did not sign."""
    body = {
        "SignedSystemToken": signed(settings, now()),
        "ApplicationToken": settings.application_token,
        "ContextIdentifier": settings.tenant,
        "ReturnTokenType": "JWT",
    }
    told = session.ask("/Login/api/PartnerSystemUser/Authenticate", body).body
    if not isinstance(told, Mapping) or not told.get("IsSuccessful") or not told.get("Token"):
        raise AuthenticationError("SuperOffice gave no ticket; check tenant, application token, system token and private key")
    return _ticket_of(str(told["Token"]), session.read("/login/.well-known/jwks").body)


def signed(settings: Settings, now: datetime) -> str:
    """``<system token>.<yyyymmddhhmm>.<signature>``: RSA-SHA256 (PKCS#1 v1.5) over the first two parts, in base64."""
    try:
        key = serialization.load_pem_private_key(settings.private_key.encode(), password=None)
    except ValueError:
        raise ConfigurationError("connection superoffice: extra private_key is no PEM key") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError("connection superoffice: extra private_key is no RSA key")
    data = f"{settings.system_token}.{now.astimezone(UTC):%Y%m%d%H%M}"
    signature = key.sign(data.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{data}.{base64.b64encode(signature).decode()}"


def _ticket_of(token: str, keys: Any) -> str:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        known = jwt.PyJWKSet.from_dict(dict(keys)).keys
        key = next((one for one in known if one.key_id == kid), known[0])
        # The vendor's own samples take an expired one, too: what counts is the ticket inside.
        claims = jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_exp": False, "verify_aud": False})
    except (jwt.PyJWTError, TypeError, ValueError, IndexError):
        raise AuthenticationError("SuperOffice's answer to the system token is not signed by its own keys") from None
    found = claims.get(TICKET_CLAIM)
    if not found:
        raise AuthenticationError("SuperOffice's answer to the system token holds no ticket")
    return str(found)


def refresh_token(session: Session, settings: Settings) -> ClientCredentials:
    """Access tokens for the refresh token, which stays good until the consent is taken back."""
    form = {
        "grant_type": "refresh_token",
        "client_id": settings.client_id,
        "client_secret": settings.application_token,
        "refresh_token": settings.refresh_token,
        "redirect_uri": settings.redirect_uri,
    }
    address = f"{settings.environment}/login/common/oauth/tokens"
    return ClientCredentials(
        lambda: session.token(address, urlencode(form), {}),
        fixed={**FIXED, "SO-AppToken": settings.application_token},
        hidden=(settings.application_token, settings.refresh_token),
    )
