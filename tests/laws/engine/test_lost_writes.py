"""Writes without an answer that meet something else: another one, a sibling flow, a lock, a removal, a person's pause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.plan import build as building
from lenke.core.plan import decided
from lenke.core.plan.decisions import Decision
from lenke.core.plan.model import Plan
from tests.laws.engine.machine import Engine, GroupEngine, WalkedEngine
from tests.laws.engine.played import PAST_BACKOFF, PAST_LAG, Drawn, both, change_line, edit, run, synced, take_back, told
from tests.laws.engine.running import Running
from tests.laws.engine.world import Mode


def with_lost_note(machine: Running, fate: str, lines: int = 0) -> None:
    """The order has had a note on both sides, and the update to another one has no answer."""
    synced(machine, lines)
    for _ in range(2):
        edit(machine, "lo-1", "note")
        machine.check()
    edit(machine, "lo-1", "note")
    run(machine, fate, later=PAST_LAG)


def test_a_lost_removal_of_a_line_does_not_forget_what_was_told_before() -> None:
    machine = Engine()
    with_lost_note(machine, "lost_after", lines=2)
    change_line(machine, "remove", "lo-1", "lo/l2")
    run(machine, "lost_before", later=PAST_LAG)
    take_back(machine, "lo-1", "note")
    kept = both(machine, "orders", "note")[0]
    machine.check()
    assert both(machine, "orders", "note") == (kept, kept)


@pytest.mark.parametrize("first", ["edit", "flip"], ids=["taken over afterwards", "and back again"])
def test_what_a_sibling_has_told_goes_along_with_the_record(first: str) -> None:
    machine = GroupEngine()
    synced(machine)
    edit(machine, "lc-1", "currency")
    machine.check()
    edit(machine, "lc-1", "currency")
    if first == "flip":
        machine.flip(data=Drawn("lc-1"))
    run(machine, "lost_after", later=PAST_LAG)
    machine.flip(data=Drawn("lc-1"))
    edit(machine, "lc-1", "name")
    run(machine, "lost_before", later=PAST_LAG)
    take_back(machine, "lc-1", "currency")
    kept = both(machine, "customers", "currency")[0]
    machine.check()
    assert both(machine, "customers", "currency") == (kept, kept)


def test_a_conflict_that_opens_in_between_does_not_forget_it() -> None:
    machine = Engine()
    synced(machine)
    edit(machine, "lc-1", "currency")
    edit(machine, "lc-1", "phone")
    machine.check()
    edit(machine, "lc-1", "currency")
    run(machine, "lost_after", later=PAST_LAG)
    for id, name in (("lc-1", "name"), ("lc-1", "phone"), ("rc-1", "phone")):
        edit(machine, id, name)
    run(machine, "lost_before", later=PAST_LAG)
    take_back(machine, "lc-1", "currency")
    kept = both(machine, "customers", "currency")[0]
    machine.check()
    assert both(machine, "customers", "currency") == (kept, kept)


@pytest.mark.parametrize("soon", [True, False], ids=["and a run that believes no read yet", "alone"])
def test_what_a_lock_holds_back_beside_a_conflict_is_not_decided(soon: bool) -> None:
    machine = Engine()
    with_lost_note(machine, "lost_after", lines=2)
    change_line(machine, "edit", "ro-1", "ro/l2", "quantity")
    change_line(machine, "remove", "lo-1", "lo/l2")
    take_back(machine, "lo-1", "note")
    kept = both(machine, "orders", "note")[0]
    machine.lock(data=Drawn("ro-1"), where=0)
    for later in (2.0 if soon else PAST_LAG, PAST_LAG):
        run(machine, mode=Mode(full=True), later=later)
        assert both(machine, "orders", "note")[0] == kept
    machine.lock(data=Drawn("ro-1"), where=0)
    machine.check()
    assert both(machine, "orders", "note") == (kept, kept)
    (entry,) = machine.worlds[0].ledgers["orders"].recheck().values()
    assert (entry.note["reason"], "sent" in entry.note) == ("conflict", False)


@pytest.mark.parametrize("empty", [True, False], ids=["emptied", "edited"])
def test_a_sibling_that_was_refused_keeps_what_was_agreed(empty: bool) -> None:
    machine = GroupEngine()
    synced(machine)
    edit(machine, "lc-1", "phone")
    machine.check()
    edit(machine, "lc-1", "phone", empty=empty)
    machine.flip(data=Drawn("lc-1"))
    kept = both(machine, "customers", "phone")[0]
    run(machine, "rejected", later=PAST_BACKOFF)
    machine.check()
    assert both(machine, "customers", "phone") == (kept, kept)
    assert not told(machine)


def test_a_line_that_may_hold_an_edit_goes_with_its_partner_and_is_told() -> None:
    machine = Engine()
    synced(machine, lines=2)
    change_line(machine, "edit", "ro-1", "ro/l2", "quantity")
    run(machine, "lost_before", later=PAST_LAG)
    change_line(machine, "edit", "lo-1", "lo/l2", "quantity")
    edited = machine.systems[0]["orders"].present["lo-1"].lines["lo/l2"].fields["quantity"]
    change_line(machine, "remove", "ro-1", "ro/l2")
    machine.check()
    assert [(one.property, one.left, one.winner) for one in told(machine)] == [("quantity", edited, "right")]


def test_a_create_without_an_answer_is_waited_for_whatever_its_record_is_parked_for_meanwhile() -> None:
    machine = Engine()
    synced(machine)
    machine.create_customer(data=Drawn(), where=1, same=False, email=True, person=True)
    machine.check()
    machine.clock.tick(60)
    ours, theirs = (system["customers"] for system in machine.systems)
    email, blank = theirs.present["rc-2"].fields["email"], dict.fromkeys(ours.present["lc-1"].fields)
    machine.people.create(ours, blank | {"name": "X", "email": "x1", "kind": "person"}, [])
    run(machine, "lost_after")
    machine.people.update(ours, "lc-2", {"email": email})
    machine.people.create(ours, blank | {"name": "Y", "email": email, "kind": "person"}, [])
    run(machine, behind=True)
    machine.people.update(ours, "lc-2", {"email": "x2"})
    run(machine, behind=True)
    machine.check()
    assert len(theirs.present) == 3


def test_who_waits_for_a_sibling_leaves_the_list_once_the_record_is_gone() -> None:
    machine = GroupEngine()
    synced(machine)
    for _ in range(2):
        for person in (True, False):
            machine.create_customer(data=Drawn(), where=0, same=False, email=True, person=person)
    machine.check()
    edit(machine, "lc-2", "name")
    run(machine, "lost_before")
    machine.flip(data=Drawn("lc-2"))
    run(machine)
    machine.delete(data=Drawn("lc-2"), kind="customers", where=0)
    machine.check()
    assert not any(ledger.recheck() for ledger in machine.worlds[0].ledgers.values())


def test_a_paused_record_is_not_archived(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = WalkedEngine()
    synced(machine)
    for _ in range(2):
        machine.create_customer(data=Drawn(), where=0, same=False, email=True, person=True)
    machine.check()
    machine.delete(data=Drawn("lc-2"), kind="customers", where=0)
    run(machine, "rejected", mode=Mode(full=True), later=PAST_BACKOFF)
    build, paused = building.build, [Decision("pause", "lc-2", machine.clock.now.isoformat())]

    def under_decision(table, left, right, context) -> Plan:  # type: ignore[no-untyped-def]
        applied = decided.apply(paused, table, context.recheck, {"left": left.position, "right": right.position}, now=context.now)
        return build(applied.table, left, right, replace(context, recheck=applied.recheck, decided=applied.decided))

    monkeypatch.setattr(building, "build", under_decision)
    run(machine, mode=Mode(full=True))
    there = machine.systems[1]["customers"]
    assert there.present["rc-2"].fields.get("archived") is None
    monkeypatch.undo()
    machine.check()
    assert there.present["rc-2"].fields["archived"] == "true"


@pytest.mark.parametrize("fate", ["rejected", "moved"])
@pytest.mark.parametrize("flips", [1, 2], ids=["taken over", "and back again"])
def test_what_a_sibling_has_told_is_not_forgotten_by_a_write_that_fails(fate: str, flips: int) -> None:
    machine = GroupEngine()
    synced(machine)
    edit(machine, "lc-1", "currency")
    machine.check()
    first = both(machine, "customers", "currency")[0]
    if flips == 2:
        machine.flip(data=Drawn("lc-1"))
    edit(machine, "lc-1", "currency")
    run(machine, "lost_after", later=PAST_LAG)
    machine.flip(data=Drawn("lc-1"))
    edit(machine, "lc-1", "currency")
    if fate == "moved":
        machine.worlds[0].between = lambda world, flow: edit(machine, "rc-1", "currency") if flow.name != "orders" else None
    run(machine, "done" if fate == "moved" else fate, later=PAST_BACKOFF)
    machine.worlds[0].between = lambda world, flow: None
    machine.people.update(machine.systems[0]["customers"], "lc-1", {"currency": first})
    machine.check()
    assert both(machine, "customers", "currency") == (first, first)


def test_what_was_told_and_has_been_decided_is_forgotten_though_something_else_waits() -> None:
    machine = Engine()
    with_lost_note(machine, "lost_before")
    ours = machine.systems[0]
    machine.people.create(
        ours["customers"], dict.fromkeys(ours["customers"].present["lc-1"].fields) | {"email": "x9", "kind": "person"}, []
    )
    machine.worlds[0].poison.add("lc-2")
    machine.people.update(ours["orders"], "lo-1", {"customer": "lc-2"})
    run(machine, later=PAST_BACKOFF)
    edit(machine, "ro-1", "note")
    kept = both(machine, "orders", "note")[1]
    run(machine, later=PAST_LAG)
    assert both(machine, "orders", "note") == (kept, kept)
    assert not told(machine)
