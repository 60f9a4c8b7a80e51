"""A record that a person deletes on one side: its link is closed, and nothing is deleted on the other (archived, if the flow says so)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lenke.core.links.rows import OTHER, OWED, SIDES, Side
from lenke.core.mapping.model import Flow
from lenke.qa.people import UntriedError
from lenke.qa.runner import FULL
from lenke.qa.session import Session
from lenke.qa.sheet import Tick, without_ids

TRIES = 25


@dataclass(frozen=True)
class Deleted:
    """One record that a person deleted; ``ids`` are the pair's."""

    flow: Flow
    side: Side
    ids: Mapping[Side, str]


def deletes(session: Session, flows: Sequence[Flow]) -> dict[str, Tick]:
    """By flow, what became of a record deleted on the left and of another deleted on the right; nothing to tick where none may be."""
    try:
        return _deletes(session, flows)
    except UntriedError as untried:
        return {flow.name: Tick("none", str(untried)) for flow in flows}


def _deletes(session: Session, flows: Sequence[Flow]) -> dict[str, Tick]:
    done: list[Deleted] = []
    notes: dict[str, list[str]] = {flow.name: [] for flow in flows}
    for flow in reversed(flows):  # orders before what they name
        for side in SIDES:
            found = _delete(session, flow, side)
            if isinstance(found, Deleted):
                done.append(found)
            else:
                notes[flow.name].append(found)
    session.run(FULL)
    session.run(FULL)
    problems = {flow.name: [text for one in done if one.flow is flow and (text := _problem(session, one))] for flow in flows}
    return {flow.name: _tick([one for one in done if one.flow is flow], problems[flow.name], notes[flow.name]) for flow in flows}


def _delete(session: Session, flow: Flow, side: Side) -> Deleted | str:
    place = flow.entity(side)
    links, complaint = session.desk.linked(flow), "there is no pair left"
    # What a person made a moment ago is named by no other record yet, and can be deleted in systems that forbid it else.
    made = [session.made[flow.name]] if side == "right" and flow.name in session.made else []
    for left in [id for id in (*made, *session.free(flow)[::-1][:TRIES]) if id in links]:
        ids: dict[Side, str] = {"left": left, "right": links.get(left, "")}
        try:
            session.everybody[0].delete(place.system, place.entity, ids[side])
        except UntriedError:
            raise
        except ValueError as problem:
            complaint = str(problem)
            continue
        session.spoiled.add((flow.name, left))
        return Deleted(flow, side, ids)
    return f"{place.system} does not let a person delete one: {without_ids(complaint)}"


def _problem(session: Session, one: Deleted) -> str:
    row = next((row for row in session.runner.links(one.flow.name) if row.left == one.ids["left"] and row.kind == "tombstone"), None)
    if row is None:
        return f"deleted on the {one.side}, and the link is no tombstone"
    if row.note.get("side") != one.side:
        return f"deleted on the {one.side}, and the tombstone says {row.note.get('side')}"
    if OWED in row.note:
        return f"deleted on the {one.side}, and the other record is not archived"
    other = OTHER[one.side]
    place = one.flow.entity(other)
    there = {record.id for record in session.runner.system(place.system).get(place.entity, [one.ids[other]])}
    return "" if one.ids[other] in there else f"deleted on the {one.side}, and gone from {place.system}, too"


def _tick(done: Sequence[Deleted], problems: Sequence[str], notes: Sequence[str]) -> Tick:
    if problems or not done:
        return Tick("no", "; ".join([*problems, *notes]))
    sides = " and one on the ".join(one.side for one in sorted(done, key=lambda one: one.side))
    note = f"one record deleted on the {sides}: its counterpart is still there, the link is a tombstone"
    return Tick("yes", "; ".join([note, *notes]))
