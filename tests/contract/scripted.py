"""A local server that answers by a script: for what no sandbox system does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Answer:
    """What to answer; a body that is no text is sent as JSON.

    :param hangs_up: end the connection instead.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False


class Scripted(AbstractContextManager["Scripted"]):
    """Serves ``script`` on a free port of the loopback while it is open; ``asked`` holds what came."""

    def __init__(self, script: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        kept = self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()), body)
                kept.append(asked)
                told = script(asked)
                if told.hangs_up:
                    self.close_connection = True
                    return
                text = told.body if isinstance(told.body, str) else json.dumps(told.body)
                self.send_response(told.status)
                for name, value in {"Content-Type": "application/json", **told.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_CONNECT = answer  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
