"""Retries by what an error means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from lenke.core import errors
from lenke.runtime.retry import RETRIES, IntentRetryPolicy

POLICY = IntentRetryPolicy()


@pytest.mark.parametrize(
    "error",
    [
        errors.MappingError("m.yaml", "flows[0]", "wrong"),
        errors.AuthenticationError("no"),
        errors.FatalError("no"),
        errors.BrakeError("no"),
        errors.LedgerError("no"),
        errors.FenceError("no"),
        errors.PausedError("no"),
    ],
)
def test_what_only_a_person_can_mend_fails_at_once_with_its_reason(error: errors.LenkeError) -> None:
    decision = POLICY.evaluate(error, 1, RETRIES)
    assert decision.action == RetryAction.FAIL
    assert str(error) in (decision.reason or "")


def test_the_wait_is_what_the_server_asked_for() -> None:
    decision = POLICY.evaluate(errors.RetriableError("busy", delay=timedelta(seconds=42)), 1, RETRIES)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=42))


def test_waits_grow_where_nobody_said_how_long() -> None:
    delays = [POLICY.evaluate(errors.UnknownOutcomeError("?"), number, RETRIES).retry_delay for number in (1, 2, 3)]
    assert delays == sorted(delays, key=lambda delay: delay or timedelta())
    assert len(set(delays)) == len(delays)


def test_only_waiting_for_another_run_goes_on_beyond_the_usual_tries() -> None:
    late = RETRIES + 1
    assert POLICY.evaluate(errors.RetriableError("down"), late, 240).action == RetryAction.FAIL
    assert POLICY.evaluate(errors.BusyError("busy", delay=timedelta(seconds=1)), late, 240).action == RetryAction.RETRY


def test_an_unforeseen_error_tells_its_type_and_not_its_text() -> None:
    assert POLICY.evaluate(ValueError("kari@example.com"), 1, RETRIES).reason is None
