"""Removes staged frames and journals that are older than the installation keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lenke.core.mapping.settings import Retention
from lenke.runtime import staging


def sweep(home: Any, retention: Retention, now: datetime) -> int:
    """Delete run folders below ``staging/`` and ``journal/`` by age; how many files went."""
    kept = {"staging": retention.staging_days, "journal": retention.journal_days, "reports": retention.journal_days}
    return sum(_sweep(home / kind, now - timedelta(days=days)) for kind, days in kept.items())


def _sweep(folder: Any, limit: datetime) -> int:
    removed = 0
    for run in _runs(folder):
        files = [path for path in run.rglob("*") if path.is_file()]
        times = [staging.modified(path) for path in files]
        # Where the storage does not tell an age, its own rules for old objects must do.
        if files and all(time is not None and time < limit for time in times):
            for path in files:
                path.unlink()
            removed += len(files)
    return removed


def _runs(folder: Any) -> Iterator[Any]:
    if folder.exists():
        for dataflow in folder.iterdir():
            yield from (run for run in dataflow.iterdir() if run.is_dir())
