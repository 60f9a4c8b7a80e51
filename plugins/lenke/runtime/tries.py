"""Why a try of a task failed: the last line of its log, and a file beside the run's reports."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseNotifier

from lenke.core.errors import UnknownOutcomeError
from lenke.runtime import tried
from lenke.runtime.retry import IntentRetryPolicy, reason_of

log = logging.getLogger(__name__)


class TryNotifier(BaseNotifier):
    """Runs after a try that failed, behind all that Airflow itself logs of it."""

    def notify(self, context: Any) -> None:
        """Keep the reason and log it."""
        failed = _failed(context)
        tried.keep(context, failed)
        # Airflow runs callbacks in a group of its log that its UI shows folded: the reason must stand open.
        log.info("::endgroup::")
        log.error("%s", line(failed))


def _failed(context: Any) -> dict[str, Any]:
    """One try as the report holds it: task, map_index, try, reason, wait_seconds (None: no further try), at."""
    ti, error = context["ti"], context.get("exception")
    wait: float | None = None
    if error is not None:
        decision = IntentRetryPolicy().evaluate(error, ti.try_number, ti.max_tries, context)
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
