"""The judge over the whole tree: reads every system's database and says, flow by flow, what is not as it should be.

It imports nothing of Lenke and looks into no ledger. ``python -m tests.oracle.tree.judging HOME`` judges a home against its seed.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.seed import build, record_id
from tests.oracle.databases import Body, read
from tests.oracle.tree.case import Case, Findings, Place
from tests.oracle.tree.facts import Facts, Kind, Record, same
from tests.oracle.tree.fixity import as_seeded, created
from tests.oracle.tree.flow import Flow, Names
from tests.oracle.tree.matching import pair, parked
from tests.oracle.tree.tables import DATAFLOWS


def judge(
    home: Path,
    *,
    seed: int = 1,
    records: Mapping[str, Mapping[str, Collection[Body]]] | None = None,
    touched: Collection[Place] = (),
    dataflows: Collection[str] = tuple(DATAFLOWS),
) -> Findings:
    """Judge the databases in ``home``.

    :param records: what the home was seeded with, where that is not all of the seed: system, entity, bodies.
    :param touched: (system, entity, id) of records that people edited, created or deleted: they need not be as seeded.
    :param dataflows: those that have run.
    """
    return judged(case_of(home, seed=seed, records=records, touched=touched), dataflows)


def judged(case: Case, dataflows: Collection[str] = tuple(DATAFLOWS)) -> Findings:
    """Look at every flow of these dataflows, then at what was created and at what nobody may have touched."""
    ran = [flow for name, flows in DATAFLOWS.items() if name in dataflows for flow in flows]
    for flow in ran:
        _judge_flow(case, flow)
    created(case, ran)
    as_seeded(case, ran)
    return case.findings


def case_of(
    home: Path,
    *,
    seed: int = 1,
    records: Mapping[str, Mapping[str, Collection[Body]]] | None = None,
    touched: Collection[Place] = (),
) -> Case:
    """The databases in ``home``, and what is known of how they began."""
    made = build(seed)
    given = records if records is not None else made.records
    seeded = {
        system: {entity: {record_id(system, entity, body): body for body in bodies} for entity, bodies in entities.items()}
        for system, entities in given.items()
    }
    found = {system: read(path) for system in seeded if (path := home / f"{system}.sqlite").exists()}
    return Case(found, made, seeded, frozenset(touched))


def _judge_flow(case: Case, flow: Flow) -> None:
    left, right = case.told[flow.left, flow.kind], case.told[flow.right, flow.kind]
    ours = {id: record for id, record in left.items() if flow.only(record.facts)}
    barred = parked(case, flow) & ours.keys()
    pairs = case.findings.pairs.setdefault(flow.dataflow, {}).get(flow.owner) if flow.owner else pair(case, flow, ours, right, barred)
    assert pairs is not None, f"{flow.label}: {flow.owner} comes before its parts"
    case.findings.pairs.setdefault(flow.dataflow, {})[flow.name] = pairs
    case.findings.parked[flow.dataflow, flow.name] = barred
    held = parked(case, flow, held=True)
    for left_id, right_id in pairs.items():
        if left_id in ours and left_id not in held:
            for fact, words in differences(case, flow, ours[left_id], right[right_id]):
                case.object(flow.label, left_id, fact, words)


def differences(case: Case, flow: Flow, left: Record, right: Record) -> Iterator[tuple[str, str]]:
    """Every fact that is to agree and does not, then the lines', one by one: the fact, and words for it."""
    where = f"{right.entity} {right.id}"
    for name, ours, theirs in _rows(case, flow, flow.agree, left.facts, right.facts):
        yield name, f"{name} is {ours!r} in {flow.left} and {theirs!r} in {flow.right} ({where})"
    if flow.lines and len(left.lines) != len(right.lines):
        yield "lines", f"{len(left.lines)} lines in {flow.left} and {len(right.lines)} in {flow.right} ({where})"
        return
    for place, (line, other) in enumerate(zip(left.lines, right.lines, strict=True) if flow.lines else ()):
        for name, ours, theirs in _rows(case, flow, flow.lines, line, other):
            yield f"line {name}", f"line {place}: {name} is {ours!r} in {flow.left} and {theirs!r} in {flow.right} ({where})"


def _rows(case: Case, flow: Flow, names: Names, left: Facts, right: Facts) -> Iterator[tuple[str, Any, Any]]:
    """What does not agree: name, left value (a reference as the right id that it stands for), right value."""
    for name in names:
        ours_name, _, theirs_name = name.partition("=")
        ours, theirs = left[ours_name], right[theirs_name or ours_name]
        if ours_name in ("customer", "product", "article") and ours is not None:
            ours = _translated(case, flow, "customers" if ours_name == "customer" else "products", str(ours))
        if not same(ours, theirs):
            yield ours_name, ours, theirs


def _translated(case: Case, flow: Flow, kind: Kind, id: str) -> str:
    for other in DATAFLOWS[flow.dataflow]:
        found = case.pairs(other) if other.kind == kind else {}
        if id in found:
            return found[id]
    return id


def main(home: str, seed: str = "1") -> int:
    """Judge a home against its seed; 0 where everything agrees."""
    found = judge(Path(home), seed=int(seed))
    print(found.report())
    return 0 if found.agreed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
