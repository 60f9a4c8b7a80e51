"""What deleting a ledger key costs: one message, and not the value's way through the API."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.execution_time import task_runner, xcom
from airflow.sdk.execution_time.comms import DeleteXCom, OKResponse, XComResult

from lenke.runtime.ledger.keys import XComKeys


class Comms:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> Any:
        self.sent.append(message)
        return OKResponse(ok=True) if isinstance(message, DeleteXCom) else XComResult(key=message.key, value="text")


class Elsewhere(BaseXCom):
    purged: list[Any] = []  # noqa: RUF012

    @classmethod
    def purge(cls, xcom: XComResult, *_: Any) -> None:
        cls.purged.append(xcom.value)


@pytest.fixture
def comms(monkeypatch: pytest.MonkeyPatch) -> Comms:
    made = Comms()
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", made, raising=False)
    return made


def test_delete_does_not_fetch_the_value(comms: Comms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xcom, "XCom", BaseXCom)
    XComKeys("a.b.1").delete("seg.1.c0")
    assert [(type(message), message.key) for message in comms.sent] == [(DeleteXCom, "seg.1.c0")]


def test_delete_purges_when_the_backend_keeps_values_elsewhere(comms: Comms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xcom, "XCom", Elsewhere)
    XComKeys("a.b.1").delete("seg.1.c0")
    assert Elsewhere.purged == ["text"]
