"""Ledger rows: values to columns and back, and which row counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lenke.core.links.digests import ABSENT, NULL, UNKNOWN, VALUE, Digester
from lenke.core.links.rows import Link, Pending
from lenke.core.links.table import latest, table

FULL = Link(
    left="9007199254741001",
    right="7",
    base=(2**64 - 1, 0, 5),
    left_stored={1: 2**63},
    right_stored={2: 9},
    left_pending=Pending("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01+00:00", {0: 2**64 - 2}, ("l1", "l2")),
    right_pending=Pending("2026-01-01T00:00:00+00:00"),
    left_version=2**64 - 1,
    right_version=3,
    note={"reason": "x", "tries": 2},
)


def test_values_come_back_as_they_were() -> None:
    line, entry = Link("1", "2", parent=FULL.left, base=(1, 2, 3)), Link("3", kind="recheck", base=(0, 0, 0), note={"reason": "y"})
    rows = [FULL, line, entry]
    assert table(rows, 3).links() == rows
    assert table(rows, 3).links([2, 0]) == [rows[2], rows[0]]


def test_narrow_rows_are_filled_up() -> None:
    assert table([Link("1", "2", base=(4,))], 3).links()[0].base == (4, UNKNOWN, UNKNOWN)


def test_later_rows_win() -> None:
    first = table([Link("1", "a"), Link("2", "b"), Link("3", kind="recheck", note={"reason": "x"})], 1)
    second = table([Link("1", "c"), Link("2", kind="dropped"), Link("3", kind="settled")], 1)
    assert [(link.left, link.right, link.kind) for link in latest([first, second], 1).links()] == [("1", "c", "link")]


def test_later_rows_win_within_one_segment() -> None:
    old, new = (Link("1", kind="recheck", note={"reason": reason}) for reason in "xy")
    found = latest([table([old, Link("1", "a"), new, Link("1", "b")], 1)], 1).links()
    assert [(link.kind, link.right, link.note.get("reason")) for link in found] == [("recheck", "", "y"), ("link", "b", None)]


def test_tombstone_takes_the_place_of_its_link() -> None:
    before, after = table([Link("1", "a")], 1), table([Link("1", "a", kind="tombstone")], 1)
    assert [link.kind for link in latest([before, after], 1).links()] == ["tombstone"]


def test_recheck_entries_of_two_sides_are_two() -> None:
    rows = [Link("7", kind="recheck"), Link("", "7", kind="recheck"), Link("7", "8")]
    assert len(latest([table(rows, 1)], 1)) == 3


def test_line_links_of_two_headers_are_two() -> None:
    assert len(latest([table([Link("1", "a", parent="X"), Link("1", "b", parent="Y")], 1)], 1)) == 2


def test_stored_is_the_base_but_for_what_the_side_made_of_it() -> None:
    assert [FULL.stored("left", at) for at in range(4)] == [2**64 - 1, 2**63, 5, UNKNOWN]


def test_digests_of_a_column() -> None:
    digester = Digester(b"k" * 32)
    texts = pd.Series(["a", None, "a", None], dtype=object)
    column = digester.column("p", texts, np.array([VALUE, NULL, VALUE, ABSENT], dtype=np.int8))
    assert column.tolist() == [digester.value("p", "a"), digester.value("p", None), digester.value("p", "a"), UNKNOWN]
    assert digester.value("p", "") != digester.value("p", None)
    assert digester.value("p", "a") != digester.value("q", "a")
    assert digester.key_id != Digester(b"x" * 32).key_id
