"""Speaks GraphQL over the shared session: cost budget, version check, errors by intent.

A query that was throttled or too costly was refused before it ran, so it may be sent again, writes included, unless one of several
mutations in it was carried out. Everything else about writes is as in :mod:`lenke.systems.http`: what may have happened is an
UnknownOutcomeError.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lenke.core.errors import ConfigurationError, RetriableError, ThrottledError, UnknownOutcomeError
from lenke.systems.http import Session
from lenke.systems.paths import look
from lenke.systems.patience import Patience
from lenke.systems.redaction import private_values
from lenke.systems.replies import Reply
from lenke.systems.shopify.budget import Budget
from lenke.systems.shopify.problems import code_of, errors_of, of_errors

Json = Mapping[str, Any]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """``data``, and for a mutation the top-level errors that hit single aliases."""

    data: Json = field(repr=False)
    errors: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


class Wire:
    """One shop's endpoint.

    :param version: the version that every answer must be in: an expired one is answered by a later one in silence.
    """

    def __init__(self, session: Session, endpoint: str, version: str, patience: Patience) -> None:
        self._session = session
        self._endpoint = endpoint
        self._version = version
        self._patience = patience
        self._budget = Budget(clock=patience.clock, sleep=patience.sleep)

    def ask(self, document: str, variables: Json | None = None) -> Json:
        """A query's data. Any top-level error fails it: a page with errors is no empty page."""
        reply = self._patiently(document, variables or {}, self._session.ask, write=False)
        self._check_version(reply)
        body = reply.body
        if errors := errors_of(body):
            raise of_errors(errors, self._private(variables), write=False)
        for found in look(body, "extensions.search") or ():
            if found.get("warnings"):
                raise ConfigurationError(f"Shopify did not understand a search filter of {'.'.join(map(str, found.get('path') or ()))}")
        data = body.get("data")
        if not isinstance(data, Mapping):
            raise RetriableError("Shopify: the answer holds neither data nor errors")
        return data

    def send(self, document: str, variables: Json) -> Answer:
        """A mutation's data, with the errors that hit single aliases; raises what hit the whole request."""
        reply = self._patiently(document, variables, self._post, write=True)
        body = reply.body
        errors = errors_of(body)
        if errors and not _has_begun(body) and (not body.get("data") or not all(error.get("path") for error in errors)):
            raise of_errors(errors, self._private(variables), write=True)
        return Answer(body.get("data") or {}, errors)

    def _post(self, path: str, body: Json) -> Reply:
        return self._session.send("POST", path, body)

    def _patiently(self, document: str, variables: Json, call: Callable[..., Reply], *, write: bool) -> Reply:
        tried = 0
        while True:
            tried += 1
            self._budget.wait(document)
            reply = call(self._endpoint, {"query": document, "variables": variables})
            if not isinstance(reply.body, Mapping):
                raise (
                    UnknownOutcomeError("Shopify: the answer is no GraphQL reply")
                    if write
                    else ConfigurationError("Shopify: the answer is no GraphQL reply; is the connection's host the shop's own address?")
                )
            pause = self._budget.told(document, look(reply.body, "extensions.cost"))
            if not any(code_of(error) == "THROTTLED" for error in errors_of(reply.body)):
                return reply
            if write and _has_begun(reply.body):
                return reply  # a second time would do what was done once more
            self._budget.close_for(min(pause, self._patience.longest))
            if tried >= self._patience.tries:
                raise ThrottledError("Shopify: throttled, the query's cost is not there yet")

    def _private(self, variables: Json | None) -> list[str]:
        return [*private_values(variables), *self._session.secrets()]

    def _check_version(self, reply: Reply) -> None:
        told = reply.headers.get("X-Shopify-API-Version")
        if told and told != self._version:
            raise ConfigurationError(
                f"Shopify answers in API version {told}, {self._version} is pinned: it may have expired; "
                "set extra api_version after a look at what changed"
            )


def _has_begun(body: Json) -> bool:
    """Whether some mutation of a request was answered, so that not all of it can have been refused."""
    data = body.get("data")
    return isinstance(data, Mapping) and any(payload is not None for payload in data.values())
