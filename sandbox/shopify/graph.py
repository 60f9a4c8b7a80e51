"""GraphQL as the sandbox speaks it: documents are really parsed, and answers hold what was selected, under its aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from graphql.utilities import value_from_ast_untyped

from sandbox.wire import Json

Args = dict[str, Any]


class GraphError(Exception):
    """An error of the whole request: it carries the vendor's code."""

    def __init__(self, message: str, code: str, **extensions: Any) -> None:
        super().__init__(message)
        self.error: Json = {"message": message, "extensions": {"code": code, **extensions}}


class FieldError(GraphError):
    """An error of one field, which becomes null; the rest of the answer stays."""


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the answer.

    :param fields: a value, or a function of the field's arguments.
    """

    typename: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Operation:
    """One parsed operation with its variables."""

    kind: str
    selections: SelectionSetNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    errors: list[Json] = field(default_factory=list)

    def fields(self, selections: SelectionSetNode | None, typename: str = "") -> Iterator[FieldNode]:
        """The selected fields, fragments unfolded where they are of ``typename``."""
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                wanted = node.type_condition.name.value if node.type_condition else typename
                if not typename or wanted == typename:
                    yield from self.fields(node.selection_set, typename)
            elif isinstance(node, FragmentSpreadNode):
                yield from self.fields(self.fragments[node.name.value].selection_set, typename)

    def arguments(self, node: FieldNode) -> Args:
        """A field's arguments; one whose variable is not given is left out."""
        found = {arg.name.value: value_from_ast_untyped(arg.value, dict(self.variables)) for arg in node.arguments or ()}
        return {name: value for name, value in found.items() if not _undefined(value)}

    def idempotency_key(self, node: FieldNode) -> str | None:
        """The key of the field's ``@idempotent``."""
        for directive in node.directives or ():
            if directive.name.value == "idempotent":
                given = directive.arguments or ()
                return str(value_from_ast_untyped(given[0].value, dict(self.variables))) if given else None
        return None

    def project(self, value: Any, node: FieldNode, path: list[Any]) -> Any:
        """``value`` with only what ``node`` selects of it."""
        if isinstance(value, list):
            return [self.project(item, node, [*path, at]) for at, item in enumerate(value)]
        if not isinstance(value, Node):
            return value
        answer: Json = {}
        for inner in self.fields(node.selection_set, value.typename):
            name = inner.name.value
            alias = inner.alias.value if inner.alias else name
            answer[alias] = value.typename if name == "__typename" else self._field(value, inner, [*path, alias])
        return answer

    def _field(self, parent: Node, node: FieldNode, path: list[Any]) -> Any:
        name = node.name.value
        if name not in parent.fields:
            raise undefined(name, parent.typename)
        found = parent.fields[name]
        try:
            value = found(self.arguments(node)) if callable(found) else found
        except FieldError as error:
            self.errors.append({**error.error, "path": path})
            return None
        return self.project(value, node, path)


def undefined(name: str, typename: str) -> GraphError:
    """A field that the type does not have."""
    return GraphError(f"Field '{name}' doesn't exist on type '{typename}'", "undefinedField", typeName=typename, fieldName=name)


@lru_cache(maxsize=512)
def _parsed(text: str) -> DocumentNode:
    return parse(text, no_location=True)


def operation(text: Any, variables: Any) -> Operation:
    """The one operation of a document; raises GraphError for a text that is none."""
    try:
        document = _parsed(str(text or ""))
    except GraphQLError as error:
        raise GraphError(f"syntax error, {error.message}", "PARSE_ERROR") from None
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1:
        raise GraphError("An operation name is required", "BAD_REQUEST")
    chosen, given = operations[0], dict(variables or {})
    for definition in chosen.variable_definitions or ():
        name, kind = definition.variable.name.value, definition.type
        if kind.kind == "non_null_type" and given.get(name) is None and definition.default_value is None:
            raise GraphError(
                f"Variable ${name} was provided invalid value", "INVALID_VARIABLE", problems=[{"path": [], "explanation": "null"}]
            )
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    return Operation(chosen.operation.value, chosen.selection_set, fragments, given)


def _undefined(value: Any) -> bool:
    return type(value).__name__ == "UndefinedType"


Resolver = Callable[[Args], Any]
