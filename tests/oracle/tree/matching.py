"""Which records of two systems are the same thing: by the marker, then by what a bookkeeper would go by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.oracle.tree.case import Case
from tests.oracle.tree.facts import Kind, Record, Records, marker
from tests.oracle.tree.flow import Flow, Names
from tests.oracle.tree.tables import DATAFLOWS, flows

Key = Callable[[Record], Any]


def parked(case: Case, flow: Flow, *, held: bool = False) -> set[str]:
    """Left ids that the manifest parks in this flow; what was seeded elsewhere is followed along the pairs found so far.

    :param held: those that have their right record, and wait with what they hold for a lock to open.
    """
    found = set()
    for entry in case.seed.manifest:
        if (entry["dataflow"], entry["flow"]) == (flow.dataflow, flow.name) and (entry["reason"] == "locked") == held:
            found |= _reached(case, flow.kind, (str(entry["system"]), str(entry["id"])), flow.left)
    return found


def _reached(case: Case, kind: Kind, start: tuple[str, str], system: str) -> set[str]:
    """The ids under which a record that was seeded in one system is known in another."""
    known, grown = {start}, True
    while grown:
        grown = False
        for flow in (flow for flow in flows() if flow.kind == kind):
            for left, right in case.pairs(flow).items():
                both = {(flow.left, left), (flow.right, right)}
                if len(both & known) == 1:
                    known |= both
                    grown = True
    return {id for name, id in known if name == system}


def pair(case: Case, flow: Flow, ours: Records, right: Records, barred: set[str]) -> dict[str, str]:
    """Pairs by the marker, then by one key after the other, each only where it names exactly one record on either side."""
    lone_left = {id: record for id, record in ours.items() if id not in barred}
    lone_right = dict(right)
    for taken in _taken(case, flow):
        lone_right.pop(taken, None)
    pairs: dict[str, str] = {}
    for left_key, right_key in _ways(flow):
        mine, theirs = _by_key(lone_left, left_key), _by_key(lone_right, right_key)
        for key in mine.keys() & theirs.keys():
            if len(mine[key]) == len(theirs[key]) == 1:
                pairs[mine[key][0]] = theirs[key][0]
                del lone_left[mine[key][0]], lone_right[theirs[key][0]]
    for id, record in sorted(lone_left.items()):
        near = [other for other, found in lone_right.items() if hints(flow, record, found)]
        text = f"has {len(near)} records in {flow.right}: {', '.join(near[:5])}" if near else f"has no record in {flow.right}"
        case.object(flow.label, id, "right record", text)
    return pairs


def _ways(flow: Flow) -> Iterator[tuple[Key, Key]]:
    yield (lambda record: marker(flow.left, record.entity, record.id)), (lambda record: record.marker)
    for names in flow.keys:
        by_facts = partial(_key, names)
        yield by_facts, by_facts


def _taken(case: Case, flow: Flow) -> Iterator[str]:
    """Right records that an earlier flow of the same dataflow and kind has: exclusive flows share them out."""
    for other in DATAFLOWS[flow.dataflow]:
        if other.kind == flow.kind and other.name != flow.name:
            yield from case.pairs(other).values()


def _by_key(records: Records, key: Key) -> dict[Any, list[str]]:
    groups: dict[Any, list[str]] = {}
    for id, record in records.items():
        value = key(record)
        if value is not None:
            groups.setdefault(value, []).append(id)
    return groups


def _key(names: Names, record: Record) -> tuple[Any, ...] | None:
    values = tuple(record.facts[name] for name in names)
    return values if all(value not in (None, "") for value in values) else None


def hints(flow: Flow, left: Record, right: Record) -> bool:
    """Whether any key says that the two are one."""
    return any((key := _key(names, left)) is not None and key == _key(names, right) for names in flow.keys)
