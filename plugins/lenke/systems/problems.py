"""From what a system answered to an error by intent, and from an error to the outcome of one write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lenke.core.errors import (
    AuthenticationError,
    ConfigurationError,
    LenkeError,
    LockedError,
    MovedError,
    NotUniqueError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.core.ports import Outcome, Status, Write

Intent = Literal["auth", "forbidden", "rejected", "not_unique", "moved", "locked", "gone"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a system says is wrong with a request.

    :param intent: what the caller should do about it. ``forbidden``: a 403 that may be about this one record, or about all of them.
    :param text: the system's words as received; redacted before anyone sees them.
    :param property: the system's property name, where it told.
    """

    intent: Intent
    text: str = ""
    property: str | None = None


def error_of(problem: Problem, message: str) -> LenkeError:
    """The error for ``problem``, with a message that has been redacted."""
    match problem.intent:
        case "auth" | "forbidden":
            return AuthenticationError(message)
        case "gone":
            return RecordNotFoundError(message)
        case "moved":
            return MovedError(message)
        case "locked":
            return LockedError(message, lock=problem.property or "locked by the system")
        case "not_unique":
            return NotUniqueError(message, property=problem.property)
        case "rejected":
            return RejectedRecordError(message, property=problem.property)


def outcome_of(write: Write, error: LenkeError, *, partial: bool = False) -> Outcome:
    """The outcome of a write that ended in ``error``; raises it where it says nothing of this one record."""
    if isinstance(error, (ConfigurationError, AuthenticationError)):
        raise error
    delay = error.delay if isinstance(error, RetriableError) else None
    return Outcome(write.key, _status(error), write.id, reason=_reason(error), delay=delay, partial=partial)


def _status(error: LenkeError) -> Status:
    statuses: tuple[tuple[type[LenkeError], Status], ...] = (
        (NotUniqueError, "not_unique"),
        (RejectedRecordError, "rejected"),
        (MovedError, "moved"),
        (LockedError, "locked"),
        (RecordNotFoundError, "gone"),
        (RetriableError, "retriable"),
        (UnknownOutcomeError, "unknown"),
    )
    return next((status for kind, status in statuses if isinstance(error, kind)), "rejected")


def _reason(error: LenkeError) -> str:
    if isinstance(error, RejectedRecordError) and error.property and error.property not in str(error):
        return f"{error.property}: {error}"
    return str(error)
