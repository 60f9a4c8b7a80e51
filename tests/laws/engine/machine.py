"""People who edit on both sides, runs that fail in every way, and the laws that must hold once both have stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lenke.core.links.rows import OTHER, Link, Side
from lenke.core.mapping.model import Dataflow, EntitySide, Field, Flow, Lines, LineSide, Lock, MatchRule, Property
from lenke.core.plan.model import Action
from tests.laws.engine.driver import Report, World
from tests.laws.engine.systems import Clock, Entity, Fields, Line, State, Text

SIDES = st.sampled_from(["left", "right"])
FLOWS = st.sampled_from(["customers", "orders"])
OUTCOMES = ["done", "done", "done", "rejected", "lost_before", "lost_after", "lost_after"]
LAG = timedelta(seconds=30)
# Runs until nothing is left to do: a release, its references, and what a moved or rebased record needs more.
ROUNDS = 5


def _two_way(name: str, **more: Any) -> Property:
    return Property(name, "string", Field(name), Field(name), **more)


CUSTOMERS = Flow(
    "customers",
    EntitySide("Customer"),
    EntitySide("Customers"),
    (
        _two_way("name", required="right"),
        _two_way("email", conflict="newest"),
        _two_way("code", conflict="right"),
        _two_way("phone", conflict="manual"),
        _two_way("currency"),
        _two_way("tag", direction="to_right"),
        _two_way("number", direction="to_left"),
    ),
    match=(MatchRule(("email",)),),
)
ORDERS = Flow(
    "orders",
    EntitySide("Order"),
    EntitySide("Orders"),
    (
        Property("customer", "reference", Field("customer"), Field("customer"), required="right", to="customers"),
        _two_way("number"),
        _two_way("note"),
        _two_way("status", direction="to_left"),
    ),
    match=(MatchRule(("number",)),),
    locks=(Lock("right", "status", ("Confirmed",), "order is locked"),),
    lines=Lines(
        LineSide("lines", "id"),
        LineSide("lines", "id"),
        (_two_way("sku", required="right"), _two_way("quantity"), _two_way("text")),
        match=("sku",),
    ),
)
DATAFLOW = Dataflow("left_to_right", "one", "two", (CUSTOMERS, ORDERS))
EDITABLE = {"customers": ["name", "email", "code", "phone", "currency", "tag"], "orders": ["customer", "number", "note"]}


def _right_form(name: str, text: Text) -> Text:
    if text is None:
        return None
    return text.lower() if name in ("email", "text") else text[:8] if name in ("note", "tag") else text


def _left_form(name: str, text: Text) -> Text:
    return text.upper() if text is not None and name == "code" else text


def _gives(number: int, fields: Fields) -> Fields:
    return {"number": f"N{number}", "currency": fields["currency"] or "NOK"}


def make_world(*, bumps_on_lines: bool) -> World:
    clock = Clock()
    entities: dict[tuple[str, Side], Entity] = {
        ("customers", "left"): Entity("lc", clock, _left_form),
        ("customers", "right"): Entity("rc", clock, _right_form, _gives),
        ("orders", "left"): Entity("lo", clock, _left_form),
        ("orders", "right"): Entity("ro", clock, _right_form, lambda number, fields: {"status": "Draft"}, bumps_on_lines),
    }
    return World(DATAFLOW, entities, clock, {"left": timedelta(0), "right": LAG}, {"left": timedelta(0), "right": timedelta(0)})


@dataclass(frozen=True)
class Removed:
    """A line that a person removed: where its partner was."""

    side: Side
    order: str
    partner: str


@dataclass(frozen=True)
class Edit:
    """What a person last gave one field of a record or line on one side."""

    flow: str
    side: Side
    id: str
    field: str
    value: str
    line: str = ""


class Engine(RuleBasedStateMachine):
    """The machine; ``check_laws`` is what every history must end in."""

    def __init__(self) -> None:
        super().__init__()
        self.world = make_world(bumps_on_lines=True)
        self.edits: dict[tuple[str, str, str], Edit] = {}
        self.touched: set[tuple[str, str, str]] = set()
        self.removed: list[Removed] = []
        self.count = 0

    @initialize(lines=st.integers(0, 2), is_run=st.booleans())
    def begin(self, lines: int, is_run: bool) -> None:
        """A shop with a customer and an order, most often synced before."""
        customer: dict[str, Text] = dict.fromkeys(spec.name for spec in CUSTOMERS.properties)
        id = self._create("customers", "left", customer | {"name": self._word("Name"), "email": self._word("Mail")}, [])
        made = [Line({"sku": "A", "quantity": self._word("Q"), "text": self._word("Text")}) for _ in range(lines)]
        self._create("orders", "left", {"customer": id, "number": self._word("O"), "note": None, "status": None}, made)
        if is_run:
            self.world.run()

    # --- people ---

    @rule(data=st.data(), side=SIDES, same=st.booleans(), email=st.booleans())
    def create_customer(self, data: st.DataObject, side: Side, same: bool, email: bool) -> None:
        fields: dict[str, Text] = dict.fromkeys(spec.name for spec in CUSTOMERS.properties)
        fields |= {"name": self._word("Name"), "email": self._word("Mail") if email else None}
        others = sorted({state.fields["email"] or "" for state in self._entity("customers", OTHER[side]).present.values()} - {""})
        if same and others:
            fields["email"] = data.draw(st.sampled_from(others)).lower()
        self._create("customers", side, fields, [])

    @rule(data=st.data(), side=SIDES, lines=st.integers(0, 3))
    def create_order(self, data: st.DataObject, side: Side, lines: int) -> None:
        customers = sorted(self._entity("customers", side).present)
        if not customers:
            return
        numbers = sorted({state.fields["number"] or "" for state in self._entity("orders", OTHER[side]).present.values()} - {""})
        number = data.draw(st.sampled_from([self._word("O"), *numbers[:1]]))
        fields = {"customer": data.draw(st.sampled_from(customers)), "number": number, "note": None, "status": None}
        skus = data.draw(st.lists(st.sampled_from("AB"), min_size=lines, max_size=lines))
        made = [Line({"sku": sku, "quantity": self._word("Q"), "text": self._word("Text")}) for sku in skus]
        self._create("orders", side, fields, made)

    @rule(data=st.data(), flow=FLOWS, side=SIDES, empty=st.integers(0, 5))
    def edit(self, data: st.DataObject, flow: str, side: Side, empty: int) -> None:
        if id := self._some(data, flow, side):
            field = data.draw(st.sampled_from(EDITABLE[flow]))
            self._edit(data, flow, side, id, field, is_empty=empty == 0 and field not in ("name", "customer"))

    @rule(data=st.data(), side=SIDES, verb=st.sampled_from(["add", "edit", "edit", "remove"]))
    def edit_line(self, data: st.DataObject, side: Side, verb: str) -> None:
        if id := self._some(data, "orders", side):
            self._change_some_line(data, side, id, verb)

    def _change_some_line(self, data: st.DataObject, side: Side, id: str, verb: str) -> None:
        entity = self._entity("orders", side)
        lines = entity.present[id].lines
        if entity.present[id].locked:
            return
        if verb == "add":
            line_id, line = entity.next_line(), Line({"sku": data.draw(st.sampled_from("AB")), "quantity": self._word("Q"), "text": None})
            entity.update(id, {}, {line_id: line})
            self._given("orders", side, id, line.fields, line_id)
        elif lines:
            self._change_line(data, side, id, data.draw(st.sampled_from(sorted(lines))), is_removed=verb == "remove")

    @rule(data=st.data(), flow=FLOWS, side=SIDES, what=st.sampled_from(["delete", "save", "lock", "wait", "wait long", "restart"]))
    def other(self, data: st.DataObject, flow: str, side: Side, what: str) -> None:
        """What happens less often than edits."""
        id = self._some(data, flow, side) if what in ("delete", "save") else self._some(data, "orders", "right")
        if what.startswith("wait"):
            self.world.clock.tick(40 if what == "wait" else 4000)
        elif what == "restart":
            for ledger in self.world.ledgers.values():
                ledger.restart()
        elif id is not None and what == "delete":
            if not any(id in (link.left, link.right) for link in self.world.ledgers[flow].kind("link")):
                self._entity(flow, side).unseen.add(id)
            self._entity(flow, side).delete(id)
        elif id is not None and what == "save":
            self._entity(flow, side).update(id, {"number": self._entity(flow, side).present[id].fields["number"]}, {})
        elif id is not None:
            self._turn_lock(id)

    def _turn_lock(self, id: str) -> None:
        entity = self._entity("orders", "right")
        state = entity.present[id]
        now = self.world.clock.tick()
        fields = {**state.fields, "status": "Draft" if state.locked else "Confirmed"}
        entity.put(id, replace(state, locked=not state.locked, fields=fields, modified=now, version=state.version + 1))

    # --- runs ---

    @rule(full=st.booleans(), behind=st.booleans(), fates=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=6))
    def run_with_faults(self, full: bool, behind: bool, fates: list[str]) -> None:
        self.world.faults = _in_turn(fates)
        self._run(full, behind)
        self.world.faults = _in_turn([])

    @rule(data=st.data(), full=st.booleans(), behind=st.booleans(), flow=FLOWS, side=SIDES, clash=st.booleans())
    def run_while_edited(self, data: st.DataObject, full: bool, behind: bool, flow: str, side: Side, clash: bool) -> None:
        """Somebody edits between plan and load, perhaps the very field that was edited last on the other side."""

        def between(running: Flow) -> None:
            id = self._some(data, flow, side) if running.name == flow else None
            if clash:
                self._clash(running.name)
            elif id is not None and flow == "orders" and data.draw(st.booleans()):
                self._change_some_line(data, side, id, "edit")
            elif id is not None:
                self._edit(data, flow, side, id, data.draw(st.sampled_from(EDITABLE[flow])), is_empty=False)

        self.world.between = between
        self._run(full, behind)
        self.world.between = lambda running: None

    def _clash(self, flow: str) -> None:
        edit = next((edit for edit in reversed(self.edits.values()) if edit.flow == flow and not edit.line), None)
        ids = self._ids(edit) if edit else None
        if edit is None or ids is None:
            return
        entity = self._entity(flow, OTHER[edit.side])
        if ids[1] in entity.present and not entity.present[ids[1]].locked:
            fields = {edit.field: self._word("Clash")}
            entity.update(ids[1], fields, {})
            self._given(flow, OTHER[edit.side], ids[1], fields)

    def _run(self, full: bool, behind: bool) -> None:
        self.world.behind["right"] = LAG if behind else timedelta(0)
        self.world.run(full=full)
        self.world.behind["right"] = timedelta(0)

    @rule(full=st.booleans())
    def run_as_planned(self, full: bool) -> None:
        """L13: what a dry run shows is what the run sends."""
        self.world.clock.tick(LAG.total_seconds())
        told = self.world.run(full=full, dry=True)["customers"].plan
        done = self.world.run(full=full)["customers"].plan
        assert [_told(action) for action in told.actions] == [_told(action) for action in done.actions], "L13: planned and done differ"

    def teardown(self) -> None:
        self.check_laws()

    # --- laws ---

    def check_laws(self) -> None:
        last = self._settle()
        for flow in DATAFLOW.flows:
            _check_bijection(self.world, flow)
            _check_no_duplicate(self.world, flow)
            self._check_converged(flow, last[flow.name])
        for edit in self.edits.values():
            self._check_edit(edit)
        for removed in self.removed:
            self._check_removed(removed)

    def _settle(self) -> dict[str, Report]:
        """Faults have stopped, all waits are over: run until nothing is done, and then once more in full."""
        self.world.behind["right"] = timedelta(0)
        self.world.clock.tick(timedelta(days=8).total_seconds())
        self.world.run(full=True)
        for _ in range(ROUNDS):
            if all(not report.sent and not report.rows for report in self.world.run().values()):
                break
        else:
            raise AssertionError("L1: it does not come to rest")
        last = self.world.run(full=True)
        for name, report in last.items():
            assert not report.sent, f"L2: a run without an edit writes in {name}"
            assert not report.rows, f"L2: a run without an edit changes ledger rows of {name}: {report.rows}"
        return last

    def _check_converged(self, flow: Flow, last: Report) -> None:
        ledger = self.world.ledgers[flow.name]
        left, right = (self._entity(flow.name, side).present for side in ("left", "right"))
        links, parked = {link.left: link for link in ledger.kind("link")}, ledger.recheck()
        closed = {link.left for link in ledger.kind("tombstone")}
        lost = set(left) - set(links) - closed - {id for side, id in parked if side == "left"}
        assert not lost, f"L1: neither linked nor parked: {lost}"
        for link in links.values():
            reasons = {one.reason for one in last.plan.parked if (one.side, one.id) == ("left", link.left)}
            assert not reasons or ("left", link.left) in parked, f"L1: {link.left} is parked, but not on the recheck list"
            if reasons <= {"conflict"}:
                open_ = {one.property for id, one in last.plan.conflicts if id == link.left and one.winner == "none"}
                self._check_pair(flow, link, left[link.left], right[link.right], open_)

    def _check_pair(self, flow: Flow, link: Link, left: State, right: State, open_: set[str]) -> None:
        to_left = self.world.index(flow)
        for spec in flow.properties:
            theirs = right.fields.get(spec.name)
            if spec.to is not None and theirs is not None:
                theirs = to_left[spec.to].to_left.get(theirs, theirs)
            if spec.direction == "two_way" and spec.name not in open_:
                assert _alike(spec.name, left.fields.get(spec.name), theirs), f"L1: {spec.name} of {link.left} differs"
        if flow.lines is None or open_ & {spec.name for spec in flow.lines.properties}:
            return
        pairs = {line.left: line.right for line in self.world.ledgers[flow.name].lines() if line.parent == link.left}
        assert pairs.keys() == left.lines.keys(), f"L1: lines of {link.left} are not all linked"
        assert set(pairs.values()) == right.lines.keys(), f"L1: lines of {link.right} are not all linked"
        for ours, theirs_id in pairs.items():
            for name, text in left.lines[ours].fields.items():
                assert _alike(name, text, right.lines[theirs_id].fields.get(name)), f"L1: line {ours} differs in {name}"

    def _check_edit(self, edit: Edit) -> None:
        """L4: the value came to the other side, or is told in a conflict. L3: and nothing but another person's edit changed it."""
        ids = self._ids(edit)
        if ids is None or not _property(edit).travels_to(OTHER[edit.side]):
            return
        left, other = ids
        entity = self._entity(edit.flow, OTHER[edit.side])
        reached = entity.form(edit.field, edit.value) in self._ever(edit, left, other)
        conflicts = [one for flow, id, one in self.world.conflicts if id == left and one.property == edit.field]
        assert reached or any(edit.value in (one.left, one.right) for one in conflicts), f"L4: an edit of {edit.field} is lost: {edit}"
        if conflicts or (other, "", edit.field) in self.touched:
            return
        state = self._entity(edit.flow, edit.side).present[edit.id]
        fields = state.lines[edit.line].fields if edit.line else state.fields
        assert fields[edit.field] == edit.value, f"L3: an echo changed {edit.field}: {edit}"

    def _ever(self, edit: Edit, left: str, other: str) -> set[Text]:
        """All values that the property ever had on the other side; of a line, in any line there, since a line can get another partner."""
        entity = self._entity(edit.flow, OTHER[edit.side])
        if not edit.line:
            return entity.ever.get((other, edit.field), set())
        header = next(link for link in self.world.ledgers[edit.flow].kind("link") if link.left == left)
        states = [state for _, state in entity.past[header.id(OTHER[edit.side])] if state is not None]
        return {line.fields.get(edit.field) for state in states for line in state.lines.values()}

    def _ids(self, edit: Edit) -> tuple[str, str] | None:
        """The left header's id and what the record or line is called on the other side; None where it waits, is closed or gone."""
        ledger = self.world.ledgers[edit.flow]
        link = next((link for link in ledger.kind("link") if link.id(edit.side) == edit.id), None)
        if link is None or ("left", link.left) in ledger.recheck():
            return None
        if not edit.line:
            return link.left, link.id(OTHER[edit.side])
        line = next((one for one in ledger.lines() if one.id(edit.side) == edit.line), None)
        return (link.left, line.id(OTHER[edit.side])) if line else None

    def _check_removed(self, removed: Removed) -> None:
        """L4: a line that was removed is gone on the other side, too, or stands for another one that a person gave instead."""
        ledger = self.world.ledgers["orders"]
        link = next((link for link in ledger.kind("link") if link.id(removed.side) == removed.order), None)
        if link is None or ("left", link.left) in ledger.recheck():
            return
        lines = self._entity("orders", OTHER[removed.side]).present[link.id(OTHER[removed.side])].lines
        partner = next((one.id(removed.side) for one in ledger.lines() if one.id(OTHER[removed.side]) == removed.partner), "")
        given = {id for _, id, _ in self.touched}
        assert removed.partner not in lines or partner in given, f"L4: a removed line is still there: {removed}"

    # --- tools ---

    def _entity(self, flow: str, side: Side) -> Entity:
        return self.world.entities[flow, side]

    def _some(self, data: st.DataObject, flow: str, side: Side) -> str | None:
        """A record of one side; records that could be linked only."""
        ids = sorted(self._entity(flow, side).present)
        return data.draw(st.sampled_from(ids)) if ids else None

    def _edit(self, data: st.DataObject, flow: str, side: Side, id: str, field: str, *, is_empty: bool) -> None:
        entity = self._entity(flow, side)
        if entity.present[id].locked:
            return
        value: Text = None if is_empty else self._word(field.title())
        if field == "customer":
            customers = sorted(self._entity("customers", side).present)
            if not customers:
                return
            value = data.draw(st.sampled_from(customers))
        entity.update(id, {field: value}, {})
        self._given(flow, side, id, {field: value})

    def _change_line(self, data: st.DataObject, side: Side, id: str, line_id: str, *, is_removed: bool) -> None:
        entity = self._entity("orders", side)
        if is_removed:
            entity.update(id, {}, {line_id: None})
            self.edits = {key: edit for key, edit in self.edits.items() if edit.line != line_id}
            link = next((one for one in self.world.ledgers["orders"].lines() if one.id(side) == line_id), None)
            self.removed += [Removed(side, id, link.id(OTHER[side]))] if link else []
            return
        field = data.draw(st.sampled_from(["sku", "quantity", "text"]))
        line = entity.present[id].lines[line_id]
        fields = {field: self._word(field.title())}
        entity.update(id, {}, {line_id: replace(line, fields={**line.fields, **fields})})
        self._given("orders", side, id, fields, line_id)

    def _create(self, flow: str, side: Side, fields: Fields, lines: list[Line]) -> str:
        entity = self._entity(flow, side)
        id = entity.create(fields, lines)
        self._given(flow, side, id, fields)
        for line_id, line in entity.present[id].lines.items():
            self._given(flow, side, id, line.fields, line_id)
        return id

    def _given(self, flow: str, side: Side, id: str, fields: Fields, line: str = "") -> None:
        """Remember what a person gave; references and emptied fields only as touched."""
        for name, text in fields.items():
            key = (id, line, name)
            self.edits.pop(key, None)
            self.touched.add((line or id, "", name))
            formed = self._entity(flow, side).form(name, text)
            if formed is not None and name != "customer":
                self.edits[key] = Edit(flow, side, id, name, formed, line)

    def _word(self, stem: str) -> str:
        self.count += 1
        return f"{stem[:4]}{self.count}"


def _in_turn(fates: list[str]) -> Callable[[Side, Action], str]:
    left = list(fates)
    return lambda side, action: left.pop(0) if left else "done"


def _property(edit: Edit) -> Property:
    flow = DATAFLOW.flow(edit.flow)
    return next(spec for spec in (flow.lines.properties if edit.line and flow.lines else flow.properties) if spec.name == edit.field)


def _told(action: Action) -> Any:
    return [action.key, dict(action.to_left.values), dict(action.to_right.values)]


def _alike(name: str, left: Text, right: Text) -> bool:
    return left == right or _right_form(name, left) == right or _left_form(name, right) == left


def _check_bijection(world: World, flow: Flow) -> None:
    links = world.ledgers[flow.name].kind("link")
    for side in ("left", "right"):
        ids = [link.left if side == "left" else link.right for link in links]
        assert len(ids) == len(set(ids)), f"L7: a {side} record of {flow.name} has two links"
        lines = [(line.parent, line.left if side == "left" else line.right) for line in world.ledgers[flow.name].lines()]
        assert len(lines) == len(set(lines)), f"L7: a {side} line of {flow.name} has two links"


def _check_no_duplicate(world: World, flow: Flow) -> None:
    for side in ("left", "right"):
        entity = world.entities[flow.name, "left" if side == "left" else "right"]
        seen = [past[0][1] for id, past in entity.past.items() if id not in entity.unseen]
        made = [state.marker for state in seen if state is not None and state.marker]
        assert len(made) == len(set(made)), f"L6: a record was created twice in {entity.name}"
        for id, state in entity.present.items():
            lines = [line.marker for line in state.lines.values() if line.marker]
            assert len(lines) == len(set(lines)), f"L6: a line was created twice in {id}"


class WalkedEngine(Engine):
    """The same with a right side whose orders do not tell that their lines changed."""

    def __init__(self) -> None:
        super().__init__()
        self.world = make_world(bumps_on_lines=False)
