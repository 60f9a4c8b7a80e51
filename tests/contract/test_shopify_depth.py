"""Lists of Shopify that are longer than it lets a walk be deep ("paging depth capped at 25,000 objects")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lenke.systems.shopify import reading
from lenke.systems.shopify.client import ShopifyClient
from sandbox import Running, start
from sandbox.shopify import pages
from tests.contract.test_shopify_rules import opened

SYSTEM = "shopify"
ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


def ids(running: Running, entity: str) -> set[str]:
    return {row["legacyResourceId"] for row in running.records(SYSTEM, entity)}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """One of its own, for rows that other tests make in one second are no deeper than that."""
    with start(tmp_path / "home", seed=1, systems=(SYSTEM,), port_base=0, rate=0) as served:
        yield served


@pytest.fixture
def client(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopifyClient]:
    """Of a shop that lets a walk be eight rows deep, and has more."""
    found = opened(running, page_size=2, requests_per_second=10_000)
    found._reading._depth = 4
    monkeypatch.setattr(pages, "DEPTH", 8)
    yield found
    found.close()


@pytest.mark.parametrize(("entity", "stored"), [("Customer", "Customer"), ("Sesamproduct", "ProductVariant"), ("Order", "Order")])
def test_a_window_brings_every_record(client: ShopifyClient, running: Running, entity: str, stored: str) -> None:
    assert len(ids(running, stored)) > pages.DEPTH
    assert {record.id for record in client.list(entity, since=ALWAYS)} == ids(running, stored)


@pytest.mark.parametrize("kind", ["products", "inventoryItems"])
def test_a_window_brings_every_variant_of_what_changed(client: ShopifyClient, running: Running, kind: str) -> None:
    found = list(client._reading._variants_of(kind, reading.window(ALWAYS, None)))
    assert len(found) == len(set(found))
    assert set(found) == ids(running, "ProductVariant")
