"""The plan under way: the two reads, the line links, and what all decisions share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lenke.core.links.conflicts import Conflict, Policy
from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Side, has_heard
from lenke.core.plan import recheck
from lenke.core.plan.changes import LineLinks
from lenke.core.plan.context import Context
from lenke.core.plan.lines import LinePlan, LineSet, plan_lines
from lenke.core.plan.model import Parked, Plan
from lenke.core.plan.reads import SideRead


class Draft:
    """Everything about one flow's plan that a decision on one record may need."""

    def __init__(self, lines: LineLinks | None, left: SideRead, right: SideRead, context: Context, plan: Plan) -> None:
        self.reads: Mapping[Side, SideRead] = {"left": left, "right": right}
        self.context, self.plan, self.flow = context, plan, context.flow
        self._lines = lines
        self.open: dict[tuple[str, str], str] = {}
        self._place = {spec.name: at for at, spec in enumerate(context.flow.properties)}

    def place(self, property: str) -> int:
        """The position of a header property in a link's base."""
        return self._place[property]

    def row(self, side: Side, at: int) -> Row | None:
        """One side's record for the merge; None where ``at`` is -1."""
        return self.reads[side].row(at) if at >= 0 else None

    def line_links(self, left: str) -> list[Link]:
        """The line links of a left record."""
        return self._lines.of(left) if self._lines is not None else []

    def line_set(self, side: Side, at: int) -> LineSet | None:
        """The lines of one record as read; None where ``at`` is -1."""
        read = self.reads[side]
        if at < 0 or read.lines is None or not read.has_lines(at):
            return None
        lines = read.lines
        positions = read.line_positions(read.ids[at])
        return LineSet({lines.ids[one]: lines.row(one) for one in positions}, {lines.ids[one]: lines.markers[one] for one in positions})

    def line_plan(self, link: Link, l_at: int, r_at: int, policy: Policy) -> LinePlan | None:
        """What becomes of the lines of a pair; None for a flow without lines."""
        if self.flow.lines is None:
            return None
        sets = (self.line_set("left", l_at), self.line_set("right", r_at))
        return plan_lines(self.flow.lines, link.left, self.line_links(link.left), *sets, policy, self.context.mark_line)

    def versions(self, link: Link, l_at: int, r_at: int) -> Link:
        """The link with the versions of the records that were read whole."""
        left, right = self.reads["left"], self.reads["right"]
        if l_at >= 0 and left.whole[l_at]:
            link = replace(link, left_version=int(left.versions[l_at]))
        if r_at >= 0 and right.whole[r_at]:
            link = replace(link, right_version=int(right.versions[r_at]))
        return link

    def has_problem(self, side: Side, at: int, id: str) -> bool:
        """Park the pair of left record ``id`` where this side's record, or one of its lines, cannot be understood."""
        stored = self._problem(self.reads[side], at) if at >= 0 else None
        if stored is None:
            return False
        problem = json.loads(stored)[0]
        where = "" if side == "left" else "on the right side: "
        self.park(id, problem["code"], property=problem["property"], text=where + problem["text"])
        return True

    def _problem(self, read: SideRead, at: int) -> str | None:
        found: list[str | None] = [read.problems[at]]
        if read.lines is not None:
            found += [read.lines.problems[position] for position in read.line_positions(read.ids[at])]
        return next((problem for problem in found if problem is not None), None)

    def old(self, id: str) -> Link | None:
        """The recheck entry of a left record."""
        return self.context.recheck.get(("left", id))

    def lost(self, id: str) -> Link | None:
        """The recheck entry of a left record, or a sibling's; first the one that tells what a write without an answer sent."""
        own, theirs = self.old(id), self.context.lost_elsewhere.get(id)
        return next((one for one in (own, theirs) if one is not None and one.note.get("sent")), own or theirs)

    def unheard(self, link: Link) -> Link | None:
        """A sibling's entry of an update that had no answer, of a record that has come back here, until the link knows of it."""
        theirs = self.context.lost_elsewhere.get(link.left)
        return theirs if theirs is not None and theirs.note.get("sent") and not has_heard(link, theirs) else None

    def is_paused(self, id: str) -> bool:
        """Whether a person paused a left record, here or in the flow of the group that it was in; it waits on the recheck list then,
        whatever else it waits for.
        """
        elsewhere = self.context.paused_elsewhere.get(id)
        if id not in self.context.decided.paused and elsewhere is None:
            return False
        if (old := self.old(id)) is not None:
            self.keep(old)
        else:
            self.park(id, "paused", text=f"in the flow {elsewhere}; unpause it there" if elsewhere else "")
        return True

    def conflict(self, left: str, conflicts: Sequence[Conflict], parked: Parked) -> None:
        """Park a record whose conflicts a person must decide; ``parked`` lacks the digest of their values."""
        told = json.dumps([[one.property, one.left, one.right] for one in conflicts])
        self.open[parked.side, parked.id] = left
        self.plan.parked.append(replace(parked, values=self.context.digester.value("conflict", told)))

    def park(self, id: str, reason: str, *, side: Side = "left", property: str = "", text: str = "", waits_for: str = "") -> None:
        """Put a record on the recheck list; its first reason counts."""
        self.plan.parked.append(Parked(side, id, reason, property, text, waits_for))

    def keep(self, old: Link) -> None:
        """Leave a record on the recheck list as it is."""
        self.plan.parked.append(recheck.parked(old))
