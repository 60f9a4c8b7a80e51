"""Removes staged frames and journals that are older than the installation keeps them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lenke.core.mapping.settings import Retention
from lenke.runtime import staging

log = logging.getLogger(__name__)


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
        if all(time is not None and time < limit for time in times or [staging.modified(run)]):
            removed += sum(_is_removed(path) for path in files)
            _remove_folders(run)
    return removed


def _is_removed(path: Any) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False  # another dataflow's run sweeps at the same time
    except OSError as error:
        log.warning("%s is too old to be kept and could not be removed: %s", path, error.strerror)
        return False
    return True


def _remove_folders(run: Any) -> None:
    """Those that hold nothing any more; an object store has no folders."""
    if run.protocol in ("file", "local", ""):
        for folder in [*sorted(Path(run.path).rglob("*"), reverse=True), Path(run.path)]:
            with suppress(OSError):
                folder.rmdir()


def _runs(folder: Any) -> Iterator[Any]:
    if folder.exists():
        for dataflow in folder.iterdir():
            yield from (run for run in dataflow.iterdir() if run.is_dir())
