"""What a described system's errors mean, alone or for one item of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.errors import LenkeError, RetriableError, UnknownOutcomeError
from lenke.systems.described.dialect import Errors
from lenke.systems.jsontext import loads
from lenke.systems.paths import look
from lenke.systems.problems import Intent, Problem, error_of
from lenke.systems.redaction import private_values, redact

_BY_STATUS: Mapping[int, Intent] = {403: "forbidden", 404: "gone", 409: "moved", 410: "gone", 412: "moved", 423: "locked"}


def explain(errors: Errors, status: int, text: str) -> Problem:
    """The problem in a 4xx reply: what its code is said to mean, else what its status means."""
    try:
        body = loads(text) if text.strip() else None
    except ValueError:
        body = None
    return problem_of(errors, status, body)


def problem_of(errors: Errors, status: int, body: Any) -> Problem:
    """The problem in a reply's value, or in an item of a batch."""
    code = str(look(body, errors.code) or "") if errors.code else ""
    message = str(look(body, errors.message) or "") if errors.message else ""
    prop = look(body, errors.property) if errors.property else None
    intent: Intent = errors.codes.get(code) or _BY_STATUS.get(status, "rejected")
    return Problem(intent, " ".join(part for part in (code, message) if part), str(prop) if prop else None)


def item_error(errors: Errors, status: int, item: Any, *, where: str, sent: Any) -> LenkeError:
    """The error of one item of a batch, which has a status of its own."""
    if status == 429:
        return RetriableError(f"{where}: 429, too many requests")
    if status >= 500 or status == 408 or status < 400:
        return UnknownOutcomeError(f"{where}: {status}, no usable answer")
    problem = problem_of(errors, status, item)
    names = frozenset({problem.property} if problem.property else set())
    return error_of(problem, f"{where}: {status} {redact(problem.text, values=private_values(sent), names=names)}")
