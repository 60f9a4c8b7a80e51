"""SuperOffice as these tests read and write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lenke.core.ports import Outcome, Record, Write
from sandbox import Running
from tests.flows.superoffice_small import OFFICE


def read(client: Any, entity: str, id: str) -> tuple[Record, dict[str, Any]]:
    (record,) = client.get(entity, [id])
    return record, json.loads(record.raw)


def update(client: Any, entity: str, id: str, fields: Mapping[str, Any], before: Mapping[str, Any] | None = None, **more: Any) -> Outcome:
    _, current = read(client, entity, id)
    outcome: Outcome = client.write(entity, [Write("w", "update", id, fields, before or {}, current, **more)])[0]
    return outcome


def agents(running: Running, since: int = 0) -> list[str]:
    return [row["path"].rpartition("/")[2] for row in running.audit(OFFICE, since)]
