"""What SuperOffice's refusals mean: ``{"Error": true, "ErrorType", "ErrorMessage" or "Message"}`` beside the status.

Agents answer 200 where REST would not: ``null`` for what is not there, and ``IsOk: false`` for what did not work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.errors import FatalError, RecordNotFoundError, RejectedRecordError
from lenke.systems.jsontext import loads
from lenke.systems.problems import Intent, Problem


class MisdirectedError(FatalError):
    """421: the tenant's data has moved to another host; nothing was done."""


_INTENTS: Mapping[int, Intent] = {403: "forbidden", 404: "gone", 409: "moved", 412: "moved"}


def explain(status: int, text: str) -> Problem:
    """The problem in a 4xx reply; raises MisdirectedError for a 421."""
    if status == 421:
        raise MisdirectedError("421, this host does not serve the tenant (any more)")
    try:
        body = loads(text) if text.strip() else {}
    except ValueError:
        body = {}
    body = body if isinstance(body, Mapping) else {}
    if body.get("ErrorType") == "SoSentryException":
        # Rights are those of a role over a record: they say nothing of the next one.
        return Problem(_INTENTS.get(status, "rejected"), "SoSentryException: the user's role does not allow this")
    return Problem(_INTENTS.get(status, "rejected"), str(body.get("ErrorType") or ""))


def given(name: str, body: Any) -> Mapping[str, Any]:
    """An agent's object; raises RecordNotFoundError for null, RejectedRecordError for an answer that says that it went wrong."""
    if body is None:
        raise RecordNotFoundError(f"{name}: there is no such record")
    if not isinstance(body, Mapping):
        raise RejectedRecordError(f"{name}: the answer is no object")
    if body.get("IsOk") is False:
        raise RejectedRecordError(f"{name}: refused{_code(body)}")
    if "MessageDetail" in body:
        raise RejectedRecordError(f"{name}: refused")
    return body


def _code(body: Mapping[str, Any]) -> str:
    code = str(body.get("ErrorCode") or "")
    return f" ({code})" if code.isascii() and code.replace("_", "").isalnum() else ""
