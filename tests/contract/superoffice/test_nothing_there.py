"""Sales that are not there, and what a sale has none of, in the ways that SuperOffice tells it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from requests.adapters import HTTPAdapter

from lenke.core.ports import Write
from lenke.systems.registry import client_for
from lenke.systems.superoffice.quotes import composed
from sandbox import Running
from tests.contract.suite import HASTE
from tests.flows.superoffice_small import OFFICE


class Nothing(HTTPAdapter):
    """Answers the reads of sale 501 with what the services below REST say of a record that is not there."""

    def send(self, request: requests.PreparedRequest, *rest: Any, **options: Any) -> requests.Response:
        reply = super().send(request, *rest, **options)
        _ = reply.content  # else the change would be read over
        if request.method == "GET" and str(request.url).endswith("/Sale/501"):
            reply._content = b"null"
        return reply


def test_a_sale_that_is_null_is_gone_and_the_next_one_is_written(running: Running) -> None:
    client = client_for(OFFICE, running.connections[OFFICE], patience=HASTE, adapter=Nothing())
    outcomes = client.write("Sale", [Write(id, "update", id, {"Heading": "Ny"}) for id in ("501", "502")])
    assert [outcome.status for outcome in outcomes] == ["gone", "done"]
    assert (running.record(OFFICE, "Sale", "502") or {})["Heading"] == "Ny"


@pytest.mark.parametrize(
    ("contact", "told"),
    [(None, None), ({"ContactId": 0, "Name": ""}, None), ({"ContactId": 101, "Name": "A"}, {"ContactId": 101, "Name": "A"})],
)
def test_a_sale_s_contact_is_null_where_there_is_none(contact: Any, told: Any) -> None:
    sale = {"SaleId": 1, "Contact": contact}
    assert composed(sale, None, cast("Any", SimpleNamespace()))["Contact"] == told
