"""What was created belongs to somebody, once; what nobody matched is as it was seeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.oracle.databases import Body
from tests.oracle.tree import readers, unmapped
from tests.oracle.tree.case import Case, Place
from tests.oracle.tree.facts import Kind, Record, Records, marker
from tests.oracle.tree.flow import Flow
from tests.oracle.tree.matching import hints


def created(case: Case, ran: list[Flow]) -> None:
    """A record that was not seeded belongs to exactly one left record of a dataflow, and carries that one's marker."""
    for (system, kind), records in case.told.items():
        makers = [flow for flow in ran if flow.right == system and flow.kind == kind and not flow.owner]
        made_for = {right: (flow, left) for flow in makers for left, right in case.pairs(flow).items()}
        known = case.seeded[system]
        for id, record in records.items():
            entity, key = record.place
            if (system, record.entity, id) in case.touched or _was_seeded(known, record, entity, key):
                continue
            if id not in made_for:
                case.object(f"{system} {kind}", id, "created", _whose(case, makers, record))
            elif (system, kind) in readers.MARKED:
                flow, left = made_for[id]
                wanted = {marker(one.left, case.told[one.left, kind][left].entity, left) for one in makers if _links(case, one, left, id)}
                if record.marker not in wanted:
                    case.object(
                        flow.label, left, "marker", f"{record.entity} {id} carries {record.marker!r}, which is not this record's marker"
                    )
        _twice(case, system, kind, records)


def _links(case: Case, flow: Flow, left: str, right: str) -> bool:
    return case.pairs(flow).get(left) == right


def _was_seeded(known: Mapping[str, Mapping[str, Body]], record: Record, entity: str, key: str) -> bool:
    if record.stored is None:
        return key in known.get(entity, {})
    return readers.within(known.get(entity, {}).get(key), record)


def _twice(case: Case, system: str, kind: Kind, records: Records) -> None:
    for value, times in Counter(record.marker for record in records.values() if (record.marker or "").startswith("lk-")).items():
        if times > 1:
            case.object(f"{system} {kind}", str(value), "marker", f"is carried by {times} records")


def _whose(case: Case, makers: list[Flow], record: Record) -> str:
    for flow in makers:
        for id, left in case.told[flow.left, flow.kind].items():
            if flow.only(left.facts) and (record.marker == marker(flow.left, left.entity, id) or hints(flow, left, record)):
                parked = id in case.findings.parked[flow.dataflow, flow.name]
                return f"was created for {flow.left} {left.entity} {id}, which {'is to park' if parked else 'has another record already'}"
    return "was created and belongs to no left record"


def as_seeded(case: Case, ran: list[Flow]) -> None:
    """Nobody's records are as they were seeded; of the others, every member that no flow maps."""
    paired: set[Place] = set()
    for flow in ran:
        for left, right in case.pairs(flow).items():
            for system, id in ((flow.left, left), (flow.right, right)):
                record = case.told[system, flow.kind].get(id)
                paired |= {(system, *place) for place in (record.place, *record.parts)} if record else set()
    for system, entities in case.seeded.items():
        if system not in case.databases:
            continue
        for entity, bodies in entities.items():
            for key, body in bodies.items():
                place = (system, entity, key)
                if place not in case.touched:
                    _unchanged(case, place, body, linked=place in paired)


def _unchanged(case: Case, place: Place, seeded: Body, *, linked: bool) -> None:
    system, entity, key = place
    now = case.databases[system].of(entity).get(key)
    if now is None:
        case.object(f"{system} {entity}", key, "gone", "was seeded and is gone")
        return
    for name, old, new in unmapped.changed(place, seeded, now, linked=linked):
        case.object(f"{system} {entity}", key, name, f"{name} was {old!r} when seeded and is {new!r}: not the sync's to change")
