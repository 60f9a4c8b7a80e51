"""The machine can fail: each of these ways to break the engine must be caught by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from lenke.core.links import match
from lenke.core.links.rows import Link
from lenke.core.plan import build, outcome, pairs, told, written
from tests.laws.engine.driver import World
from tests.laws.engine.machine import Engine, WalkedEngine
from tests.laws.engine.profile import chosen

Mutate = Callable[[pytest.MonkeyPatch], None]


def _one_base_for_both_sides(patch: pytest.MonkeyPatch) -> None:
    """What a side stored instead of the agreed value is not remembered."""
    for module in (outcome, written):
        patch.setattr(module, "settle", lambda *args, **more: None)


def _marker_not_matched_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(match, "_by_marker", lambda left, right, matches, reserved: list(right))


def _stale_reads_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pairs, "believed", lambda draft, side, at, link: at if at >= 0 and draft.reads[side].whole[at] else -1)


def _moved_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(World, "is_moved", lambda self, flow, side, write, now: now is None)


def _parked_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(build, "_chosen", lambda parked, old: {})


def _references_not_awaited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(told, "header", lambda indexes, properties, values: [])


def _base_kept_after_failure(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outcome.Fold, "_undone", lambda self, link, action, write: link)


def _written_version_believed(patch: pytest.MonkeyPatch) -> None:
    """An edit made between plan and write hides under the version of our own write."""
    patch.setattr(outcome.Fold, "_holds", lambda self, link, lines, side, stored: True)


def _removed_line_forgotten(patch: pytest.MonkeyPatch) -> None:
    def undone(self: Any, line: Link) -> Link | None:
        return replace(line, kind="dropped") if line.kind == "dropped" else None

    patch.setattr(written.LineFold, "_undone", undone)


MUTANTS: list[tuple[Mutate, type[Engine]]] = [
    (_one_base_for_both_sides, Engine),
    (_marker_not_matched_first, Engine),
    (_stale_reads_believed, WalkedEngine),
    (_moved_not_checked, Engine),
    (_parked_and_forgotten, Engine),
    (_references_not_awaited, Engine),
    (_base_kept_after_failure, Engine),
    (_written_version_believed, Engine),
    (_removed_line_forgotten, Engine),
]


@pytest.mark.parametrize(("mutate", "machine"), MUTANTS, ids=[mutate.__name__[1:] for mutate, _ in MUTANTS])
def test_machine_catches(mutate: Mutate, machine: type[Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    once = settings(chosen(examples=400), phases=[Phase.generate], derandomize=True, database=None, report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=r"L\d+"):
        run_state_machine_as_test(machine, settings=once)
