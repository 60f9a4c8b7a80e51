"""Rules: what people do to the systems."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from lenke.core.links.rows import OTHER
from lenke.core.mapping.model import Flow
from tests.laws.engine.flows import EDITABLE
from tests.laws.engine.history import KINDS, WHERE, History, some
from tests.laws.engine.systems import Entity, Fields, Text
from tests.laws.engine.world import World


class Editing(History):
    """People on all sides."""

    RULES: ClassVar[tuple[str, ...]] = (
        *("create", "edit", "take back", "add line", "edit line", "remove line"),
        *("rename", "delete", "merge", "save", "lock", "wait", "poison"),
    )

    @rule(data=st.data(), where=WHERE, same=st.booleans(), email=st.booleans(), person=st.booleans())
    def create_customer(self, data: st.DataObject, where: int, same: bool, email: bool, person: bool) -> None:
        self._fire("create", lasts=6)
        entity, fields = self._entity(where, "customers"), self._customer("customers", "person" if person else "company")
        others = sorted({state.fields["email"] or "" for system in self.systems for state in system["customers"].present.values()} - {""})
        if not email:
            fields["email"] = None
        elif same and others:
            fields["email"] = data.draw(st.sampled_from(others)).lower()
        self.people.create(entity, fields, [])

    @rule(data=st.data(), where=WHERE, lines=st.integers(0, 3))
    def create_order(self, data: st.DataObject, where: int, lines: int) -> None:
        self._fire("create", lasts=6)
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
        self._fire("edit", lasts=6)
        entity = self._entity(where, kind)
        if id := some(data, entity):
            name = data.draw(st.sampled_from(EDITABLE[kind]))
            self._edit(data, where, kind, id, name, is_empty=empty == 0 and name not in ("name", "customer"))

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def take_back(self, data: st.DataObject, kind: str, where: int) -> None:
        """A property of a record or of one of its lines is given what it held before."""
        self._fire("take back", lasts=6)
        entity = self._entity(where, kind)
        if (id := some(data, entity)) is None:
            return
        lines = sorted(entity.present[id].lines)
        line = data.draw(st.sampled_from(["", *lines]))
        name = data.draw(st.sampled_from(["quantity", "text"] if line else [name for name in EDITABLE[kind] if name != "customer"]))
        former = entity.former(id, name, line)
        if former is not None and line and not entity.present[id].locked:
            self._edit_line(entity, id, line, {name: former})
        elif former is not None and not line:
            self.people.update(entity, id, {name: former})

    @rule(data=st.data(), where=WHERE, verb=st.sampled_from(["add", "edit", "edit", "remove"]))
    def edit_line(self, data: st.DataObject, where: int, verb: str) -> None:
        self._fire(f"{verb} line", lasts=6)
        if id := some(data, self._entity(where, "orders")):
            self._change_some_line(data, self._entity(where, "orders"), id, verb)

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def rename(self, data: st.DataObject, kind: str, where: int) -> None:
        """Two records change the values that they are matched by; such as differ in their form alone stay."""
        self._fire("rename", lasts=6)
        entity, name = self._entity(where, kind), "email" if kind == "customers" else "number"
        one, two = some(data, entity), some(data, entity)
        if one and two and one != two:
            texts = entity.present[one].fields[name], entity.present[two].fields[name]
            if len({text and text.casefold() for text in texts}) == 1:
                return
            self.people.update(entity, two, {name: None})
            self.people.update(entity, one, {name: texts[1]})
            self.people.update(entity, two, {name: texts[0]})

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def delete(self, data: st.DataObject, kind: str, where: int) -> None:
        self._fire("delete", lasts=6)
        if self.people.may_delete and (id := some(data, self._entity(where, kind))):
            self._delete(where, kind, id)

    @rule(data=st.data(), where=WHERE)
    def merge(self, data: st.DataObject, where: int) -> None:
        """Two customers become one: the orders of the other are its orders now."""
        self._fire("merge", lasts=6)
        customers, orders = self._entity(where, "customers"), self._entity(where, "orders")
        kept, other = some(data, customers), some(data, customers)
        if self.people.may_delete and kept and other and kept != other:
            for id in [id for id, state in orders.present.items() if state.fields["customer"] == other]:
                self.people.update(orders, id, {"customer": kept})
            self._delete(where, "customers", other)

    @rule(data=st.data(), kind=KINDS, where=WHERE)
    def save(self, data: st.DataObject, kind: str, where: int) -> None:
        """A save without a change bumps the date."""
        self._fire("save", lasts=6)
        if id := some(data, entity := self._entity(where, kind)):
            entity.update(id, {"number": entity.present[id].fields["number"]}, {})

    @rule(data=st.data(), where=WHERE)
    def lock(self, data: st.DataObject, where: int) -> None:
        """An order is confirmed, or goes back to draft; the first system has no locks."""
        self._fire("lock", lasts=6)
        entity = self.systems[1 + where % (len(self.systems) - 1)]["orders"]
        if id := some(data, entity):
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
        self._fire("poison", lasts=6)
        world = self._world(where)
        name = data.draw(st.sampled_from([flow.name for flow in world.dataflow.flows]))
        if id := some(data, world.entities[name, "left"]):
            world.poison ^= {id}

    # --- tools ---

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
            self._edit_line(entity, id, line_id, {name: self.people.word(name.title())})

    def _edit_line(self, entity: Entity, id: str, line_id: str, fields: Fields) -> None:
        line = entity.present[id].lines[line_id]
        entity.update(id, {}, {line_id: replace(line, fields={**line.fields, **fields})})
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
        makers = [(world, flow) for world, flow, side in flows_of if side == "right" and world.entities[flow.name, side] is entity]
        if not any(link.right == id for world, flow in makers for link in world.ledgers[flow.name].kind("link")):
            entity.unseen.add(id)
        entity.delete(id)
        self.people.has_deleted = True
