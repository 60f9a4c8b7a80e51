"""Where a tenant's data is, and the one way to it.

The environment's name is for signing in only; which host serves a tenant is asked for (``/api/state/{tenant}``), believed until
``ValidUntil``, and asked again when a host answers 421.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from lenke.core.errors import ConfigurationError, RetriableError
from lenke.systems.auth import Static
from lenke.systems.http import Session
from lenke.systems.limits import TokenBucket
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.replies import Reply
from lenke.systems.superoffice.answers import MisdirectedError, explain
from lenke.systems.superoffice.credentials import SystemUser, refresh_token, ticket
from lenke.systems.superoffice.entities import NAMES
from lenke.systems.superoffice.settings import Settings

JSON_PATCH = "application/json-patch+json"
_DOWN = timedelta(minutes=10)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# The vendor's own mark for a slow call is five seconds; big quotes take longer.
_TIMEOUT = (10.0, 90.0)

T = TypeVar("T")


class Tenant:
    """Requests to one tenant: REST by path, agents by name.

    :param adapter: replaces the transport.
    """

    def __init__(self, settings: Settings, *, patience: Patience = PATIENCE, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        self._settings = settings
        self._bucket = TokenBucket(settings.requests_per_second, clock=patience.clock, sleep=patience.sleep)
        self._patience = patience
        self._adapter = adapter
        self._door = self._session(settings.environment, Static())
        self._auth = (
            SystemUser(settings, lambda: ticket(self._door, settings)) if settings.is_system_user else refresh_token(self._door, settings)
        )
        self._data: Session | None = None
        self._until = datetime.min.replace(tzinfo=UTC)
        self._calls = 0

    @property
    def calls(self) -> int:
        """HTTP requests so far, those for tickets and addresses included."""
        return self._calls + self._door.calls + (self._data.calls if self._data else 0)

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        """GET a path below ``v1/``."""
        return self._there(lambda data: data.read(path, query))

    def ask(self, agent: str, body: Any = None) -> Any:
        """The answer of an agent's method that only reads (``Quote/GetQuoteLines``)."""
        return self._there(lambda data: data.ask(f"/Agents/{agent}", body)).body

    def act(self, agent: str, body: Any) -> Any:
        """The answer of an agent's method that writes."""
        return self.send("POST", f"/Agents/{agent}", body).body

    def send(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Reply:
        """A write below ``v1/``."""
        return self._there(lambda data: data.send(method, path, body, content_type=content_type))

    def close(self) -> None:
        """End the HTTP sessions."""
        self._door.close()
        self._leave()

    def _there(self, act: Callable[[Session], T]) -> T:
        """Carry out a request at the tenant's host; where that has changed (421: nothing was done), once more at the new one."""
        try:
            return act(self._at())
        except MisdirectedError:
            self._leave()
        return act(self._at())

    def _at(self) -> Session:
        if self._data is None or datetime.now(UTC) >= self._until:
            self._leave()
            self._data = self._session(self._address(), self._auth)
        return self._data

    def _address(self) -> str:
        state = self._door.read(f"/api/state/{self._settings.tenant}").body
        if not isinstance(state, Mapping) or not state.get("Api"):
            raise ConfigurationError(f"SuperOffice does not know the tenant {self._settings.tenant} in this environment")
        if not state.get("IsRunning"):
            raise RetriableError("the SuperOffice tenant is down for maintenance", delay=_DOWN)
        self._until = _moment(state.get("ValidUntil"))
        address = str(state["Api"]).rstrip("/")
        _refuse_stranger(self._settings.environment, address)
        return f"{address}/v1"

    def _session(self, address: str, auth: Any) -> Session:
        return Session(
            address,
            auth=auth,
            limiter=self._bucket,
            explain=explain,
            names=NAMES,
            timeout=_TIMEOUT,
            patience=self._patience,
            adapter=self._adapter,
        )

    def _leave(self) -> None:
        if self._data is not None:
            self._calls += self._data.calls
            self._data.close()
        self._data = None


def _moment(text: Any) -> datetime:
    """``ValidUntil``; a text that is no time is good for the next five minutes only."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.now(UTC) + timedelta(minutes=5)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse_stranger(environment: str, address: str) -> None:
    """Credentials go to hosts of the environment's own domain only, and never over an open wire."""
    known, told = urlsplit(environment), urlsplit(address)
    ours, theirs = known.hostname or "", told.hostname or ""
    if {ours, theirs} <= _LOOPBACK:
        return
    if told.scheme != "https" or theirs.split(".")[-2:] != ours.split(".")[-2:]:
        raise ConfigurationError("SuperOffice's state API names a host outside its own domain, which gets no credentials")
