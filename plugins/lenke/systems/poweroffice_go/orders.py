"""Sales orders: created in one call with their lines; changed as header first, then line by line, the status that locks it last.

The header's patch is the guard: where it finds that the order has moved or is locked, no line is touched. The calls are not
atomic together, so what was written before a line failed is told as ``partial``. An order whose lines did not all arrive is not
confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from lenke.core.errors import (
    LenkeError,
    LockedError,
    MovedError,
    NotUniqueError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.core.ports import LineWrite, Outcome, Write
from lenke.systems.http import Session
from lenke.systems.jsontext import dumps, loads
from lenke.systems.paths import look, nested, segment, unlike
from lenke.systems.poweroffice_go import inherited, rules
from lenke.systems.poweroffice_go.entities import LINES, LOCK, MARKER, ORDER_LINES, SALES_ORDERS
from lenke.systems.poweroffice_go.order_record import composed, settled
from lenke.systems.poweroffice_go.pages import Row
from lenke.systems.poweroffice_go.updates import Updater
from lenke.systems.problems import outcome_of

_STATUS, _CONFIRMED = "SalesOrderStatus", "Confirmed"

Line = Mapping[str, Any]


def creation(write: Write) -> dict[str, Any]:
    """The body of ``POST /SalesOrders/Complete``: the only create there is."""
    fields, _ = rules.order(write)
    SALES_ORDERS.refuse_unknown(fields, known=SALES_ORDERS.post, verb="POST")
    body = nested({path: SALES_ORDERS.value(path, value) for path, value in fields.items()})
    if write.marker:
        body[MARKER] = write.marker
    body[LINES] = [line_creation(line) for line in write.lines if line.verb == "create"]
    return body


def line_creation(line: LineWrite) -> dict[str, Any]:
    """The body of a new line."""
    fields = {path: value for path, value in line.fields.items() if value is not None}
    ORDER_LINES.refuse_unknown(fields, known=ORDER_LINES.post, verb="POST line")
    body = {path: ORDER_LINES.value(path, value) for path, value in fields.items()}
    return {**body, MARKER: line.marker} if line.marker else body


class OrderUpdate:
    """One order's update: a header patch, its lines' posts, patches and deletes, and a patch that locks it."""

    def __init__(self, session: Session, updater: Updater, write: Write) -> None:
        self._session = session
        self._updater = updater
        self._write = write
        self._current = inherited.stored(write.current)
        self._path = f"/SalesOrders/{segment(write.id)}"
        self._header: Mapping[str, Any] | None = None
        self._stored: dict[str, Line] = {}
        self._removed: set[str] = set()
        self._failed: list[LenkeError] = []
        self._is_open = False

    def run(self) -> tuple[Outcome, Row | None]:
        """The outcome, and the whole order as stored. Raises what the header's patch raises."""
        fields, told = rules.order(self._write)
        before = inherited.before(told, self._write.current)
        locks = bool(self._write.lines) and fields.get(_STATUS) == _CONFIRMED
        first = {path: value for path, value in fields.items() if not (locks and path == _STATUS)}
        header = self._updater.change(SALES_ORDERS, self._path, first, before, self._current)
        self._header = header[1] if header else None
        for line in self._write.lines:
            if not self._send(line):
                break
        if locks:
            self._confirm({path: value for path, value in before.items() if path == _STATUS})
        row = self._result()
        return self._outcome(), row

    @property
    def _wrote(self) -> bool:
        return bool(self._header or self._stored or self._removed)

    def _confirm(self, before: Mapping[str, Any]) -> None:
        """Lock the order, once every line is in it."""
        self._is_open = True
        if self._failed:
            return
        try:
            row = self._updater.change(SALES_ORDERS, self._path, {_STATUS: _CONFIRMED}, before, self._current)
        except UnknownOutcomeError as error:
            self._failed.append(error)
            # It may stand either way: what is read counts.
            self._header = {name: value for name, value in self._header.items() if name != _STATUS} if self._header else None
        except (RetriableError, LockedError, RejectedRecordError, MovedError, RecordNotFoundError) as error:
            self._failed.append(error)
        else:
            self._header = row[1] if row else self._header
            self._is_open = False

    def _send(self, line: LineWrite) -> bool:
        """Write one line; False where no further one should be tried."""
        try:
            self._line(line)
        except (UnknownOutcomeError, RetriableError, LockedError) as error:
            self._failed.append(error)
            return False
        except (RejectedRecordError, MovedError, RecordNotFoundError) as error:
            self._failed.append(self._named(line, error))
            return not isinstance(self._failed[-1], LockedError)
        return True

    def _line(self, line: LineWrite) -> None:
        if line.verb == "create":
            self._keep(self._create(line))
        elif line.verb == "update":
            path, before = f"{self._path}/Lines/{segment(line.id)}", self._before(line)
            changed = self._updater.change(ORDER_LINES, path, line.fields, before, self._line_of(self._current, line))
            self._keep(changed[1] if changed else None)
        else:
            self._remove(line)

    def _create(self, line: LineWrite) -> Line | None:
        body = line_creation(line)
        try:
            reply = self._session.send("POST", f"{self._path}/Lines", body)
        except NotUniqueError:
            # The marker is unique within the order: an earlier try of this very line has arrived.
            return self._adopted(line)
        except RecordNotFoundError as error:
            self._session.read(self._path)  # raises it again where it is the order itself that is not there
            raise RejectedRecordError(f"names a product that is not there: {error}", property="ProductId") from None
        return reply.body if isinstance(reply.body, Mapping) else None

    def _adopted(self, line: LineWrite) -> Line:
        reply = self._session.read(f"{self._path}/Lines")
        found = next((item for item in reply.body or () if line.marker and item.get(MARKER) == line.marker), None)
        if found is None:
            raise RetriableError("a line with this marker exists and is not to be read yet")
        return dict(found)

    def _remove(self, line: LineWrite) -> None:
        path = f"{self._path}/Lines/{segment(line.id)}"
        before = self._before(line)
        if before and unlike(before, self._read_line(path, before)):
            raise MovedError("changed since it was read")
        with suppress(RecordNotFoundError):  # what was to be removed is not there
            self._session.send("DELETE", path)
        self._removed.add(str(line.id))

    def _before(self, line: LineWrite) -> Mapping[str, Any]:
        return inherited.before(line.before, self._line_of(self._write.current, line))

    def _line_of(self, order: Any, line: LineWrite) -> Line | None:
        return next((item for item in look(order, LINES) or () if str(item.get("Id")) == line.id), None)

    def _read_line(self, path: str, before: Mapping[str, Any]) -> Any:
        """The line as it is now; as it was seen where a lagging replica does not have it yet: the DELETE itself will tell."""
        try:
            return self._session.read(path).body
        except RecordNotFoundError:
            return nested(before)

    def _keep(self, line: Line | None) -> None:
        if line is not None:
            self._stored[str(line.get("Id"))] = line

    def _named(self, line: LineWrite, error: LenkeError) -> LenkeError:
        """The error with its line's name; a lock of the order where that is why the line was refused."""
        if isinstance(error, RejectedRecordError) and self._is_locked():
            return LockedError(LOCK, lock=LOCK)
        name = f"line {line.id}" if line.id else f"new line {self._write.lines.index(line) + 1}"
        if isinstance(error, RejectedRecordError):
            return type(error)(f"{name}: {error}", property=error.property)
        return type(error)(f"{name}: {error}")

    def _is_locked(self) -> bool:
        try:
            header = self._session.read(self._path).body
        except (RecordNotFoundError, RetriableError):
            return False
        return bool(look(header, _STATUS) == _CONFIRMED)

    def _outcome(self) -> Outcome:
        if not self._failed:
            return Outcome(self._write.key, "done", self._write.id)
        heavy = [error for error in self._failed if isinstance(error, (UnknownOutcomeError, RetriableError, LockedError))]
        first = outcome_of(self._write, (heavy or self._failed)[0], partial=self._wrote)
        reason = "; ".join(str(error) for error in self._failed)
        if self._wrote and not heavy and not self._is_open:
            return Outcome(self._write.key, "done", self._write.id, reason=reason, partial=True)
        return Outcome(self._write.key, first.status, self._write.id, reason=reason, delay=first.delay, partial=first.partial)

    def _result(self) -> Row | None:
        """The order as stored: a read where it shows what was just written, else put together from the answers."""
        if not self._stored and not self._removed and self._header is None:
            return None
        try:
            reply = self._session.read(f"{self._path}/Complete")
        except (RetriableError, RecordNotFoundError):
            read: Row | None = None
        else:
            read = (reply.text, reply.body)
        if read and settled(read[1], header=self._header, stored=self._stored, removed=self._removed):
            return read
        base = self._current or (read[1] if read else None)
        if base is None:
            return None
        text = dumps(composed(base, header=self._header, stored=self._stored, removed=self._removed), finite=False)
        return text, loads(text)
