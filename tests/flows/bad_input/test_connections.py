"""A connection that is wrong or whose secret has ended stops the flow before any write, says which and what to do, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from lenke.core.errors import AuthenticationError, ConfigurationError, LenkeError
from lenke.runtime.retry import RETRIES, IntentRetryPolicy
from tests.flows.bad_input.spelled import PHONE, change_phone, phone
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation
from tests.flows.small import complaints


def connect(few: Installation, system: str, **changes: Any) -> None:
    """Change a connection; ``extra`` is laid over the present one."""
    now = few.engine.connections[system]
    extra = {**now["extra"], **changes.pop("extra", {})}
    few.engine.connections = {**few.engine.connections, system: {**now, **changes, "extra": extra}}


def refused(few: Installation) -> dict[str, LenkeError]:
    """A run that must fail in all its flows without a write."""
    before = {name: dict(keys.rows) for name, keys in few.engine.keys.items()}
    few.asked()
    few.engine.run(strict=False)
    assert few.asked() == []
    assert {name: dict(keys.rows) for name, keys in few.engine.keys.items()} == before
    assert set(few.engine.errors) == {flow.name for flow in few.engine.dataflow.flows}
    return few.engine.errors


WRONG: dict[str, tuple[str, dict[str, Any], type[LenkeError], str]] = {
    "another key": (SHOP, {"password": "wrong-key"}, AuthenticationError, "renew login, password and keys"),
    "another client key": (OFFICE, {"password": "wrong-key"}, AuthenticationError, "check login, password and keys"),
    "another subscription": (OFFICE, {"extra": {"subscription_key": "wrong-key"}}, AuthenticationError, "subscription|renew|check"),
    "no password": (SHOP, {"password": ""}, ConfigurationError, "connection custom_webshop: password missing"),
    "no host": (SHOP, {"host": ""}, ConfigurationError, "connection custom_webshop: host is missing"),
    "no address": (SHOP, {"host": "not an address"}, ConfigurationError, "connection host"),
    "a word for a number": (SHOP, {"extra": {"requests_per_second": "wrong-key"}}, ConfigurationError, "requests_per_second: a number"),
}


@pytest.mark.parametrize("case", WRONG)
def test_it_is_named_with_the_remedy_and_no_run_is_tried_again_for_it(few: Installation, case: str) -> None:
    system, changes, kind, words = WRONG[case]
    good = few.engine.connections
    left = min(few.engine.right_of(CUSTOMERS))
    change_phone(few, left)
    connect(few, system, **changes)
    for error in refused(few).values():
        assert isinstance(error, kind), error
        assert IntentRetryPolicy().evaluate(error, 1, RETRIES).action == RetryAction.FAIL
        assert "wrong-key" not in str(error)
    with pytest.raises(kind, match=words):
        raise next(iter(few.engine.errors.values()))

    few.engine.connections = good
    few.engine.run()
    assert phone(few, left) == PHONE
    assert complaints(few) == []


@pytest.mark.parametrize("system", [SHOP, OFFICE])
def test_a_secret_that_ends_between_two_runs_costs_nothing_once_it_is_renewed(few: Installation, system: str) -> None:
    left = min(few.engine.right_of(CUSTOMERS))
    change_phone(few, left)
    kept = few.systems._sites[system].system.store
    name = "api_key" if system == SHOP else "client_key"
    old = kept.meta(name)
    assert old
    kept.keep(name, "renewed-secret")
    told = str(next(iter(refused(few).values())))
    assert "renewed-secret" not in told
    assert old not in told

    connect(few, system, password="renewed-secret")
    few.engine.run()
    assert phone(few, left) == PHONE
    assert complaints(few) == []
