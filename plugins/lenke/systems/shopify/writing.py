"""Writes of one call: compared with the present state, sent as few requests, and read back by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lenke.core.errors import LenkeError, MovedError, RecordNotFoundError, RejectedRecordError, RetriableError, UnknownOutcomeError
from lenke.core.ports import Outcome, Record, Write
from lenke.systems.jsontext import loads
from lenke.systems.paths import look, unlike
from lenke.systems.problems import outcome_of
from lenke.systems.shopify import batch, customers, order_edits, orders, products
from lenke.systems.shopify.access import Access
from lenke.systems.shopify.batch import Operation, Result
from lenke.systems.shopify.entities import CUSTOMER, SESAMPRODUCT, Entity
from lenke.systems.shopify.reading import Reading
from lenke.systems.shopify.wire import Wire

Json = Mapping[str, Any]
_HEAVIEST = (UnknownOutcomeError,)


@dataclass(slots=True)
class Writing:
    """One call's writes of one entity."""

    wire: Wire
    access: Access
    reading: Reading
    entity: Entity
    _outcomes: dict[str, Outcome] = field(default_factory=dict)

    def run(self, writes: Sequence[Write]) -> list[Outcome]:
        """What became of each, in their order."""
        for write in writes:
            self.entity.refuse_unknown(write.fields, create=write.verb == "create")
        try:
            self.access.check(self.entity)
            self.access.variables(self.entity)
        except RetriableError as error:
            return [outcome_of(write, error) for write in writes]
        self._create([write for write in writes if write.verb == "create"])
        self._update([write for write in writes if write.verb != "create"])
        self._read_back()
        return [self._outcomes[write.key] for write in writes]

    def _create(self, writes: Sequence[Write]) -> None:
        ready: list[tuple[Write, Operation]] = []
        for write in writes:
            try:
                ready.append((write, self._creation(write)))
            except LenkeError as error:
                self._outcomes[write.key] = outcome_of(write, error)
        results = batch.run(self.wire, [operation for _, operation in ready], f"Create{self.entity.name}")
        for (write, _), result in zip(ready, results, strict=True):
            self._outcomes[write.key] = self._created(write, result)
        if self.entity is CUSTOMER:
            self._addresses([write for write, _ in ready if self._outcomes[write.key].status == "done"])

    def _creation(self, write: Write) -> Operation:
        if self.entity is CUSTOMER:
            return customers.creation(write)
        if self.entity is SESAMPRODUCT:
            return products.creation(write, self.access.location_id())
        return orders.creation(write, self.access.shop())

    def _created(self, write: Write, result: Result) -> Outcome:
        if result.error is not None:
            # What a create names and Shopify does not find is not the record itself.
            gone = isinstance(result.error, RecordNotFoundError)
            error = RejectedRecordError(f"names a record that is not there: {result.error}") if gone else result.error
            return outcome_of(write, error)
        own = "customer" if self.entity is CUSTOMER else "order"
        id = products.created_id(result.payload) if self.entity is SESAMPRODUCT else look(result.payload, f"{own}.legacyResourceId")
        if id is None:
            return Outcome(write.key, "unknown", reason="the answer does not name the record")
        return Outcome(write.key, "done", str(id))

    def _addresses(self, writes: Sequence[Write]) -> None:
        ready = [
            (write, operation)
            for write in writes
            for operation in customers.afterwards(write, self.entity.global_id(self._outcomes[write.key].id or ""))
        ]
        results = batch.run(self.wire, [operation for _, operation in ready], "CreateAddress")
        for (write, _), result in zip(ready, results, strict=True):
            if result.error is not None:
                done = self._outcomes[write.key]
                self._outcomes[write.key] = replace(done, reason=f"made without its address: {result.error}", partial=True)

    def _update(self, writes: Sequence[Write]) -> None:
        if not writes:
            return
        try:
            known = {record.id: record for record in self.reading.get(self.entity, [str(write.id) for write in writes])}
        except RetriableError as error:
            self._outcomes |= {write.key: outcome_of(write, error) for write in writes}
            return
        ready: list[tuple[Write, list[Operation]]] = []
        for write in writes:
            try:
                ready.append((write, self._changes(write, known.get(str(write.id)))))
            except LenkeError as error:
                self._outcomes[write.key] = outcome_of(write, error)
        results = iter(batch.run(self.wire, [one for _, operations in ready for one in operations], f"Update{self.entity.name}"))
        for write, operations in ready:
            self._outcomes[write.key] = self._updated(write, [next(results) for _ in operations])

    def _changes(self, write: Write, record: Record | None) -> list[Operation]:
        """The mutations of an update whose target still is as the plan saw it; an order's lines are written at once."""
        if record is None:
            raise RecordNotFoundError(f"Shopify {self.entity.name} {write.id} is not there")
        current = loads(record.raw)
        if moved := unlike(write.before, current):
            raise MovedError(f"changed since it was read: {', '.join(moved)}")
        if self.entity is CUSTOMER:
            return customers.changes(write, current)
        if self.entity is SESAMPRODUCT:
            return products.changes(write, current, self.access.location_id())
        if write.verb == "archive":
            raise RejectedRecordError("Shopify orders have no archive")
        operations = orders.changes(write, current)
        if write.lines:
            order_edits.check(write, current)
            order_edits.OrderEdit(self.wire, write, current, self.access.shop().taxes_included).run()
        return operations

    def _updated(self, write: Write, results: Sequence[Result]) -> Outcome:
        errors = [result.error for result in results if result.error is not None]
        if not errors:
            return Outcome(write.key, "done", write.id)
        worst = next((error for error in errors if isinstance(error, _HEAVIEST)), errors[0])
        wrote = len(errors) < len(results) or bool(write.lines)
        found = outcome_of(write, worst, partial=wrote)
        return replace(found, reason="; ".join(str(error) for error in errors)) if len(errors) > 1 else found

    def _read_back(self) -> None:
        """The records as stored, by current reads; where that fails the caller reads them later."""
        done = [outcome for outcome in self._outcomes.values() if outcome.status == "done" and outcome.id]
        try:
            stored = {record.id: record for record in self.reading.get(self.entity, [str(outcome.id) for outcome in done])} if done else {}
        except LenkeError:
            return
        for outcome in done:
            self._outcomes[outcome.key] = replace(outcome, record=stored.get(str(outcome.id)))
