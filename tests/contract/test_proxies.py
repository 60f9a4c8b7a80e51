"""The session layer behind a proxy: what may have gone through it is not sent again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lenke.core.errors import LenkeError, RetriableError, UnknownOutcomeError
from lenke.systems.auth import Static
from lenke.systems.http import Session
from lenke.systems.limits import TokenBucket
from lenke.systems.patience import Patience
from lenke.systems.problems import Problem
from tests.contract.scripted import Answer, Asked, Scripted


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the proxy of this process."""

    def use(proxy: str) -> None:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)

    return use


def session(host: str) -> Session:
    return Session(
        host,
        auth=Static(),
        limiter=TokenBucket(10_000, sleep=lambda seconds: None),
        explain=lambda status, text: Problem("rejected", text),
        patience=Patience(tries=3, sleep=lambda seconds: None),
    )


@pytest.mark.parametrize(
    ("host", "answer", "error", "methods"),
    [
        ("http://system.example", Answer(hangs_up=True), UnknownOutcomeError, ["POST"]),
        ("https://system.example", Answer(status=502), RetriableError, ["CONNECT"] * 3),
    ],
    ids=["it hangs up once it has the request", "it opens no tunnel"],
)
def test_a_write_goes_to_a_proxy_again_only_where_it_got_nothing(
    behind: Callable[[str], None], host: str, answer: Answer, error: type[LenkeError], methods: list[str]
) -> None:
    arrived: list[Asked] = []

    def script(asked: Asked) -> Answer:
        arrived.append(asked)
        return answer

    with Scripted(script) as proxy:
        behind(proxy.url)
        with pytest.raises(error):
            session(host).send("POST", "/x", {"a": 1})
    assert [asked.method for asked in arrived] == methods


def test_a_proxy_that_is_not_there_has_got_nothing(behind: Callable[[str], None]) -> None:
    behind("http://127.0.0.1:9")
    opened = session("http://system.example")
    with pytest.raises(RetriableError):
        opened.send("POST", "/x", {"a": 1})
    assert opened.calls == 3
