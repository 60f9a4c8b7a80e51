"""The targets of a batch: their present state where the plan has not seen it, and whether they have moved since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.model import Property
from lenke.core.plan.model import Action, SideWrite
from lenke.core.plan.reads import SideRead
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.records import read_records


@dataclass(frozen=True)
class Target:
    """A target's JSON text, and whether it is not what the plan saw (None: it is not there any more)."""

    raw: str | None
    moved: bool = False


def targets(run: FlowRun, side: Side, actions: Sequence[Action], constants: Constants, *, again: bool) -> dict[str, Target]:
    """The targets of updates, by action key.

    Read by id are those that the plan has not seen, and all of them where the server does not compare by itself or
    ``again`` says that an earlier try may have written them.
    """
    compares = run.traits(side).compares and not again
    found = {action.key: Target(_write(action, side).current) for action in actions}
    wanted = [action for action in actions if not compares or found[action.key].raw is None]
    if not wanted:
        return found
    read = read_records(run, side, run.system(side).get(run.entity(side), [_id(action, side) for action in wanted]), constants)
    return found | {action.key: _target(run, side, action, read) for action in wanted}


def _target(run: FlowRun, side: Side, action: Action, read: SideRead) -> Target:
    at = read.position.get(_id(action, side), -1)
    if at < 0:
        return Target(None, moved=True)
    write = _write(action, side)
    moved = differs(run.flow.properties, write.expected, read.digests[at])
    return Target(str(read.raws[at]), moved or _lines_moved(run, write, read, _id(action, side)))


def _lines_moved(run: FlowRun, write: SideWrite, read: SideRead, id: str) -> bool:
    if run.flow.lines is None or read.lines is None:
        return False
    position = {read.lines.ids[at]: at for at in read.lines.of.get(id, [])}
    for line in write.lines:
        if line.verb == "create":
            continue
        if line.id not in position or differs(run.flow.lines.properties, line.expected, read.lines.digests[position[line.id]]):
            return True
    return False


def differs(properties: Sequence[Property], expected: Mapping[str, int], digests: Any) -> bool:
    """Whether any value is another one than was expected; 0 expects nothing."""
    return any(expected.get(spec.name) not in (None, 0, int(digests[at])) for at, spec in enumerate(properties))


def _write(action: Action, side: Side) -> SideWrite:
    return action.to_left if side == "left" else action.to_right


def _id(action: Action, side: Side) -> str:
    return action.left if side == "left" else action.right
