"""Why a try of a task failed: the last line of its log, and a file beside the run's reports."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseNotifier

from lenke.core.errors import UnknownOutcomeError
from lenke.runtime import places, staging
from lenke.runtime.retry import IntentRetryPolicy, reason_of

FOLDER = "tries"
log = logging.getLogger(__name__)


class TryNotifier(BaseNotifier):
    """Runs after a try that failed, behind all that Airflow itself logs of it."""

    def notify(self, context: Any) -> None:
        """Keep the reason and log it."""
        ti, error = context["ti"], context.get("exception")
        failed = _failed(ti, error)
        folder = places.home() / "reports" / places.run_folder(ti.dag_id, context["dag_run"].run_id) / FOLDER
        staging.write_json(folder / f"{ti.task_id}.{failed['map_index']}.{failed['try']}.json", failed)
        # Airflow runs callbacks in a group of its log that its UI shows folded: the reason must stand open.
        log.info("::endgroup::")
        log.error("%s", line(failed))


def _failed(ti: Any, error: BaseException | None) -> dict[str, Any]:
    """One try as the report holds it: task, map_index, try, reason, wait_seconds (None: no further try), at."""
    wait: float | None = None
    if error is not None:
        decision = IntentRetryPolicy().evaluate(error, ti.try_number, ti.max_tries)
        # Tries that are used up end it, too; Airflow's own delay is the task's.
        if decision.action.value != "fail" and ti.try_number <= ti.max_tries:
            delay = decision.retry_delay or ti.task.retry_delay
            wait = delay.total_seconds()
    return {
        "task": ti.task_id,
        "map_index": ti.map_index if ti.map_index is not None else -1,
        "try": ti.try_number,
        "reason": reason_of(error) if error is not None else "the task's process ended",
        "settles_first": isinstance(error, UnknownOutcomeError),
        "wait_seconds": wait,
        "at": datetime.now(UTC).isoformat(),
    }


def line(failed: dict[str, Any]) -> str:
    """A try that failed, for a person."""
    if failed["wait_seconds"] is None:
        return f"Try {failed['try']} failed and there is no further one: {failed['reason']}"
    settles = ", which first looks for what this one may have written" if failed["settles_first"] else ""
    return f"Try {failed['try']} failed, the next one starts in {failed['wait_seconds']:.0f} s{settles}: {failed['reason']}"


def of_flow(reports: Any, flow: str) -> list[dict[str, Any]]:
    """The failed tries of a flow's tasks in one run, in the order of time.

    :param reports: the run's folder of reports.
    """
    folder = reports / FOLDER
    found = [json.loads(file.read_text()) for file in folder.iterdir() if file.name.startswith(f"{flow}.")] if folder.exists() else []
    return sorted(found, key=lambda one: str(one["at"]))
