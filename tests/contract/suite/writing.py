"""Creates, updates and archiving."""

from __future__ import annotations

import json
from contextlib import suppress

from lenke.core.errors import ConfigurationError
from lenke.core.ports import System, Write
from lenke.systems.paths import look
from sandbox import Running
from tests.contract.suite.desk import NUMBERS, Desk, last_seq, one

DATES = {"updated_at", "LastChangedDateTimeOffset", "StockOnHandLastChangedDatetimeOffset"}


class Writing(Desk):
    """A write does what it says, once, or says why not."""

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
