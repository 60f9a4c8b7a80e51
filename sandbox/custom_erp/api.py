"""The ERP's REST paths under ``/erp/v2``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.custom_erp.records import ID, Records
from sandbox.custom_erp.refusals import invalid, refuse, unknown
from sandbox.store import AuditRow, Store
from sandbox.wire import BadJsonError, Json, RefusedError, Reply, Request

# Path -> entity, the envelope that a write stands in, and the filters that find records exactly.
PLACES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "partners": ("Customer", "partner", {"email": "eMail", "registrationno": "registrationNo", "customerno": "customerNo"}),
    "articles": ("Product", "article", {"itemno": "itemNo", "ean": "ean"}),
    "sales-orders": ("Order", "salesOrder", {"orderno": "orderNo"}),
}
_FILTERS = {"limit", "cursor", "changedafter", "changedbefore", "ids", "externalref"}
_LIMIT = 200


class Api:
    """Routes a request that was let in.

    :param reads_at: the moment that reads show, None for the present.
    :param writable: whether the client may write at all.
    """

    def __init__(
        self, store: Store, records: Records, *, reads_at: Callable[[], datetime | None], writable: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._store = store
        self._records = records
        self._reads_at = reads_at
        self._writable = writable

    def route(self, request: Request, parts: list[str]) -> Reply:
        """The answer for ``parts`` (the path under the base, split); writes are noted in the audit list."""
        match (request.method, *parts):
            case ("GET", "company"):
                return Reply(200, {"result": {"companyId": self._store.meta("company_id"), "name": "Sandbox Industri AS"}})
            case ("GET", name) if name in PLACES:
                return Reply(200, self._list(name, request.query))
            case ("GET", name, key) if name in PLACES:
                return Reply(200, {"result": self._one(PLACES[name][0], key)})
            case ("POST", name) if name in PLACES:
                return self._noted(request, name, None)
            case ("PUT", name, key) if name in PLACES:
                return self._noted(request, name, key)
        raise refuse(404, "NoSuchPath", "no such path")

    def _one(self, entity: str, key: str) -> Json:
        body = self._store.get(entity, key, at=self._reads_at())
        if body is None:
            raise unknown(entity)
        return body

    def _list(self, name: str, query: Mapping[str, str]) -> Json:
        """In the order of ids, each page after the id that its cursor holds: rows that change stay where they are."""
        entity, _, keys = PLACES[name]
        odd = set(query) - _FILTERS - set(keys)
        if odd:
            raise invalid(min(odd), "is no filter")
        limit = _whole(query, "limit", 50)
        if not 1 <= limit <= _LIMIT:
            raise invalid("limit", f"must be from 1 to {_LIMIT}")
        after = _opened(query.get("cursor", ""))
        rows = [
            row for row in self._store.all(entity, at=self._reads_at()) if row[ID[entity]] > after and _passes(row, query, entity, keys)
        ]
        since, until = _whole(query, "changedafter", 0), _whole(query, "changedbefore", 0)
        rows = [row for row in rows if row["changedAt"] > since and (not until or row["changedAt"] < until)]
        rows.sort(key=lambda row: row[ID[entity]])
        page = rows[:limit]
        more = len(rows) > limit
        return {"result": {"items": page, "nextCursor": _sealed(page[-1][ID[entity]]) if more else None}}

    def _noted(self, request: Request, name: str, key: str | None) -> Reply:
        entity, envelope, _ = PLACES[name]
        given = _opened_envelope(request, envelope)
        try:
            reply = self._written(entity, key, given)
        except RefusedError as refused:
            reply = refused.reply
        verb = (
            "create" if key is None else "archive" if set(given) - {"rowVersion"} == {"active"} and given["active"] is False else "update"
        )
        id = str(reply.body["result"][ID[entity]]) if reply.status == 201 else key
        self._store.note(AuditRow(request.method, request.path, entity, id, verb, given, reply.status, request.content_type))
        return reply

    def _written(self, entity: str, key: str | None, given: Json) -> Reply:
        if not self._writable():
            raise refuse(403, "NoWriteAccess", "this client may only read")
        if key is None:
            return Reply(201, {"result": self._records.add(entity, given)})
        before = self._store.get(entity, key) or {}
        if str(before.get("remark") or "").startswith("[protected]"):
            raise refuse(403, "Protected", "this record is not for this client")
        return Reply(200, {"result": self._records.change(entity, key, given)})


def _opened_envelope(request: Request, envelope: str) -> Json:
    try:
        body: Any = request.json()
    except BadJsonError:
        raise refuse(400, "NoJson", "the body is not JSON") from None
    if not isinstance(body, dict) or set(body) != {envelope} or not isinstance(body[envelope], dict):
        raise refuse(400, "NoEnvelope", f"the body must hold {envelope} and nothing else")
    found: Json = body[envelope]
    return found


def _passes(row: Json, query: Mapping[str, str], entity: str, keys: Mapping[str, str]) -> bool:
    if "ids" in query and row[ID[entity]] not in query["ids"].split("|"):
        return False
    wanted = {**keys, "externalref": "externalRef"}
    return all(str(row[path]) == query[name] and row[path] is not None for name, path in wanted.items() if name in query)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise invalid(name, "must be a whole number")
    return int(text)


def _sealed(key: str) -> str:
    return base64.urlsafe_b64encode(f"after {key}".encode()).decode()


def _opened(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode().removeprefix("after ") if cursor else ""
    except ValueError:
        raise invalid("cursor", "is none of ours") from None
