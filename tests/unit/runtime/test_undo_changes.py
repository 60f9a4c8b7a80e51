"""Tries and plans of one run as one change a property."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core.errors import ConfigurationError
from lenke.runtime.undo import images
from lenke.runtime.undo.changes import changes
from lenke.runtime.undo.images import Batch, Image, Images, LineImage, PropertyImage
from lenke.runtime.undo.runs import find

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def batch(at: int, before: Any, sent: Any, stored: Any = None, status: str = "done") -> Batch:
    held = {"City": stored} if stored is not None else None
    phone = PropertyImage({"City": before}, {"City": sent}, str(sent), stored=held, text=stored)
    return Batch(f"2026-11-20T10:00:0{at}+00:00", (Image("u:1", "right", "update", "1", "11", status, properties={"city": phone}),))


def ends(*batches: Batch) -> list[tuple[Any, Any]]:
    """What is to stand there again, and what was last sent, of each change."""
    return [(one.image.before["City"], one.image.sent["City"]) for one in changes(batches)]


def test_a_retry_s_image_of_our_own_write_does_not_hide_what_stood_there_first() -> None:
    assert ends(batch(1, "Bodø", "Moss", status="sending"), batch(2, "Moss", "Moss", "Moss")) == [("Bodø", "Moss")]


def test_a_system_s_own_form_of_our_write_is_ours() -> None:
    assert ends(batch(1, "Bodø", "moss", "MOSS"), batch(2, "MOSS", "Oslo", "OSLO")) == [("Bodø", "Oslo")]


def test_a_retry_of_what_was_never_sent_is_one_change() -> None:
    assert ends(batch(1, "Bodø", "Moss", status="sending"), batch(2, "Bodø", "Moss", "Moss")) == [("Bodø", "Moss")]


def test_what_somebody_wrote_between_two_of_our_writes_is_what_can_be_put_back() -> None:
    assert ends(batch(1, "Bodø", "Moss", "Moss"), batch(2, "Narvik", "Oslo", "Oslo")) == [("Narvik", "Oslo")]


@pytest.mark.parametrize("status", ["rejected", "not_unique", "moved", "locked", "gone"])
def test_what_was_refused_is_no_change(status: str) -> None:
    assert ends(batch(1, "Bodø", "Moss", status=status)) == []


@pytest.mark.parametrize("status", ["sending", "unknown", "retriable"])
def test_what_is_in_doubt_is_one(status: str) -> None:
    assert ends(batch(1, "Bodø", "Moss", status=status)) == [("Bodø", "Moss")]


def test_numbers_that_are_equal_are_no_edit_of_somebody_else() -> None:
    assert ends(batch(1, 1, Decimal("2.50")), batch(2, Decimal("2.5"), 3)) == [(1, 3)]


def test_lines_of_one_record_are_changes_of_their_own() -> None:
    lines = tuple(LineImage("update", id, "", {"quantity": PropertyImage({"q": id}, {"q": 9})}) for id in ("1", "2"))
    found = changes([Batch("2026-11-20T10:00:00+00:00", (Image("u:1", "right", "update", "1", "11", lines=lines),))])
    assert [(one.line, one.image.before["q"]) for one in found] == [("1", "1"), ("2", "2")]


def test_values_survive_the_file_as_they_were(tmp_path: Path) -> None:
    folder = ObjectStoragePath(f"file://{tmp_path}/journal/dataflow/run/flow")
    before = {"a": Decimal("129.90"), "b": 2**70, "c": None, "d": True, "e": "\ud800", "f": {"g": [1]}}
    one = Image("u:1", "left", "update", "1", "1", properties={"x": PropertyImage(before, {"a": "1"})})
    kept = Images(folder, "0-1", lambda: NOW)
    kept.end(kept.begin([one]), [one])
    (read,) = images.read(folder)
    assert read.images == (one,)
    assert str(read.images[0].properties["x"].before["a"]) == "129.90"


def test_two_that_write_under_one_name_keep_both_files(tmp_path: Path) -> None:
    """A run that was deleted and made again has the same id, and its first try is a first try again."""
    folder = ObjectStoragePath(f"file://{tmp_path}")
    for id in ("1", "2"):
        Images(folder, "0-1", lambda: NOW).begin([Image(f"u:{id}", "left", "update", id, id)])
    assert sorted(image.id for found in images.read(folder) for image in found.images) == ["1", "2"]


def journal(home: Path, dataflow: str, run: str, *, swept: bool = False) -> None:
    folder = home / "journal" / dataflow / run / "flow"
    folder.mkdir(parents=True)
    if not swept:
        (folder / "before-0-1-1.json").write_text("{}")


def test_a_run_s_dataflow_is_found_by_its_id_as_airflow_shows_it(tmp_path: Path) -> None:
    journal(tmp_path, "one", "manual__2026-11-20T10_00_00_00_00")
    journal(tmp_path, "two", "manual__other")
    found = find(ObjectStoragePath(f"file://{tmp_path}"), "manual__2026-11-20T10:00:00+00:00", days=30)
    assert (found.dataflow, found.flows) == ("one", ("flow",))


def test_an_id_that_two_dataflows_have_asks_which(tmp_path: Path) -> None:
    for name in ("one", "two"):
        journal(tmp_path, name, "scheduled__1")
    home = ObjectStoragePath(f"file://{tmp_path}")
    with pytest.raises(ConfigurationError, match="one of one, two; say which with --dataflow"):
        find(home, "scheduled__1", days=30)
    assert find(home, "scheduled__1", dataflow="two", days=30).dataflow == "two"


@pytest.mark.parametrize("swept", [False, True])
def test_a_journal_that_is_not_there_is_said_to_be_kept_so_long(tmp_path: Path, swept: bool) -> None:
    """The janitor takes files, and leaves the folders that they were in."""
    if swept:
        journal(tmp_path, "one", "manual__1", swept=True)
    with pytest.raises(ConfigurationError, match="swept after 30 days"):
        find(ObjectStoragePath(f"file://{tmp_path}"), "manual__1", days=30)
