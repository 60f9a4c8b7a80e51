"""How SuperOffice says no."""

from __future__ import annotations

from sandbox.wire import RefusedError, Reply


def refuse(status: int, kind: str, message: str) -> RefusedError:
    """A REST error, or what an agent throws (then 500)."""
    body = {"Error": True, "ErrorType": kind, "ErrorMessage": message, "ErrorSource": "SuperOffice.Services.Implementation"}
    return RefusedError(Reply(status, body))


def not_found() -> RefusedError:
    """404: no such record."""
    return refuse(404, "SoNotFoundException", "Not found")


def bad(message: str) -> RefusedError:
    """400: the body or query cannot be understood."""
    return refuse(400, "ArgumentException", message)


def locked(state: str) -> RefusedError:
    """A quote version that cannot be changed (any more): agents have no better status than 500."""
    return refuse(500, "SoException", f"The quote version is locked: its state is {state}")
