"""Makes and changes records: validated, compared with a read that goes just before, and sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from lenke.core.errors import LenkeError, MovedError, NotUniqueError, RecordNotFoundError, RejectedRecordError
from lenke.core.ports import Outcome, Write
from lenke.systems.paths import look, unlike
from lenke.systems.problems import outcome_of
from lenke.systems.woocommerce import entities, lines, rules
from lenke.systems.woocommerce.entities import CUSTOMER, MARKER, ORDER, PRODUCT, Fields
from lenke.systems.woocommerce.writes import Item, Sender

_STAYS_A_VARIATION = "a line of a variation cannot become one of a product without variations; take it away and add a new one"


class Reader(Protocol):
    """How one entity is read: all methods bring whole records."""

    def all(self) -> Iterator[Fields]:
        """Every record."""

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """Those changed at or after ``since``."""

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """Those with these ids."""

    def by_key(self, values: Sequence[str]) -> Iterator[Fields]:
        """Those whose key the shop takes for one of these values."""

    def newest(self) -> Iterator[Fields]:
        """The newest first."""


class Changes:
    """The writes of one shop, entity by entity."""

    def __init__(self, sender: Sender, readers: Mapping[str, Reader]) -> None:
        self._sender = sender
        self._readers = readers

    def create(self, entity: str, write: Write) -> Outcome:
        """Make one record; one that an earlier try of the same create has made is taken for it."""
        try:
            key = self._creation(entity, write)
        except LenkeError as error:
            return outcome_of(write, error)
        return Outcome(write.key, "done", key)

    def _creation(self, entity: str, write: Write) -> str:
        body = rules.body_of(entity, write) | self._line_bodies(write, {})
        if entity == CUSTOMER:
            # Two at once have both been let in with one e-mail, so the shop is asked first.
            taken = next(self._readers[entity].by_key([str(body.get("email") or "")]), None) if body.get("email") else None
            if taken is not None:
                return self._adopted(taken, write, NotUniqueError("the e-mail belongs to an account", property="email"))
        try:
            return self._sender.create(entities.PATHS[entity], body)
        except NotUniqueError as error:
            value = str(body.get("email" if entity == CUSTOMER else "sku") or "")
            holder = next(self._readers[entity].by_key([value]), None) if value and entity != ORDER else None
            return self._adopted(holder, write, error)

    def _adopted(self, holder: Mapping[str, Any] | None, write: Write, error: LenkeError) -> str:
        """An earlier try of this very create has arrived where the holder of the key bears its marker."""
        if holder is None or not write.marker or look(holder, MARKER) != write.marker:
            raise error
        return str(holder["id"])

    def update(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Change records, or archive them, where they still are what the plan saw."""
        if not writes:
            return []
        try:
            fresh = self._readers[entity].by_id([str(write.id) for write in writes])
        except LenkeError as error:
            return [outcome_of(write, error) for write in writes]
        outcomes: dict[int, Outcome] = {}
        items: list[tuple[int, Item]] = []
        for at, write in enumerate(writes):
            try:
                items.append((at, self._item(entity, write, fresh.get(str(write.id)))))
            except LenkeError as error:
                outcomes[at] = outcome_of(write, error)
        sent = [(at, item) for at, item in items if item.body]
        outcomes |= {at: Outcome(writes[at].key, "done", writes[at].id) for at, item in items if not item.body}
        for (at, _), result in zip(sent, self._sender.update([item for _, item in sent]), strict=True):
            done = isinstance(result, str)
            outcomes[at] = Outcome(writes[at].key, "done", writes[at].id) if done else outcome_of(writes[at], result)  # type: ignore[arg-type]
        return [outcomes[at] for at in range(len(writes))]

    def _item(self, entity: str, write: Write, current: Mapping[str, Any] | None) -> Item:
        if current is None:
            raise RecordNotFoundError("the record is not there any more")
        stored = {str(line["id"]): line for line in current.get("lines") or ()}
        moved = unlike(write.before, current)
        moved += [f"line {line.id}" for line in write.lines if line.verb != "create" and unlike(line.before, stored.get(str(line.id)))]
        if moved:
            raise MovedError(f"changed since it was read: {', '.join(moved)}")
        body = rules.body_of(entity, replace(write, current=current)) | self._line_bodies(write, stored)
        path = entities.PATHS[entity]
        if current.get("type") == "variation":
            path = f"/products/{current['parent_id']}/variations"
        return Item(path, str(write.id), body)

    def _line_bodies(self, write: Write, stored: Mapping[str, Mapping[str, Any]]) -> Fields:
        found: Fields = {}
        for name, body in lines.bodies(write.lines, stored):
            found.setdefault(name, []).append(self._with_product(body, stored.get(lines.id_of(name, body)) or {}))
        return found

    def _with_product(self, body: Fields, line: Mapping[str, Any]) -> Fields:
        """The line's product as the shop wants it told. An id that is not there would make an empty line.

        A line that is one of a variation keeps that beside any product that is none (``WC_Order_Item_Product::set_product``, 11.0.1).
        """
        if not body.get("product_id"):
            return body
        if str(body["product_id"]) == line.get("product"):
            return {name: value for name, value in body.items() if name != "product_id"}  # it is the line's own, be it in the trash
        product = self._readers[PRODUCT].by_id([str(body["product_id"])]).get(str(body["product_id"]))
        if product is None:
            raise RejectedRecordError("the line's product is not in the shop", property="product")
        if product.get("parent_id"):
            return body | {"product_id": int(product["parent_id"]), "variation_id": int(product["id"])}
        if line.get("variation_id"):
            raise RejectedRecordError(_STAYS_A_VARIATION, property="product")
        return body
