"""The session layer that every client shares: keep-alive, limits, retries, and errors by intent without secrets.

What decides whether a request may be sent again::

    no connection came about      read: again     write: again (nothing left this machine)
    429                           read: again     write: again (refused before it had an effect)
    401 once, token renewed       read: again     write: again
    lost, cut short, HTML, 5xx    read: again     write: UnknownOutcomeError, never sent again from here
    403 that is no JSON           read: again     write: as the next line has it
    403 on one write of several   that record is rejected: the credentials open others
    403 on all, or on a read      AuthenticationError
    other 4xx                     the system's answer, as the error that ``explain`` makes of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from lenke.core.errors import (
    AuthenticationError,
    ConfigurationError,
    LenkeError,
    RejectedRecordError,
    RetriableError,
    ThrottledError,
    UnknownOutcomeError,
)
from lenke.systems.auth import Auth
from lenke.systems.connection import refuse_open_wire
from lenke.systems.jsontext import TOO_DEEP, dumps, loads
from lenke.systems.limits import THROTTLED, TokenBucket
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.problems import Problem, error_of
from lenke.systems.redaction import private_values, quiet_queries, redact
from lenke.systems.replies import Reply, Request, badly_configured, is_json, never_connected, parsed, readable, retry_after


class UnauthorisedError(AuthenticationError):
    """A 401: a new token may help, unlike with a missing privilege."""


# What a server or gateway in front of the API answers with a page of its own before the request gets through: it had no effect.
_TURNED_AWAY = frozenset({400, 403, 405, 411, 413, 414, 415, 431})
# Firewalls and hosts answer 403 with a page to who asks too often, and let the same request through later.
_BARRED = "403 and no answer of the API, as a firewall or a host gives; if it stays so, the workers' address must be let through there"
# So many writes in a row may be forbidden, one record at a time, before they count as all of them.
_FORBIDDEN_MOST = 3


def unsigned(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """The request as it is."""
    return prepared


def _text(method: str, path: str, body: Any) -> str | None:
    try:
        return None if body is None else dumps(body)
    except ValueError as error:
        fault = TOO_DEEP if str(error) == TOO_DEEP else "it holds a number that is none (NaN, Infinity)"
        raise RejectedRecordError(f"{method} {urlsplit(path).path}: the record cannot be sent, for {fault}; correct it there") from None


class Session:
    """One system's HTTP session; every client speaks through one of these.

    :param explain: makes a :class:`Problem` of a 4xx status and the reply's text: the vendor's error shape.
    :param names: property names that may stand in messages.
    :param timeout: seconds to connect, and to wait for each part of an answer.
    :param adapter: replaces the transport (tests record through one).
    :param sign: changes each request just before it is sent, for schemes that sign the address.
    :param text_of: the text of a reply, None where it is none that the API answers with on purpose.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth,
        limiter: TokenBucket,
        explain: Callable[[int, str], Problem],
        names: frozenset[str] = frozenset(),
        timeout: tuple[float, float] = (10.0, 60.0),
        patience: Patience = PATIENCE,
        adapter: requests.adapters.BaseAdapter | None = None,
        sign: Callable[[requests.PreparedRequest], requests.PreparedRequest] = unsigned,
        text_of: Callable[[requests.Response], str | None] = readable,
    ) -> None:
        quiet_queries()
        self.calls = 0
        self._written = False
        self._forbidden = 0
        self._base_url = base_url.rstrip("/")
        self._auth = auth
        self._limiter = limiter
        self._explain = explain
        self._names = names
        self._timeout = timeout
        self._patience = patience
        self._sign = sign
        self._text_of = text_of
        self._http = requests.Session()
        if adapter is not None:
            self._http.mount("http://", adapter)
            self._http.mount("https://", adapter)

    def read(self, path: str, query: Mapping[str, str] | None = None, *, parse: Callable[[str], Any] = loads) -> Reply:
        """GET, tried again while that can help; RetriableError when patience ends.

        :param path: below the base URL, or a whole URL of the same scheme, host and port.
        :param parse: turns the text into ``Reply.body``; a ValueError means that the reply is cut short or no JSON.
        """
        return self._patiently(Request("GET", path, query or {}, parse=parse, harmless=True))

    def ask(self, path: str, body: Any = None, *, parse: Callable[[str], Any] = loads) -> Reply:
        """A POST that only reads, or whose effect a second one does not double; tried again as :meth:`read` is."""
        text = _text("POST", path, body)
        return self._patiently(Request("POST", path, text=text, private=tuple(private_values(body)), parse=parse, harmless=True))

    def send(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Reply:
        """A write. Sent again only where it surely had no effect; else UnknownOutcomeError.

        RejectedRecordError for a body that holds a number that JSON cannot (an untouched ``NaN`` of the target that goes along).
        """
        text = _text(method, path, body)
        return self._patiently(Request(method, path, text=text, content_type=content_type, private=tuple(private_values(body))))

    def token(self, url: str, form: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask ``url`` for an access token; AuthenticationError where it is refused, ConfigurationError where it would go in the open.

        One try: it is part of the request that needs it, whose own patience covers it.
        """
        if urlsplit(url).netloc != urlsplit(self._base_url).netloc:
            refuse_open_wire("token_url", url)
        request = Request("POST", url, text=form, content_type="application/x-www-form-urlencoded", harmless=True)
        answer = self._transmit(request, url, {}, headers)
        if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
            raise AuthenticationError(f"{request}: {answer.status_code}, no token; check login, password and keys of the connection")
        body = self._judge(request, answer).body
        if not isinstance(body, Mapping) or not body.get("access_token"):
            raise RetriableError(f"{request}: the answer holds no token")
        return body

    def secrets(self) -> Iterable[str]:
        """What no message may hold of the credentials."""
        return self._auth.secrets()

    def close(self) -> None:
        """End the keep-alive connections."""
        self._http.close()

    def _patiently(self, request: Request) -> Reply:
        tried = 0
        while True:
            tried += 1
            result = self._attempt(request)
            if isinstance(result, Reply):
                self._written = self._written or not request.harmless
                return result
            pause = self._patience.pause(tried, result)
            if pause is None:
                # Outside any except block: a transport exception's text holds the whole URL and must not hang on as context.
                raise result
            self._patience.sleep(pause)
            THROTTLED.seconds += pause if isinstance(result, ThrottledError) else 0.0

    def _attempt(self, request: Request) -> Reply | LenkeError:
        try:
            return self._authorised(request)
        except LenkeError as error:
            return error

    def _authorised(self, request: Request) -> Reply:
        try:
            return self._once(request)
        except UnauthorisedError:
            if not self._auth.renew():
                raise
        return self._once(request)

    def _once(self, request: Request) -> Reply:
        headers = self._auth.headers()
        query = {**request.query, **self._auth.query()}
        return self._judge(request, self._transmit(request, self._url(request.path), query, headers))

    def _transmit(self, request: Request, url: str, query: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response:
        self._limiter.take()
        self.calls += 1
        kind = {"Content-Type": request.content_type} if request.text is not None else {}
        try:
            return self._http.request(
                request.method,
                url,
                params=dict(query),
                data=None if request.text is None else request.text.encode("utf-8"),
                headers={"Accept": "application/json", **kind, **headers},
                timeout=self._timeout,
                allow_redirects=False,
                auth=self._sign,  # else requests would put a .netrc entry in place of the Authorization header
            )
        except requests.exceptions.RequestException as exc:
            failure = self._failure(request, exc)
        raise failure

    def _failure(self, request: Request, exc: requests.exceptions.RequestException) -> LenkeError:
        wrong = badly_configured(exc)
        if wrong:
            return ConfigurationError(f"{request}: {wrong}")
        if never_connected(exc):
            return RetriableError(f"{request}: no connection ({type(exc).__name__})")
        return self._lost(request, f"no whole answer came ({type(exc).__name__})")

    def _judge(self, request: Request, answer: requests.Response) -> Reply:
        status, text = answer.status_code, self._text_of(answer)
        if status == 401:
            host = urlsplit(self._base_url).netloc
            raise UnauthorisedError(f"{request}: 401, {host} refused the credentials; renew login, password and keys in its connection")
        if status == 429:
            raise self._too_much(request, retry_after(answer.headers))
        if 300 <= status < 400:
            raise ConfigurationError(f"{request}: {status}, the address redirects; put the final one in the connection's host")
        if status == 403 and request.harmless and not is_json(text):
            raise RetriableError(f"{request}: {_BARRED}", delay=retry_after(answer.headers))
        if text is None and status in _TURNED_AWAY:
            raise self._refused(request, status, Problem("forbidden" if status == 403 else "rejected"))
        if status >= 500 or status == 408 or text is None:
            raise self._lost(request, f"{status}, no usable answer", delay=retry_after(answer.headers))
        if status >= 400:
            raise self._refused(request, status, self._explain(status, text))
        body, whole = parsed(request, text)
        if not whole:
            raise self._lost(request, "the answer is cut short or no JSON")
        return Reply(status, answer.headers, text, body, answer.url)

    def _lost(self, request: Request, what: str, delay: timedelta | None = None) -> LenkeError:
        return RetriableError(f"{request}: {what}", delay=delay) if request.harmless else UnknownOutcomeError(f"{request}: {what}")

    def _too_much(self, request: Request, delay: timedelta | None) -> LenkeError:
        self._limiter.close_for(min(self._patience.longest, delay.total_seconds() if delay else 1.0))
        return ThrottledError(f"{request}: 429, too many requests", delay=delay)

    def _refused(self, request: Request, status: int, problem: Problem) -> LenkeError:
        words = redact(problem.text, values=(*request.private, *self._auth.secrets(), *request.query.values()), names=self._names)
        message = f"{request}: {status} {words}".rstrip()
        if status == 403 and not request.harmless and self._is_about_one_record(problem):
            return RejectedRecordError(f"{message} (these credentials may not write this record)", property=problem.property)
        return error_of(problem, message)

    def _is_about_one_record(self, problem: Problem) -> bool:
        """Whether a forbidden write says nothing of the others: they succeed, or none was tried yet."""
        if problem.intent not in ("auth", "forbidden"):
            return False
        self._forbidden += 1
        return self._written or (problem.intent == "forbidden" and self._forbidden <= _FORBIDDEN_MOST)

    def _url(self, path: str) -> str:
        if "://" not in path:
            return self._base_url + path
        if urlsplit(path)[:2] != urlsplit(self._base_url)[:2]:
            raise ConfigurationError(f"{urlsplit(self._base_url).netloc}: a reply points to another host, which gets no credentials")
        return path
