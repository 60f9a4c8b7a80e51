"""The sockets: every system on a loopback port of its own, all in one process.

One thread per connection, HTTP/1.1 with keep-alive, standard library only.
"""

from __future__ import annotations

import json
import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sandbox.control import PREFIX, control
from sandbox.custom_erp import CustomErp
from sandbox.custom_webshop import CustomWebshop
from sandbox.home import Home
from sandbox.poweroffice_go import PowerOfficeGo
from sandbox.running import Running
from sandbox.shopify import Shopify
from sandbox.site import Answer, Site
from sandbox.store import Store
from sandbox.superoffice import SuperOffice
from sandbox.system import SandboxSystem
from sandbox.wire import Json, Reply, request
from sandbox.woocommerce import WooCommerce

SYSTEMS: Mapping[str, type[SandboxSystem]] = {
    system.name: system for system in (CustomWebshop, PowerOfficeGo, Shopify, WooCommerce, SuperOffice, CustomErp)
}
_PORTS_TO_TRY = 200


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        asked = request(self.command, self.path, dict(self.headers.items()), body)
        site = self.server.site
        try:
            answer = Answer(control(site, asked)) if asked.path.startswith(PREFIX) else site.answer(asked)
        except Exception:
            self.close_connection = True
            if self.server.stopped:
                return
            # A defect of the sandbox: it must be seen, and must not look like a lost reply.
            traceback.print_exc()
            answer = Answer(Reply(500, b"defect of the sandbox: see its standard error", content_type="text/plain"))
        self._send(answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815

    def _send(self, answer: Answer) -> None:
        if answer.reply is None:
            self.close_connection = True
            return
        payload = answer.reply.payload()
        self._head(answer.reply, len(payload))
        if answer.wire == "truncate":
            payload = payload[: len(payload) // 2]
            self.close_connection = True
        self.wfile.write(payload)
        self.wfile.flush()

    def _head(self, reply: Reply, length: int) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if length:
            self.send_header("Content-Type", reply.content_type)
        if reply.status != 204:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the audit list is the log, and request lines hold personal data."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        super().__init__(address, _Handler)
        self.site = site
        self.stopped = False
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A caller that hangs up is no news; anything else is a fault of the sandbox and must be seen.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening and hang up on every caller, kept-alive ones included."""
        self.stopped = True
        self.shutdown()
        self.server_close()
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


def start(
    home: Path | str,
    *,
    seed: int | None = 1,
    systems: Sequence[str] = tuple(SYSTEMS),
    host: str = "127.0.0.1",
    port_base: int = 8091,
    rate: float = 100,
    records: Mapping[str, Mapping[str, Sequence[Json]]] | None = None,
) -> Running:
    """Serve ``systems`` out of ``home`` until ``stop()``.

    :param seed: fills a home that is still empty with ``sandbox.seed.build(seed)``; None leaves it empty.
    :param host: a loopback address; anything else raises ValueError.
    :param port_base: the first system's port, the next ones follow; a taken port goes to the next free one; 0 takes any.
    :param rate: requests per second and system before it throttles; 0 for no limit.
    :param records: fills an empty home instead of the seed: system, entity, bodies.
    :raises RuntimeError: another process serves this home.
    """
    if not ip_address(socket.gethostbyname(host)).is_loopback:
        raise ValueError(f"{host} is not a loopback address: the sandbox has no business on a network")
    place = Home(Path(home))
    servers: list[_Server] = []
    try:
        for offset, name in enumerate(systems):
            site = Site(_open(place, name, seed, records), rate=rate)
            server = _listen(site, host, port_base + offset if port_base else 0)
            site.url = f"http://{host}:{server.server_address[1]}"
            site.connection = site.system.connection(site.url, rate)
            servers.append(server)
    except BaseException:
        place.release()
        raise
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True, name=f"sandbox {server.site.url}").start()
    running = Running({server.site.system.name: server.site for server in servers}, [server.stop for server in servers], place)
    place.announce({name: {"url": running.urls[name], "connection": running.connections[name]} for name in running.urls})
    return running


def _open(home: Home, name: str, seed: int | None, records: Mapping[str, Mapping[str, Sequence[Json]]] | None) -> SandboxSystem:
    system = SYSTEMS[name](Store(home.file(name)))
    store = system.store
    if store.meta("seeded") is None:
        given = records if records is not None else _seed(seed)
        with store.transaction():
            system.seed(given.get(name, {}))
            store.keep("seeded", json.dumps(seed))
    return system


@cache
def _seed(seed: int | None) -> Mapping[str, Mapping[str, Sequence[Json]]]:
    if seed is None:
        return {}
    # Only here, so that a sandbox without seed data needs none of it.
    built: Mapping[str, Mapping[str, Sequence[Json]]] = import_module("sandbox.seed").build(seed).records
    return built


def _listen(site: Site, host: str, port: int) -> _Server:
    for attempt in range(_PORTS_TO_TRY):
        try:
            return _Server((host, port + attempt if port else 0), site)
        except OSError:
            if attempt == _PORTS_TO_TRY - 1:
                raise
    raise AssertionError("unreachable")
