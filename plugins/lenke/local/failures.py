"""Why a task failed, as its log tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lenke.local.follow import Run, Task


def told(run: Run, logs: Path) -> tuple[str, ...]:
    """A line per failed task of a run: what it said, and where its log is.

    :param logs: Airflow's folder of task logs.
    """
    failed = [task for task in run.tasks if task.state == "failed"]
    # The closing task only counts up what the others have said.
    causes = [task for task in failed if task.flow] or failed
    return tuple(_line(task, run, logs) for task in causes)


def _line(task: Task, run: Run, logs: Path) -> str:
    name = f"{task.flow}.{task.name}" if task.flow else task.name
    folder = logs / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={name}"
    return f"{run.dag_id}  {name} failed: {message(folder) or 'its log says no more'} (log: {folder})"


def message(folder: Path) -> str:
    """The error of a task's latest try that has one, or ""."""
    attempts = sorted(folder.rglob("attempt=*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    return next((error for path in attempts for error in _errors(path)), "")


def _errors(path: Path) -> Iterator[str]:
    for line in reversed(path.read_text(encoding="utf-8", errors="replace").splitlines()):
        try:
            entry: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, Mapping) and entry.get("error_detail"):
            yield _text(entry["error_detail"][0])


def _text(error: Mapping[str, Any]) -> str:
    kind, value = str(error.get("exc_type") or ""), str(error.get("exc_value") or "").strip()
    return f"{kind}: {value}" if value else kind
