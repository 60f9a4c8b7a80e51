"""A first link whose first update had no answer goes on with its record, whatever the left record would be matched with by now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.laws.engine.flow_run import FlowRun
from tests.laws.engine.machine import Engine, GroupEngine
from tests.laws.engine.played import PAST_LAG, Drawn, person, run, synced
from tests.laws.engine.running import Running
from tests.laws.engine.systems import EPOCH, Entity
from tests.laws.engine.world import Mode


def begun(machine: Running, fate: str = "lost_after", *, later: float = PAST_LAG) -> tuple[Entity, Entity, dict[str, str | None]]:
    """Customers lc-2 and rc-2 match by e-mail, and the first update of the pair has no answer."""
    synced(machine)
    ours, theirs = (system["customers"] for system in machine.systems)
    fields = person(machine, "x1")
    machine.people.create(theirs, fields | {"name": "Y"}, [])
    machine.people.create(ours, fields | {"name": "X"}, [])
    run(machine, fate, later=later)
    assert not [link for ledger in machine.worlds[0].ledgers.values() for link in ledger.kind("link") if link.left == "lc-2"]
    return ours, theirs, fields


def emails(entity: Entity) -> dict[str, str | None]:
    return {id: state.fields["email"] for id, state in entity.present.items()}


@pytest.mark.parametrize("fate", ["lost_before", "lost_after"])
def test_its_match_key_is_another_one(fate: str) -> None:
    machine = Engine()
    ours, theirs, _ = begun(machine, fate)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    machine.check()
    assert emails(theirs) == {"rc-1": "mail2", "rc-2": "x2"}


def test_and_it_goes_to_a_sibling_flow() -> None:
    machine = GroupEngine()
    ours, theirs, _ = begun(machine)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    machine.flip(data=Drawn("lc-2"))
    machine.check()
    assert emails(theirs) == {"rc-1": "mail2", "rc-2": "x2"}


def test_a_run_that_does_not_read_it_gives_its_record_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Engine()
    ours, theirs, fields = begun(machine)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    machine.people.create(ours, fields | {"name": "Z"}, [])
    with monkeypatch.context() as patch:
        patch.setattr(FlowRun, "_is_due", lambda self, side, record, state: record in ("lc-3", "rc-2"))
        run(machine, mode=Mode(interval=(EPOCH, EPOCH + timedelta(seconds=1))), later=PAST_LAG)
    assert machine.worlds[0].ledgers["customers"].recheck()["left", "lc-3"].note["reason"] == "duplicate_match"
    machine.check()
    assert emails(theirs) == {"rc-1": "mail2", "rc-2": "x2", "rc-3": "x1"}


def test_a_sibling_flow_does_not_take_its_record() -> None:
    machine = GroupEngine()
    ours, theirs, fields = begun(machine, later=2.0)
    machine.people.create(ours, fields | {"name": "Z", "kind": "company"}, [])
    run(machine, later=2.0)
    machine.check()
    assert {link.left: link.right for link in machine.worlds[0].ledgers["persons"].kind("link")} == {"lc-1": "rc-1", "lc-2": "rc-2"}
    assert theirs.present["rc-2"].fields["name"] == "X"


def test_a_record_that_is_gone_by_then_is_made_anew() -> None:
    machine = Engine()
    _, theirs, _ = begun(machine)
    machine.delete(data=Drawn("rc-2"), kind="customers", where=1)
    machine.check()
    assert emails(theirs) == {"rc-1": "mail2", "rc-3": "x1"}


def test_a_read_that_passes_over_its_record_does_not_forget_it(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Engine()
    ours, theirs, _ = begun(machine)
    read = FlowRun._read
    with monkeypatch.context() as patch:
        patch.setattr(
            FlowRun, "_read", lambda self, side, states: read(self, side, {id: one for id, one in states.items() if id != "lc-2"})
        )
        run(machine, mode=Mode(full=True), later=PAST_LAG)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    machine.check()
    assert emails(theirs) == {"rc-1": "mail2", "rc-2": "x2"}
