"""Several mutations aliased into one request, run by Shopify one after the other, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lenke.core.errors import AuthenticationError, ConfigurationError, LenkeError, RejectedRecordError, UnknownOutcomeError
from lenke.systems.redaction import private_values
from lenke.systems.shopify import documents
from lenke.systems.shopify.problems import TooCostlyError, of_errors, of_user_errors
from lenke.systems.shopify.wire import Answer, Wire

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One mutation.

    :param name: the mutation field; :param arguments: (argument, type, value) of each.
    :param selection: what its payload is asked for, ``userErrors`` apart.
    :param codes: whether its user errors have a ``code``.
    :param key: for ``@idempotent``; without it a mutation that demands one is refused.
    """

    name: str
    arguments: tuple[tuple[str, str, Any], ...]
    selection: str = ""
    codes: bool = True
    key: str = ""
    literal: str = ""

    def alias(self, at: int) -> tuple[str, str, str]:
        """(alias, call, selection) in a document where it is the ``at``-th."""
        given = [f"{argument}: $a{at}_{argument}" for argument, _, _ in self.arguments]
        if self.literal:
            given.append(self.literal)
        directive = f" @idempotent(key: $a{at}_key)" if self.key else ""
        code = " code" if self.codes else ""
        return f"a{at}", f"{self.name}({', '.join(given)}){directive}", f"{self.selection} userErrors {{ field message{code} }}".strip()

    def variables(self, at: int) -> list[tuple[str, str, Any]]:
        """(variable, type, value) of each argument."""
        found = [(f"a{at}_{argument}", kind, value) for argument, kind, value in self.arguments]
        return found + ([(f"a{at}_key", "String!", self.key)] if self.key else [])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one operation: its payload, or the error that it stands for."""

    payload: Json = field(default_factory=dict)
    error: LenkeError | None = None


def run(wire: Wire, operations: Sequence[Operation], name: str) -> list[Result]:
    """Send the operations, in as few requests as their cost allows, and say what became of each.

    Raises ConfigurationError and AuthenticationError; every other failure is a result.
    """
    if not operations:
        return []
    variables = [found for at, operation in enumerate(operations) for found in operation.variables(at)]
    document = documents.mutation(
        name, [operation.alias(at) for at, operation in enumerate(operations)], [(name, kind) for name, kind, _ in variables]
    )
    try:
        answer = wire.send(document, {name: value for name, _, value in variables})
    except TooCostlyError as error:
        if len(operations) == 1:
            return [Result(error=RejectedRecordError(f"costs more than one request may: {error}"))]
        half = len(operations) // 2
        return run(wire, operations[:half], name) + run(wire, operations[half:], name)
    except (ConfigurationError, AuthenticationError):
        raise
    except LenkeError as error:
        return [Result(error=error) for _ in operations]
    return [_result(answer, at, operation) for at, operation in enumerate(operations)]


def _result(answer: Answer, at: int, operation: Operation) -> Result:
    private = list(private_values([value for _, _, value in operation.arguments]))
    hits = [error for error in answer.errors if error.get("path") and error["path"][0] == f"a{at}"]
    if hits:
        return Result(error=of_errors(hits, private, write=True))
    payload = answer.data.get(f"a{at}")
    if payload is None:
        return Result(error=UnknownOutcomeError(f"{operation.name}: the answer does not tell what became of it"))
    return Result(payload, of_user_errors(payload.get("userErrors") or (), private))
