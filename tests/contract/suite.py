"""What every system's client must do, whatever its dialect: a new system's test names its cases and inherits the rest.

Each test speaks through real HTTP to the sandbox and looks at what the sandbox stored and noted. A new system's test is this,
once for each entity; only the case's system is started (fixture ``sandbox`` in conftest.py)::

    class TestCustomer(SystemContract):
        case: ClassVar = Case(
            system="shop",
            entity="Customer",
            new=lambda n: {"name": f"Prøve {n} AS", "email": f"post@prove{n}.example"},
            edited=("city", "Bodø"),
            other=("website", "https://prove.example"),
            key="email",
            id="id",
            address="/customers",
            archived="archived",
        )

Where an entity cannot do something the case says so: ``new=None`` (no create: records are born by a person, from ``born``),
``key=None`` (no key to find by), ``archived=None`` (no archive), ``compares=False`` (the client, not the server, compares before it
writes). Where reads and writes are not told apart by their HTTP method (GraphQL, agents) ``reads`` and ``writes`` are the matches of
the faults: ``{"method": "POST", "path": "/graphql.json", "body": "mutation"}``, the body a regular expression. Where a record's
raw is not the body that the sandbox keeps, ``shaped`` names the members that the client adds or changes, ``selected`` says that
reads bring a part of the members only, and a test class overrides ``stored``, ``ids``, ``edit`` or ``delete``; ``fields`` and
``lines`` where a new record refers to others.
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
from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.paths import look
from lenke.systems.patience import Patience
from lenke.systems.registry import client_for
from sandbox import Running

NUMBERS = count(700_001)
HASTE = Patience(tries=3, first=0.01)


@dataclass(frozen=True)
class Case:
    """One entity of one system.

    :param new: the fields of a valid record, none alike (given a number); None where the API makes none.
    :param edited: a path to change, and a text unlike any record's.
    :param other: another path, which somebody else changes meanwhile, and its value.
    :param key: a path that ``find`` takes; None where it takes none.
    :param id: the id's path.
    :param address: path of the entity below the sandbox's base, for faults.
    :param reads: which requests are the entity's reads (a fault's match); GET below the address where empty.
    :param writes: the same for creates; POST below the address where empty.
    :param unique: a path whose value only one record may have; None where only the marker is unique.
    :param archived: the path that says so; None where the entity has no archive.
    :param archive_value: what stands there in an archived record.
    :param elsewhere: what somebody else writes to the edited path; the edited text and a 9 where None.
    :param compares: the server compares in the step of the write; else the client reads and compares first.
    :param moving: members that change with every write, besides dates.
    :param shaped: members of the raw that the client adds to the vendor's record, or brings into another form.
    :param selected: a read brings some of the stored members only.
    :param born: fields with which a person makes a record where ``new`` is None.
    """

    system: str
    entity: str
    new: Callable[[int], Mapping[str, Any]] | None
    edited: tuple[str, str]
    other: tuple[str, Any]
    key: str | None
    id: str
    address: str
    reads: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    unique: str | None = None
    archived: str | None = None
    archive_value: Any = True
    elsewhere: str | None = None
    compares: bool = True
    moving: frozenset[str] = frozenset()
    shaped: frozenset[str] = frozenset()
    selected: bool = False
    born: Callable[[int], Mapping[str, Any]] | None = None
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

    def test_tenant_is_told_and_stays(self, client: System) -> None:
        assert client.tenant() == client.tenant() != ""

    def test_an_unknown_entity_is_a_configuration_error(self, client: System) -> None:
        with pytest.raises(ConfigurationError, match="Nonsense"):
            client.traits("Nonsense")

    def test_list_brings_every_record_once(self, client: System, sandbox: Running) -> None:
        ids = [record.id for record in client.list(self.case.entity)]
        assert sorted(ids) == sorted(self.ids(sandbox))

    def test_list_brings_what_changed_since(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        since = datetime.now(UTC) - timedelta(seconds=1)
        self.edit(sandbox, record.id, *self.case.edited)
        found = {row.id: row for row in client.list(self.case.entity, since=since)}
        assert found[record.id].version != record.version
        assert found[record.id].modified is not None

    def test_raw_keeps_numbers_as_received(self, client: System, sandbox: Running) -> None:
        record = next(iter(client.get(self.case.entity, [self.made(client, sandbox).id])))
        told = json.loads(record.raw, parse_float=str)
        held = json.loads(json.dumps(self.stored(sandbox, record.id)), parse_float=str)
        for name in self.case.shaped:
            assert name in told
        told, held = ({name: value for name, value in side.items() if name not in self.case.shaped} for side in (told, held))
        assert told == (part_of(held, told) if self.case.selected else held)

    def test_a_record_tells_when_it_was_created_where_its_traits_say_so(self, client: System, sandbox: Running) -> None:
        path = client.traits(self.case.entity).created
        if path is not None:
            (record,) = client.get(self.case.entity, self.ids(sandbox)[:1])
            at = datetime.fromisoformat(look(json.loads(record.raw), path))
            assert at.replace(tzinfo=at.tzinfo or UTC) <= datetime.now(UTC)

    def test_get_leaves_out_what_is_not_there(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        missing = self.absent(record.id)
        found = list(client.get(self.case.entity, [missing, record.id]))
        assert [row.id for row in found] == [record.id]
        assert found[0].whole
        assert client.gone(self.case.entity, [missing, record.id]) == {missing: "deleted"}

    def absent(self, id: str) -> str:
        return str(int(id) + 900_000) if id.isdecimal() else "00000000-0000-4000-8000-000000000000"

    def test_find_by_key_is_exact(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        if self.case.key is None:
            assert not client.traits(self.case.entity).keys
            return
        assert self.case.key in client.traits(self.case.entity).keys
        value = str(look(json.loads(record.raw), self.case.key))
        assert [row.id for row in client.find(self.case.entity, self.case.key, [value, "no-such-value"])] == [record.id]
        assert list(client.find(self.case.entity, self.case.key, [value + "1", ""])) == []

    def test_a_path_that_is_no_key_is_a_configuration_error(self, client: System) -> None:
        with pytest.raises(ConfigurationError):
            list(client.find(self.case.entity, "NoSuchPath", ["1"]))

    def test_an_entity_without_create_says_so(self, client: System) -> None:
        if self.case.new is None:
            with suppress(ConfigurationError):
                assert one(client, self.case, Write("w", "create", fields=dict([self.case.edited]))).status == "rejected"

    def test_a_created_record_is_found_by_its_marker(self, client: System, sandbox: Running) -> None:
        self.creates()
        traits = client.traits(self.case.entity)
        if traits.marker is None:
            assert traits.keys, "without a marker there must be a key"
            return
        marker = f"lk-{next(NUMBERS)}"
        record = self.made(client, sandbox, marker=marker)
        assert look(self.stored(sandbox, record.id), traits.marker) == marker
        assert [row.id for row in client.find(self.case.entity, traits.marker, [marker])] == [record.id]

    def test_a_taken_marker_is_not_unique(self, client: System, sandbox: Running) -> None:
        self.creates()
        if client.traits(self.case.entity).marker_unique:
            self.made(client, sandbox, marker="lk-taken")
            assert self.create(client, sandbox, marker="lk-taken").status == "not_unique"

    def test_a_taken_key_is_not_unique(self, client: System, sandbox: Running) -> None:
        if self.case.unique:
            number = next(NUMBERS)
            fields, lines = self.fields(sandbox, number), self.lines(sandbox, number)
            assert one(client, self.case, Write("a", "create", fields=fields, lines=lines)).status == "done"
            outcome = one(client, self.case, Write("b", "create", fields=fields, lines=lines))
            assert (outcome.status, outcome.key) == ("not_unique", "b")
            assert str(fields[self.case.unique]) not in outcome.reason

    def test_an_update_sends_only_what_changed(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        before, since = self.stored(sandbox, record.id), last_seq(sandbox, self.case.system)
        outcome = one(client, self.case, self.update(record))
        after, path = self.stored(sandbox, record.id), self.case.edited[0].split(".")[0]
        assert outcome.status == "done"
        assert outcome.record is not None
        assert look(json.loads(outcome.record.raw), self.case.edited[0]) == self.case.edited[1]
        moving = {path, *DATES, *self.case.moving}
        assert {name: value for name, value in after.items() if name not in moving} == {
            name: value for name, value in before.items() if name not in moving
        }
        assert sum(row["applied"] for row in sandbox.audit(self.case.system, since)) == 1

    def test_an_update_of_a_moved_record_is_not_written(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        path, value = self.case.edited
        elsewhere = self.case.elsewhere or value + "9"
        self.edit(sandbox, record.id, path, elsewhere)
        since = last_seq(sandbox, self.case.system)
        assert client.traits(self.case.entity).compares is self.case.compares
        assert one(client, self.case, self.update(record)).status == "moved"
        assert look(self.stored(sandbox, record.id), path) == elsewhere
        assert not any(row["applied"] for row in sandbox.audit(self.case.system, since))

    def test_an_edit_of_another_field_survives(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        path, value = self.case.other
        self.edit(sandbox, record.id, path, value)
        assert one(client, self.case, self.update(record)).status == "done"
        after = self.stored(sandbox, record.id)
        assert (look(after, path), look(after, self.case.edited[0])) == (value, self.case.edited[1])

    def test_an_update_of_a_deleted_record_is_gone(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        self.delete(sandbox, record.id)
        assert one(client, self.case, self.update(record)).status == "gone"

    def test_archive(self, client: System, sandbox: Running) -> None:
        record = self.made(client, sandbox)
        outcome = one(client, self.case, Write("w", "archive", record.id, current=json.loads(record.raw)))
        if self.case.archived is None:
            assert outcome.status == "rejected"
        else:
            assert outcome.status == "done"
            assert look(self.stored(sandbox, record.id), self.case.archived) == self.case.archive_value

    def test_no_row_is_lost_while_rows_move(self, sandbox: Running) -> None:
        client = self.opened(sandbox, page_size=20)
        ids = set(self.ids(sandbox))
        seen: list[str] = []
        for place, record in enumerate(client.list(self.case.entity)):
            if place in (5, 25, 45):
                for moving in seen[-3:]:
                    with suppress(ValueError):  # a locked order stays where it is
                        self.edit(sandbox, moving, *self.case.other)
            seen.append(record.id)
        assert ids <= set(seen)

    def test_wrong_credentials(self, sandbox: Running) -> None:
        right, bad = sandbox.connections[self.case.system], self.case.bad_credentials
        client = client_for(self.case.system, {**right, **bad, "extra": {**right["extra"], **bad.get("extra", {})}}, patience=HASTE)
        with pytest.raises(AuthenticationError) as caught:
            client.tenant()
        for secret in [*bad.values(), *bad.get("extra", {}).values()]:
            assert not isinstance(secret, str) or secret not in str(caught.value)
        with pytest.raises(AuthenticationError):
            list(client.list(self.case.entity))
        if self.case.new:
            with pytest.raises(AuthenticationError):
                self.create(client, sandbox)

    @pytest.mark.parametrize("fault", ["429", "5xx", "html", "truncate", "drop_reply", "timeout_before"])
    def test_a_read_is_tried_again(self, client: System, sandbox: Running, fault: str) -> None:
        everything = set(self.ids(sandbox))
        self.fault(sandbox, fault, "read", count=2, seconds=0)
        assert {record.id for record in client.list(self.case.entity)} == everything

    def test_a_read_gives_up_with_a_retriable_error(self, client: System, sandbox: Running) -> None:
        self.fault(sandbox, "5xx", "read")
        with pytest.raises(RetriableError):
            list(client.list(self.case.entity))

    def test_a_throttled_write_happens_once(self, client: System, sandbox: Running) -> None:
        self.creates()
        before = len(self.ids(sandbox))
        self.fault(sandbox, "429", "write", count=1, seconds=0)
        self.made(client, sandbox)
        assert len(self.ids(sandbox)) == before + 1

    @pytest.mark.parametrize(("fault", "effect"), [("drop_reply", 1), ("truncate", 1), ("html", 0), ("5xx", 0), ("timeout_before", 0)])
    def test_a_write_without_an_answer_is_unknown_and_not_sent_again(
        self, client: System, sandbox: Running, fault: str, effect: int
    ) -> None:
        self.creates()
        marker, before = f"lk-{next(NUMBERS)}", len(self.ids(sandbox))
        self.fault(sandbox, fault, "write", count=1)
        outcome = self.create(client, sandbox, marker=marker)
        assert (outcome.status, outcome.id) == ("unknown", None)
        assert len(self.ids(sandbox)) == before + effect
        path = client.traits(self.case.entity).marker
        if path:
            assert len(list(client.find(self.case.entity, path, [marker]))) == effect

    def test_a_page_that_forbids_one_write_refuses_that_record(self, client: System, sandbox: Running) -> None:
        self.creates()
        self.made(client, sandbox)
        before = len(self.ids(sandbox))
        self.fault(sandbox, "html", "write", status=403, count=1)
        assert self.create(client, sandbox).status == "rejected"
        assert len(self.ids(sandbox)) == before

    def test_a_page_that_forbids_a_list_is_a_configuration_error(self, client: System, sandbox: Running) -> None:
        self.fault(sandbox, "html", "read", status=403)
        with pytest.raises(ConfigurationError):
            list(client.list(self.case.entity))

    def test_a_write_that_never_left_is_retriable(self, sandbox: Running) -> None:
        closed = {**sandbox.connections[self.case.system], "host": "http://127.0.0.1:9/v2"}
        self.creates()
        outcome = self.create(client_for(self.case.system, closed, patience=HASTE), sandbox)
        assert (outcome.status, outcome.id) == ("retriable", None)

    def test_calls_are_counted(self, client: System, sandbox: Running) -> None:
        before = client.calls
        client.tenant()
        list(client.get(self.case.entity, self.ids(sandbox)[:1]))
        assert client.calls > before


DATES = {"updated_at", "LastChangedDateTimeOffset", "StockOnHandLastChangedDatetimeOffset"}


def part_of(whole: Any, pattern: Any) -> Any:
    """The members of ``whole`` that ``pattern`` has, too, at every depth; lists row by row."""
    if isinstance(whole, dict) and isinstance(pattern, dict):
        return {name: part_of(whole[name], value) for name, value in pattern.items() if name in whole}
    if isinstance(whole, list) and isinstance(pattern, list) and len(whole) == len(pattern):
        return [part_of(left, right) for left, right in zip(whole, pattern, strict=True)]
    return whole


def one(client: System, case: Case, write: Write) -> Outcome:
    """The outcome of a single write."""
    (outcome,) = client.write(case.entity, [write])
    return outcome


def last_seq(sandbox: Running, system: str) -> int:
    """The newest entry of the audit list."""
    return max((row["seq"] for row in sandbox.audit(system)), default=0)
