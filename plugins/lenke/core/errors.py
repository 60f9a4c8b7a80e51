"""Errors, grouped by what the caller should do about them.

::

    LenkeError
    ├── ConfigurationError      a person must change a setting, a mapping or a connection; never retried
    │   ├── MappingError        the mapping or settings file is wrong (file, key path)
    │   ├── AuthenticationError credentials, scopes or privileges were refused
    │   └── DecisionError       a person decided something that cannot be: no such record, nothing parked, no open conflict
    ├── FatalError              the call cannot succeed as sent; never retried
    ├── RetriableError          the same call may succeed later; carries the delay the server asked for
    │   ├── BusyError           another run is at work on the same flow; wait for it
    │   └── ThrottledError      the system takes no more requests for now
    ├── PutProblem              a value cannot be written to a side (:mod:`lenke.core.mapping.problem`)
    ├── RejectedRecordError     the system refused this one record; park it, go on with the others
    │   └── NotUniqueError      refused because a unique key is taken: the record may already exist
    ├── RecordNotFoundError     the record is not there (any more)
    ├── UnknownOutcomeError     a write was sent and its effect is not known; settle before sending again
    ├── MovedError              the target changed since the plan read it; plan again
    ├── LockedError             the target's life cycle forbids the change; park until it opens
    ├── PausedError             a person paused the flow; nothing was read
    ├── BrakeError              a brake stopped the flow before its first write
    ├── LedgerError             the ledger is missing, damaged or old; nothing was called
    └── FenceError              another try of this task has taken over; stop without sending

Messages name the record by id, the property, the file and the remedy, and never hold a field's value.
"""

from __future__ import annotations

import re
from datetime import timedelta

from lenke.core.printable import printable

_PROPERTY = re.compile(r"[\w.\[\]/ $-]{1,100}")


class LenkeError(Exception):
    """The root of every error that Lenke raises on purpose; its message is one line that is safe to show.

    :param message: what is wrong and what would be right; ids and names of other systems may stand in it as they came.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class ConfigurationError(LenkeError):
    """A person must change a setting, a mapping or a connection."""


class MappingError(ConfigurationError):
    """A mapping, system description or settings file is wrong.

    :param file: the file's path as given by the user.
    :param path: the key path in the file, e.g. ``flows[0].properties[3].type``.
    :param problem: what is wrong and what would be right.
    """

    def __init__(self, file: str, path: str, problem: str) -> None:
        super().__init__(f"{file}: {path}: {problem}" if path else f"{file}: {problem}")
        self.file = file
        self.path = path
        self.problem = problem


class AuthenticationError(ConfigurationError):
    """The system refused the credentials, or they lack a privilege that is named in the message."""


class DecisionError(ConfigurationError):
    """What a person decided cannot be: there is no such record, nothing is parked, or no conflict is open."""


class FatalError(LenkeError):
    """The call cannot succeed as it was sent."""


class RetriableError(LenkeError):
    """The same call may succeed later.

    :param delay: what the server asked to wait for, or None where it did not say.
    """

    def __init__(self, message: str, *, delay: timedelta | None = None) -> None:
        super().__init__(message)
        self.delay = delay


class BusyError(RetriableError):
    """Another run is at work on the same flow."""


class ThrottledError(RetriableError):
    """The system takes no more requests for now."""


class RejectedRecordError(LenkeError):
    """The system refused one record; ``property`` is the vendor's property name where it told one that can be a name."""

    def __init__(self, message: str, *, property: str | None = None) -> None:
        super().__init__(message)
        self.property = property if property and _PROPERTY.fullmatch(property) else None


class NotUniqueError(RejectedRecordError):
    """Refused because a unique key is taken: the record may already exist."""


class RecordNotFoundError(LenkeError):
    """The record is not there (any more)."""


class UnknownOutcomeError(LenkeError):
    """A write was sent and its effect is not known."""


class MovedError(LenkeError):
    """The target changed between plan and load."""


class LockedError(LenkeError):
    """The target's life cycle forbids the change; ``lock`` names it."""

    def __init__(self, message: str, *, lock: str) -> None:
        super().__init__(message)
        self.lock = lock


class PausedError(LenkeError):
    """A person paused the flow: nothing was read, and nothing is written."""


class BrakeError(LenkeError):
    """A brake stopped the flow before its first write."""


class LedgerError(LenkeError):
    """The ledger is missing, damaged or older than its newest export."""


class FenceError(LenkeError):
    """Another try of this task has taken over, or the supervisor is gone."""
