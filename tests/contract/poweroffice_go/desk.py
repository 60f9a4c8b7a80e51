"""PowerOffice GO as these tests open, read and write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from lenke.core.ports import Outcome, Record, System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

NUMBERS = count(810_001)
GO = "poweroffice_go"


def opened(sandbox: Running, **extra: Any) -> System:
    connection = sandbox.connections[GO]
    return client_for(GO, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)


def write(client: System, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def made(client: System, entity: str, **fields: Any) -> Record:
    outcome = write(client, entity, fields={name.replace("__", "."): value for name, value in fields.items()})
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record


def body(record: Record | None) -> Any:
    assert record
    return json.loads(record.raw)


def sent(sandbox: Running, since: int) -> list[Mapping[str, Any]]:
    return [row for row in sandbox.audit(GO) if row["seq"] > since]


def newest(sandbox: Running) -> int:
    return int(max((row["seq"] for row in sandbox.audit(GO)), default=0))
