"""PowerOffice GO's refusals: ProblemDetails, with members in lower case as seen on the wire."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.wire import Json, RefusedError, Reply

_TYPE = "application/problem+json; charset=utf-8"


def problem(status: int, title: str, detail: str, errors: Mapping[str, str] | None = None) -> RefusedError:
    """A refusal; ``errors`` names members and what is wrong with each."""
    body: Json = {"type": f"https://httpstatuses.io/{status}", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = {name: [text] for name, text in errors.items()}
    return RefusedError(Reply(status, body, content_type=_TYPE))


def invalid(what: str, errors: Mapping[str, str]) -> RefusedError:
    """400: these members of a ``what`` cannot be stored."""
    return problem(400, f"{what} validation error(s)", " ".join(f"{name}: {text}." for name, text in errors.items()), errors)


def taken(what: str, member: str, value: object, owner: object) -> RefusedError:
    """400: another record holds this unique value; the vendor's text quotes the value and the other's id."""
    detail = f"{member} is already in use. '{value}' is used on Id = {owner}."
    return problem(400, f"{what} validation error(s)", detail, {member: "is already in use"})


def missing(what: str, key: object) -> RefusedError:
    """404: no such record."""
    return problem(404, "Object(s) not found", f"{what} with id = {key} not found.")


def in_use(what: str, key: object) -> RefusedError:
    """409: a delete of something that others refer to."""
    return problem(409, f"{what} conflict", f"{what} with id = {key} is in use and cannot be deleted.")


def locked(key: object) -> RefusedError:
    """400: a change to a confirmed order."""
    return problem(400, "Sales order is locked", f"Sales order with id = {key} is Confirmed; set SalesOrderStatus to Draft to change it.")
