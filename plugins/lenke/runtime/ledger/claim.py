"""One run at a time per flow: a run claims it when it extracts and gives it back when it commits.

Airflow starts the runs of a backfill side by side whatever the DAG's ``max_active_runs`` says. A run that planned on reads from
before another one's writes would take those writes back, so it must not even begin. The claim is an asset state; the extract tasks
that take it share a one-slot pool per dataflow, so that no two of them look at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from lenke.core.errors import BusyError, FatalError

WAIT = timedelta(seconds=5)


class Claim(Protocol):
    """Where a flow's claim is kept: the run id, or "" while nobody has it."""

    def get(self) -> str:
        """The run that has the flow."""

    def set(self, run_id: str) -> None:
        """Store it."""


def take(claim: Claim, run_id: str, *, is_active: Callable[[str], bool]) -> None:
    """Claim a flow for a run; a claim of a run that has ended is taken over.

    :raises BusyError: another active run has it.
    """
    holder = claim.get()
    if holder not in ("", run_id) and is_active(holder):
        raise BusyError(f"run {holder} is at work on this flow; this one waits for it", delay=WAIT)
    if holder != run_id:
        claim.set(run_id)


def require(claim: Claim, run_id: str) -> None:
    """Refuse to go on with reads that are older than another run's work.

    :raises FatalError: the run does not have the flow (any more).
    """
    if claim.get() != run_id:
        raise FatalError(
            "the flow has been committed or taken over since this run read its records; clear the flow from its extract task on"
        )


def release(claim: Claim, run_id: str) -> None:
    """Give a flow back; a claim that is not the run's own is left alone."""
    if claim.get() == run_id:
        claim.set("")
