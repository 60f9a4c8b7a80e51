"""The histories can fail: each of these ways to break the engine must be caught by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase

from lenke.core.links import match
from lenke.core.links.rows import Link
from lenke.core.plan import archived, build, closed, outcome, pairs, told, withhold, written
from lenke.core.plan.model import LineAction
from tests.laws.engine.flow_run import FlowRun
from tests.laws.engine.ledger import Journal
from tests.laws.engine.machine import Engine, WalkedEngine
from tests.laws.engine.profile import run
from tests.laws.engine.writing import Writing

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
    patch.setattr(Writing, "is_moved", lambda self, side, write, now: now is None)


def _parked_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(build, "_by_record", lambda parked: {})


def _references_not_awaited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(told, "header", lambda indexes, properties, values: [])


def _base_kept_after_failure(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outcome.Fold, "_undone", lambda self, link, action, write: link)


def _removed_line_forgotten(patch: pytest.MonkeyPatch) -> None:
    def undone(self: Any, line: Link, made: LineAction) -> Link | None:
        return replace(line, kind="dropped") if line.kind == "dropped" else None

    patch.setattr(written.LineFold, "_undone", undone)


def _written_version_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outcome.Fold, "_holds", lambda self, link, lines, side, stored: True)


def _cursor_first(patch: pytest.MonkeyPatch) -> None:
    plan = FlowRun._plan

    def planned(self: FlowRun, reads: Any, states: Any, started: Any) -> Any:
        found = plan(self, reads, states, started)
        if not self.mode.dry:
            self.ledger.cursor.update(self._seen(reads))
        return found

    patch.setattr(FlowRun, "_plan", planned)


def _journal_skipped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "begin", lambda self, action: None)


def _tombstones_forgotten(patch: pytest.MonkeyPatch) -> None:
    close = closed.close

    def forgotten(draft: Any, link: Link, *more: Any) -> None:
        close(draft, link, *more)
        draft.plan.rows = [row.dropped() if row.kind == "tombstone" else row for row in draft.plan.rows]

    patch.setattr(closed, "close", forgotten)


def _locks_fought(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withhold, "_locked", lambda pair, side: None)


def _left_behind(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(archived, "archive", lambda draft, tombstone, survivor, at: None)


def only(machine: type[Engine], *rules: str) -> type[Engine]:
    """The machine with some rules alone, so that few histories are enough."""
    others = {rule.function.__name__ for rule in machine().rules} - set(rules)
    return type(machine.__name__, (machine,), dict.fromkeys(others))


EDITED = only(Engine, "create_order", "edit", "edit_line", "run_while_edited", "rest", "wait")
FAILING = only(Engine, "create_order", "edit_line", "run_refused", "rest")
DELETING = only(WalkedEngine, "create_customer", "delete", "run_refused", "rest")
DYING = only(Engine, "create_customer", "create_order", "edit", "edit_line", "run_that_dies", "rest", "wait")

MUTANTS: list[tuple[Mutate, type[Engine]]] = [
    (_one_base_for_both_sides, Engine),
    (_marker_not_matched_first, Engine),
    (_stale_reads_believed, WalkedEngine),
    (_moved_not_checked, Engine),
    (_parked_and_forgotten, Engine),
    (_references_not_awaited, Engine),
    (_base_kept_after_failure, Engine),
    (_removed_line_forgotten, FAILING),
    (_written_version_believed, EDITED),
    (_cursor_first, DYING),
    (_journal_skipped, Engine),
    (_tombstones_forgotten, Engine),
    (_locks_fought, Engine),
    (_left_behind, DELETING),
    (_base_kept_after_failure, DELETING),
]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("mutate", "machine"), MUTANTS, ids=[f"{mutate.__name__[1:]}-{machine.__name__}" for mutate, machine in MUTANTS])
def test_histories_catch(mutate: Mutate, machine: type[Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match=r"L\d+"):
        run(machine, seed=1, histories=1500, phases=(Phase.generate,))
