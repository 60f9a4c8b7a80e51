"""Requests that a test holds, before they take effect, until it lets them go."""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase

from sandbox.wire import Request
from tests.airflow.small import OFFICE


class Gate:
    """Holds every request to PowerOffice until it is opened."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, system: str, request: Request) -> None:
        if system == OFFICE:
            self.reached.set()
            self.open.wait(50)


class Held:
    """Holds one request to PowerOffice: the ``place``-th whose method and path are these."""

    def __init__(self, place: int, method: str, path: str) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self._place, self._method, self._path = place, method, path
        self._seen, self._lock = 0, threading.Lock()

    def __call__(self, system: str, request: Request) -> None:
        if system != OFFICE or request.method != self._method or not fnmatchcase(request.path, f"*{self._path}"):
            return
        with self._lock:
            self._seen += 1
            mine = self._seen == self._place
        if mine:
            self.reached.set()
            self.go.wait(90)
