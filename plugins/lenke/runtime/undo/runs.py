"""The journals that runs have left: which dataflow a run id belongs to, and which of its flows wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.runtime import places


@dataclass(frozen=True, slots=True)
class Found:
    """A run's journal: its dataflow, and the flows of which it holds before-images."""

    dataflow: str
    flows: tuple[str, ...]


def find(home: Any, run_id: str, *, dataflow: str | None = None, days: int) -> Found:
    """The journal of a run.

    :param run_id: as Airflow shows it; an undo's own as it was told.
    :param dataflow: only there; needed where runs of several dataflows have the same id, as scheduled ones may.
    :param days: how long journals are kept (``retention.journal_days``), to be told where there is none.
    :raises ConfigurationError: no dataflow has such a journal, or several have.
    """
    names = [dataflow] if dataflow else _names(home / "journal")
    found = [name for name in names if _holds_files(home / "journal" / places.run_folder(name, run_id))]
    if len(found) > 1:
        raise ConfigurationError(f"run {run_id} is one of {', '.join(found)}; say which with --dataflow")
    if not found:
        where = f" of {dataflow}" if dataflow else ""
        raise ConfigurationError(
            f"there is no journal of run {run_id}{where}: no run has that id, it never came to its plan, or its journal was swept after "
            f"{days} days (retention.journal_days); without it nothing can be put back"
        )
    return Found(found[0], _flows(home / "journal" / places.run_folder(found[0], run_id)))


def _holds_files(folder: Any) -> bool:
    """The janitor takes files and leaves folders."""
    return folder.exists() and any(path.is_file() for path in folder.rglob("*"))


def _flows(folder: Any) -> tuple[str, ...]:
    return tuple(sorted(flow.name for flow in folder.iterdir() if flow.is_dir() and any(flow.glob("before-*.json"))))


def _names(folder: Any) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else []
