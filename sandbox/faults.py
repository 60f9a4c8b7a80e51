"""Faults that tests switch on: which request is hit, and what then goes wrong on the wire."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.wire import Request

# True: the request takes effect before the fault shows. A rule may say otherwise with "effect".
EFFECT = {
    "drop_reply": True,
    "truncate": True,
    "slow": True,
    "expire_token": True,
    "timeout_before": False,
    "429": False,
    "5xx": False,
    "html": False,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule.

    :param rate: share of the matching requests that are hit (0..1); ``count``: hit at most so many, then stop.
    :param method: only this HTTP method; ``path``: only this path and what lies under it (no base path, ``*`` allowed).
    :param body: only where this regular expression is found in the request's text, which tells GraphQL's reads from its writes.
    :param seconds: how long ``slow``, ``timeout_before`` and ``drop_reply`` wait; what ``429`` asks the caller to wait.
    :param status: the status of ``5xx`` (503) and ``html`` (200).
    :param effect: whether the request is carried out.
    """

    fault: str
    rate: float = 1.0
    count: int | None = None
    method: str | None = None
    path: str | None = None
    body: str | None = None
    seconds: float = 0.0
    status: int | None = None
    effect: bool = False

    def matches(self, request: Request, base: str) -> bool:
        """Whether the rule speaks of this request; ``base`` is cut off the path first."""
        if self.method and self.method.upper() != request.method:
            return False
        if self.body and not re.search(self.body, request.body.decode("utf-8", "replace"), re.S):
            return False
        if not self.path:
            return True
        path = request.path.lower().removeprefix(base.lower())
        wanted = self.path.lower().removeprefix(base.lower()).rstrip("/")
        return path == wanted or path.startswith(wanted + "/") or fnmatchcase(path, wanted)


def fault(spec: Mapping[str, Any]) -> Fault:
    """A rule from its JSON form; raises ValueError for an unknown fault or member."""
    unknown = set(spec) - {"fault", "rate", "count", "match", "seed", "seconds", "status", "effect"}
    name = str(spec.get("fault"))
    if unknown or name not in EFFECT:
        raise ValueError(f"fault {name!r}: know {', '.join(EFFECT)}" + (f"; unknown members {sorted(unknown)}" if unknown else ""))
    match = spec.get("match") or {}
    if set(match) - {"method", "path", "body"}:
        raise ValueError("a fault's match holds method, path and body only")
    return Fault(
        name,
        rate=float(spec.get("rate", 1.0)),
        count=spec.get("count"),
        method=match.get("method"),
        path=match.get("path"),
        body=match.get("body"),
        seconds=float(spec.get("seconds", 1.0 if name in ("slow", "429") else 0.0)),
        status=spec.get("status"),
        effect=bool(spec.get("effect", EFFECT[name])),
    )


class Faults:
    """The rules in force of one system; the first that matches and is drawn hits."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._lock = threading.Lock()
        self._rules: list[tuple[Fault, random.Random, list[int]]] = []

    def add(self, rule: Fault, *, seed: int = 1) -> None:
        """Put a rule in force; the draws of one seed are the same each time."""
        with self._lock:
            self._rules.append((rule, random.Random(seed), [0]))

    def clear(self) -> None:
        """Take all rules back."""
        with self._lock:
            self._rules.clear()

    def hits(self) -> int:
        """How many requests the rules in force have hit."""
        with self._lock:
            return sum(hits[0] for _, _, hits in self._rules)

    def hit(self, request: Request) -> Fault | None:
        """The fault that hits this request, or None."""
        with self._lock:
            for rule, draws, hits in self._rules:
                if rule.count is not None and hits[0] >= rule.count:
                    continue
                if rule.matches(request, self._base) and (rule.rate >= 1 or draws.random() < rule.rate):
                    hits[0] += 1
                    return rule
        return None
