"""What a write's outcome makes of the rows that it was for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.runtime.undo.apply import told
from lenke.runtime.undo.changes import Change
from lenke.runtime.undo.images import Image, LineImage, PropertyImage
from lenke.runtime.undo.judging import Row, What

ROW = Row(Change("right", "1", "11", "update", "city"), What.PUT_BACK, "11", reason="then in custom_webshop")
LINE = replace(ROW, change=replace(ROW.change, property="quantity", line="7", line_verb="update"), line="7")
CITY = PropertyImage({"City": "Moss"}, {"City": "Bodø"})
QUANTITY = PropertyImage({"Quantity": 9}, {"Quantity": 2})
DONE = Image(
    "11", "right", "update", "1", "11", "done", properties={"city": CITY}, lines=(LineImage("update", "7", "", {"quantity": QUANTITY}),)
)


def with_city(stored: str) -> Image:
    return replace(DONE, properties={"city": replace(CITY, stored={"City": stored})})


@pytest.mark.parametrize("stored", ["Bodø", "BODØ"])
def test_what_was_stored_in_whichever_form_is_put_back(stored: str) -> None:
    assert told(ROW, with_city(stored), "") == ROW


def test_what_was_done_and_could_not_be_read_back_is_taken_as_told() -> None:
    assert told(ROW, DONE, "") == ROW


def test_success_that_kept_the_value_is_a_failure() -> None:
    row = told(ROW, with_city("Moss"), "")
    assert (row.what, row.reason) == (What.FAILED, "the system answered with success and kept the value")


@pytest.mark.parametrize("status", ["rejected", "locked", "moved", "gone", "unknown", "retriable"])
def test_a_refusal_and_a_lost_answer_are_told_with_their_reason(status: str) -> None:
    row = told(ROW, replace(DONE, status=status), "for this")
    assert (row.what, row.reason) == (What.FAILED, f"{status}: for this")


def test_of_a_partial_success_only_what_is_known_to_be_stored_counts() -> None:
    partial = replace(with_city("Bodø"), partial=True)
    assert told(ROW, partial, "line 7: refused") == ROW
    assert told(LINE, partial, "line 7: refused").what is What.FAILED
