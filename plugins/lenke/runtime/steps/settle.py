"""Settling writes of an earlier try whose outcome is not known, before anything is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lenke.core.errors import RetriableError
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.model import Property
from lenke.core.plan.model import Action, LineAction, SideWrite
from lenke.core.plan.outcome import SideResult
from lenke.core.plan.reads import SideRead
from lenke.core.ports import Record
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.records import read_records
from lenke.runtime.steps.targets import Target, differs
from lenke.runtime.steps.writing import Writer, side_write


def creates(run: FlowRun, actions: Sequence[Action], since: Mapping[str, datetime], constants: Constants) -> dict[str, SideResult]:
    """Uncertain creates that turn out to have happened, by action key; the others may be sent again.

    :param since: when each may have been sent.
    :raises RetriableError: "not found" proves nothing until the system's read lag is over.
    """
    uncertain = [action for action in actions if action.verb == "create"]
    if not uncertain:
        return {}
    found = _by_marker(run, uncertain) or {}
    found |= _by_keys(run, [action for action in uncertain if action.key not in found])
    # A record that a person has linked with another one still bears the marker of the one that it was made for.
    linked = set(run.ledger.table.column("right", run.ledger.table.headers("link")))
    found = {key: record for key, record in found.items() if record.id not in linked}
    stored = Writer(run, "right", constants).stored(list(found.values()))
    wait = max([since[action.key] + run.read_lag["right"] - run.now() for action in uncertain if action.key not in found], default=None)
    if wait is not None and wait.total_seconds() > 0:
        raise RetriableError("creates of an earlier try are not found yet; the system's reads may be older than they are", delay=wait)
    return {key: SideResult("done", record.id, stored.get(record.id), found=True) for key, record in found.items()}


def _by_marker(run: FlowRun, actions: Sequence[Action]) -> dict[str, Record]:
    marker = run.traits("right").marker
    if marker is None:
        return {}
    keys = {action.marker: action.key for action in actions}
    records = list(run.system("right").find(run.entity("right"), marker, list(keys)))
    whole = _whole(run, records)
    read = read_records(run, "right", whole, {})
    at = read.position
    return {keys[marker]: one for one in whole if one.id in at and (marker := read.markers[at[one.id]]) in keys}


def _by_keys(run: FlowRun, actions: Sequence[Action]) -> dict[str, Record]:
    """By the flow's match keys, for a system that has no field for a marker."""
    if run.traits("right").marker is not None:
        return {}
    found: dict[str, Record] = {}
    for rule in run.flow.match:
        spec = run.flow.property(rule.properties[0])
        wanted = {text: action.key for action in actions if action.key not in found and (text := action.whole.get(spec.name))}
        if spec.right is None or spec.right.path not in run.traits("right").keys or not wanted:
            continue
        whole = _whole(run, list(run.system("right").find(run.entity("right"), spec.right.path, list(wanted))))
        read = read_records(run, "right", whole, {})
        for record in (one for one in whole if one.id in read.position):
            if (key := wanted.get(read.texts_of(read.position[record.id]).get(spec.name) or "")) is not None:
                found.setdefault(key, record)
    return found


def _whole(run: FlowRun, records: Sequence[Record]) -> list[Record]:
    entries = [record.id for record in records if not record.whole]
    details = list(run.system("right").get(run.entity("right"), entries)) if entries else []
    return [record for record in records if record.whole] + details


def await_lines(run: FlowRun, actions: Sequence[Action], since: Mapping[str, datetime]) -> None:
    """Uncertain updates that add lines wait for the read lag: a line that a read does not show yet would be added twice.

    :param since: when each may have been sent.
    :raises RetriableError: it is not over for one of them.
    """
    waits = [
        since[action.key] + run.read_lag[side] - run.now()
        for action in actions
        for side in SIDES
        if action.verb == "update" and any(line.verb == "create" for line in action.to(side).lines)
    ]
    wait = max(waits, default=timedelta(0))
    if wait > timedelta(0):
        raise RetriableError("an earlier try may have added lines that the system's reads do not show yet", delay=wait)


def update(run: FlowRun, side: Side, action: Action, target: Target, constants: Constants) -> tuple[Action, Target]:
    """An update that an earlier try may have written: what is there already is not sent again.

    A target that holds some values as they were and some as they should be is still ours; any third value means it moved.
    The action that comes back sends only what is left; :func:`is_settled` tells when that is nothing.
    """
    if target.raw is None:
        return action, target
    read = read_records(run, side, [Record(_id(action, side), None, None, target.raw)], constants)
    write = side_write(action, side)
    left_over = _left_over(run.flow.properties, write.values, write.expected, action.link, read.digests[0])
    lines = _lines_left(run, side, action, read)
    if left_over is None or lines is None:
        return action, Target(target.raw, moved=True)
    return _with(action, side, replace(write, values=left_over, lines=lines)), Target(target.raw)


def is_settled(action: Action, side: Side) -> bool:
    """Nothing of an uncertain update is left to be sent."""
    return not side_write(action, side)


def _left_over(
    properties: Sequence[Property], values: Mapping[str, str | None], expected: Mapping[str, int], link: Link, digests: Any
) -> dict[str, str | None] | None:
    position = {spec.name: at for at, spec in enumerate(properties)}
    left_over: dict[str, str | None] = {}
    for name, text in values.items():
        now = int(digests[position[name]])
        if now == link.base[position[name]]:
            continue
        if now != expected.get(name, 0):
            return None
        left_over[name] = text
    return left_over


def _lines_left(run: FlowRun, side: Side, action: Action, read: SideRead) -> tuple[LineAction, ...] | None:
    """Line writes that are still to be sent; None where a line holds a third value."""
    if run.flow.lines is None or read.lines is None:
        return ()
    at = {read.lines.ids[row]: row for row in range(len(read.lines.ids))}
    markers = {marker for marker in read.lines.markers if marker}
    links = {link.left if side == "left" else link.right: link for link in action.lines}
    left: list[LineAction] = []
    for line in side_write(action, side).lines:
        if line.verb == "create" and line.marker not in markers:
            left.append(line)
        elif line.verb == "remove" and line.id in at:
            if differs(run.flow.lines.properties, line.expected, read.lines.digests[at[line.id]]):
                return None
            left.append(line)
        elif line.verb == "update":
            if line.id not in at:
                return None
            values = _left_over(run.flow.lines.properties, line.values, line.expected, links[line.id], read.lines.digests[at[line.id]])
            if values is None:
                return None
            left += [replace(line, values=values)] if values else []
    return tuple(left)


def _id(action: Action, side: Side) -> str:
    return action.left if side == "left" else action.right


def _with(action: Action, side: Side, write: SideWrite) -> Action:
    return replace(action, to_left=write) if side == "left" else replace(action, to_right=write)
