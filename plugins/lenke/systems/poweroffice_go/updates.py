"""Sends one JSON Patch and finds out what a refusal means.

The vendor's words are no contract, so a refused patch is judged by what a read shows: gone, locked, moved, or a bad value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.errors import LenkeError, LockedError, MovedError, NotUniqueError, RecordNotFoundError, RejectedRecordError
from lenke.systems.http import Session
from lenke.systems.paths import look, unlike
from lenke.systems.poweroffice_go.entities import LOCK, Entity
from lenke.systems.poweroffice_go.pages import Row
from lenke.systems.poweroffice_go.patches import CONTENT_TYPE, has_tests, patch_of


class Updater:
    """Changes records at a path.

    :param tests: whether patches compare before they replace (connection extra ``json_patch_test``).
    """

    def __init__(self, session: Session, *, tests: bool) -> None:
        self._session = session
        self._tests = tests

    def change(
        self, entity: Entity, path: str, fields: Mapping[str, Any], before: Mapping[str, Any], current: Mapping[str, Any] | None
    ) -> Row | None:
        """The record as stored after the change, or None where there is nothing to send.

        Raises MovedError, LockedError, RejectedRecordError, RecordNotFoundError, UnknownOutcomeError, RetriableError.
        """
        entity.refuse_unknown(fields, known=entity.patch, verb="PATCH")
        if not self._tests:
            self._compare(entity, path, before)
        operations = patch_of(entity, fields, before, current, tests=self._tests)
        if all(operation["op"] == "test" for operation in operations):
            return None
        try:
            reply = self._session.send("PATCH", path, operations, content_type=CONTENT_TYPE)
        except RecordNotFoundError as error:
            self._read(path)  # raises it again where it is the record itself that is not there
            raise RejectedRecordError(f"names a record that is not there: {error}") from None
        except (RejectedRecordError, MovedError, LockedError) as error:
            return self._judge(entity, path, before, error, tested=has_tests(operations))
        return (reply.text, reply.body) if isinstance(reply.body, Mapping) else self._read(path)

    def _compare(self, entity: Entity, path: str, before: Mapping[str, Any]) -> None:
        if before:
            self._refuse_moved(entity, before, self._read(path)[1])

    def _judge(self, entity: Entity, path: str, before: Mapping[str, Any], error: LenkeError, *, tested: bool) -> Row:
        if isinstance(error, MovedError):
            raise error
        try:
            _, now = self._read(path)
        except RecordNotFoundError:
            raise error from None  # it was there to be refused: the read comes from a replica that lags
        if look(now, "SalesOrderStatus") == "Confirmed":
            raise LockedError(LOCK, lock=LOCK)
        if isinstance(error, RejectedRecordError) and not isinstance(error, NotUniqueError) and tested:
            self._refuse_moved(entity, before, now)
        raise error

    def _refuse_moved(self, entity: Entity, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        moved = unlike({path: entity.value(path, value) for path, value in before.items()}, now)
        if moved:
            raise MovedError(f"changed since it was read: {', '.join(moved)}")

    def _read(self, path: str) -> Row:
        reply = self._session.read(path)
        return reply.text, reply.body
