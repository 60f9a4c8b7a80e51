"""What a request and a reply are inside the sandbox: plain values, apart from sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]


class BadJsonError(ValueError):
    """The request's body is not JSON."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as received.

    :param path: decoded path without the query.
    :param query: names in lower case (both systems compare them so); of a repeated name the last value.
    :param headers: names in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    target: str = ""

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty where none was sent."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def json(self) -> Any:
        """The decoded body; raises BadJsonError."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise BadJsonError("The request's body is not JSON.") from error


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; ``body`` None sends no body, ``bytes`` go out as they are, all else as JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    def payload(self) -> bytes:
        """The body's bytes."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


class RefusedError(Exception):
    """A handler's refusal: it carries the reply that says so; nothing was stored."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with status {reply.status}")
        self.reply = reply


def request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """A Request from the request line and headers as received."""
    parts = urlsplit(target)
    query = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    names = {name.lower(): value for name, value in headers.items()}
    return Request(method, unquote(parts.path), query, names, body, target)
