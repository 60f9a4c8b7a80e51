"""What the systems in memory tell the laws of their past."""

from __future__ import annotations

import pytest

from tests.laws.engine.systems import Clock, Entity


@pytest.mark.parametrize(("read", "is_unread"), [("before", True), ("between", False), ("after", True)])
def test_a_value_put_back_counts_as_unread_only_where_nobody_read_the_one_in_between(read: str, is_unread: bool) -> None:
    clock = Clock()
    entity = Entity("customer", clock, lambda name, text: text)
    id = entity.create({"name": "first"}, [])
    times = {"before": clock.now}
    entity.update(id, {"name": "other"}, {})
    times["between"] = clock.now
    entity.update(id, {"name": "first"}, {})
    times["after"] = clock.now
    entity.shown["dataflow", id] = [times[read]]
    assert entity.is_unread("dataflow", id, "name", "first", clock.now) == is_unread
    assert entity.is_unread("another", id, "name", "first", clock.now)
