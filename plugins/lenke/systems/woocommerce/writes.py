"""Sends writes, several updates of one kind in one batch, and brings each one's result.

A batch answers 200 even where every item failed, so each item is looked at, by its place: a failed one may carry no id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import (
    ConfigurationError,
    LenkeError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.systems.paths import segment
from lenke.systems.woocommerce.codes import item_error
from lenke.systems.woocommerce.rules import NAMES
from lenke.systems.woocommerce.wire import Wire

BATCH = 100
Result = str | LenkeError


@dataclass(frozen=True, slots=True)
class Item:
    """One update.

    :param path: the list that the record is in, ``/products`` or ``/products/22/variations``.
    """

    path: str
    id: str
    body: Mapping[str, Any]


class Sender:
    """The writes of one shop."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, path: str, body: Mapping[str, Any]) -> str:
        """The new record's id. Raises what the shop refuses, UnknownOutcomeError, RetriableError."""
        return _id(self._wire.send("POST", path, body).body, f"POST {path}")

    def update(self, items: Sequence[Item]) -> list[Result]:
        """Each one's id, or the error that befell it, in order. Raises ConfigurationError and AuthenticationError only."""
        results: dict[int, Result] = {}
        for path in dict.fromkeys(item.path for item in items):
            places = [at for at, item in enumerate(items) if item.path == path]
            for at in range(0, len(places), BATCH):
                group = places[at : at + BATCH]
                results.update(zip(group, self._group(path, [items[place] for place in group]), strict=True))
        return [results[at] for at in range(len(items))]

    def _group(self, path: str, items: Sequence[Item]) -> list[Result]:
        # Alone it would be checked against the schema, which takes no empty billing e-mail; a batch does.
        if len(items) == 1 and not _empties_email(items[0]):
            return [self._alone(items[0])]
        body = {"update": [{"id": int(item.id), **item.body} for item in items]}
        try:
            reply = self._wire.send("POST", f"{path}/batch", body)
        except (UnknownOutcomeError, RetriableError) as error:
            return [error] * len(items)
        except (RejectedRecordError, RecordNotFoundError):
            # Refused as a whole, as by a firewall that knows no batches: nothing was written.
            return [self._alone(item) for item in items]
        return self._told(path, items, reply.body)

    def _told(self, path: str, items: Sequence[Item], body: Any) -> list[Result]:
        where = f"POST {path}/batch"
        told = body.get("update") if isinstance(body, Mapping) else None
        if not isinstance(told, list) or len(told) != len(items):
            return [UnknownOutcomeError(f"{where}: the answer does not tell of every item")] * len(items)
        return [_result(where, item, row) for item, row in zip(items, told, strict=True)]

    def _alone(self, item: Item) -> Result:
        path = f"{item.path}/{segment(item.id)}"
        try:
            return _id(self._wire.send("PUT", path, item.body).body, f"PUT {path}")
        except ConfigurationError:
            raise
        except LenkeError as error:
            return error


def _result(where: str, item: Item, row: Any) -> Result:
    if isinstance(row, Mapping) and isinstance(row.get("error"), Mapping):
        return item_error(row["error"], where=where, sent=item.body, names=NAMES)
    if isinstance(row, Mapping) and str(row.get("id")) == item.id:
        return item.id
    return UnknownOutcomeError(f"{where}: the answer tells of another record in this one's place")


def _id(body: Any, where: str) -> str:
    if not isinstance(body, Mapping) or not body.get("id"):
        raise UnknownOutcomeError(f"{where}: the answer does not name the record")
    return str(body["id"])


def _empties_email(item: Item) -> bool:
    billing = item.body.get("billing")
    return isinstance(billing, Mapping) and billing.get("email") == ""
