"""The webshop's REST paths under ``/api/v1``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.custom_webshop.records import Records
from sandbox.custom_webshop.refusals import invalid, not_found, refuse
from sandbox.custom_webshop.shapes import moment_of
from sandbox.store import AuditRow, Store
from sandbox.wire import BadJsonError, Json, RefusedError, Reply, Request

ENTITIES = {"customers": "Customer", "products": "Product", "orders": "Order"}
_FILTERS = ("external_ref", "email", "org_number", "sku", "gtin", "number")
_BATCH = 100
_MAX_PAGE = 250


class Api:
    """Routes a request whose key fits.

    :param reads_at: the moment that reads show, None for the present.
    """

    def __init__(self, store: Store, records: Records, *, reads_at: Callable[[], datetime | None]) -> None:
        self._store = store
        self._records = records
        self._reads_at = reads_at

    def route(self, request: Request, parts: list[str]) -> Reply:
        """The answer for ``parts`` (the path under the base, split); writes are noted in the audit list."""
        match (request.method, *parts):
            case ("GET", "shop"):
                return Reply(200, self._shop())
            case ("GET", name) if name in ENTITIES:
                return Reply(200, self._list(ENTITIES[name], request.query))
            case ("GET", name, key) if name in ENTITIES:
                return Reply(200, self._one(ENTITIES[name], key))
            case ("POST", name, "batch") if name in ENTITIES:
                return self._batch(request, ENTITIES[name])
            case ("POST", name) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], None, "create", self._json(request))
            case ("PATCH", name, key) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], key, "update", self._json(request))
            case ("DELETE", name, key) if name in ENTITIES:
                return self._noted(request, ENTITIES[name], key, "remove", None)
        raise refuse(404, "not_found", "no such path")

    def _json(self, request: Request) -> Any:
        try:
            return request.json()
        except BadJsonError:
            raise refuse(400, "invalid", "the body is not JSON") from None

    def _shop(self) -> Json:
        meta, gross = self._store.meta, self._records.gross_prices()
        return {"id": meta("shop_id"), "name": "Sandbox Shop", "currency": meta("currency"), "prices_include_vat": gross}

    def _one(self, entity: str, key: str) -> Json:
        body = self._store.get(entity, key, at=self._reads_at())
        if body is None:
            raise not_found(entity)
        return body

    def _list(self, entity: str, query: Mapping[str, str]) -> Json:
        number, size = _positive(query, "page", 1), _positive(query, "per_page", 100)
        if size > _MAX_PAGE:
            raise invalid("per_page", f"is above {_MAX_PAGE}")
        rows = [row for row in self._store.all(entity, at=self._reads_at()) if _passes(row, query)]
        since, until = _moment(query, "updated_since"), _moment(query, "updated_until")
        if since or until:
            times = [(datetime.fromisoformat(row["updated_at"]), row) for row in rows]
            rows = [row for moment, row in times if (not since or moment >= since) and (not until or moment <= until)]
        rows.sort(key=lambda row: (row["updated_at"], row["id"]))
        found = {"page": number, "pages": -(-len(rows) // size), "total": len(rows)}
        return {"data": rows[(number - 1) * size : number * size], **found}

    def _batch(self, request: Request, entity: str) -> Reply:
        body = self._json(request)
        if not isinstance(body, dict) or set(body) - {"create", "update"}:
            raise invalid("body", "must hold create and update only")
        creates, updates = body.get("create") or [], body.get("update") or []
        if not isinstance(creates, list) or not isinstance(updates, list) or len(creates) + len(updates) > _BATCH:
            raise invalid("body", f"must hold at most {_BATCH} items")
        done = {"create": [_item(self._noted(request, entity, None, "create", item)) for item in creates], "update": []}
        for item in updates:
            key = item.get("id") if isinstance(item, dict) else None
            rest = {name: value for name, value in item.items() if name != "id"} if isinstance(item, dict) else item
            done["update"].append(_item(self._noted(request, entity, str(key), "update", rest)))
        return Reply(200, done)

    def _noted(self, request: Request, entity: str, key: str | None, verb: str, given: Any) -> Reply:
        try:
            reply = self._written(entity, key, verb, given)
        except RefusedError as refused:
            reply = refused.reply
        if reply.status == 201:
            key = str(reply.body["id"])
        elif verb == "update" and isinstance(given, dict) and set(given) - {"if_updated_at"} == {"archived"} and given["archived"] is True:
            verb = "archive"
        self._store.note(AuditRow(request.method, request.path, entity, key, verb, given, reply.status, request.content_type))
        return reply

    def _written(self, entity: str, key: str | None, verb: str, given: Any) -> Reply:
        if key is None:
            return Reply(201, self._records.add(entity, given))
        if verb == "update":
            return Reply(200, self._records.change(entity, key, given))
        self._records.remove(entity, key)
        return Reply(204)


def _item(reply: Reply) -> Json:
    return {"status": reply.status, "data": reply.body} if reply.status < 300 else {"status": reply.status, **reply.body}


def _passes(row: Json, query: Mapping[str, str]) -> bool:
    if query.get("ids") and str(row["id"]) not in query["ids"].replace(" ", "").split(","):
        return False
    return all(str(row[name]) == query[name] and row[name] is not None for name in _FILTERS if query.get(name) and name in row)


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise invalid(name, "must be a positive whole number")
    return int(text)


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    moment = moment_of(text) if text else None
    if text and moment is None:
        raise invalid(name, "must be an instant")
    return moment
