"""Answers of Shopify that hold nothing: a read is tried again, and is no empty result."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.errors import RetriableError
from lenke.systems.registry import client_for
from tests.contract.scripted import Answer, Scripted
from tests.contract.suite import HASTE


@pytest.mark.parametrize("answer", [{"data": None}, {}, {"data": []}, {"data": None, "errors": []}])
def test_an_answer_without_data_is_no_answer(answer: dict[str, Any]) -> None:
    with Scripted(lambda _: Answer(answer)) as server:
        client = client_for("shopify", {"host": server.url, "password": "t", "extra": {}}, patience=HASTE)
        with pytest.raises(RetriableError):
            client.tenant()
        with pytest.raises(RetriableError):
            list(client.list("Customer"))
