"""What was agreed on counts under another mapping where nothing but the list of sources has become shorter."""

from __future__ import annotations

import itertools

import pytest

from lenke.core.mapping.prints import directed, places
from lenke.core.mapping.properties import Direction

SOURCES: dict[Direction, set[str]] = {"two_way": {"left", "right"}, "to_right": {"left"}, "to_left": {"right"}, "check": set()}


@pytest.mark.parametrize(("then", "now"), list(itertools.product(SOURCES, SOURCES)))
def test_a_side_that_newly_counts_as_a_source_has_agreed_on_nothing(then: Direction, now: Direction) -> None:
    was, is_ = (("p", directed("string.1.a", then)),), (("p", directed("string.1.a", now)),)
    assert places(is_, was) == [0 if SOURCES[now] <= SOURCES[then] else -1]


@pytest.mark.parametrize("now", SOURCES)
def test_a_ledger_from_before_directions_were_remembered_is_believed(now: Direction) -> None:
    assert places((("p", directed("string.1.a", now)),), (("p", "string.1.a"),)) == [0]


def test_new_changed_and_moved_properties() -> None:
    assert places((("new", "a"), ("changed", "b"), ("moved", "c")), (("moved", "c"), ("changed", "a"), ("gone", "a"))) == [-1, -1, 0]
