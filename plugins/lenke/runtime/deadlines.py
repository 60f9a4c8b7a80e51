"""What a run's deadline counts from; the plugin registers it with Airflow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

# Airflow's type stub lacks this name.
from airflow.sdk import BaseDeadlineReference  # type: ignore[attr-defined]


class RunMade(BaseDeadlineReference):  # type: ignore[misc]
    """When a run was made, which is when it was queued.

    Airflow's own DAGRUN_QUEUED_AT does not do: as long as a run has such a deadline, Airflow 3.3.2 answers with an internal server error
    to whoever clears one of its tasks (``_recalculate_dagrun_queued_at_deadlines`` takes the stored interval for a number).
    """

    def _evaluate_with(self, **_: Any) -> datetime:
        # Airflow asks while it makes the run.
        return datetime.now(UTC)
