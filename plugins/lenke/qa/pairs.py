"""Linked pairs as both systems hold them now, read afresh by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Row
from lenke.core.links.rows import SIDES, Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.columns import Json, parse_object, raw_at
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan.reads import SideRead
from lenke.qa.runner import Runner
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.constants import constants
from lenke.runtime.steps.records import read_records


@dataclass(frozen=True)
class Values:
    """A record, or a line, on one side.

    :param texts: property to canonical text (a reference's is the left id); :param known: properties that the side told at all.
    """

    id: str
    raw: Json
    texts: Mapping[str, str | None]
    known: frozenset[str]


@dataclass(frozen=True)
class Half:
    """One side of a pair; ``lines`` by their ids, in their order."""

    values: Values
    lines: Mapping[str, Values]
    locked: bool
    troubled: bool


@dataclass(frozen=True)
class Pair:
    """A linked pair; ``lines`` are the linked lines' left and right ids."""

    left: Half
    right: Half
    lines: tuple[tuple[str, str], ...] = ()

    def half(self, side: Side) -> Half:
        """The record of one side."""
        return self.left if side == "left" else self.right

    def values(self, side: Side, line: tuple[str, str] | None = None) -> Values | None:
        """The record of one side, or its part of a linked line; None for a line that is gone."""
        half = self.half(side)
        return half.values if line is None else half.lines.get(line[SIDES.index(side)])


@dataclass
class Desk:
    """Reads pairs; what the installation's settings name is looked up once a flow."""

    runner: Runner
    _constants: dict[str, Constants] = field(default_factory=dict)

    def constants(self, flow: Flow) -> Constants:
        """The flow's constants by table of the settings."""
        if flow.name not in self._constants:
            self._constants[flow.name] = constants(self.runner.flow_run(flow))
        return self._constants[flow.name]

    def linked(self, flow: Flow) -> dict[str, str]:
        """Left id to right id of all linked records, without those on the recheck list."""
        rows = self.runner.links(flow.name)
        waiting = {row.left for row in rows if row.kind == "recheck"}
        return {row.left: row.right for row in rows if row.kind == "link" and not row.parent and row.left not in waiting}

    def parked(self, flow: Flow) -> dict[str, Mapping[str, Any]]:
        """The recheck list: left (else right) id to reason, property and text."""
        return {row.left or row.right: row.note for row in self.runner.links(flow.name) if row.kind == "recheck"}

    def read(self, flow: Flow, left_ids: Iterable[str]) -> dict[str, Pair]:
        """The pairs with these left ids; one that is gone or not linked is left out."""
        run = self.runner.flow_run(flow)
        rows = run.ledger.table.links()
        links = {row.left: row.right for row in rows if row.kind == "link" and not row.parent}
        wanted = [id for id in dict.fromkeys(left_ids) if id in links]
        lines: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            if row.kind == "link" and row.parent:
                lines.setdefault(row.parent, []).append((row.left, row.right))
        left = self._halves(run, "left", wanted)
        right = self._halves(run, "right", [links[id] for id in wanted])
        both = [id for id in wanted if id in left and links[id] in right]
        return {id: Pair(left[id], right[links[id]], tuple(lines.get(id, ()))) for id in both}

    def value(self, flow: Flow, side: Side, id: str, line: str | None) -> Values | None:
        """One record, or one of its lines, on one side; None where it is gone."""
        half = self._halves(self.runner.flow_run(flow), side, [id]).get(id)
        return None if half is None else half.values if line is None else half.lines.get(line)

    def _halves(self, run: FlowRun, side: Side, ids: Sequence[str]) -> dict[str, Half]:
        records = run.system(side).get(run.entity(side), ids) if ids else ()
        read = read_records(run, side, records, self.constants(run.flow))
        return {id: _half(run.flow, side, read, at) for id, at in read.position.items()}


def _half(flow: Flow, side: Side, read: SideRead, at: int) -> Half:
    row = read.row(at)
    raw = parse_object(str(read.raws[at])) or {}
    values = Values(str(read.ids[at]), raw, row.texts, _known(flow.properties, row))
    held = read.locks[at]
    return Half(values, dict(_lines(flow, side, read, values)), held not in (None, "[]"), read.problems[at] is not None)


def _lines(flow: Flow, side: Side, read: SideRead, parent: Values) -> Iterator[tuple[str, Values]]:
    if flow.lines is None or read.lines is None:
        return
    place = flow.lines.side(side)
    raws = {str(raw_at(line, place.id)): line for line in raw_at(parent.raw, place.path) or ()}
    for at in read.line_positions(parent.id):
        row, id = read.lines.row(at), str(read.lines.ids[at])
        yield id, Values(id, raws.get(id, {}), row.texts, _known(flow.lines.properties, row))


def _known(properties: Sequence[Property], row: Row) -> frozenset[str]:
    return frozenset(spec.name for at, spec in enumerate(properties) if row.digests[at] != UNKNOWN)
