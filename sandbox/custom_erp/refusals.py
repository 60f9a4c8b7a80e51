"""The ERP's refusals: ``{"fault": {"kind", "detail", "member"}}``."""

from __future__ import annotations

from sandbox.wire import Json, RefusedError, Reply


def refuse(status: int, kind: str, detail: str, member: str | None = None) -> RefusedError:
    """A refusal with this status."""
    fault: Json = {"kind": kind, "detail": detail}
    return RefusedError(Reply(status, {"fault": fault | ({"member": member} if member else {})}))


def invalid(member: str, text: str) -> RefusedError:
    """400: the member cannot be stored so."""
    return refuse(400, "InvalidMember", f"{member} {text}", member)


def duplicate(member: str) -> RefusedError:
    """409: another record holds this value."""
    return refuse(409, "DuplicateKey", f"{member} is in use", member)


def stale() -> RefusedError:
    """412: the record has another row version than the caller read."""
    return refuse(412, "StaleRow", "rowVersion has moved on", "rowVersion")


def invoiced() -> RefusedError:
    """423: an invoiced order stands."""
    return refuse(423, "Invoiced", "the order is invoiced", "state")


def unknown(kind: str) -> RefusedError:
    """404: no such record."""
    return refuse(404, "NotFound", f"no such {kind}")
