"""Short histories, played by hand: what a rule would draw, and runs all of whose writes have one fate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lenke.core.links.conflicts import Conflict
from tests.laws.engine.flow_run import FlowRun, in_turn
from tests.laws.engine.running import Running
from tests.laws.engine.world import DELTA, Mode

PAST_LAG = 40.0
PAST_BACKOFF = 3700.0


class Drawn:
    """What a rule draws, in order."""

    def __init__(self, *values: Any) -> None:
        self._values = list(values)

    def draw(self, strategy: object) -> Any:
        """The next value, whatever it is drawn from."""
        return self._values.pop(0)


def synced(machine: Running, lines: int = 0) -> None:
    """One customer and one order on both sides, and nothing left to do."""
    machine.begin(lines=lines, is_run=True, deletes=True)
    machine.check()


def edit(machine: Running, id: str, name: str, *, empty: bool = False) -> None:
    kind = "orders" if id[1] == "o" else "customers"
    machine.edit(data=Drawn(id, name), kind=kind, where=int(id[0] == "r"), empty=0 if empty else 1)


def take_back(machine: Running, id: str, name: str) -> None:
    kind = "orders" if id[1] == "o" else "customers"
    machine.take_back(data=Drawn(id, "", name), kind=kind, where=0)


def change_line(machine: Running, verb: str, id: str, *drawn: str) -> None:
    machine.edit_line(data=Drawn(id, *drawn), verb=verb, where=int(id[0] == "r"))


def run(
    machine: Running, fate: str = "done", *, commit: str = "done", mode: Mode = DELTA, behind: bool = False, later: float = 0.0
) -> None:
    """A run all of whose writes have one fate, and all of whose commits; and some time after it."""
    (world,) = machine.worlds
    world.faults, world.commits = in_turn([fate] * 9), in_turn([commit] * 9)
    machine._run(mode, world, is_behind=behind)
    world.faults = world.commits = in_turn([])
    machine.clock.tick(later)


def both(machine: Running, kind: str, name: str) -> tuple[str | None, ...]:
    """What the first record of each side holds."""
    return tuple(system[kind].present[min(system[kind].present)].fields.get(name) for system in machine.systems)


def told(machine: Running) -> list[Conflict]:
    return [conflict for _, _, conflict in machine.worlds[0].conflicts]


def values(machine: Running) -> list[tuple[str, str | None, str | None, str]]:
    """Property, both values and winner of all conflicts that were told."""
    return [(one.property, one.left, one.right, one.winner) for one in told(machine)]


def person(machine: Running, email: str, **fields: str | None) -> dict[str, str | None]:
    """A customer as a person may make one, on either side."""
    return dict.fromkeys(machine.systems[0]["customers"].present["lc-1"].fields) | {"email": email, "kind": "person"} | fields


def with_note_lost_for(machine: Running, note: str) -> None:
    """The order's note is A on both sides, and its update to another one came without an answer."""
    synced(machine)
    orders = machine.systems[0]["orders"]
    machine.people.update(orders, "lo-1", {"note": "A"})
    machine.check()
    machine.people.update(orders, "lo-1", {"note": note})
    run(machine, "lost_after", later=PAST_LAG)


def planned_with(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Every plan is made in a context with these changes."""
    context = FlowRun._context
    monkeypatch.setattr(FlowRun, "_context", lambda self, *about: replace(context(self, *about), **changes))
