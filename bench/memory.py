"""The peak of a process's memory over a piece of work, from Linux's own counter."""

from __future__ import annotations

import gc
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def begin() -> float:
    """Set the peak back; returns what the process holds now, in MB."""
    gc.collect()
    _RESET.write_text("5", encoding="ascii")
    return _field("VmRSS")


def peak() -> float:
    """The most that the process held since :func:`begin`, in MB."""
    return _field("VmHWM")


def _field(name: str) -> float:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return float(line.split()[1]) / 1024
    message = f"{_STATUS} has no {name}: the bench measures memory on Linux only"
    raise OSError(message)
