"""What Shopify's refusals mean: HTTP statuses, top-level GraphQL errors, and a mutation's userErrors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lenke.core.errors import (
    ConfigurationError,
    FatalError,
    LenkeError,
    LockedError,
    MovedError,
    NotUniqueError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    ThrottledError,
    UnknownOutcomeError,
)
from lenke.systems.paths import look
from lenke.systems.problems import Problem
from lenke.systems.redaction import redact

SETUP = "define Lenke's metafields first: python -m lenke setup shopify"
_HTTP = {402: "the shop is frozen (402)", 403: "forbidden", 404: "no such shop or API version", 423: "the shop is locked", 430: "rejected"}
_CODES: Mapping[str, type[LenkeError]] = {
    "TAKEN": NotUniqueError,
    "DUPLICATED_METAFIELD_VALUE": NotUniqueError,
    "CHANGE_FROM_QUANTITY_STALE": MovedError,
    "STALE_OBJECT": MovedError,
    "PRODUCT_DOES_NOT_EXIST": RecordNotFoundError,
    "PRODUCT_VARIANT_DOES_NOT_EXIST": RecordNotFoundError,
    "NOT_FOUND": RecordNotFoundError,
    "IDEMPOTENCY_CONCURRENT_REQUEST": RetriableError,
}
# Plain UserErrors have no code, so that their words decide.
_WORDS: tuple[tuple[type[LenkeError], re.Pattern[str]], ...] = (
    (NotUniqueError, re.compile(r"already (been )?(taken|assigned)|remains? unique|already exists", re.I)),
    (RecordNotFoundError, re.compile(r"does not exist|not found|could not be found", re.I)),
    (LockedError, re.compile(r"cannot be edited|can't be edited|not editable|already been (canceled|fulfilled)", re.I)),
    (RetriableError, re.compile(r"too many attempts|try again later", re.I)),
)
# Codes of a request that was refused before it ran, in capitals: Shopify's own, and those of the check against the schema.
_TURNED_DOWN = (
    "THROTTLED MAX_COST_EXCEEDED ACCESS_DENIED NOT_FOUND SHOP_INACTIVE BAD_REQUEST INVALID_VARIABLE INVALID_FIELD_ARGUMENTS PARSE_ERROR"
)
_INVALID = (
    "UNDEFINEDFIELD UNDEFINEDTYPE ARGUMENTNOTACCEPTED ARGUMENTLITERALSINCOMPATIBLE MISSINGREQUIREDARGUMENTS SELECTIONMISMATCH"
    " MISSINGREQUIREDINPUTOBJECTATTRIBUTE VARIABLEMISMATCH VARIABLENOTDEFINED VARIABLENOTUSED FIELDCONFLICT"
)
_REFUSALS = frozenset(f"{_TURNED_DOWN} {_INVALID}".split())


class TooCostlyError(FatalError):
    """MAX_COST_EXCEEDED: refused before it ran; a smaller query may pass."""


class WithheldError(ConfigurationError):
    """ACCESS_DENIED; ``paths`` are the places of the answer that were withheld."""

    def __init__(self, message: str, paths: Sequence[Sequence[Any]]) -> None:
        super().__init__(message)
        self.paths = paths


def explain(status: int, text: str) -> Problem:
    """The problem in a 4xx reply of the HTTP layer; a wrong shop, version or plan is the connection's."""
    words = _HTTP.get(status, "")
    return Problem("auth" if status in (402, 403, 404, 423, 430) else "rejected", words or text)


def code_of(error: Mapping[str, Any]) -> str:
    """A top-level error's code, in capitals; empty where it has none."""
    return str(look(error, "extensions.code") or "").upper()


def errors_of(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """A reply's top-level errors; gateways put a bare text in their place."""
    told = body.get("errors") or ()
    found = told if isinstance(told, list) else [told] if told else []
    return tuple(error if isinstance(error, Mapping) else {"message": error} for error in found)


def of_errors(errors: Sequence[Mapping[str, Any]], private: Iterable[str], *, write: bool) -> LenkeError:
    """The one error that top-level ``errors`` stand for, the most harmless reading last.

    Of a write nothing but a known refusal says that it did not happen: "Internal error" often comes without a code.
    """
    codes = {code_of(error) for error in errors}
    words = redact("; ".join(str(error.get("message")) for error in errors), values=private)
    if write and not all(map(_is_refusal, errors)):
        return UnknownOutcomeError(f"Shopify: {words}")
    if "THROTTLED" in codes:
        return ThrottledError("Shopify: throttled, the query's cost is not there yet")
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostlyError(f"Shopify: {words}")
    if "ACCESS_DENIED" in codes:
        needed = {str(look(error, "extensions.requiredAccess")) for error in errors if look(error, "extensions.requiredAccess")}
        hint = f" (needs {', '.join(sorted(needed))})" if needed else ""
        return WithheldError(f"Shopify: {words}{hint}", [error.get("path") or () for error in errors if code_of(error) == "ACCESS_DENIED"])
    if "NOT_FOUND" in codes and "Metafield definition" in " ".join(str(error.get("message")) for error in errors):
        return ConfigurationError(f"Shopify: {SETUP}")
    if "SHOP_INACTIVE" in codes:
        return ConfigurationError("Shopify: the shop is not active")
    if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        return RetriableError(f"Shopify: {words}")
    return FatalError(f"Shopify: {words}")


def _is_refusal(error: Mapping[str, Any]) -> bool:
    """Whether the error says that its mutation did not run; access denied below the payload is told after it ran."""
    code = code_of(error)
    return code in _REFUSALS and not (code == "ACCESS_DENIED" and len(error.get("path") or ()) > 1)


def of_user_errors(errors: Sequence[Mapping[str, Any]], private: Iterable[str]) -> LenkeError | None:
    """The error that one alias's ``userErrors`` stand for; None where there are none."""
    if not errors:
        return None
    first = errors[0]
    field = ".".join(str(part) for part in first.get("field") or ())
    words = redact("; ".join(str(error.get("message")) for error in errors), values=private)
    text = f"{field}: {words}" if field else words
    kind = _kind(first)
    if kind is LockedError:
        return LockedError(text, lock="Shopify does not let this order be edited")
    if issubclass(kind, RejectedRecordError):
        return kind(text, property=field or None)
    return kind(text)


def _kind(error: Mapping[str, Any]) -> type[LenkeError]:
    words = str(error.get("message") or "")
    by_words = next((kind for kind, pattern in _WORDS if pattern.search(words)), None)
    by_code = _CODES.get(str(error.get("code") or ""))
    return by_code or by_words or RejectedRecordError
