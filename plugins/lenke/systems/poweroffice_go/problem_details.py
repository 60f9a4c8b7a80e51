"""What PowerOffice GO's error replies mean (``ProblemDetails``, in whatever letter case the server writes it)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lenke.systems.jsontext import loads
from lenke.systems.poweroffice_go.entities import ENTITIES, LOCK, NAMES, ORDER_LINES
from lenke.systems.problems import Intent, Problem

# The vendor publishes no error codes, so its words decide; what a wrong word could spoil is checked by reads (updates.py).
_WORDS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("moved", re.compile(r"\btest (value|operation)|\btest op\b|operation 'test'", re.I)),
    ("not_unique", re.compile(r"\bunique\b|duplicate|already (exists|in use|used|taken)|in use by another", re.I)),
    ("locked", re.compile(r"\bconfirmed\b|\blocked\b", re.I)),
)
_NAME = re.compile(r"[A-Za-z0-9.]+")
_POSTED = [path for entity in (*ENTITIES.values(), ORDER_LINES) for path in entity.post]
_PATHS = {name.lower(): path for path in _POSTED for name in (path, path.rpartition(".")[2])}


def explain(status: int, text: str) -> Problem:
    """The problem in a 4xx reply; a missing privilege may come as 400."""
    body = _body(text)
    words = " ".join(_words(body))
    prop = _property(body, words)
    if status == 403:
        return Problem("auth", words, prop)
    if status == 404:
        return Problem("gone", words, prop)
    # The title only: the detail may quote a value that holds the word.
    if re.search(r"missing privilege", str(body.get("title") or ""), re.IGNORECASE):
        return Problem("auth", words, prop)
    intent: Intent = next((intent for intent, pattern in _WORDS if pattern.search(words)), "rejected")
    return Problem(intent, words, LOCK if intent == "locked" else prop)


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = loads(text) if text.strip() else {}
    except ValueError:
        return {}
    return {str(key).lower(): value for key, value in body.items()} if isinstance(body, Mapping) else {}


def _words(body: Mapping[str, Any]) -> Iterator[str]:
    for key in ("title", "detail"):
        if body.get(key):
            yield str(body[key])
    errors = body.get("errors")
    for name, messages in errors.items() if isinstance(errors, Mapping) else ():
        yield f"{name}: {'; '.join(map(str, messages)) if isinstance(messages, list) else messages}"


def _property(body: Mapping[str, Any], words: str) -> str | None:
    """The property that the reply names, as a dotted path in the vendor's own spelling."""
    errors = body.get("errors")
    named = [str(name).strip("/").replace("/", ".").lower() for name in errors] if isinstance(errors, Mapping) else []
    # A name of one word (Code, City) is a plain English word, too, so its capital must be there.
    spoken = [word.strip(".") for word in _NAME.findall(words)]
    named += [word.lower() for word in spoken if word in NAMES or sum(sign.isupper() for sign in word) > 1]
    return next((_PATHS[name] for name in named if name in _PATHS), None)
