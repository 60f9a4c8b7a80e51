"""The session layer: what is sent again, what is never said, how fast it goes."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lenke.core.errors import ConfigurationError, LenkeError, RejectedRecordError, RetriableError, UnknownOutcomeError
from lenke.systems.auth import ClientCredentials, Static
from lenke.systems.connection import Connection
from lenke.systems.http import Session
from lenke.systems.jsontext import loads
from lenke.systems.limits import TokenBucket
from lenke.systems.patience import Patience
from lenke.systems.poweroffice_go.pages import rows
from lenke.systems.problems import Problem
from lenke.systems.redaction import redact
from lenke.systems.replies import Reply, retry_after
from lenke.systems.shopify.budget import Budget
from tests.contract.scripted import Answer, Asked, Scripted

SECRET = "s3cr3t-value-9"
QUERY = {"email": "ola.nordmann@example.org"}
SENT = {"Name": "Ola Nordmann", "MailAddress": {"AddressLine1": "Storgata 1"}}


def session(url: str, sleeps: list[float] | None = None, *, patience: Patience | None = None) -> Session:
    slept = sleeps if sleeps is not None else []
    return Session(
        url,
        auth=Static({"X-Api-Key": SECRET}),
        limiter=TokenBucket(10_000, sleep=lambda seconds: None),
        explain=lambda status, text: Problem("rejected", text),
        patience=replace(patience or Patience(tries=3), sleep=slept.append),
    )


def after(*answers: Answer) -> Callable[[Asked], Answer]:
    """A script that gives these answers in turn, the last one for ever."""
    left = list(answers)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


class TestRetries:
    def test_retry_after_is_obeyed_in_seconds_and_as_a_date(self) -> None:
        sleeps: list[float] = []
        when = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        told = [Answer(status=429, headers={"Retry-After": "7"}), Answer(status=503, headers={"Retry-After": when})]
        script = after(*told, Answer({"a": 1}))
        with Scripted(script) as server:
            assert session(server.url, sleeps).read("/x").body == {"a": 1}
        assert sleeps[0] == 7
        assert 35 < sleeps[1] <= 40

    def test_a_wait_longer_than_patience_is_handed_on(self) -> None:
        sleeps: list[float] = []
        with Scripted(after(Answer(status=429, headers={"Retry-After": "3600"}))) as server, pytest.raises(RetriableError) as caught:
            session(server.url, sleeps).send("POST", "/x", {})
        assert caught.value.delay == timedelta(hours=1)
        assert (sleeps, len(server.asked)) == ([], 1)

    def test_pauses_grow(self) -> None:
        sleeps: list[float] = []
        with Scripted(after(Answer(status=500))) as server, pytest.raises(RetriableError):
            session(server.url, sleeps, patience=Patience(tries=4, first=1)).read("/x")
        assert len(server.asked) == 4
        assert [round(pause / 2**place) for place, pause in enumerate(sleeps)] == [1, 1, 1]

    @pytest.mark.parametrize("answer", [Answer(status=500), Answer("<html>"), Answer('{"Id": 1', status=201), Answer(status=504)])
    def test_a_write_is_sent_once(self, answer: Answer) -> None:
        with Scripted(after(answer)) as server, pytest.raises(UnknownOutcomeError):
            session(server.url).send("POST", "/x", {"a": 1})
        assert len(server.asked) == 1

    @pytest.mark.parametrize("page", ["<html>Slow down</html>", "error code: 1020", "Forbidden"])
    @pytest.mark.parametrize("ask", [Session.read, Session.ask])
    def test_a_page_that_forbids_a_read_is_asked_again(self, page: str, ask: Callable[[Session, str], Reply]) -> None:
        sleeps: list[float] = []
        barred = Answer(page, status=403, headers={"Retry-After": "5", "Content-Type": "text/plain"})
        with Scripted(after(barred, Answer({"a": 1}))) as server:
            assert ask(session(server.url, sleeps), "/x").body == {"a": 1}
        assert sleeps == [5]
        with Scripted(after(barred)) as server, pytest.raises(RetriableError, match="403"):
            ask(session(server.url), "/x")
        assert len(server.asked) == 3

    @pytest.mark.parametrize("body", [{"code": "no"}, [], ""])
    def test_an_answer_that_forbids_a_read_is_asked_for_once(self, body: object) -> None:
        with Scripted(after(Answer(body, status=403))) as server, pytest.raises(RejectedRecordError, match="403"):
            session(server.url).read("/x", parse=rows)
        assert len(server.asked) == 1

    def test_a_page_that_forbids_a_write_is_a_refusal(self) -> None:
        with Scripted(after(Answer("<html>No</html>", status=403))) as server, pytest.raises(RejectedRecordError, match="403"):
            session(server.url).send("POST", "/x", {"a": 1})
        assert len(server.asked) == 1

    @pytest.mark.parametrize("value", ["", "soon", "-3", "1e999"])
    def test_a_senseless_retry_after_says_nothing(self, value: str) -> None:
        assert retry_after({"Retry-After": value}) is None

    def test_redirects_are_not_followed(self) -> None:
        with Scripted(after(Answer(status=302, headers={"Location": "http://elsewhere.example/"}))) as server:
            with pytest.raises(ConfigurationError, match="redirects"):
                session(server.url).read("/x")
            with pytest.raises(ConfigurationError, match="another host"):
                session(server.url).read("http://elsewhere.example/x")
        assert len(server.asked) == 1


class TestWhatCannotBeSent:
    @pytest.mark.parametrize(
        ("text", "fault"),
        [('{"a": NaN}', "a number that is none"), ("[" * 500 + "]" * 500, "nested too deeply")],
        ids=["a number", "depth"],
    )
    def test_a_record_that_could_be_read_and_cannot_be_written_is_refused_by_itself(self, text: str, fault: str) -> None:
        asked: list[Asked] = []

        def script(request: Asked) -> Answer:
            asked.append(request)
            return Answer({})

        with Scripted(script) as server, pytest.raises(RejectedRecordError, match=fault):
            session(server.url).send("POST", "/x", {"Name": loads(text)})
        assert asked == []


class TestSecrecy:
    def said(self, caught: pytest.ExceptionInfo[LenkeError]) -> str:
        """All that a log could show of an error, its causes included."""
        return "".join(traceback.format_exception(caught.value, chain=True)) + repr(caught.value.__context__)

    def test_no_query_is_told_when_the_connection_fails(self) -> None:
        with pytest.raises(RetriableError) as caught:
            session("http://127.0.0.1:9").read("/customers", QUERY)
        assert "nordmann" not in self.said(caught)
        assert SECRET not in self.said(caught)
        assert "/customers" in str(caught.value)

    def test_the_systems_words_are_told_without_what_was_sent(self) -> None:
        words = f"Customer Ola Nordmann (ola@x.example, +47 22 33 44 55) is no good: key {SECRET} 'Storgata 1'"
        with Scripted(after(Answer(words, status=400))) as server, pytest.raises(RejectedRecordError) as caught:
            session(server.url).send("POST", "/x", SENT)
        said = self.said(caught)
        assert "is no good" in said
        assert not any(word in said for word in ("Ola", "x.example", "22 33", SECRET, "Storgata"))

    def test_property_names_stay_in_quotes(self) -> None:
        assert redact("'City' is 'Bergen'", names=frozenset({"City"})) == "'City' is '***'"
        assert redact("see https://x.example/a?email=ola%40x.example") == "see https://x.example/a?***"

    def test_urllib3_logs_no_query(self, caplog: pytest.LogCaptureFixture) -> None:
        with Scripted(after(Answer({}))) as server, caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
            session(server.url).read("/x", {"email": "ola@x.example"})
        assert "/x" in caplog.text
        assert "ola" not in caplog.text

    def test_a_connection_shows_no_secret(self) -> None:
        shown = repr(Connection.of({"host": "https://x.example", "password": SECRET, "extra": {"subscription_key": SECRET}}))
        assert SECRET not in shown


class TestConnection:
    def test_extra_may_be_text_nested_or_prefixed(self) -> None:
        for extra in ('{"n": "5", "on": "false"}', {"extra": '{"n": 5, "on": false}'}, {"extra__http__n": 5, "on": "0"}):
            connection = Connection.of({"host": "x.example", "extra": extra})
            assert (connection.number("n", 1), connection.flag("on", default=True)) == (5, False)
        assert connection.base_url == "https://x.example"
        with pytest.raises(ConfigurationError):
            Connection.of({"host": "x.example", "extra": "not json"})

    def test_scheme_and_port_may_be_apart(self) -> None:
        plain = {"host": "127.0.0.1", "schema": "http", "port": 8091}
        assert Connection.of(plain).base_url == "http://127.0.0.1:8091"

    def test_credentials_are_not_sent_in_the_open(self) -> None:
        with pytest.raises(ConfigurationError, match="https"):
            Connection.of({"host": "http://shop.example/api"})
        assert Connection.of({"host": "http://sandbox:8091", "extra": {"sandbox": True}}).base_url


class TestLimits:
    def test_no_second_holds_more_than_the_rate(self) -> None:
        """However long the bucket was left alone: 10 a second are the vendor's limit, with no burst above it."""
        now, taken = [60.0], []

        def sleep(seconds: float) -> None:
            now[0] += seconds

        bucket = TokenBucket(10, clock=lambda: now[0], sleep=sleep)
        now[0] += 60
        for _ in range(32):
            bucket.take()
            taken.append(now[0])
        assert now[0] == pytest.approx(123.1)
        assert max(sum(begin <= at < begin + 0.999 for at in taken) for begin in taken) == 10
        bucket.close_for(5)
        bucket.take()
        assert now[0] == pytest.approx(128.2)

    def test_a_refusal_of_shopify_holds_back_every_query_though_the_points_are_there(self) -> None:
        now = [10.0]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        budget = Budget(clock=lambda: now[0], sleep=sleep)
        budget.told("one", {"requestedQueryCost": 10, "throttleStatus": {"currentlyAvailable": 2000, "restoreRate": 100}})
        budget.wait("other")
        assert now == [10.0]
        budget.close_for(1.1)
        budget.wait("other")
        assert now == [11.1]

    def test_a_token_is_kept_until_shortly_before_its_end(self) -> None:
        now, asked = [0.0], []

        def fetch() -> dict[str, object]:
            asked.append(now[0])
            return {"access_token": f"t{len(asked)}", "expires_in": 1200}

        auth = ClientCredentials(fetch, clock=lambda: now[0])
        for moment in (0, 600, 1139, 1141, 1200):
            now[0] = moment
            auth.headers()
        assert asked == [0, 1141]
        assert auth.renew()
        assert auth.headers()["Authorization"] == "Bearer t3"


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_that_lets_nothing_through_is_refused(rate: float) -> None:
    with pytest.raises(ConfigurationError, match="requests_per_second: a number above 0"):
        TokenBucket(rate)
