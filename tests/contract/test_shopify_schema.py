"""Every document that the Shopify client sends, its variables and the sandbox's answers hold against the vendor's schema.

The schema is no part of the project (:mod:`tests.contract.shopify_schema`); where it is nowhere to be had these tests are skipped.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from lenke.systems.shopify import documents
from lenke.systems.shopify.entities import ENTITIES, ORDER
from sandbox import Running
from tests.contract.shopify_scenes import Exchange, play
from tests.contract.shopify_schema import schema

SYSTEM = "shopify"
SCALARS: dict[str, Any] = {
    "String": str,
    "ID": str,
    "Int": int,
    "Float": (int, float),
    "Boolean": bool,
    "UnsignedInt64": str,
    "Money": str,
    "Decimal": str,
    "DateTime": str,
    "HTML": str,
    "URL": str,
}
MUTATIONS = (
    "customerCreate customerUpdate customerAddressCreate customerAddressUpdate tagsAdd tagsRemove metafieldsDelete productSet"
    " productUpdate productVariantsBulkUpdate inventorySetQuantities orderCreate orderUpdate orderCustomerSet orderCustomerRemove"
    " orderEditBegin orderEditSetQuantity orderEditAddVariant orderEditAddCustomItem orderEditAddLineItemDiscount orderEditUpdateDiscount"
    " orderEditRemoveDiscount orderEditCommit metafieldDefinitionCreate"
)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def played(served: Any) -> list[Exchange]:
    running: Running = served(SYSTEM)
    return play(running)


def test_every_document_is_valid(played: list[Exchange]) -> None:
    texts = {one.query for one in played} | {documents.READABLE, documents.MORE_VARIANTS, documents.MORE_LINES}
    for entity in ENTITIES.values():
        fields = documents.parts(entity, without=["defaultEmailAddress"], lines=entity is ORDER)
        texts |= {documents.by_markers(entity, fields, 10), documents.by_ids(entity, fields)}
    found = {text[:80]: [error.message for error in errors] for text in texts if (errors := validate(schema(), parse(text)))}
    assert not found


def test_every_variable_fits(played: list[Exchange]) -> None:
    for one in played:
        (operation,) = [node for node in parse(one.query).definitions if isinstance(node, OperationDefinitionNode)]
        coerced = get_variable_values(schema(), list(operation.variable_definitions or ()), one.variables)
        assert not isinstance(coerced, list), [error.message for error in coerced]


def test_the_scenes_use_every_mutation_and_no_forbidden_one(played: list[Exchange]) -> None:
    sent = " ".join(one.query for one in played)
    for name in MUTATIONS.split():
        assert f"{name}(" in sent
    assert "customerSet(" not in sent


def test_orders_are_made_without_stock_receipts_or_messages(played: list[Exchange]) -> None:
    creates = [one.variables for one in played if "orderCreate(" in one.query]
    assert creates
    for variables in creates:
        assert variables["a0_options"] == {"inventoryBehaviour": "BYPASS", "sendReceipt": False, "sendFulfillmentReceipt": False}
        assert set(variables["a0_order"].get("customer", {})) <= {"toAssociate"}
    commits = [one.variables for one in played if "orderEditCommit(" in one.query]
    assert commits
    assert all(variables["a0_notifyCustomer"] is False for variables in commits)


def test_the_sandbox_answers_in_the_schema_s_types(played: list[Exchange]) -> None:
    for one in played:
        if not one.answer.get("data"):
            continue
        (operation,) = [node for node in parse(one.query).definitions if isinstance(node, OperationDefinitionNode)]
        root = schema().get_root_type(operation.operation)
        assert root is not None
        assert not list(_wrong(root, operation.selection_set, one.answer["data"], operation.operation.value))


def _wrong(kind: Any, selections: Any, value: Any, path: str) -> Any:
    """Where a value does not have its type."""
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            yield f"{path}: null"
            return
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        for at, item in enumerate(value):
            yield from _wrong(kind.of_type, selections, item, f"{path}[{at}]")
    elif isinstance(kind, GraphQLEnumType):
        if value not in kind.values:
            yield f"{path}: {value} is none of {kind.name}"
    elif isinstance(kind, GraphQLScalarType):
        wanted = SCALARS.get(kind.name, object)
        if not isinstance(value, wanted) or (kind.name == "DateTime" and not INSTANT.fullmatch(value)):
            yield f"{path}: {value!r} is no {kind.name}"
    else:
        yield from _members(kind, selections, value, path)


def _members(kind: Any, selections: Any, value: Any, path: str) -> Any:
    named = schema().type_map[value["__typename"]] if is_abstract_type(kind) and "__typename" in value else get_named_type(kind)
    for node in selections.selections:
        if node.kind == "inline_fragment":
            inner = schema().type_map[node.type_condition.name.value]
            if inner is named or (is_abstract_type(named) and set(_names(node)) <= set(value)):
                yield from _members(inner, node.selection_set, value, path)
            continue
        if node.name.value == "__typename" or not isinstance(named, GraphQLObjectType):
            continue
        alias = node.alias.value if node.alias else node.name.value
        if alias not in value:
            yield f"{path}.{alias}: missing"
            continue
        yield from _wrong(named.fields[node.name.value].type, node.selection_set, value[alias], f"{path}.{alias}")


def _names(node: Any) -> Any:
    return [one.alias.value if one.alias else one.name.value for one in node.selection_set.selections]
