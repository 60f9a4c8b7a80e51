"""Records that the user may not write: SuperOffice's rights are those of a role, record by record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from lenke.core.errors import AuthenticationError
from lenke.core.ports import LineWrite, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE
from tests.contract.superoffice.desk import update
from tests.flows.superoffice_small import OFFICE

SENTRY = {"Error": True, "ErrorType": "SoSentryException", "ErrorMessage": "No rights"}
REFUSALS = [(403, SENTRY), (403, {}), (400, SENTRY)]


class Guarded(HTTPAdapter):
    """Refuses the requests that ``guards`` says, before they arrive."""

    def __init__(self, guards: Callable[[requests.PreparedRequest], bool], status: int, body: Any) -> None:
        super().__init__()
        self._guards, self._status, self._body = guards, status, body

    def send(self, request: requests.PreparedRequest, *rest: Any, **options: Any) -> requests.Response:
        if not self._guards(request):
            return super().send(request, *rest, **options)
        reply = requests.Response()
        reply.status_code, reply._content = self._status, json.dumps(self._body).encode()
        return reply


def guarded(running: Running, status: int, body: Any, guards: Callable[[requests.PreparedRequest], bool]) -> Any:
    return client_for(OFFICE, running.connections[OFFICE], patience=HASTE, adapter=Guarded(guards, status, body))


def writes_to(*paths: str) -> Callable[[requests.PreparedRequest], bool]:
    return lambda request: request.method != "GET" and any(str(request.url).endswith(path) for path in paths)


@pytest.mark.parametrize(("status", "body"), REFUSALS)
@pytest.mark.parametrize("order", [("101", "102", "103"), ("102", "101", "103")])
def test_one_record_does_not_hold_the_others_back(running: Running, status: int, body: Any, order: tuple[str, ...]) -> None:
    client = guarded(running, status, body, writes_to("/Contact/102"))
    outcomes = client.write("Contact", [Write(id, "update", id, {"Description": "N"}, {}, {"ContactId": int(id)}) for id in order])
    assert {one.key: one.status for one in outcomes} == {"101": "done", "102": "rejected", "103": "done"}
    held = {id: (running.record(OFFICE, "Contact", id) or {})["Description"] for id in order}
    assert held == {"101": "N", "102": "", "103": "N"}


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_sale_s_lines_are_rejected_and_its_head_is_written(running: Running, status: int, body: Any) -> None:
    client = guarded(running, status, body, writes_to("/Agents/Quote/SaveQuoteLine"))
    outcome = update(client, "Sale", "501", {"Heading": "Ny"}, lines=(LineWrite("update", "6001", {"Description": "Ny"}),))
    assert (outcome.status, outcome.partial) == ("done", True)
    assert (running.record(OFFICE, "Sale", "501") or {})["Heading"] == "Ny"


@pytest.mark.parametrize(("status", "body"), REFUSALS[:2])
def test_a_user_who_may_write_nothing_is_told_to_the_person(running: Running, status: int, body: Any) -> None:
    client = guarded(running, status, body, writes_to("/Contact/101", "/Contact/102", "/Contact/103", "/Product/2001"))
    assert {
        one.status for one in client.write("Contact", [Write(id, "update", id, {"Description": "N"}) for id in ("101", "102", "103")])
    } == {"rejected"}
    with pytest.raises(AuthenticationError):
        client.write("Product", [Write("w", "update", "2001", {"Name": "N"})])
