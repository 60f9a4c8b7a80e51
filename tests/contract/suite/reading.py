"""Lists, records by their ids and by their keys."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import Spelling, System
from lenke.systems.paths import look
from sandbox import Running
from tests.contract.suite.desk import Desk


class Reading(Desk):
    """Every record once, as the system holds it."""

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

    def test_a_key_is_found_whatever_its_case_where_its_traits_overlook_it(self, client: System, sandbox: Running) -> None:
        overlooked = client.traits(self.case.entity).overlooks
        assert overlooked.keys() <= client.traits(self.case.entity).keys
        if self.case.key is None or overlooked.get(self.case.key) is not Spelling.CASE:
            return
        record = self.made(client, sandbox)
        value = str(look(json.loads(record.raw), self.case.key))
        for form in (value.upper(), value.lower()):
            assert [row.id for row in client.find(self.case.entity, self.case.key, [form])] == [record.id]

    def test_a_path_that_is_no_key_is_a_configuration_error(self, client: System) -> None:
        with pytest.raises(ConfigurationError):
            list(client.find(self.case.entity, "NoSuchPath", ["1"]))

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

    def test_calls_are_counted(self, client: System, sandbox: Running) -> None:
        before = client.calls
        client.tenant()
        list(client.get(self.case.entity, self.ids(sandbox)[:1]))
        assert client.calls > before


def part_of(whole: Any, pattern: Any) -> Any:
    """The members of ``whole`` that ``pattern`` has, too, at every depth; lists row by row."""
    if isinstance(whole, dict) and isinstance(pattern, dict):
        return {name: part_of(whole[name], value) for name, value in pattern.items() if name in whole}
    if isinstance(whole, list) and isinstance(pattern, list) and len(whole) == len(pattern):
        return [part_of(left, right) for left, right in zip(whole, pattern, strict=True)]
    return whole
