"""One pair, or one unlinked left record, at a time: the decisions that columns cannot make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.match import key
from lenke.core.links.merge import Merge, Row, merge
from lenke.core.links.rows import KINDS, Link, Side, Table
from lenke.core.mapping.apply import missing_required
from lenke.core.mapping.model import Property
from lenke.core.plan import recheck
from lenke.core.plan.context import Context
from lenke.core.plan.lines import LinePlan, LineSet, plan_lines
from lenke.core.plan.model import Action, LineAction, Parked, Plan, SideWrite
from lenke.core.plan.reads import SideRead


class Pairs:
    """Adds to a plan what becomes of each record."""

    def __init__(self, table: Table, left: SideRead, right: SideRead, context: Context, plan: Plan) -> None:
        self.reads: Mapping[Side, SideRead] = {"left": left, "right": right}
        self.context, self.plan, self.flow = context, plan, context.flow
        self._lines = _line_links(table) if context.flow.lines else {}

    # --- linked before -------------------------------------------------------------------------------------------

    def linked(self, link: Link, l_at: int, r_at: int) -> None:
        """A link with something to decide."""
        for side, id in (("left", link.left), ("right", link.right)):
            if reason := self.context.gone.get(side, {}).get(id):  # type: ignore[call-overload]
                self._gone(link, side, reason, l_at if side == "right" else r_at)  # type: ignore[arg-type]
                return
        if self._has_problem("left", l_at, link.left) | self._has_problem("right", r_at, link.left):
            return
        at: dict[Side, int] = {"left": self._fresh("left", l_at, link), "right": self._fresh("right", r_at, link)}
        self._pair(link, at["left"], at["right"])

    def _fresh(self, side: Side, at: int, link: Link) -> int:
        """The row of a side that may be believed: not a list entry, and not older than our own last write."""
        read = self.reads[side]
        if at < 0 or not read.whole[at]:
            return -1
        pending = link.left_pending if side == "left" else link.right_pending
        if pending is None or self.context.now - datetime.fromisoformat(pending.at) >= self.context.read_lag[side]:
            return at
        row = read.row(at)
        old = row.modified is not None and pending.modified and row.modified < datetime.fromisoformat(pending.modified)
        if old or any(row.digests[position] == digest for position, digest in pending.replaced.items()):
            self._park(link.left, "stale", text=f"the {side} side answered from before the last write")
            return -1
        return at

    def _pair(self, link: Link, l_at: int, r_at: int) -> None:
        rows: dict[Side, Row | None] = {"left": self._row("left", l_at), "right": self._row("right", r_at)}
        merged = merge(self.flow.properties, link, rows["left"], rows["right"], self.context.policy)
        lines = self._line_plan(link, l_at, r_at)
        self._record(link, merged, lines)
        if merged.needs_both:
            self._park(link.left, "both_needed", text="the mapping changed; both sides are read in the next run")
        self._withhold(link, merged, lines, l_at, r_at)
        merged.link = self._versions(merged.link, l_at, r_at)
        if merged.to_left or merged.to_right or (lines and (lines.to_left or lines.to_right)):
            self.plan.actions.append(self._update(link, merged, lines, rows, l_at, r_at))
            return
        self.plan.counts.unchanged += 1
        changed = [merged.link] if merged.link != link else []
        known = {line.key: line for line in self._lines.get(link.left, [])}
        self.plan.rows.extend(changed + self._changed_lines(lines, known))

    def _changed_lines(self, lines: LinePlan | None, known: Mapping[Any, Link]) -> list[Link]:
        if lines is None:
            return []
        return [line for line in lines.links if known.get(line.key) != line] + lines.dropped

    def _line_plan(self, link: Link, l_at: int, r_at: int) -> LinePlan | None:
        if self.flow.lines is None:
            return None
        sets = (self._line_set("left", l_at), self._line_set("right", r_at))
        return plan_lines(self.flow.lines, link.left, self._lines.get(link.left, []), *sets, self.context.policy, self.context.mark_line)

    def _line_set(self, side: Side, at: int) -> LineSet | None:
        read = self.reads[side]
        if at < 0 or read.lines is None:
            return None
        positions = read.lines.of.get(read.ids[at], [])
        return LineSet(
            {read.lines.ids[position]: read.lines.row(position) for position in positions},
            {read.lines.ids[position]: read.lines.markers[position] for position in positions},
        )

    def _record(self, link: Link, merged: Merge, lines: LinePlan | None) -> None:
        conflicts = merged.conflicts + (lines.conflicts if lines else [])
        self.plan.conflicts.extend((link.left, conflict) for conflict in conflicts)
        self.plan.differs.extend((link.left, name) for name in merged.differs)
        undecided = [conflict.property for conflict in conflicts if conflict.winner == "none"]
        if undecided:
            self._park(link.left, "conflict", property=undecided[0], text="a person must choose: " + ", ".join(undecided))

    def _withhold(self, link: Link, merged: Merge, lines: LinePlan | None, l_at: int, r_at: int) -> None:
        """Take out of the merge what a lock or a missing reference forbids; its base stays as it was."""
        for side, at, values in (("left", l_at, merged.to_left), ("right", r_at, merged.to_right)):
            lock = self._lock(side, at, link)  # type: ignore[arg-type]
            if lock and (values or (lines and lines.actions(side))):  # type: ignore[arg-type]
                self._park(link.left, "locked", text=lock)
                self._restore(link, merged, values, list(values))
                if lines:
                    self._restore_lines(link, lines)
        missing = self._resolve(merged.to_left, merged.to_right, self.flow.properties)
        if missing:
            self._park(link.left, "missing_reference", property=missing[0][1], waits_for=missing[0][2])
            for values, name, _ in missing:
                self._restore(link, merged, values, [name])
        if lines and (waits := self._resolve_lines(lines)):
            self._park(link.left, "missing_reference", property=waits[0], waits_for=waits[1])
            self._restore_lines(link, lines)

    def _lock(self, side: Side, at: int, link: Link) -> str | None:
        # A list entry shows the lock, too, though it is not whole.
        read = self.reads[side]
        at = at if at >= 0 else read.position.get(link.left if side == "left" else link.right, -1)
        return read.locks[at] if at >= 0 else None

    def _restore(self, link: Link, merged: Merge, values: dict[str, str | None], names: Iterable[str]) -> None:
        base = list(merged.link.base)
        stored = {"left": dict(merged.link.left_stored), "right": dict(merged.link.right_stored)}
        for name in names:
            values.pop(name, None)
            at = self._position(name)
            base[at] = link.base[at]
            for side, old in (("left", link.left_stored), ("right", link.right_stored)):
                stored[side].pop(at, None)
                stored[side].update({at: old[at]} if at in old else {})
        merged.link = replace(merged.link, base=tuple(base), left_stored=stored["left"], right_stored=stored["right"])

    def _restore_lines(self, link: Link, lines: LinePlan) -> None:
        lines.to_left, lines.to_right, lines.dropped = [], [], []
        lines.links = list(self._lines.get(link.left, []))

    def _position(self, name: str) -> int:
        return next(at for at, spec in enumerate(self.flow.properties) if spec.name == name)

    def _update(self, link: Link, merged: Merge, lines: LinePlan | None, rows: Mapping[Side, Row | None], l_at: int, r_at: int) -> Action:
        whole = {**(dict(rows["right"].texts) if rows["right"] else {}), **(dict(rows["left"].texts) if rows["left"] else {})}
        at: dict[Side, int] = {"left": l_at, "right": r_at}

        def write(side: Side, values: Mapping[str, str | None]) -> SideWrite:
            row = rows[side]
            expected = {name: int(row.digests[self._position(name)]) if row else link.stored(side, self._position(name)) for name in values}
            current = str(self.reads[side].raws[at[side]]) if at[side] >= 0 else None
            return SideWrite(dict(values), expected, current, tuple(lines.actions(side)) if lines else ())

        return Action(
            key=f"u:{link.left}",
            verb="update",
            left=link.left,
            right=link.right,
            link=merged.link,
            old=link,
            to_left=write("left", merged.to_left),
            to_right=write("right", merged.to_right),
            whole={**whole, **merged.to_left, **merged.to_right},
            lines=tuple(lines.links + lines.dropped) if lines else (),
            old_lines=tuple(self._lines.get(link.left, [])),
            conflicts=tuple(merged.conflicts),
        )

    # --- deleted -------------------------------------------------------------------------------------------------

    def _gone(self, link: Link, side: Side, reason: str, other_at: int) -> None:
        note = {"side": side, "reason": reason, "since": self.context.now.isoformat()}
        tombstone = replace(link, kind="tombstone", note=note, left_pending=None, right_pending=None)
        self.plan.rows.append(tombstone)
        self.plan.rows.extend(line.dropped() for line in self._lines.get(link.left, []))
        if side == "right":
            self.tombstone(tombstone, other_at)

    def tombstone(self, link: Link, l_at: int) -> None:
        """A closed link bars its left record; one that was edited since waits for a person."""
        if l_at < 0:
            return
        row = self.reads["left"].row(l_at)
        edited = [
            spec.name
            for at, spec in enumerate(self.flow.properties)
            if _travels(spec, row, at) and row.digests[at] != link.stored("left", at)
        ]
        self.plan.counts.skipped += 1
        if edited and link.note.get("side") == "right":
            reason = "locked" if link.note.get("reason") == "invoiced" else "deleted_edited"
            self._park(link.left, reason, property=edited[0], text=f"{link.note.get('reason')} on the {link.note['side']} side")

    # --- not linked yet ------------------------------------------------------------------------------------------

    def unlinked(self, at: int) -> None:
        """A left record without a link: link it, create its right record, or park it."""
        left = self.reads["left"]
        id = str(left.ids[at])
        if self._has_problem("left", at, id):
            return
        if id in self.context.matches.parked:
            code, candidates = self.context.matches.parked[id]
            self._park(id, code, text=f"right records in question: {', '.join(candidates[:5])}")
        elif id in self.context.matches.pairs:
            self._match(id, at)
        else:
            self._create(id, at)

    def _match(self, id: str, at: int) -> None:
        right = self.reads["right"]
        r_at = right.position[self.context.matches.pairs[id]]
        link = Link(id, str(right.ids[r_at]), base=(UNKNOWN,) * len(self.flow.properties))
        if self._has_problem("right", r_at, id):
            return
        before = len(self.plan.rows), len(self.plan.actions)
        self._pair(link, at, r_at if right.whole[r_at] else -1)
        if before == (len(self.plan.rows), len(self.plan.actions)):
            self.plan.rows.append(self._versions(link, at, r_at))

    def _create(self, id: str, at: int) -> None:
        left = self.reads["left"]
        row, seen = left.row(at), self._seen(at)
        if recheck.must_wait(self.context.recheck.get(("left", id)), seen, self.context.now) or self._is_uncertain(id, row):
            self._keep(id)
            return
        values = {p.name: row.texts[p.name] for p in self.flow.properties if p.travels_to("right") and row.texts.get(p.name) is not None}
        if problems := missing_required(self.flow.properties, "right", row.texts):
            self._park(id, problems[0].code, property=problems[0].property, text=problems[0].text)
            return
        lines = self._line_plan(Link(id), at, -1)
        waits = self._resolve({}, values, self.flow.properties)
        waiting = (waits[0][1], waits[0][2]) if waits else self._resolve_lines(lines) if lines else None
        if waiting:
            self._park(id, "missing_reference", property=waiting[0], waits_for=waiting[1])
            return
        if lines and (problem := self._missing_in_lines(lines)):
            self._park(id, problem.code, property=problem.property, text=problem.text)
            return
        self.plan.actions.append(self._creation(id, at, row, values, lines, seen))

    def _is_uncertain(self, id: str, row: Row) -> bool:
        """A create whose answer was lost, and that no read can settle yet, or ever."""
        old = self.context.recheck.get(("left", id))
        if old is None or old.note.get("reason") != "unknown_outcome":
            return False
        too_soon = self.context.now - datetime.fromisoformat(old.note["since"]) < self.context.read_lag["right"]
        return too_soon or not (self.context.has_marker or any(key(rule, row.texts) for rule in self.flow.match))

    def _creation(self, id: str, at: int, row: Row, values: dict[str, str | None], lines: LinePlan | None, seen: int) -> Action:
        base = tuple(int(digest) if p.travels_to("right") else UNKNOWN for p, digest in zip(self.flow.properties, row.digests, strict=True))
        return Action(
            key=f"c:{id}",
            verb="create",
            left=id,
            right="",
            link=self._versions(Link(id, base=base), at, -1),
            to_right=SideWrite(values, lines=tuple(lines.to_right) if lines else ()),
            whole=dict(row.texts),
            marker=self.context.mark(id),
            lines=tuple(lines.links) if lines else (),
            seen=seen,
        )

    def _missing_in_lines(self, lines: LinePlan) -> Any:
        assert self.flow.lines is not None
        for action in lines.to_right:
            if problems := missing_required(self.flow.lines.properties, "right", action.whole):
                return problems[0]
        return None

    # --- shared --------------------------------------------------------------------------------------------------

    def _row(self, side: Side, at: int) -> Row | None:
        return self.reads[side].row(at) if at >= 0 else None

    def _versions(self, link: Link, l_at: int, r_at: int) -> Link:
        left, right = self.reads["left"], self.reads["right"]
        if l_at >= 0 and left.whole[l_at]:
            link = replace(link, left_version=int(left.versions[l_at]))
        if r_at >= 0 and right.whole[r_at]:
            link = replace(link, right_version=int(right.versions[r_at]))
        return link

    def _seen(self, at: int) -> int:
        left = self.reads["left"]
        parts = left.digests[at].tolist()
        if left.lines is not None:
            for position in left.lines.of.get(left.ids[at], []):
                parts += left.lines.digests[position].tolist()
        return self.context.digester.together(parts)

    def _has_problem(self, side: Side, at: int, id: str) -> bool:
        if at < 0:
            return False
        read = self.reads[side]
        stored = read.problems[at] or self._line_problem(read, str(read.ids[at]))
        if stored is None:
            return False
        problem = json.loads(stored)[0]
        where = "" if side == "left" else "on the right side: "
        self._park(id, problem["code"], property=problem["property"], text=where + problem["text"])
        return True

    def _line_problem(self, read: SideRead, id: str) -> str | None:
        if read.lines is None:
            return None
        found = (read.lines.problems[position] for position in read.lines.of.get(id, []))
        return next((problem for problem in found if problem is not None), None)

    def _resolve(
        self, to_left: dict[str, str | None], to_right: dict[str, str | None], properties: Iterable[Property]
    ) -> list[tuple[dict[str, str | None], str, str]]:
        """Rewrite references into each side's own ids; what is not linked comes back as (values, property, id)."""
        missing = []
        for spec in properties:
            if spec.to is None:
                continue
            index = self.context.references[spec.to]
            for values, told in ((to_left, index.on_left), (to_right, index.on_right)):
                if spec.name in values:
                    text = values[spec.name]
                    try:
                        values[spec.name] = told(text)
                    except KeyError:
                        missing.append((values, spec.name, f"{spec.to}:{text}"))
        return missing

    def _resolve_lines(self, lines: LinePlan) -> tuple[str, str] | None:
        assert self.flow.lines is not None
        for side in ("left", "right"):
            actions = lines.actions(side)  # type: ignore[arg-type]
            for position, action in enumerate(actions):
                values = dict(action.values)
                pair = (values, {}) if side == "left" else ({}, values)
                if missing := self._resolve(*pair, self.flow.lines.properties):
                    return missing[0][1], missing[0][2]
                actions[position] = replace(action, values=values)
        return None

    def _park(self, id: str, reason: str, *, property: str = "", text: str = "", waits_for: str = "") -> None:
        self.plan.parked.append(Parked("left", id, reason, property, text, waits_for))

    def _keep(self, id: str) -> None:
        note = self.context.recheck[("left", id)].note
        self.plan.parked.append(
            Parked("left", id, note["reason"], note.get("property", ""), note.get("text", ""), note.get("waits_for", ""))
        )


def _travels(spec: Property, row: Row, at: int) -> bool:
    return spec.travels_to("right") and row.digests[at] != UNKNOWN


def _line_links(table: Table) -> dict[str, list[Link]]:
    kinds = table.rows.column("kind").to_numpy()
    parents = table.rows.column("parent").to_pylist()
    positions = [at for at, parent in enumerate(parents) if parent and kinds[at] == KINDS.index("link")]
    grouped: dict[str, list[Link]] = {}
    for link in table.links(positions):
        grouped.setdefault(link.parent, []).append(link)
    return grouped


__all__ = ["LineAction", "Pairs"]
