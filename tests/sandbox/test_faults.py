from __future__ import annotations

import time

import pytest
import requests

from tests.sandbox.callers import OFFICE, SHOP, Office, Shop

PERSON = {"type": "person"}


def _total(shop: Shop) -> int:
    shop.running.clear_faults()
    total: int = shop.get("/customers").json()["total"]
    return total


def test_drop_reply_takes_effect_and_hangs_up(shop: Shop) -> None:
    shop.running.fault(SHOP, "drop_reply", count=1)
    with pytest.raises(requests.ConnectionError):
        shop.post("/customers", PERSON)
    assert _total(shop) == 1
    assert [row["applied"] for row in shop.running.audit(SHOP)] == [1]


def test_timeout_before_hangs_up_without_effect(shop: Shop) -> None:
    shop.running.fault(SHOP, "timeout_before", count=1)
    with pytest.raises(requests.ConnectionError):
        shop.post("/customers", PERSON)
    assert _total(shop) == 0


def test_truncate_takes_effect_and_sends_half(shop: Shop) -> None:
    shop.running.fault(SHOP, "truncate", count=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        shop.post("/customers", PERSON)
    assert _total(shop) == 1


def test_slow_takes_effect_before_it_answers(shop: Shop) -> None:
    shop.running.fault(SHOP, "slow", seconds=0.3, count=1)
    with pytest.raises(requests.Timeout):
        shop.session.post(f"{shop.base}/customers", json=PERSON, timeout=0.1)
    assert _total(shop) == 1


def test_slow_answers_at_last(shop: Shop) -> None:
    shop.running.fault(SHOP, "slow", seconds=0.2)
    began = time.monotonic()
    assert shop.get("/shop").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_html_instead_of_json(shop: Shop) -> None:
    shop.running.fault(SHOP, "html", count=1)
    answer = shop.post("/customers", PERSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert _total(shop) == 0


def test_5xx_without_effect_unless_told(shop: Shop) -> None:
    shop.running.fault(SHOP, "5xx", count=1)
    shop.running.fault(SHOP, "5xx", count=1, status=504, effect=True)
    assert [shop.post("/customers", PERSON).status_code for _ in range(3)] == [503, 504, 201]
    assert _total(shop) == 2


def test_429_tells_the_shops_callers_how_long(shop: Shop, office: Office) -> None:
    shop.running.fault(SHOP, "429", count=1, seconds=3)
    answer = shop.get("/shop")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    office.running.fault(OFFICE, "429", count=1)
    refused = office.get("/Customers")
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers


def test_a_fault_hits_only_what_it_names(office: Office) -> None:
    office.running.fault(OFFICE, "5xx", match={"method": "POST", "path": "/SalesOrders"})
    assert office.get("/SalesOrders").status_code == 204
    assert office.post("/SalesOrders/Complete", {}).status_code == 503
    assert office.post("/Customers", {}).status_code == 400


def test_a_rate_draws_the_same_each_time(shop: Shop) -> None:
    drawn = []
    for _ in range(2):
        shop.running.fault(SHOP, "5xx", rate=0.3, seed=7)
        drawn.append([shop.get("/shop").status_code for _ in range(40)])
        shop.running.clear_faults(SHOP)
    assert drawn[0] == drawn[1]
    assert 3 < drawn[0].count(503) < 25


@pytest.mark.parametrize("rule", [{"fault": "typo"}, {"fault": "429", "sometimes": True}, {"fault": "429", "match": {"verb": "GET"}}])
def test_unknown_rules_are_refused(shop: Shop, rule: dict[str, object]) -> None:
    url = shop.running.urls[SHOP]
    assert requests.post(f"{url}/_sandbox/faults", json=rule, timeout=30).status_code == 400


def test_a_system_without_tokens_cannot_lose_them(shop: Shop) -> None:
    with pytest.raises(ValueError, match="no tokens"):
        shop.running.fault(SHOP, "expire_token")
