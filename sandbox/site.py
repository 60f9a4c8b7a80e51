"""One system as served: faults, throttle, control calls and the vendor's API in front of each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.faults import Fault, Faults
from sandbox.system import SandboxSystem
from sandbox.throttle import Bucket
from sandbox.wire import Json, Reply, Request

_PAGE = b"<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Please come back later</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a reply in whole, its head with half of its body (``truncate``), or nothing (``close``)."""

    reply: Reply | None
    wire: Literal["whole", "truncate", "close"] = "whole"


class Site:
    """One system behind one port.

    :param rate: requests per second before it throttles; 0 for no limit.
    :ivar sleep: waits that many seconds, for faults that are slow; tests that cannot wait put a clock of their own here.
    :ivar watch: told of each request and its answer, refused ones too.
    """

    def __init__(self, system: SandboxSystem, *, rate: float) -> None:
        self.system = system
        self.faults = Faults(system.base)
        self.connection: Json = {}
        self.url = ""
        self.sleep: Callable[[float], None] = time.sleep
        self.watch: Callable[[Request, Answer], None] = lambda request, answer: None
        self._bucket = Bucket(rate)
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer one request of the vendor's API, faults included."""
        answer = self._answer(request)
        self.watch(request, answer)
        return answer

    def _answer(self, request: Request) -> Answer:
        hit = self.faults.hit(request)
        if hit is not None:
            return self._fault(request, hit)
        with self._lock:
            allowed = self._bucket.take()
        return Answer(self._handle(request) if allowed else self.system.throttled(1))

    def add_fault(self, rule: Fault, *, seed: int) -> None:
        """Put a fault in force; raises ValueError for one that this system cannot have."""
        if rule.fault == "expire_token" and not self.system.tokens:
            raise ValueError(f"{self.system.name} has no tokens")
        self.faults.add(rule, seed=seed)

    def _handle(self, request: Request) -> Reply:
        store = self.system.store
        if request.method == "GET":
            with store.lock:
                return self.system.handle(request)
        with store.transaction():
            return self.system.handle(request)

    def _fault(self, request: Request, hit: Fault) -> Answer:
        if hit.fault == "expire_token":
            self.system.expire_tokens()
        reply = self._handle(request) if hit.effect else None
        if hit.fault != "429" and hit.seconds:
            self.sleep(hit.seconds)
        if hit.fault in ("drop_reply", "timeout_before"):
            return Answer(None, "close")
        if hit.fault == "429":
            return Answer(self.system.throttled(hit.seconds))
        if hit.fault == "5xx":
            return Answer(Reply(hit.status or 503, b"upstream connect error", content_type="text/plain"))
        if hit.fault == "html":
            return Answer(Reply(hit.status or 200, _PAGE, content_type="text/html"))
        return Answer(reply, "truncate" if hit.fault == "truncate" else "whole")
