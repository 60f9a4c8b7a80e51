"""What a person may later ask about a run, by name only: which properties it changed, and what its plan comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lenke.core.links.rows import SIDES, Side
from lenke.core.plan.model import Action, Plan, SideWrite
from lenke.core.plan.outcome import SideResult


def change(action: Action, results: Mapping[Side, SideResult]) -> dict[str, Any]:
    """An action with its outcome: ids, names of properties, who won; never a value.

    :return: left, right, verb; ``to``: side to names of properties; ``outcome``: side to status;
        ``won``: property to the side that won its conflict.
    """
    right = action.right or (results["right"].id if "right" in results else "")
    return {
        "left": action.left,
        "right": right,
        "verb": action.verb,
        "to": {side: list(names(action.to(side))) for side in SIDES if action.to(side)},
        "outcome": {side: result.status for side, result in results.items()},
        "won": {one.property: one.winner for one in action.conflicts},
    }


def names(write: SideWrite) -> Iterator[str]:
    """The properties that a write tells, those of lines after ``line``, each once."""
    yield from write.values
    yield from dict.fromkeys(f"line {name}" for line in write.lines for name in line.values or (f"{line.verb}d",))


def summary(plan: Plan) -> dict[str, Any]:
    """A plan in figures: how many records it creates and updates on each side, and in how many each property changes."""
    sides: Counter[str] = Counter()
    changed: dict[Side, Counter[str]] = {side: Counter() for side in SIDES}
    for action in plan.actions:
        for side in SIDES:
            if action.to(side) or (side == "right" and action.verb == "create"):
                sides[f"{'create' if side == 'right' and action.verb == 'create' else 'update'}_{side}"] += 1
            if action.verb == "update" or side == "left":
                changed[side].update(names(action.to(side)))
    return {
        "records": len(plan.actions),
        "sides": dict(sides),
        "properties": {side: dict(counter.most_common()) for side, counter in changed.items()},
        "parked": len({(one.side, one.id) for one in plan.parked}),
        "conflicts": len(plan.conflicts),
        "linked": plan.linked,
    }
