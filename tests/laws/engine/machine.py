"""People who edit everywhere, runs that fail in every way, and the laws that must hold once both have stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lenke.core.links.rows import OTHER
from lenke.core.mapping.model import Flow
from lenke.core.mapping.settings import Brakes
from lenke.core.plan.model import Action
from tests.laws.engine import flows
from tests.laws.engine.flow_run import in_turn
from tests.laws.engine.flows import EDITABLE, LAG
from tests.laws.engine.laws import Laws
from tests.laws.engine.people import People
from tests.laws.engine.systems import EPOCH, Entity, Line, Text
from tests.laws.engine.world import COMMITS, DELTA, FATES, Mode, World

WHERE = st.integers(0, 5)
KINDS = st.sampled_from(["customers", "orders"])
FATE = st.sampled_from(["done", *FATES])
COMMIT = st.sampled_from(["done", *COMMITS])
NOTHING_ALLOWED = Brakes(0, 0, 0, 0)


class Engine(RuleBasedStateMachine):
    """A pair of systems.

    :param tally: over all histories: how many there were, their steps, and in how many each rule and fault fired.
    """

    RULES: ClassVar[tuple[str, ...]] = (
        *("create", "edit", "add line", "edit line", "remove line", "rename", "delete", "merge", "save", "lock", "wait", "poison"),
        *("run with faults", "run while edited", "backfill", "dry run", "brake", "restart", "restore"),
    )
    FAULTS: ClassVar[tuple[str, ...]] = (*FATES, *COMMITS)
    make: ClassVar[Callable[[], flows.Tree]] = staticmethod(flows.pair)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []

    def __init__(self) -> None:
        super().__init__()
        self.tree = type(self).make()
        self.clock, self.systems, self.worlds = self.tree.clock, self.tree.systems, self.tree.worlds
        self.people = People()
        self.fired: set[str] = set()
        self.steps = 0

    @initialize(lines=st.integers(0, 2), is_run=st.booleans())
    def begin(self, lines: int, is_run: bool) -> None:
        """A shop with a customer and an order, most often synced before."""
        customer = self._customer("customers", "person")
        id = self.people.create(self.systems[0]["customers"], customer, [])
        made = [self._line("A") for _ in range(lines)]
        fields = {"customer": id, "number": self.people.word("O"), "note": None, "status": None}
        self.people.create(self.systems[0]["orders"], fields, made)
        if is_run:
            self._run(DELTA)

    # --- people ---

    @rule(data=st.data(), where=WHERE, same=st.booleans(), email=st.booleans(), person=st.booleans())
    def create_customer(self, data: st.DataObject, where: int, same: bool, email: bool, person: bool) -> None:
        self._fire("create")
        entity, fields = self._entity(where, "customers"), self._customer("customers", "person" if person else "company")
        others = sorted({state.fields["email"] or "" for system in self.systems for state in system["customers"].present.values()} - {""})
        if not email:
            fields["email"] = None
        elif same and others:
            fields["email"] = data.draw(st.sampled_from(others)).lower()
        self.people.create(entity, fields, [])

    @rule(data=st.data(), where=WHERE, lines=st.integers(0, 3))
    def create_order(self, data: st.DataObject, where: int, lines: int) -> None:
        self._fire("create")
        customers = sorted(self._entity(where, "customers").present)
        if not customers:
            return
        numbers = sorted({state.fields["number"] or "" for system in self.systems for state in system["orders"].present.values()} - {""})
        number = data.draw(st.sampled_from([self.people.word("O"), *numbers[:1]]))
        fields = {"customer": data.draw(st.sampled_from(customers)), "number": number, "note": None, "status": None}
        skus = data.draw(st.lists(st.sampled_from("AB"), min_size=lines, max_size=lines))
        self.people.create(self._entity(where, "orders"), fields, [self._line(sku) for sku in skus])

    @rule(data=st.data(), kind=KINDS, where=WHERE, empty=st.integers(0, 5))
    def edit(self, data: st.DataObject, kind: str, where: int, empty: int) -> None:
        self._fire("edit")
        entity = self._entity(where, kind)
        if id := _some(data, entity):
            name = data.draw(st.sampled_from(EDITABLE[kind]))
            self._edit(data, where, kind, id, name, is_empty=empty == 0 and name not in ("name", "customer"))

    @rule(data=st.data(), where=WHERE, verb=st.sampled_from(["add", "edit", "edit", "remove"]))
    def edit_line(self, data: st.DataObject, where: int, verb: str) -> None:
        self._fire(f"{verb} line")
        if id := _some(data, self._entity(where, "orders")):
            self._change_some_line(data, self._entity(where, "orders"), id, verb)

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def rename(self, data: st.DataObject, kind: str, where: int) -> None:
        """Two records change the values that they are matched by."""
        self._fire("rename")
        entity, name = self._entity(where, kind), "email" if kind == "customers" else "number"
        one, two = _some(data, entity), _some(data, entity)
        if one and two and one != two:
            texts = entity.present[one].fields[name], entity.present[two].fields[name]
            self.people.update(entity, two, {name: None})
            self.people.update(entity, one, {name: texts[1]})
            self.people.update(entity, two, {name: texts[0]})

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def delete(self, data: st.DataObject, kind: str, where: int) -> None:
        self._fire("delete")
        if id := _some(data, self._entity(where, kind)):
            self._delete(where, kind, id)

    @rule(data=st.data(), where=WHERE)
    def merge(self, data: st.DataObject, where: int) -> None:
        """Two customers become one: the orders of the other are its orders now."""
        self._fire("merge")
        customers, orders = self._entity(where, "customers"), self._entity(where, "orders")
        kept, other = _some(data, customers), _some(data, customers)
        if kept and other and kept != other:
            for id in [id for id, state in orders.present.items() if state.fields["customer"] == other]:
                self.people.update(orders, id, {"customer": kept})
            self._delete(where, "customers", other)

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def save(self, data: st.DataObject, kind: str, where: int) -> None:
        """A save without a change bumps the date."""
        self._fire("save")
        if id := _some(data, entity := self._entity(where, kind)):
            entity.update(id, {"number": entity.present[id].fields["number"]}, {})

    @rule(data=st.data(), where=WHERE)
    def lock(self, data: st.DataObject, where: int) -> None:
        """An order is confirmed, or goes back to draft; the first system has no locks."""
        self._fire("lock")
        entity = self.systems[1 + where % (len(self.systems) - 1)]["orders"]
        if id := _some(data, entity):
            state = entity.present[id]
            fields = {**state.fields, "status": "Draft" if state.locked else "Confirmed"}
            entity.put(id, replace(state, locked=not state.locked, fields=fields, modified=entity.time(), version=state.version + 1))

    @rule(seconds=st.sampled_from([2, 40, 4000]))
    def wait(self, seconds: int) -> None:
        self._fire("wait")
        self.clock.tick(seconds)

    @rule(data=st.data(), where=WHERE)
    def poison(self, data: st.DataObject, where: int) -> None:
        """A record that the right system refuses, whatever is done to it."""
        self._fire("poison")
        world = self._world(where)
        name = data.draw(st.sampled_from([flow.name for flow in world.dataflow.flows]))
        if id := _some(data, world.entities[name, "left"]):
            world.poison ^= {id}

    # --- runs ---

    @rule(
        data=st.data(), where=WHERE, full=st.booleans(), behind=st.booleans(), fates=st.lists(FATE, min_size=1, max_size=6), commit=COMMIT
    )
    def run_with_faults(self, data: st.DataObject, where: int, full: bool, behind: bool, fates: list[str], commit: str) -> None:
        """Somebody has just edited something, so that there is a write to fail."""
        self._fire("run with faults")
        world = self._world(where)
        if data.draw(st.booleans()) and (id := _some(data, self._entity(where, "orders"))):
            self._change_some_line(data, self._entity(where, "orders"), id, data.draw(st.sampled_from(["add", "edit", "remove"])))
            self._change_some_line(data, self._entity(where, "orders"), id, "add")
        elif id := _some(data, self._entity(where, "customers")):
            self._edit(data, where, "customers", id, data.draw(st.sampled_from(["name", "email"])), is_empty=False)
        world.faults, world.commits = in_turn(fates), in_turn([commit])
        self._run(Mode(full=full), world, is_behind=behind)
        world.faults = world.commits = in_turn([])

    @rule(data=st.data(), full=st.booleans(), behind=st.booleans(), kind=KINDS, where=WHERE, clash=st.booleans())
    def run_while_edited(self, data: st.DataObject, full: bool, behind: bool, kind: str, where: int, clash: bool) -> None:
        """Somebody edits between plan and load, perhaps the very field that was edited last on the other side."""
        self._fire("run while edited")

        def between(world: World, running: Flow) -> None:
            entity = self._entity(where, kind)
            id = _some(data, entity)
            if clash:
                self._clash(world, running)
            elif id is not None and kind == "orders" and data.draw(st.booleans()):
                self._change_some_line(data, entity, id, "edit")
            elif id is not None:
                self._edit(data, where, kind, id, data.draw(st.sampled_from(EDITABLE[kind])), is_empty=False)

        for world in self.worlds:
            world.between = between
        self._run(Mode(full=full), is_behind=behind)
        for world in self.worlds:
            world.between = lambda world, running: None

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

    def teardown(self) -> None:
        self.steps += 1
        cls = type(self)
        fired = self.fired.union(*(world.fired for world in self.worlds))
        cls.tally.update(fired)
        cls.lengths.append(self.steps)
        for name in sorted(fired):
            event(name)
        Laws(self.tree, self.people).check()

    # --- tools ---

    def _fire(self, name: str) -> None:
        self.fired.add(name)
        self.steps += 1

    def _run(self, mode: Mode, world: World | None = None, *, is_behind: bool = False, is_synced_before: bool = False) -> None:
        """One dataflow runs, or all of them in turn."""
        for one in [world] if world else self.worlds:
            if is_synced_before and any(not ledger.cursor for ledger in one.ledgers.values()):
                continue
            one.behind = dict(one.lag) if is_behind else {side: timedelta(0) for side in one.lag}
            one.run(mode)
            one.behind = {side: timedelta(0) for side in one.lag}

    def _world(self, where: int) -> World:
        return self.worlds[where % len(self.worlds)]

    def _entity(self, where: int, kind: str) -> Entity:
        return self.systems[where % len(self.systems)][kind]

    def _customer(self, kind: str, party: str) -> dict[str, Text]:
        names = ("name", "email", "code", "phone", "currency", "tag", "number")
        return dict.fromkeys(names) | {"name": self.people.word("Name"), "email": self.people.word("Mail"), "kind": party}

    def _line(self, sku: str) -> Line:
        return Line({"sku": sku, "quantity": self.people.word("Q"), "text": self.people.word("Text")})

    def _edit(self, data: st.DataObject, where: int, kind: str, id: str, name: str, *, is_empty: bool) -> None:
        value: Text = None if is_empty else self.people.word(name.title())
        if name == "customer":
            customers = sorted(self._entity(where, "customers").present)
            if not customers:
                return
            value = data.draw(st.sampled_from(customers))
        self.people.update(self._entity(where, kind), id, {name: value})

    def _change_some_line(self, data: st.DataObject, entity: Entity, id: str, verb: str) -> None:
        lines = entity.present[id].lines
        if entity.present[id].locked:
            return
        if verb == "add":
            line_id, line = entity.next_line(), replace(self._line(data.draw(st.sampled_from("AB"))))
            entity.update(id, {}, {line_id: line})
            self.people.gave(entity, id, line.fields, line_id)
        elif lines:
            line_id = data.draw(st.sampled_from(sorted(lines)))
            if verb == "remove":
                found = [link for world in self.worlds for ledger in world.ledgers.values() for link in ledger.lines()]
                partners = {partner for link in found for partner in (link.left, link.right) if line_id in (link.left, link.right)}
                self.people.remove(entity, id, line_id, frozenset(partners - {line_id}))
                return
            name = data.draw(st.sampled_from(["sku", "quantity", "text"]))
            fields = {name: self.people.word(name.title())}
            entity.update(id, {}, {line_id: replace(lines[line_id], fields={**lines[line_id].fields, **fields})})
            self.people.gave(entity, id, fields, line_id)

    def _clash(self, world: World, flow: Flow) -> None:
        """The last edit of a record of this flow is contradicted on the other side."""
        names = {world.entities[flow.name, side].name: side for side in OTHER}
        edit = next((edit for edit in reversed(self.people.edits.values()) if edit.entity in names and not edit.line), None)
        if edit is None:
            return
        side = names[edit.entity]
        link = next((link for link in world.ledgers[flow.name].kind("link") if link.id(side) == edit.id), None)
        entity = world.entities[flow.name, OTHER[side]]
        if link is not None and link.id(OTHER[side]) in entity.present:
            self.people.update(entity, link.id(OTHER[side]), {edit.field: self.people.word("Clash")})

    def _delete(self, where: int, kind: str, id: str) -> None:
        entity = self._entity(where, kind)
        flows_of = [(world, flow, side) for world in self.worlds for flow in world.dataflow.flows for side in OTHER]
        here = [(world, flow, side) for world, flow, side in flows_of if world.entities[flow.name, side] is entity]
        if not any(link.id(side) == id for world, flow, side in here for link in world.ledgers[flow.name].kind("link")):
            entity.unseen.add(id)
        entity.delete(id)
        self.people.has_deleted = True


class WalkedEngine(Engine):
    """The same with a right side whose orders do not tell that their lines changed."""

    make = staticmethod(lambda: flows.pair(bumps_on_lines=False))
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []


class ChainEngine(Engine):
    """Three systems in a row, with a dataflow between each two."""

    make = staticmethod(flows.chain)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []


class GroupEngine(Engine):
    """Persons and companies in an exclusive group."""

    RULES = (*Engine.RULES, "flip")
    make = staticmethod(flows.group)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []

    @rule(data=st.data())
    def flip(self, data: st.DataObject) -> None:
        """A person becomes a company, or the other way round."""
        self._fire("flip")
        entity = self.systems[0]["customers"]
        if id := _some(data, entity):
            self.people.update(entity, id, {"kind": "company" if entity.present[id].fields["kind"] == "person" else "person"})


MACHINES: tuple[type[Engine], ...] = (Engine, WalkedEngine, ChainEngine, GroupEngine)


def _some(data: st.DataObject, entity: Entity) -> str | None:
    ids = sorted(entity.present)
    return data.draw(st.sampled_from(ids)) if ids else None


def _told(action: Action) -> Any:
    return [action.key, dict(action.to_left.values), dict(action.to_right.values)]
