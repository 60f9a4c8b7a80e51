"""The failed tries of a run's tasks, each a file beside the run's reports."""

from __future__ import annotations

import json
from typing import Any

from lenke.core.errors import BusyError
from lenke.runtime import places, staging

FOLDER = "tries"


def keep(context: Any, failed: dict[str, Any]) -> None:
    """Store one try as :mod:`lenke.runtime.tries` tells it."""
    staging.write_json(_reports(context) / FOLDER / f"{failed['task']}.{failed['map_index']}.{failed['try']}.json", failed)


def of_flow(reports: Any, flow: str) -> list[dict[str, Any]]:
    """The failed tries of a flow's tasks in one run, in the order of time.

    :param reports: the run's folder of reports.
    """
    return sorted(_stored(reports, f"{flow}."), key=lambda one: str(one["at"]))


def waits(context: Any) -> set[int]:
    """The tries of a task that only waited for another run."""
    index = context["ti"].map_index
    found = _stored(_reports(context), f"{context['ti'].task_id}.{-1 if index is None else index}.")
    return {int(one["try"]) for one in found if str(one["reason"]).startswith(BusyError.__name__)}


def _stored(reports: Any, prefix: str) -> list[dict[str, Any]]:
    folder = reports / FOLDER
    files = [file for file in folder.iterdir() if file.name.startswith(prefix)] if folder.exists() else []
    # Beside them may lie what a process that died, or a full disk, left half written.
    return [json.loads(file.read_text()) for file in files if file.name.endswith(".json")]


def _reports(context: Any) -> Any:
    return places.home() / "reports" / places.run_folder(context["ti"].dag_id, context["dag_run"].run_id)
