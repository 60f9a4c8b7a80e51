"""What the contract's tests do with a case, and what a system may do its own way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, ClassVar

import pytest

from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.paths import look
from lenke.systems.patience import Patience
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite.case import Case

NUMBERS = count(700_001)
HASTE = Patience(tries=3, first=0.01)


class Desk:
    """The client and the sandbox beside it; ``case`` is the system under test."""

    case: ClassVar[Case]

    @pytest.fixture
    def client(self, sandbox: Running) -> Iterator[System]:
        client = self.opened(sandbox)
        yield client
        client.close()

    def opened(self, sandbox: Running, **extra: Any) -> System:
        connection = sandbox.connections[self.case.system]
        return client_for(self.case.system, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)

    # What a system may do its own way.

    def fields(self, sandbox: Running, number: int) -> Mapping[str, Any]:
        """The fields of a new record."""
        assert self.case.new
        return self.case.new(number)

    def lines(self, sandbox: Running, number: int) -> tuple[LineWrite, ...]:
        """The lines of a new record."""
        return ()

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        """What the sandbox holds of a record, in the shape of its raw."""
        body = sandbox.record(self.case.system, self.case.entity, id)
        assert body is not None
        return json.loads(json.dumps(body))  # type: ignore[no-any-return]

    def ids(self, sandbox: Running) -> list[str]:
        """The ids of all records that the sandbox holds."""
        return [str(look(body, self.case.id)) for body in sandbox.records(self.case.system, self.case.entity)]

    def edit(self, sandbox: Running, id: str, path: str, value: Any) -> None:
        """Change a record as a person would."""
        sandbox.edit(self.case.system, self.case.entity, id, {path: value})

    def delete(self, sandbox: Running, id: str) -> None:
        """Delete a record as a person would."""
        sandbox.delete(self.case.system, self.case.entity, id)

    # What the tests do with a case.

    def made(self, client: System, sandbox: Running, *, marker: str | None = None) -> Record:
        if self.case.new is None:
            assert self.case.born
            (record,) = client.get(self.case.entity, [sandbox.create(self.case.system, self.case.entity, self.case.born(next(NUMBERS)))])
            return record
        outcome = self.create(client, sandbox, marker=marker)
        assert outcome.status == "done", outcome
        assert outcome.record is not None
        return outcome.record

    def create(self, client: System, sandbox: Running, *, marker: str | None = None) -> Outcome:
        traits, number = client.traits(self.case.entity), next(NUMBERS)
        fields, lines = self.fields(sandbox, number), self.lines(sandbox, number)
        return one(client, self.case, Write("w", "create", fields=fields, lines=lines, marker=marker if traits.marker else None))

    def update(self, record: Record, **changed: Any) -> Write:
        path, value = self.case.edited
        current = json.loads(record.raw)
        return Write("w", "update", record.id, {path: value}, {path: look(current, path)}, current, **changed)

    def fault(self, sandbox: Running, name: str, kind: str, **rule: Any) -> None:
        match = self.case.reads if kind == "read" else self.case.writes
        usual = {"method": "GET" if kind == "read" else "POST", "path": self.case.address + "*"}
        sandbox.fault(self.case.system, name, match=dict(match or usual), **rule)

    def creates(self) -> None:
        if self.case.new is None:
            pytest.skip("the API makes no record of this entity")


def one(client: System, case: Case, write: Write) -> Outcome:
    """The outcome of a single write."""
    (outcome,) = client.write(case.entity, [write])
    return outcome


def last_seq(sandbox: Running, system: str) -> int:
    """The newest entry of the audit list."""
    return max((row["seq"] for row in sandbox.audit(system)), default=0)
