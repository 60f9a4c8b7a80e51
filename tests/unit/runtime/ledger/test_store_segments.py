"""How a ledger's segments grow, are gathered and are refreshed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lenke.core.links.rows import Link
from lenke.runtime.ledger import opened, segments
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import Shape
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.store import Identity, Store

AT = datetime(2026, 11, 20, tzinfo=UTC)
# airflow's column xcom.key
LONGEST_KEY = 512


class DictKeys(dict[str, str]):
    def set(self, key: str, value: str) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)

    def prepare(self) -> None:
        return


class Note:
    def __init__(self) -> None:
        self.value: dict[str, int] | None = None

    def get(self) -> dict[str, int] | None:
        return self.value

    def set(self, value: Mapping[str, int]) -> None:
        self.value = dict(value)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(segments, "ROWS_PER_SEGMENT", 10)
    monkeypatch.setattr(opened, "SEGMENTS_AT_MOST", 4)
    keys, shape = DictKeys(), Shape((("name", "0"),))
    found = Store(Identity("flow_of", "things", shape, "k"), lambda _: keys, Note(), Backups(tmp_path)).open()
    found.commit([Link(str(at), f"r{at}", base=(at + 1,)) for at in range(100)], at=AT)
    return found


def _names(ledger: Ledger) -> set[str]:
    return {segment.name for segment in ledger.manifest.segments}


def test_small_commit_is_appended_when_the_ledger_has_many_segments(ledger: Ledger) -> None:
    before = _names(ledger)
    ledger.commit([Link("5", "r5", base=(900,))], at=AT)
    assert before < _names(ledger)


def test_appended_segments_are_gathered_when_there_are_too_many(ledger: Ledger) -> None:
    for number in range(5):
        ledger.commit([Link("5", "r5", base=(900 + number,))], at=AT)
    assert len(ledger.manifest.segments) == 10
    assert len(ledger.table) == 100


def test_appended_segments_are_gathered_when_they_were_refreshed_meanwhile(ledger: Ledger) -> None:
    for number in range(5):
        at = AT + timedelta(days=4 * number)
        ledger.commit([Link("5", "r5", base=(900 + number,))], at=at, refresh_after=timedelta(days=3))
    assert len(ledger.manifest.segments) == 10
    assert len(ledger.table) == 100


def test_key_of_a_segment_stays_short_when_it_is_refreshed_for_years(ledger: Ledger) -> None:
    for number in range(1, 100):
        ledger.commit([], at=AT + timedelta(days=4 * number), refresh_after=timedelta(days=3))
    assert max(map(len, _names(ledger))) < LONGEST_KEY
    assert len(_names(ledger)) == 10
    assert len(ledger.table) == 100


@pytest.mark.parametrize("stored", [{}, {0: 7}, {1: 7}])
def test_a_mapping_that_lost_a_property_keeps_what_the_others_agreed_on_and_stored(tmp_path: Path, stored: dict[int, int]) -> None:
    keys, note, backups = DictKeys(), Note(), Backups(tmp_path)
    two, one = Shape((("name", "0"), ("phone", "0"))), Shape((("phone", "0"),))
    before = Store(Identity("flow_of", "things", two, "k"), lambda _: keys, note, backups).open()
    before.commit([Link("1", "r1", base=(5, 6), left_stored=stored)], at=AT)
    (link,) = Store(Identity("flow_of", "things", one, "k"), lambda _: keys, note, backups).open().table.links()
    assert (link.base, dict(link.left_stored)) == ((6,), {0: 7} if 1 in stored else {})
