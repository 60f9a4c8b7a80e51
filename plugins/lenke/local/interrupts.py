"""Ctrl-C, SIGTERM and SIGHUP as an exception - but never between starting a process and remembering it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A person or the system asked us to end; ``number`` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Interrupts:
    """Turns signals into :class:`Stopped` while it is active; for the main thread."""

    def __init__(self) -> None:
        self._holding = False
        self._pending: int | None = None

    @contextmanager
    def active(self) -> Iterator[None]:
        """Raise Stopped in the code inside."""
        before = {number: signal.signal(number, self._seen) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is inside is finished first."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._pending is not None:
            raise Stopped(self._pending)

    def ignore(self) -> None:
        """From here on nothing interrupts: ending takes seconds, and a second Ctrl-C must not leave half of the processes."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _seen(self, number: int, _: FrameType | None) -> None:
        if not self._holding:
            raise Stopped(number)
        self._pending = number
