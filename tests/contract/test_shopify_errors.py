"""What Shopify's top-level errors say of mutations: refused before they ran, or nobody knows."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from lenke.core.errors import ThrottledError, UnknownOutcomeError
from lenke.core.ports import LineWrite
from lenke.systems.registry import client_for
from lenke.systems.shopify import batch
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.client import ShopifyClient
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE
from tests.contract.test_shopify_orders import order
from tests.contract.test_shopify_rules import opened, product, write

SYSTEM = "shopify"
INTERNAL = {"message": "Internal error. Looks like something went wrong on our end."}


class Muddled(HTTPAdapter):
    """Carries the requests that hold ``word`` and puts ``told`` in the place of what they are answered."""

    def __init__(self, word: str, told: dict[str, Any]) -> None:
        super().__init__()
        self._word, self._told = word, told

    def send(self, request: requests.PreparedRequest, *rest: Any, **options: Any) -> requests.Response:
        reply = super().send(request, *rest, **options)
        _ = reply.content  # else the change would be read over
        if self._word in str(request.body):
            reply._content = json.dumps(self._told).encode()
        return reply


def muddled(sandbox: Running, word: str, told: dict[str, Any]) -> ShopifyClient:
    found = client_for(SYSTEM, sandbox.connections[SYSTEM], patience=HASTE, adapter=Muddled(word, told))
    assert isinstance(found, ShopifyClient)
    return found


def coded(code: str, *path: Any) -> dict[str, Any]:
    return {"message": "No", "extensions": {"code": code}, **({"path": list(path)} if path else {})}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"errors": [INTERNAL]}, "unknown"),
        ({"errors": "Internal error"}, "unknown"),
        ({"data": None, "errors": [INTERNAL]}, "unknown"),
        ({"data": {"a0": None}, "errors": [{**INTERNAL, "path": ["a0"]}]}, "unknown"),
        ({"errors": [coded("SOMETHING_NEW")]}, "unknown"),
        ({"errors": [coded("TIMEOUT")]}, "unknown"),
        ({"errors": [coded("BAD_REQUEST"), INTERNAL]}, "unknown"),
        ({"data": {"a0": {"customer": None}}, "errors": [coded("ACCESS_DENIED", "a0", "customer")]}, "unknown"),
        ({"errors": [coded("BAD_REQUEST")]}, "rejected"),
        ({"errors": [coded("INVALID_VARIABLE")]}, "rejected"),
        ({"errors": [coded("undefinedField", "mutation CreateCustomer", "a0", "none")]}, "rejected"),
        ({"data": {"a0": None}, "errors": [coded("INVALID_FIELD_ARGUMENTS", "a0")]}, "rejected"),
    ],
)
def test_a_mutation_counts_as_refused_by_a_known_code_only(sandbox: Running, answer: dict[str, Any], status: str) -> None:
    client = muddled(sandbox, "mutation CreateCustomer", answer)
    assert write(client, "Customer", fields={"lastName": "Feil"}).status == status


@pytest.mark.parametrize("answer", [{"errors": [INTERNAL]}, {"data": {"a0": None}, "errors": [{**INTERNAL, "path": ["a0"]}]}])
def test_lines_that_may_have_been_added_keep_what_they_stand_for(sandbox: Running, answer: dict[str, Any]) -> None:
    usual = opened(sandbox)
    made = order(usual, {"exactQuantity": "1", "unitPrice": "100"})
    key, variant = made["legacyResourceId"], product(usual)["legacyResourceId"]
    new = LineWrite("create", None, {"variant.legacyResourceId": variant, "exactQuantity": "1.5", "unitPrice": "80"}, marker="lk-new")
    outcome = write(muddled(sandbox, "orderEditCommit", answer), "Order", "update", id=key, lines=(new,))
    (now,) = usual.get("Order", [key])
    line = json.loads(now.raw)["lines"][-1]
    assert (outcome.status, line["marker"], line["exactQuantity"], line["unitPrice"]) == ("unknown", "lk-new", "1.5", "80")


def served(told: list[dict[str, Any]]) -> tuple[list[str], list[batch.Result]]:
    """The mutations that arrived, and what became of two operations, where the server answers with ``told``, the last one for good."""
    arrived: list[str] = []

    def answer(asked: Asked) -> Answer:
        arrived.append(asked.body)
        return Answer(told[min(len(arrived), len(told)) - 1])

    with Scripted(answer) as server:
        client = client_for(SYSTEM, {"host": server.url, "password": "t", "extra": {}}, patience=HASTE)
        assert isinstance(client, ShopifyClient)
        given = [Operation("customerCreate", (("input", "CustomerInput!", {"lastName": name}),), "customer { id }") for name in "AB"]
        return arrived, batch.run(client.wire, given, "CreateCustomer")


DONE = {"customer": {"id": "gid://shopify/Customer/1"}, "userErrors": []}


@pytest.mark.parametrize(("error", "kind"), [(coded("THROTTLED", "a1"), ThrottledError), (coded("THROTTLED"), UnknownOutcomeError)])
def test_what_was_partly_carried_out_is_not_sent_again(error: dict[str, Any], kind: type[Exception]) -> None:
    arrived, (first, second) = served([{"data": {"a0": DONE, "a1": None}, "errors": [error]}])
    assert len(arrived) == 1
    assert first.payload == DONE
    assert first.error is None
    assert type(second.error) is kind


@pytest.mark.parametrize("nothing", [{}, {"data": None}, {"data": {"a0": None, "a1": None}}])
def test_what_was_throttled_as_a_whole_is(nothing: dict[str, Any]) -> None:
    arrived, results = served([{**nothing, "errors": [coded("THROTTLED")]}, {"data": {"a0": DONE, "a1": DONE}}])
    assert len(arrived) == 2
    assert [result.error for result in results] == [None, None]
