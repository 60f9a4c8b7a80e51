"""Sends writes in a described dialect, in batches where it has them, and brings each item's result."""

from __future__ import annotations

from collections.abc import Sequence

from lenke.core.errors import (
    ConfigurationError,
    LenkeError,
    LockedError,
    MovedError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.systems.described.bodies import Item, is_id, typed_id
from lenke.systems.described.dialect import Batch, Call, Dialect, Entity
from lenke.systems.described.paging import Row
from lenke.systems.described.replies import item_error
from lenke.systems.http import Session
from lenke.systems.jsontext import elements, loads, part
from lenke.systems.paths import look, nested, segment
from lenke.systems.replies import Reply

Result = Row | LenkeError
# A refusal with a 4xx: nothing was done, whether it is about one record or about the request.
_REFUSALS = (RejectedRecordError, MovedError, LockedError, RecordNotFoundError)


class Writer:
    """The writes of one system."""

    def __init__(self, session: Session, dialect: Dialect) -> None:
        self._session = session
        self._errors = dialect.errors

    def send(self, entity: Entity, items: Sequence[Item]) -> list[Result]:
        """Each item's stored record, or the error that befell it, in order. Raises only what befell none of them."""
        batch = entity.batch
        together = [item for item in items if batch and (batch.create if item.creates else batch.update)]
        results: dict[int, Result] = {}
        if batch and len(together) > 1:
            for at in range(0, len(together), batch.most):
                group = together[at : at + batch.most]
                results.update(zip(map(id, group), self._together(entity, batch, group), strict=True))
        return [results[id(item)] if id(item) in results else self._alone(entity, item) for item in items]

    def _together(self, entity: Entity, batch: Batch, items: Sequence[Item]) -> list[Result]:
        creates, updates = [item for item in items if item.creates], [item for item in items if not item.creates]
        body = {batch.create: [item.body for item in creates], batch.update: [_with_id(entity, item) for item in updates]}
        try:
            reply = self._session.send(batch.method, batch.address, {name: rows for name, rows in body.items() if name and rows})
        except _REFUSALS:
            # Refused as a whole, so nothing was written: one bad record must not keep the others back.
            return [self._alone(entity, item) for item in items]
        except (UnknownOutcomeError, RetriableError) as error:
            return [error] * len(items)
        made = iter(self._results(entity, batch, creates, reply))
        changed = iter(self._results(entity, batch, updates, reply))
        return [next(made) if item.creates else next(changed) for item in items]

    def _results(self, entity: Entity, batch: Batch, items: Sequence[Item], reply: Reply) -> list[Result]:
        """What is told of the creates, or of the updates."""
        lost = UnknownOutcomeError(f"{batch.method} {batch.address}: the answer does not tell of every item")
        try:
            told = list(elements(reply.text, batch.create if items[0].creates else batch.update)) if items else []
        except ValueError:
            told = []
        if len(told) != len(items):
            return [lost] * len(items)
        return [self._result(entity, batch, item, row) for item, row in zip(items, told, strict=True)]

    def _result(self, entity: Entity, batch: Batch, item: Item, row: Row) -> Result:
        text, value = row
        status = look(value, batch.status)
        status = status if isinstance(status, int) else 0
        if 200 <= status < 300:
            return _stored(entity, text, batch.record, f"{batch.method} {batch.address}")
        return item_error(self._errors, status, value, where=f"{batch.method} {batch.address}", sent=item.body)

    def _alone(self, entity: Entity, item: Item) -> Result:
        call = entity.create if item.creates else entity.update
        if call is None:
            raise ConfigurationError(f"{entity.address}: the description has no {'create' if item.creates else 'update'}")
        try:
            reply = self._session.send(call.method, call.address.replace("{id}", segment(item.write.id)), _enveloped(call, item))
        except LenkeError as error:
            if isinstance(error, ConfigurationError):
                raise
            return error
        return _stored(entity, reply.text, call.record, f"{call.method} {call.address}")


def _enveloped(call: Call, item: Item) -> object:
    return nested({call.envelope: item.body}) if call.envelope else item.body


def _with_id(entity: Entity, item: Item) -> dict[str, object]:
    return {**nested({entity.id.path: typed_id(entity.id, item.write.id)}), **item.body}


def _stored(entity: Entity, text: str, path: str, where: str) -> Result:
    """The stored record in a reply; without one, what was stored is not known though it was accepted."""
    try:
        own = part(text, path)
        value = loads(own)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not is_id(look(value, entity.id.path)):
        return UnknownOutcomeError(f"{where}: the answer holds no record with an id at {entity.id.path}")
    return own, value
