"""One dataflow's checklist from the first run to the silence at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.model import Flow
from lenke.qa import conflicts, creation, deletes, lines, locks
from lenke.qa.crossing import Crossing, Key, key
from lenke.qa.item import Item, items
from lenke.qa.reasons import Reasons
from lenke.qa.session import Session
from lenke.qa.sheet import Line, Sheet, Tick


@dataclass
class Checklist:
    """Goes through all checks of a dataflow's flows.

    :param expected: flow to left id to reason of what must park; empty where that is not known.
    :param silent: whether nothing was sent to any system since it was last asked; None where that cannot be told.
    """

    session: Session
    reasons: Reasons
    expected: Mapping[str, Mapping[str, str]]
    silent: Callable[[], str] | None = None
    sheets: dict[str, Sheet] = field(default_factory=dict)
    _items: dict[str, list[Item]] = field(default_factory=dict)

    def run(self) -> list[Sheet]:
        """One sheet a flow as written down, in the mapping's order."""
        dataflow = self.session.dataflow
        for section in dataflow.sections:
            self._items[section.name] = items(dataflow, section.name)
            self.sheets[section.name] = Sheet(section.name, f"{section.left.entity} to {section.right.entity}")
        self._first_runs()
        crossed = self._crossings()
        self._conflicts(crossed)
        self._lines()
        self._locks(crossed)
        self._created()
        self._deletes()
        self._silence()
        self._remarks()
        return list(self.sheets.values())

    def _tick(self, flow: Flow, name: str, tick: Tick) -> None:
        """An owner's tick is its parts' as well: they are one record."""
        for one in (flow.name, *flow.parts):
            self.sheets[one].checks[name] = tick

    def _first_runs(self) -> None:
        session = self.session
        created = {flow.name: 0 for flow in session.dataflow.flows}
        for _ in range(4):
            reports = {name: committed["report"] for name, committed in session.runner.run().items()}
            for name, report in reports.items():
                created[name] += report["created_right"]
            if not any(report[figure] for report in reports.values() for figure in _WRITTEN):
                break
        for flow in session.dataflow.flows:
            stopped = session.runner.errors.get(flow.name)
            session.choose(flow)
            expected = self.expected.get(flow.name, {})
            tick = creation.every_left_has_its_right(session, flow, created[flow.name], expected)
            self._tick(flow, "create", Tick("no", f"the flow stopped: {stopped}") if stopped else tick)

    def _crossings(self) -> dict[Side, dict[Key, Tick]]:
        found: dict[Side, dict[Key, Tick]] = {}
        every = [item for mine in self._items.values() for item in mine]
        for side in SIDES:
            found[side] = Crossing(self.session, side).judge(item for item in every if item.spec.travels_to(OTHER[side]))
        for section in self.session.dataflow.sections:
            sheet, own = self.sheets[section.name], {spec.name: spec for spec in section.properties}
            sheet.lines = [self._line(item, own.get(item.spec.name, item.spec), found) for item in self._items[section.name]]
            for side in SIDES:
                sheet.checks[f"edit {side}"] = _summary(sheet, side)
        return found

    def _line(self, item: Item, written: Any, found: Mapping[Side, Mapping[Key, Tick]]) -> Line:
        edits = {side: found[side].get(key(item)) or self._not_carried(item, side) for side in SIDES}
        reasons = [self.reasons.of(item.section, item.spec.name, side) for side in SIDES if edits[side].state != "yes"]
        paths = {side: _path(item, written, side) for side in SIDES}
        reason = "; ".join(dict.fromkeys(filter(None, reasons)))
        return Line(item.spec.name, paths["left"], paths["right"], edits, reason, compared=item.spec.direction == "check")

    def _not_carried(self, item: Item, side: Side) -> Tick:
        check = item.spec.direction == "check"
        return Tick("no", "compared only" if check else f"carried from the {OTHER[side]} only")

    def _conflicts(self, crossed: dict[Side, dict[Key, Tick]]) -> None:
        for flow in self.session.dataflow.flows:
            sections = {name: self._items[name] for name in (flow.name, *flow.parts)}
            for name, tick in conflicts.conflict(self.session, flow, sections, crossed).items():
                self.sheets[name].checks["conflict"] = tick

    def _lines(self) -> None:
        for name, mine in self._items.items():
            if of_lines := [item for item in mine if item.is_line]:
                self.sheets[name].checks |= lines.added_and_removed(self.session, of_lines)

    def _locks(self, crossed: dict[Side, dict[Key, Tick]]) -> None:
        for name, mine in self._items.items():
            self.sheets[name].checks["locked"] = locks.locked(self.session, mine, crossed)

    def _created(self) -> None:
        made = {flow.name: creation.made_by_a_person(self.session, flow) for flow in self.session.dataflow.ordered()}
        self.session.made = {name: left for name, (left, _) in made.items() if left}
        self.session.run()
        for flow in self.session.dataflow.flows:
            self._tick(flow, "create by a person", creation.arrived(self.session, flow, *made[flow.name]))

    def _deletes(self) -> None:
        ticks = deletes.deletes(self.session, self.session.dataflow.ordered())
        for flow in self.session.dataflow.flows:
            self._tick(flow, "delete", ticks[flow.name])

    def _silence(self) -> None:
        quiet = self.session.settle(at_most=6)
        if self.silent is not None:
            self.silent()
        wrote = self.session.run()
        sent = self.silent() if self.silent is not None else ""
        told = sent or ("nothing was written" if quiet and not wrote else f"{wrote} records were written again")
        for sheet in self.sheets.values():
            sheet.checks["silence"] = Tick.of(told, ok=quiet and not wrote and not sent)

    def _remarks(self) -> None:
        for section, found in self.session.remarks.items():
            self.sheets[section].remarks = [f"`{name}` given {value!r}: {problem}" for (name, problem), value in found.items()]


_WRITTEN = ("created_left", "created_right", "updated_left", "updated_right")


def _path(item: Item, written: Any, side: Side) -> str:
    field = written.field(side)
    if field is None:
        return ""
    return f"{item.flow.lines.side(side).path}[].{field.path}" if item.is_line and item.flow.lines else str(field.path)


def _summary(sheet: Sheet, side: Side) -> Tick:
    """Ticked where every property whose edits are to cross from here does, except those that a vendor's fact excuses."""
    crossing = [line for line in sheet.synchronised if line.edits[side].state == "yes"]
    carried = [line for line in sheet.synchronised if line.edits[side].note not in _ONE_WAY]
    failed = [line.name for line in carried if line.edits[side].state != "yes" and not line.reason]
    excused = len(sheet.synchronised) - len(crossing) - len(failed)
    note = f"{len(crossing)} of {len(sheet.synchronised)} properties cross"
    note += f", {excused} cannot or are not to (see below)" if excused else ""
    return Tick.of(note + (f"; these should and do not: {', '.join(failed)}" if failed else ""), ok=bool(crossing) and not failed)


_ONE_WAY = ("compared only", "carried from the left only", "carried from the right only")
