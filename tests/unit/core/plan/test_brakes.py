"""Brakes stop a plan that changes or creates too much."""

from __future__ import annotations

import pytest

from lenke.core.errors import BrakeError
from lenke.core.mapping.settings import Brakes
from lenke.core.plan import brakes

LIMITS = Brakes(max_changes_percent=20, max_changes_least=100, max_creates_percent=20, max_creates_least=100)


@pytest.mark.parametrize(
    ("links", "changes", "creates", "brake"),
    [
        (0, 0, 100_000, ""),
        (1, 0, 101, "max_creates"),
        (1, 100, 100, ""),
        (500, 100, 100, ""),
        (500, 101, 0, "max_changes"),
        (1000, 200, 200, ""),
        (1000, 201, 0, "max_changes"),
        (1000, 0, 201, "max_creates"),
    ],
)
def test_limits(links: int, changes: int, creates: int, brake: str) -> None:
    if not brake:
        brakes.check(LIMITS, "f", links=links, changes=changes, creates=creates, plan_id="p1")
        return
    with pytest.raises(BrakeError, match=rf"{brake}.*override_brake=p1"):
        brakes.check(LIMITS, "f", links=links, changes=changes, creates=creates, plan_id="p1")


def test_side_that_suddenly_reads_empty() -> None:
    with pytest.raises(BrakeError, match=r"left side read empty.*9 .*override_brake=p1"):
        brakes.stop_empty("f", "left", links=9, plan_id="p1")


@pytest.mark.parametrize(("changes", "allowed", "stops"), [(3, 2, True), (2, 2, False), (1, 0, True), (500, 500, False), (101, None, True)])
def test_a_run_may_allow_less_or_more_changes_than_the_settings(changes: int, allowed: int | None, stops: bool) -> None:
    def check() -> None:
        brakes.check(LIMITS, "f", links=1, changes=changes, creates=0, plan_id="p1", allowed=allowed)

    if not stops:
        check()
        return
    with pytest.raises(BrakeError, match=rf"{changes} updates and deletes against 1 links, {100 if allowed is None else allowed} allowed"):
        check()
