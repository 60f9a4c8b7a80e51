"""Shopify's reads by id and by marker: no dearer than one query may be, and without what the app may not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from lenke.core.errors import FatalError
from lenke.core.ports import LineWrite
from lenke.systems.shopify import documents
from lenke.systems.shopify.client import ShopifyClient
from lenke.systems.shopify.entities import MARKER, PRIVATE, entity_of
from sandbox import Running
from sandbox.shopify import cost
from sandbox.shopify.graph import operation
from tests.contract.test_shopify_rules import opened, product, write

SYSTEM = "shopify"
NUMBERS = count(1)
WITHHELD = ("protected_data", "contact_details")


@pytest.fixture
def client(sandbox: Running) -> Iterator[ShopifyClient]:
    found = opened(sandbox)
    yield found
    found.close()
    for name in WITHHELD:
        sandbox.switch(SYSTEM, name, on=True)


def made(client: ShopifyClient, entity: str) -> tuple[str, str]:
    """A new record's id and marker."""
    marker = f"lk-reads-{next(NUMBERS)}"
    fields: dict[str, Any] = {
        "Customer": {"firstName": "Ida", "lastName": "Les", "defaultAddress.city": "Oslo"},
        "Sesamproduct": {"name": "Les", "sku": marker},
        "Order": {"email": "ida@example.org", "phone": "+4740412345"},
    }[entity]
    variant = product(client)["legacyResourceId"] if entity == "Order" else ""
    lines = (LineWrite("create", None, {"variant.legacyResourceId": variant, "exactQuantity": "1"}),) if variant else ()
    outcome = write(client, entity, fields=fields, marker=marker, lines=lines)
    return str(outcome.id), marker


def cost_of(client: ShopifyClient, entity: str, count: int) -> int:
    """Points of a query for so many records by their markers."""
    kind = entity_of(entity)
    document = documents.by_markers(kind, documents.parts(kind, lines=entity == "Order"), count)
    given: dict[str, Any] = {f"i{n}": {} for n in range(count)} | {"location": "", "lines": documents.LINES_AT_ONCE, "line": None}
    return cost.requested(operation(document, given))


@pytest.mark.parametrize("entity", ["Customer", "Sesamproduct", "Order"])
@pytest.mark.parametrize("allowed", [1, 3])
def test_markers_are_found_by_queries_that_are_cheap_enough(
    client: ShopifyClient, monkeypatch: pytest.MonkeyPatch, entity: str, allowed: int
) -> None:
    records = [made(client, entity) for _ in range(6)]
    monkeypatch.setattr(cost, "MOST", cost_of(client, entity, allowed))
    found = {record.id for record in client.find(entity, MARKER, [marker for _, marker in records])}
    assert found == {id for id, _ in records}


def test_a_record_that_alone_costs_too_much_is_told(client: ShopifyClient, monkeypatch: pytest.MonkeyPatch) -> None:
    _, marker = made(client, "Order")
    monkeypatch.setattr(cost, "MOST", cost_of(client, "Order", 1) - 1)
    with pytest.raises(FatalError, match="single find Order costs more"):
        list(client.find("Order", MARKER, [marker]))


@pytest.mark.parametrize("by", ["id", "marker"])
@pytest.mark.parametrize(
    ("entity", "withheld", "told"),
    [
        ("Customer", "contact_details", {"firstName", "lastName", "defaultEmailAddress"}),
        ("Customer", "protected_data", set()),
        ("Order", "contact_details", {"email"}),
        ("Order", "protected_data", set()),
    ],
)
def test_withheld_fields_are_left_out_and_the_others_are_read(
    client: ShopifyClient, sandbox: Running, entity: str, withheld: str, told: set[str], by: str
) -> None:
    id, marker = made(client, entity)
    sandbox.switch(SYSTEM, withheld, on=False)
    late = opened(sandbox)
    (record,) = late.get(entity, [id]) if by == "id" else late.find(entity, MARKER, [marker])
    assert set(json.loads(record.raw)) & PRIVATE[entity] == told


@pytest.mark.parametrize(("entity", "path"), [("Customer", "note"), ("Order", "poNumber")])
def test_the_rest_of_a_record_is_written(client: ShopifyClient, sandbox: Running, entity: str, path: str) -> None:
    id, _ = made(client, entity)
    sandbox.switch(SYSTEM, "contact_details", on=False)
    assert write(opened(sandbox), entity, "update", id=id, fields={path: "Ny"}).status == "done"
    assert (sandbox.record(SYSTEM, entity, id) or {})[path] == "Ny"
