"""Airflow's REST API v2, as far as following runs needs it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import requests

from lenke.core.errors import LenkeError
from lenke.local.keys import USER

_PAGE = 100
_TIMEOUT = 30.0
# A machine at its limits answers late; what only reads is asked for again.
_TRIES = 5


class ApiError(LenkeError):
    """Airflow's API refused a call, or did not answer in time."""


class Api:
    """A client with a token of its own; not for use by several threads."""

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._password = password
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy must not be asked for this machine

    def up(self) -> bool:
        """Whether the API server answers."""
        try:
            return self._session.get(f"{self._url}/api/v2/version", timeout=_TIMEOUT).ok
        except requests.RequestException:
            return False

    def get(self, path: str, **query: Any) -> Any:
        """GET ``/api/v2/<path>``."""
        return self._call("GET", path, tries=_TRIES, params=query)

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST ``/api/v2/<path>`` that only reads: a list by a long filter."""
        return self._call("POST", path, tries=_TRIES, json=body)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST ``/api/v2/<path>``; never repeated."""
        return self._call("POST", path, json=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """PATCH ``/api/v2/<path>``; a second one changes nothing."""
        return self._call("PATCH", path, tries=_TRIES, json=body)

    def pages(self, path: str, key: str, **query: Any) -> Iterable[dict[str, Any]]:
        """All entries of a list, page by page."""
        offset = 0
        while True:
            found = self.get(path, limit=_PAGE, offset=offset, **query)[key]
            yield from found
            offset += len(found)
            if len(found) < _PAGE:
                return

    def _call(self, method: str, path: str, *, tries: int = 1, **arguments: Any) -> Any:
        for attempt in range(1, tries + 1):
            try:
                return self._once(method, path, **arguments)
            except requests.RequestException as error:
                if attempt == tries:
                    message = f"Airflow's API does not answer {method} {path} ({type(error).__name__})"
                    raise ApiError(message) from error
                time.sleep(attempt)
        return None

    def _once(self, method: str, path: str, **arguments: Any) -> Any:
        if "Authorization" not in self._session.headers:
            self._login()
        reply = self._session.request(method, f"{self._url}/api/v2/{path}", timeout=_TIMEOUT, **arguments)
        if reply.status_code == requests.codes.unauthorized:
            self._login()
            reply = self._session.request(method, f"{self._url}/api/v2/{path}", timeout=_TIMEOUT, **arguments)
        if not reply.ok:
            message = f"Airflow's API answered {method} {path} with {reply.status_code}: {reply.text[:300]}"
            raise ApiError(message)
        return reply.json() if reply.content else None

    def _login(self) -> None:
        reply = self._session.post(f"{self._url}/auth/token", json={"username": USER, "password": self._password}, timeout=_TIMEOUT)
        if not reply.ok:
            message = f"Airflow refused Lenke's own login ({reply.status_code}): was the password file changed while it ran?"
            raise ApiError(message)
        self._session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
