"""Actions to the writes that a client sends, and its outcomes back to what the ledger remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants, PutProblem, put
from lenke.core.mapping.columns import MISSING, parse_object, pluck
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan.model import Action, LineAction, SideWrite
from lenke.core.plan.outcome import SideResult, Stored, StoredLine
from lenke.core.plan.reads import SideRead
from lenke.core.ports import LineWrite, Outcome, Record, Write
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.records import read_records


@dataclass(frozen=True)
class Writer:
    """Builds writes for one side and reads outcomes back."""

    run: FlowRun
    side: Side
    constants: Constants

    def write(self, action: Action, current: str | None) -> Write:
        """The write of an action; PutProblem where a value cannot be held by this side."""
        told = action.to_left if self.side == "left" else action.to_right
        raw = parse_object(current) if current else None
        fields = self._put(self.run.flow.properties, told.values, action.whole, raw)
        return Write(
            key=action.key,
            verb=action.verb if self.side == "right" else "update",
            id=_target_id(action, self.side),
            fields=fields,
            before=_before(fields, raw),
            current=raw,
            marker=action.marker if action.verb == "create" and self.side == "right" else None,
            lines=tuple(self._line(line, raw) for line in told.lines),
            reckon=told.reckon,
        )

    def _line(self, line: LineAction, header: Mapping[str, Any] | None) -> LineWrite:
        assert self.run.flow.lines is not None
        place = self.run.flow.lines.side(self.side)
        raw = next((one for one in (header or {}).get(place.path) or () if str(one.get(place.id)) == line.id), None)
        fields = self._put(self.run.flow.lines.properties, line.values, line.whole, raw)
        # A line that is to go has moved if any of its mapped fields did, though none is sent.
        compared = fields if line.verb != "remove" else _written_paths(self.run.flow.lines.properties, self.side)
        return LineWrite(line.verb, line.id or None, fields, _before(compared, raw), line.marker or None)

    def _put(self, properties: Sequence[Property], values: Any, whole: Any, raw: dict[str, Any] | None) -> dict[str, Any]:
        return put(
            properties,
            self.side,
            values,
            whole=whole,
            current=raw,
            source=None,
            settings=self.run.settings,
            system=self.run.dataflow.system(self.side),
            constants=self.constants,
        )

    def results(self, outcomes: Sequence[Outcome]) -> dict[str, SideResult]:
        """Outcomes by action key; what the answer did not tell is read back by id before the base is set."""
        records = {outcome.key: outcome.record for outcome in outcomes if outcome.record is not None}
        blind = {outcome.id: outcome.key for outcome in outcomes if outcome.status == "done" and outcome.record is None and outcome.id}
        for record in self.run.system(self.side).get(self.run.entity(self.side), list(blind)) if blind else ():
            records[blind[record.id]] = record
        stored = self.stored(list(records.values()))
        return {
            outcome.key: SideResult(
                status=outcome.status,
                id=outcome.id or "",
                stored=stored.get(records[outcome.key].id) if outcome.key in records else None,
                reason=outcome.reason,
                partial=outcome.partial,
            )
            for outcome in outcomes
        }

    def stored(self, records: Sequence[Record]) -> dict[str, Stored]:
        """Records as the ledger remembers them, by id."""
        read = read_records(self.run, self.side, records, self.constants)
        return {id: Stored(read.row(at), _lines(read, id), int(read.versions[at]), str(read.raws[at])) for at, id in enumerate(read.ids)}


def taken(flow: Flow, action: Action, side: Side, write: Write, result: SideResult) -> SideResult:
    """A system that answers with success and keeps an old value has refused it; one that stores our value its own way has not."""
    if result.status != "done" or result.stored is None or write.verb != "update":
        return result
    told = side_write(action, side)
    for at, spec in enumerate(flow.properties):
        field = spec.field(side)
        if field is None or field.path not in write.fields or field.path not in write.before:
            continue
        kept = int(result.stored.row.digests[at]) == told.expected.get(spec.name) != action.link.base[at]
        if kept and write.fields[field.path] != write.before[field.path]:
            reason = f"the system answered with success and kept the old value of {field.path}"
            return SideResult("rejected", result.id, result.stored, reason, spec.name)
    return result


def _target_id(action: Action, side: Side) -> str | None:
    return (action.left if side == "left" else action.right) or None


def refused(problem: PutProblem) -> SideResult:
    """A value that a side cannot hold is a refusal of the record, before anything is sent."""
    return SideResult("rejected", reason=problem.text, property=problem.property)


def _written_paths(properties: Sequence[Property], side: Side) -> list[str]:
    return [field.path for spec in properties if spec.travels_to(side) and (field := spec.field(side)) is not None]


def _before(fields: Iterable[str], raw: Mapping[str, Any] | None) -> dict[str, Any]:
    if raw is None:
        return {}
    found = {path: pluck([raw], path)[0] for path in fields}
    return {path: value for path, value in found.items() if value is not MISSING}


def _lines(read: SideRead, id: str) -> tuple[StoredLine, ...]:
    if read.lines is None:
        return ()
    lines = read.lines
    return tuple(StoredLine(lines.ids[at], lines.row(at), lines.markers[at]) for at in lines.of.get(id, []))


def side_write(action: Action, side: Side) -> SideWrite:
    """What an action sends to one side."""
    return action.to_left if side == "left" else action.to_right
