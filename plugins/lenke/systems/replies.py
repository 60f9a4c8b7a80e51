"""One request and its reply, as the session layer sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from lenke.systems.jsontext import loads


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    :param path: below the base URL, or a whole URL.
    :param private: texts in the body that no message may repeat.
    :param parse: turns the reply's text into ``Reply.body``; a ValueError means that it is cut short or no JSON.
    :param harmless: sending it twice has no effect (reads, token requests).
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    text: str | None = field(default=None, repr=False)
    content_type: str = "application/json"
    private: tuple[str, ...] = field(default=(), repr=False)
    parse: Callable[[str], Any] = loads
    harmless: bool = False

    def __str__(self) -> str:
        return f"{self.method} {urlsplit(self.path).path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A usable answer.

    :param headers: case-insensitive.
    :param body: what the text was parsed to; None where it is empty.
    :param url: the address that answered.
    """

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)
    body: Any = field(default=None, repr=False)
    url: str = field(default="", repr=False)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What ``Retry-After`` asks for, in seconds or as a date (RFC 9110); None where it is missing or makes no sense."""
    value = (headers.get("Retry-After") or "").strip()
    try:
        wait = timedelta(seconds=float(value)) if value[:1].isdigit() else parsedate_to_datetime(value) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(wait, timedelta(0))


def readable(answer: requests.Response) -> str | None:
    """The reply's text; None where it is HTML or no UTF-8, which no API answers with on purpose."""
    try:
        text = answer.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    html = "html" in (answer.headers.get("Content-Type") or "").lower() or text.lstrip()[:1] == "<"
    return None if html else text


def is_json(text: str | None) -> bool:
    """Whether the text is empty or JSON of any shape."""
    if text is None:
        return False
    try:
        loads(text or "null")
    except ValueError:
        return False
    return True


def parsed(request: Request, text: str) -> tuple[Any, bool]:
    """(body, whole): what ``request.parse`` makes of the text; ``whole`` is False where the text is cut short or no JSON."""
    try:
        return (request.parse(text) if text.strip() else None), True
    except ValueError:
        return None, False


def never_connected(exc: requests.exceptions.RequestException) -> bool:
    """Whether no connection came about, so that nothing can have been sent."""
    told = exc.args[0] if exc.args else None
    cause = getattr(told, "reason", told)
    if isinstance(cause, ProxyError):
        # Behind a forward proxy urllib3 (2.8) calls a connection that broke after the whole request was sent one, too.
        cause = cause.original_error
        refused = isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed")
        return refused or isinstance(cause, (NewConnectionError, ConnectTimeoutError))
    return isinstance(exc, requests.exceptions.ConnectTimeout) or isinstance(cause, NewConnectionError)


def badly_configured(exc: requests.exceptions.RequestException) -> str | None:
    """What a person must change, where that is why nothing was sent."""
    if isinstance(exc, requests.exceptions.SSLError) and "CERTIFICATE" in str(exc).upper():
        return (
            "its TLS certificate is not trusted, so nothing was sent; if it is one of your own, name your authority's file in "
            "the environment variable REQUESTS_CA_BUNDLE of the workers"
        )
    if isinstance(exc, ValueError):
        return f"the connection's host or credentials make no valid request ({type(exc).__name__})"
    return None
