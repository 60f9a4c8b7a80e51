"""Retries by what an error means, not by its text; the reason is the last line of the task's log, and kept for the run's report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

from lenke.core import errors
from lenke.runtime.tried import waits

# What a person must change first: trying again would only repeat it.
HOPELESS = (errors.PausedError, errors.ConfigurationError, errors.FatalError, errors.BrakeError, errors.LedgerError, errors.FenceError)
RETRIES = 3
# How often a task looks whether the run that is at work on its flow has ended.
BUSY_RETRIES = 240
DELAY = timedelta(seconds=5)


def reason_of(exception: BaseException) -> str:
    """Why a try failed; of an error that nobody foresaw only its type, as its text may hold anything."""
    return f"{type(exception).__name__}: {exception}" if isinstance(exception, errors.LenkeError) else type(exception).__name__


def failures(context: Any, number: int, most: int) -> int:
    """How often a task has failed since it was last cleared, this time too, without the tries that only waited for another run.

    Airflow counts a task's tries on when it is cleared, and adds its retries to ``max_tries``.
    """
    if context is None:
        return number
    before = most - (context["ti"].task.retries or 0)
    return number - before - sum(before < earlier < number for earlier in waits(context))


class IntentRetryPolicy(RetryPolicy):
    """Fails at once on what only a person can mend, and waits as long as the server asked where it did."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """The decision for one failure; its reason goes to the task's log.

        :param context: of the task, to tell how often it has failed since it was last cleared; None: as often as it was tried.
        """
        reason = reason_of(exception)
        if isinstance(exception, HOPELESS):
            return RetryDecision.fail(reason=reason)
        failed = failures(context, try_number, max_tries)
        if not isinstance(exception, errors.BusyError) and failed > RETRIES:
            return RetryDecision.fail(reason=reason)
        if isinstance(exception, errors.RetriableError) and exception.delay is not None:
            return RetryDecision.retry(delay=exception.delay, reason=reason)
        if isinstance(exception, errors.LenkeError):
            return RetryDecision.retry(delay=DELAY * 2 ** min(failed - 1, 6), reason=reason)
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """The stored form: the policy has no settings."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> IntentRetryPolicy:
        """The policy from its stored form."""
        return cls()
