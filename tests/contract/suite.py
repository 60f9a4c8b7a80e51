"""What every system's client must do, whatever its dialect: a new system's test names its cases and inherits the rest.

Each test speaks through real HTTP to the sandbox and looks at what the sandbox stored and noted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError, RetriableError
from lenke.core.ports import Outcome, Record, System, Write
from lenke.systems.http import Patience
from lenke.systems.paths import look
from lenke.systems.registry import client_for
from sandbox import Running

NUMBERS = count(700_001)
HASTE = Patience(tries=3, first=0.01)


@dataclass(frozen=True)
class Case:
    """One entity of one system.

    :param new: the fields of a valid record, none alike (given a number).
    :param edited: a path to change, and a value unlike any record's.
    :param other: another path, which somebody else changes meanwhile, and its value.
    :param key: a path that ``find`` takes.
    :param unique: a path whose value only one record may have; None where only the marker is unique.
    :param id: the id's path.
    :param archived: the path that says so; None where the entity has no archive.
    """

    system: str
    entity: str
    new: Callable[[int], Mapping[str, Any]]
    edited: tuple[str, Any]
    other: tuple[str, Any]
    key: str
    id: str
    address: str
    unique: str | None = None
    archived: str | None = None
    bad_credentials: Mapping[str, Any] = field(default_factory=lambda: {"password": "no-such-secret"})


class SystemContract:
    """The contract; ``case`` is the system under test."""

    case: ClassVar[Case]

    @pytest.fixture
    def client(self, sandbox: Running) -> Iterator[System]:
        client = self.opened(sandbox)
        yield client
        client.close()

    def opened(self, sandbox: Running, **extra: Any) -> System:
        connection = sandbox.connections[self.case.system]
        return client_for(self.case.system, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)

    def made(self, client: System, *, marker: str | None = None) -> Record:
        outcome = self.create(client, marker=marker)
        assert outcome.status == "done", outcome
        assert outcome.record is not None
        return outcome.record

    def create(self, client: System, *, marker: str | None = None) -> Outcome:
        traits = client.traits(self.case.entity)
        fields = self.case.new(next(NUMBERS))
        return one(client, self.case, Write("w", "create", fields=fields, marker=marker if traits.marker else None))

    def update(self, record: Record, **changed: Any) -> Write:
        path, value = self.case.edited
        current = json.loads(record.raw)
        return Write("w", "update", record.id, {path: value}, {path: look(current, path)}, current, **changed)

    def fault(self, sandbox: Running, name: str, method: str, **rule: Any) -> None:
        sandbox.fault(self.case.system, name, match={"method": method, "path": self.case.address + "*"}, **rule)

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        body = sandbox.record(self.case.system, self.case.entity, id)
        assert body is not None
        return json.loads(json.dumps(body))  # type: ignore[no-any-return]

    def test_tenant_is_told_and_stays(self, client: System) -> None:
        assert client.tenant() == client.tenant() != ""

    def test_an_unknown_entity_is_a_configuration_error(self, client: System) -> None:
        with pytest.raises(ConfigurationError, match="Nonsense"):
            client.traits("Nonsense")

    def test_list_brings_every_record_once(self, client: System, sandbox: Running) -> None:
        ids = [record.id for record in client.list(self.case.entity)]
        assert sorted(ids) == sorted(str(body[self.case.id]) for body in sandbox.records(self.case.system, self.case.entity))

    def test_list_brings_what_changed_since(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        since = datetime.now(UTC) - timedelta(seconds=1)
        sandbox.edit(self.case.system, self.case.entity, record.id, dict([self.case.edited]))
        found = {row.id: row for row in client.list(self.case.entity, since=since)}
        assert found[record.id].version != record.version
        assert found[record.id].modified is not None

    def test_raw_keeps_numbers_as_received(self, client: System, sandbox: Running) -> None:
        record = next(iter(client.get(self.case.entity, [self.made(client).id])))
        assert json.loads(record.raw, parse_float=str) == json.loads(json.dumps(self.stored(sandbox, record.id)), parse_float=str)

    def test_get_leaves_out_what_is_not_there(self, client: System) -> None:
        record = self.made(client)
        missing = self.absent(record.id)
        found = list(client.get(self.case.entity, [missing, record.id]))
        assert [row.id for row in found] == [record.id]
        assert found[0].whole
        assert client.gone(self.case.entity, [missing, record.id]) == {missing: "deleted"}

    def absent(self, id: str) -> str:
        return str(int(id) + 900_000) if id.isdecimal() else "00000000-0000-4000-8000-000000000000"

    def test_find_by_key_is_exact(self, client: System) -> None:
        record = self.made(client)
        value = str(look(json.loads(record.raw), self.case.key))
        assert [row.id for row in client.find(self.case.entity, self.case.key, [value, "no-such-value"])] == [record.id]
        assert list(client.find(self.case.entity, self.case.key, [value + "1", ""])) == []

    def test_a_created_record_is_found_by_its_marker(self, client: System, sandbox: Running) -> None:
        traits = client.traits(self.case.entity)
        if traits.marker is None:
            assert traits.keys, "without a marker there must be a key"
            return
        marker = f"lk-{next(NUMBERS)}"
        record = self.made(client, marker=marker)
        assert look(self.stored(sandbox, record.id), traits.marker) == marker
        assert [row.id for row in client.find(self.case.entity, traits.marker, [marker])] == [record.id]

    def test_a_taken_marker_is_not_unique(self, client: System) -> None:
        if client.traits(self.case.entity).marker_unique:
            self.made(client, marker="lk-taken")
            assert self.create(client, marker="lk-taken").status == "not_unique"

    def test_a_taken_key_is_not_unique(self, client: System) -> None:
        if self.case.unique:
            fields = self.case.new(next(NUMBERS))
            assert one(client, self.case, Write("a", "create", fields=fields)).status == "done"
            outcome = one(client, self.case, Write("b", "create", fields=fields))
            assert (outcome.status, outcome.key) == ("not_unique", "b")
            assert str(fields[self.case.unique]) not in outcome.reason

    def test_an_update_sends_only_what_changed(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        before, since = self.stored(sandbox, record.id), last_seq(sandbox, self.case.system)
        outcome = one(client, self.case, self.update(record))
        after, path = self.stored(sandbox, record.id), self.case.edited[0].split(".")[0]
        assert outcome.status == "done"
        assert outcome.record is not None
        assert look(json.loads(outcome.record.raw), self.case.edited[0]) == self.case.edited[1]
        moving = {path, *DATES}
        assert {name: value for name, value in after.items() if name not in moving} == {
            name: value for name, value in before.items() if name not in moving
        }
        assert sum(row["applied"] for row in sandbox.audit(self.case.system, since)) == 1

    def test_an_update_of_a_moved_record_is_not_written(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        path, value = self.case.edited
        sandbox.edit(self.case.system, self.case.entity, record.id, {path: value + "9"})
        since = last_seq(sandbox, self.case.system)
        assert client.traits(self.case.entity).compares
        assert one(client, self.case, self.update(record)).status == "moved"
        assert look(self.stored(sandbox, record.id), path) == value + "9"
        assert not any(row["applied"] for row in sandbox.audit(self.case.system, since))

    def test_an_edit_of_another_field_survives(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        path, value = self.case.other
        sandbox.edit(self.case.system, self.case.entity, record.id, {path: value})
        assert one(client, self.case, self.update(record)).status == "done"
        after = self.stored(sandbox, record.id)
        assert (look(after, path), look(after, self.case.edited[0])) == (value, self.case.edited[1])

    def test_an_update_of_a_deleted_record_is_gone(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        sandbox.delete(self.case.system, self.case.entity, record.id)
        assert one(client, self.case, self.update(record)).status == "gone"

    def test_archive(self, client: System, sandbox: Running) -> None:
        record = self.made(client)
        outcome = one(client, self.case, Write("w", "archive", record.id, current=json.loads(record.raw)))
        if self.case.archived is None:
            assert outcome.status == "rejected"
        else:
            assert outcome.status == "done"
            assert look(self.stored(sandbox, record.id), self.case.archived) is True

    def test_no_row_is_lost_while_rows_move(self, sandbox: Running) -> None:
        client = self.opened(sandbox, page_size=20)
        ids = {str(body[self.case.id]) for body in sandbox.records(self.case.system, self.case.entity)}
        seen: list[str] = []
        for place, record in enumerate(client.list(self.case.entity)):
            if place in (5, 25, 45):
                for moving in seen[-3:]:
                    with suppress(ValueError):  # a locked order stays where it is
                        sandbox.edit(self.case.system, self.case.entity, moving, dict([self.case.other]))
            seen.append(record.id)
        assert ids <= set(seen)

    def test_wrong_credentials(self, sandbox: Running) -> None:
        secret = str(self.case.bad_credentials["password"])
        client = client_for(self.case.system, {**sandbox.connections[self.case.system], **self.case.bad_credentials}, patience=HASTE)
        with pytest.raises(AuthenticationError) as caught:
            client.tenant()
        assert secret not in str(caught.value)
        with pytest.raises(AuthenticationError):
            self.create(client)

    @pytest.mark.parametrize("fault", ["429", "5xx", "html", "truncate", "drop_reply"])
    def test_a_read_is_tried_again(self, client: System, sandbox: Running, fault: str) -> None:
        everything = {str(body[self.case.id]) for body in sandbox.records(self.case.system, self.case.entity)}
        self.fault(sandbox, fault, "GET", count=2, seconds=0)
        assert {record.id for record in client.list(self.case.entity)} == everything

    def test_a_read_gives_up_with_a_retriable_error(self, client: System, sandbox: Running) -> None:
        self.fault(sandbox, "5xx", "GET")
        with pytest.raises(RetriableError):
            list(client.list(self.case.entity))

    def test_a_throttled_write_happens_once(self, client: System, sandbox: Running) -> None:
        before = len(sandbox.records(self.case.system, self.case.entity))
        self.fault(sandbox, "429", "POST", count=1, seconds=0)
        self.made(client)
        assert len(sandbox.records(self.case.system, self.case.entity)) == before + 1

    @pytest.mark.parametrize(("fault", "effect"), [("drop_reply", 1), ("truncate", 1), ("html", 0), ("5xx", 0)])
    def test_a_write_without_an_answer_is_unknown_and_not_sent_again(
        self, client: System, sandbox: Running, fault: str, effect: int
    ) -> None:
        marker, before = f"lk-{next(NUMBERS)}", len(sandbox.records(self.case.system, self.case.entity))
        self.fault(sandbox, fault, "POST", count=1)
        outcome = self.create(client, marker=marker)
        assert (outcome.status, outcome.id) == ("unknown", None)
        assert len(sandbox.records(self.case.system, self.case.entity)) == before + effect
        path = client.traits(self.case.entity).marker
        if path:
            assert len(list(client.find(self.case.entity, path, [marker]))) == effect

    def test_a_write_that_never_left_is_retriable(self, sandbox: Running) -> None:
        closed = {**sandbox.connections[self.case.system], "host": "http://127.0.0.1:9/v2"}
        outcome = self.create(client_for(self.case.system, closed, patience=HASTE))
        assert (outcome.status, outcome.id) == ("retriable", None)

    def test_calls_are_counted(self, client: System) -> None:
        before = client.calls
        client.tenant()
        assert client.calls > before


DATES = {"updated_at", "LastChangedDateTimeOffset", "StockOnHandLastChangedDatetimeOffset"}


def one(client: System, case: Case, write: Write) -> Outcome:
    """The outcome of a single write."""
    (outcome,) = client.write(case.entity, [write])
    return outcome


def last_seq(sandbox: Running, system: str) -> int:
    """The newest entry of the audit list."""
    return max((row["seq"] for row in sandbox.audit(system)), default=0)
