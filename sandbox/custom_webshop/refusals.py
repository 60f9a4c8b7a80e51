"""The webshop's refusals: ``{"error": {"code", "message", "field"}}``."""

from __future__ import annotations

from sandbox.wire import Json, RefusedError, Reply


def refuse(status: int, code: str, message: str, field: str | None = None) -> RefusedError:
    """A refusal with this status."""
    error: Json = {"code": code, "message": message}
    return RefusedError(Reply(status, {"error": error | ({"field": field} if field else {})}))


def invalid(field: str, text: str) -> RefusedError:
    """422: the field cannot be stored so."""
    return refuse(422, "invalid", f"{field} {text}", field)


def not_unique(field: str) -> RefusedError:
    """422: another record holds this value."""
    return refuse(422, "not_unique", f"{field} is taken by another record", field)


def locked() -> RefusedError:
    """422: an order whose status is ``locked``."""
    return refuse(422, "locked", "the order is locked", "status")


def not_found(entity: str) -> RefusedError:
    """404: no such record."""
    return refuse(404, "not_found", f"no such {entity.lower()}")


def stale() -> RefusedError:
    """409: the record was changed since the caller read it."""
    return refuse(409, "stale", "updated_at is not what if_updated_at says", "if_updated_at")
