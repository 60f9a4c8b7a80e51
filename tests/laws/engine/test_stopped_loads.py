"""A load that ended before it had begun with what was planned: its run is committed, and what was in doubt before is in doubt still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.links.conflicts import Policy
from tests.laws.engine.flow_run import FlowRun
from tests.laws.engine.machine import Engine, GroupEngine
from tests.laws.engine.running import Running
from tests.laws.engine.test_begun_links import emails
from tests.laws.engine.test_cases import Drawn
from tests.laws.engine.test_lost_writes import PAST_LAG, both, run, synced, told


def told_values(machine: Running) -> list[tuple[str, str | None, str | None, str]]:
    return [(one.property, one.left, one.right, one.winner) for one in told(machine)]


def test_a_record_that_waits_for_something_else() -> None:
    """The note's update had no answer; the next one was planned beside a reference that is not linked, and never begun."""
    machine = Engine()
    synced(machine)
    ours = machine.systems[0]
    machine.people.update(ours["orders"], "lo-1", {"note": "A"})
    machine.check()
    machine.people.update(ours["orders"], "lo-1", {"note": "B"})
    run(machine, "lost_after", later=PAST_LAG)
    customer = dict.fromkeys(ours["customers"].present["lc-1"].fields) | {"email": "x9", "kind": "person"}
    machine.people.create(ours["customers"], customer, [])
    machine.people.update(ours["orders"], "lo-1", {"customer": "lc-2", "note": "C"})
    run(machine, commit="load_stopped", later=PAST_LAG)
    machine.people.update(ours["orders"], "lo-1", {"note": "A"})
    run(machine, later=PAST_LAG)
    run(machine, later=PAST_LAG)
    assert both(machine, "orders", "note") == ("A", "A")
    assert ("note", "A", "B", "left") in told_values(machine)


def test_a_first_link_goes_on_with_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """One conflict of the pair is open, so that the entry that tells with whom it was begun is written anew by the plan."""
    context = FlowRun._context
    monkeypatch.setattr(FlowRun, "_context", lambda self, *about: replace(context(self, *about), policy=Policy("hold")))
    machine = Engine()
    synced(machine)
    ours, theirs = (system["customers"] for system in machine.systems)
    fields = dict.fromkeys(ours.present["lc-1"].fields) | {"email": "x1", "kind": "person"}
    machine.people.create(theirs, fields | {"name": "Y"}, [])
    machine.people.create(ours, fields | {"name": "X", "phone": "1"}, [])
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
    assert ("currency", "A", "B", "left") in told_values(machine)
