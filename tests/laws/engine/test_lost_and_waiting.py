"""Writes without an answer of a record that waits for something else before it is known what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Side
from lenke.core.mapping.model import Flow
from lenke.core.plan.reads import SideRead
from tests.laws.engine.machine import Engine
from tests.laws.engine.played import PAST_BACKOFF, PAST_LAG, both, person, planned_with, run, synced, with_note_lost_for
from tests.laws.engine.reading import make_read
from tests.laws.engine.systems import State


def test_what_a_read_leaves_out_is_in_doubt_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides of the order are read, but the right one without its note, while the order waits for its customer."""
    machine = Engine()
    with_note_lost_for(machine, "B")
    (world,), ours = machine.worlds, machine.systems[0]
    machine.people.create(ours["customers"], person(machine, "x9"), [])
    world.poison.add("lc-2")
    machine.people.update(ours["orders"], "lo-1", {"customer": "lc-2", "note": "A"})
    with monkeypatch.context() as patch:
        patch.setattr("tests.laws.engine.flow_run.make_read", without_note)
        run(machine, later=PAST_LAG)
    world.poison.clear()
    for _ in range(2):
        run(machine, later=PAST_BACKOFF)
    assert both(machine, "orders", "note") == ("A", "A")


def without_note(flow: Flow, side: Side, states: Mapping[str, State], *about: Any, **more: Any) -> SideRead:
    read = make_read(flow, side, states, *about, **more)
    if side == "left" or flow.name != "orders":
        return read
    digests, texts = read.digests.copy(), read.texts.copy()
    digests[:, [spec.name for spec in flow.properties].index("note")], texts["note"] = UNKNOWN, None
    return replace(read, digests=digests, texts=texts)


def test_lines_of_a_lost_create_are_the_orders_own_though_it_waited_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked about a line that is removed: it was never anything else than what the create made of ours."""
    planned_with(monkeypatch, policy=Policy("hold"))
    machine = Engine()
    synced(machine)
    ours, theirs = (system["orders"] for system in machine.systems)
    machine.people.create(theirs, {"customer": "rc-1", "number": "O9", "note": None, "status": "Draft"}, [])
    run(machine, later=PAST_LAG)
    fields = {"customer": "lc-1", "number": "O5", "note": None, "status": None}
    machine.people.create(ours, fields, [machine._line("A"), machine._line("B")])
    id = max(ours.present)
    run(machine, "lost_after", later=1)
    machine.people.update(ours, id, {"number": "O9"})
    machine.people.create(ours, fields | {"number": "O9"}, [])
    run(machine, behind=True, later=1)
    assert machine.worlds[0].ledgers["orders"].recheck()["left", id].note["reason"] == "duplicate_match"
    machine.people.update(ours, id, {"number": "O5"})
    machine.people.remove(ours, id, min(ours.present[id].lines), frozenset())
    machine.clock.tick(PAST_LAG)
    for _ in range(3):
        run(machine, later=PAST_LAG)
    linked = {link.left: link.right for link in machine.worlds[0].ledgers["orders"].kind("link")}
    assert len(ours.present[id].lines) == len(theirs.present[linked[id]].lines) == 1
    assert not machine.worlds[0].ledgers["orders"].recheck().get(("left", id))
