"""Rules: runs, and all that goes wrong in them."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lenke.core.mapping.model import Flow
from lenke.core.mapping.settings import Brakes
from lenke.core.plan.model import Action
from tests.laws.engine.editing import Editing
from tests.laws.engine.flow_run import in_turn
from tests.laws.engine.flows import EDITABLE, LAG
from tests.laws.engine.history import KINDS, WHERE, some
from tests.laws.engine.systems import EPOCH
from tests.laws.engine.world import COMMITS, DELTA, FATES, Mode, World

MIXED = st.lists(st.sampled_from(["done", *FATES]), min_size=1, max_size=6)
VERBS = st.sampled_from([("remove",), ("edit", "remove"), ("add", "edit"), ("remove", "add"), ("add", "add")])
DEADLY = st.sampled_from([fate for fate in FATES if fate.startswith("crash")])
COMMIT = st.sampled_from(["done", *COMMITS])
NOTHING_ALLOWED = Brakes(0, 0, 0, 0)


class Running(Editing):
    """Runs beside the people."""

    RULES: ClassVar[tuple[str, ...]] = (
        *Editing.RULES,
        *("run with faults", "run that dies", "run whose load stops", "run half way", "run refused", "run while edited"),
        *("backfill", "dry run", "brake", "rest", "restart", "restore"),
    )

    @rule(data=st.data(), where=WHERE, full=st.booleans(), behind=st.booleans(), fates=MIXED, commit=COMMIT)
    def run_with_faults(self, data: st.DataObject, where: int, full: bool, behind: bool, fates: list[str], commit: str) -> None:
        """Writes end in one way after the other."""
        self._fire("run with faults")
        self._faulty(data, where, Mode(full=full), fates, commit, is_behind=behind)

    @rule(data=st.data(), where=WHERE, behind=st.booleans(), done=st.integers(0, 2), fate=DEADLY)
    def run_that_dies(self, data: st.DataObject, where: int, behind: bool, done: int, fate: str) -> None:
        """The process ends at a write, after none or some that went well."""
        self._fire("run that dies")
        self._faulty(data, where, DELTA, [*["done"] * done, fate], "done", is_behind=behind)

    @rule(data=st.data(), where=WHERE, behind=st.booleans(), flows=st.integers(0, 2), fates=MIXED)
    def run_whose_load_stops(self, data: st.DataObject, where: int, behind: bool, flows: int, fates: list[str]) -> None:
        """A flow's load ends before it has begun with all that was planned, and its run is committed."""
        self._fire("run whose load stops")
        self._faulty(data, where, DELTA, fates, *["done"] * flows, "load_stopped", is_behind=behind)

    @rule(data=st.data(), where=WHERE, behind=st.booleans())
    def run_refused(self, data: st.DataObject, where: int, behind: bool) -> None:
        """Every write of a run is refused."""
        self._fire("run refused")
        self._faulty(data, where, DELTA, ["rejected"] * 9, "done", is_behind=behind)

    @rule(data=st.data(), where=WHERE, behind=st.booleans(), fate=st.sampled_from(["partial", "lost_before", "lost_after"]))
    def run_half_way(self, data: st.DataObject, where: int, behind: bool, fate: str) -> None:
        """Every write of a run ends in the same way."""
        self._fire("run half way")
        self._faulty(data, where, DELTA, [fate] * 9, "done", is_behind=behind)

    def _faulty(self, data: st.DataObject, where: int, mode: Mode, fates: list[str], *commits: str, is_behind: bool) -> None:
        """Somebody has just edited something, so that there is a write to fail."""
        world = self._world(where)
        if data.draw(st.booleans()) and (id := some(data, self._entity(where, "orders"))):
            for verb in data.draw(VERBS):
                self._change_some_line(data, self._entity(where, "orders"), id, verb)
        elif id := some(data, self._entity(where, "customers")):
            self._edit(data, where, "customers", id, data.draw(st.sampled_from(["name", "email"])), is_empty=False)
        world.faults, world.commits = in_turn(fates), in_turn(list(commits))
        self._run(mode, world, is_behind=is_behind)
        world.faults = world.commits = in_turn([])

    @rule(data=st.data(), full=st.booleans(), behind=st.booleans(), kind=KINDS, where=WHERE, clash=st.booleans())
    def run_while_edited(self, data: st.DataObject, full: bool, behind: bool, kind: str, where: int, clash: bool) -> None:
        """Something was edited, and between plan and load its partner is, perhaps in the very same field."""
        self._fire("run while edited")
        edited = some(data, self._entity(where + 1, kind))
        if edited:
            self._edit(data, where + 1, kind, edited, data.draw(st.sampled_from(EDITABLE[kind])), is_empty=False)

        def between(world: World, running: Flow) -> None:
            if clash:
                self._clash(world, running)
            elif (running.name == "orders") == (kind == "orders"):
                self._edit_partner(data, where, kind, edited)

        for world in self.worlds:
            world.between = between
        self._run(Mode(full=full), is_behind=behind)
        for world in self.worlds:
            world.between = lambda world, running: None

    def _edit_partner(self, data: st.DataObject, where: int, kind: str, edited: str | None) -> None:
        entity = self._entity(where, kind)
        links = [link for world in self.worlds for ledger in world.ledgers.values() for link in ledger.kind("link")]
        partners = [id for link in links if edited in (link.left, link.right) for id in (link.left, link.right) if id in entity.present]
        id = partners[0] if partners else some(data, entity)
        if id is not None and kind == "orders" and data.draw(st.booleans()):
            self._change_some_line(data, entity, id, data.draw(st.sampled_from(["edit", "add", "remove"])))
        elif id is not None:
            self._edit(data, where, kind, id, data.draw(st.sampled_from(EDITABLE[kind])), is_empty=False)

    @rule(start=st.integers(0, 100), share=st.integers(1, 100), behind=st.booleans())
    def backfill(self, start: int, share: int, behind: bool) -> None:
        """A run of an old interval."""
        self._fire("backfill")
        past = self.clock.now - EPOCH
        begin = EPOCH + past * start / 100
        before = [dict(ledger.cursor) for world in self.worlds for ledger in world.ledgers.values()]
        self._run(Mode(interval=(begin, begin + past * share / 100)), is_behind=behind, is_synced_before=True)
        after = [dict(ledger.cursor) for world in self.worlds for ledger in world.ledgers.values()]
        assert before == after, "L11: a backfill moved the cursor"

    @rule(full=st.booleans())
    def run_as_planned(self, full: bool) -> None:
        """L13: what a dry run shows is what the run sends."""
        self._fire("dry run")
        world = self.worlds[0]
        if any(ledger.journal for ledger in world.ledgers.values()):
            self._run(DELTA, world)
        self.clock.tick(LAG.total_seconds())
        first = world.dataflow.ordered()[0].name
        told, done = world.run(Mode(full=full, dry=True))[first].plan, world.run(Mode(full=full))[first].plan
        actions = [[_told(action) for action in plan.actions] if plan else None for plan in (told, done)]
        assert actions[0] == actions[1], "L13: planned and done differ"

    @rule(data=st.data(), where=WHERE)
    def run_with_brakes(self, data: st.DataObject, where: int) -> None:
        """L12: a side that suddenly reads empty, or changes that are too many, stop a flow before its first write."""
        self._fire("brake")
        world = self._world(where)
        if any(ledger.journal or not ledger.kind("link") for ledger in world.ledgers.values()):
            return
        mode = data.draw(st.sampled_from([Mode(full=True, empty="left"), Mode(full=True, empty="right"), Mode(brakes=NOTHING_ALLOWED)]))
        before = {name: {link.left for link in ledger.kind("link")} for name, ledger in world.ledgers.items()}
        for name, report in world.run(mode).items():
            # A flow that gave up its links to a sibling just now begins anew, and may create.
            if before[name] & {link.left for link in world.ledgers[name].kind("link")}:
                assert not report.sent, f"L12: {name} wrote although a brake had to stop it"
                assert report.stopped or not mode.empty, f"L12: {name} read empty and went on"

    @rule()
    def rest(self) -> None:
        """Nobody edits and nothing fails for a while: all laws hold, and life goes on."""
        self._fire("rest")
        self.check()

    @rule()
    def restart(self) -> None:
        self._fire("restart")
        for world in self.worlds:
            for ledger in world.ledgers.values():
                ledger.restart()

    @rule(where=WHERE)
    def restore(self, where: int) -> None:
        """The metadata database loses the ledger; a person restores it from its backup, which takes a while."""
        self._fire("restore")
        world = self._world(where)
        self.clock.tick(LAG.total_seconds())
        for ledger in world.ledgers.values():
            waiting = [action.left for action in ledger.journal.waiting.values()] if ledger.journal else []
            rows = [row.left for row in ledger.journal.rows] if ledger.journal else []
            if ledger.restore():
                world.blind |= {*waiting, *rows}


def _told(action: Action) -> Any:
    return [action.key, dict(action.to_left.values), dict(action.to_right.values)]
