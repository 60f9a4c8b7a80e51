"""A load that ended before it had begun with what was planned: its run is committed, and what was in doubt before is in doubt still."""

from __future__ import annotations

import pytest

from lenke.core.links.conflicts import Policy
from tests.laws.engine.machine import Engine, GroupEngine
from tests.laws.engine.played import PAST_LAG, Drawn, both, person, planned_with, run, synced, values, with_note_lost_for
from tests.laws.engine.test_begun_links import emails


def test_a_record_that_waits_for_something_else() -> None:
    """The note's update had no answer; the next one was planned beside a reference that is not linked, and never begun."""
    machine = Engine()
    with_note_lost_for(machine, "B")
    ours = machine.systems[0]
    machine.people.create(ours["customers"], person(machine, "x9"), [])
    machine.people.update(ours["orders"], "lo-1", {"customer": "lc-2", "note": "C"})
    run(machine, commit="load_stopped", later=PAST_LAG)
    machine.people.update(ours["orders"], "lo-1", {"note": "A"})
    run(machine, later=PAST_LAG)
    run(machine, later=PAST_LAG)
    assert both(machine, "orders", "note") == ("A", "A")
    assert ("note", "A", "B", "left") in values(machine)


def test_a_first_link_goes_on_with_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """One conflict of the pair is open, so that the entry that tells with whom it was begun is written anew by the plan."""
    planned_with(monkeypatch, policy=Policy("hold"))
    machine = Engine()
    synced(machine)
    ours, theirs = (system["customers"] for system in machine.systems)
    machine.people.create(theirs, person(machine, "x1", name="Y"), [])
    machine.people.create(ours, person(machine, "x1", name="X", phone="1"), [])
    run(machine, "lost_before", later=PAST_LAG)
    run(machine, commit="load_stopped", later=PAST_LAG)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    for _ in range(2):
        run(machine, later=PAST_LAG)
    assert emails(theirs).keys() == {"rc-1", "rc-2"}


def test_a_sibling_keeps_its_own_until_the_link_has_been_merged_with_it() -> None:
    machine = GroupEngine()
    synced(machine)
    ours = machine.systems[0]["customers"]
    machine.people.update(ours, "lc-1", {"currency": "A"})
    machine.check()
    for value, fate, commit in (("B", "lost_after", "done"), ("C", "done", "load_stopped")):
        machine.flip(data=Drawn("lc-1"))
        machine.people.update(ours, "lc-1", {"currency": value})
        run(machine, fate, commit=commit, later=PAST_LAG)
    machine.people.update(ours, "lc-1", {"currency": "A"})
    run(machine, later=PAST_LAG)
    run(machine, later=PAST_LAG)
    assert both(machine, "customers", "currency") == ("A", "A")
    assert ("currency", "A", "B", "left") in values(machine)
