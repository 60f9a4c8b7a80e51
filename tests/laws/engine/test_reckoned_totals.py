"""A side that reckons totals from its lines by a call of its own: an update of a line had no answer, and arrived but for the totals."""

from __future__ import annotations

import pytest

from lenke.core.links.rows import Side
from lenke.core.plan.model import Action
from lenke.core.plan.outcome import SideResult
from tests.laws.engine.machine import Engine
from tests.laws.engine.played import PAST_BACKOFF, PAST_LAG, Drawn, change_line, edit, planned_with, run, synced
from tests.laws.engine.writing import Writing

LINES = 2


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every write of the right side: what it tells (header, lines, totals), and what became of it."""
    said: list[str] = []
    send = Writing._send

    def logged(self: Writing, side: Side, action: Action) -> SideResult:
        result, write = send(self, side, action), action.to(side)
        parts = [name for name, is_told in (("header", write.values), ("lines", write.lines), ("totals", write.reckon)) if is_told]
        said.extend([f"{' '.join(parts)}: {result.status}"] if side == "right" else [])
        return result

    planned_with(monkeypatch, reckons=frozenset({"right"}))
    monkeypatch.setattr(Writing, "_send", logged)
    return said


@pytest.fixture
def machine(sent: list[str]) -> Engine:
    """An order on both sides whose line's quantity was sent to the right one, and its answer lost."""
    machine = Engine()
    synced(machine, LINES)
    change_line(machine, "edit", "lo-1", "lo/l2", "quantity")
    return machine


@pytest.mark.parametrize("is_edited", [False, True])
def test_they_follow_though_the_next_write_is_refused(machine: Engine, sent: list[str], is_edited: bool) -> None:
    sent.clear()
    run(machine, "lost_after", later=PAST_LAG)
    if is_edited:
        edit(machine, "lo-1", "note")
    run(machine, "rejected", later=PAST_BACKOFF)
    run(machine, later=PAST_BACKOFF)
    run(machine, later=PAST_BACKOFF)
    what = "header totals" if is_edited else "totals"
    assert sent == ["lines totals: unknown", f"{what}: rejected", f"{what}: done"]


def test_they_wait_as_what_was_refused_does(machine: Engine, sent: list[str]) -> None:
    run(machine, "lost_before", later=PAST_LAG)
    run(machine, "rejected", later=PAST_LAG)
    sent.clear()
    for _ in range(3):
        run(machine, later=PAST_LAG)
    assert sent == []
    machine.clock.tick(PAST_BACKOFF)
    run(machine)
    assert sent == ["lines totals: done"]


def test_they_wait_for_a_lock_to_go(machine: Engine, sent: list[str]) -> None:
    run(machine, "lost_after", later=PAST_LAG)
    machine.lock(data=Drawn("ro-1"), where=0)
    sent.clear()
    for _ in range(3):
        run(machine, later=PAST_LAG)
    assert sent == []
    machine.lock(data=Drawn("ro-1"), where=0)
    run(machine, later=PAST_LAG)
    run(machine, later=PAST_LAG)
    assert sent == ["totals: done"]
