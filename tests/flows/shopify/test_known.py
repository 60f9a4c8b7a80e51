"""Customers and variants that the shop has already, in another form than the accounts': found on later runs as on the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from time_machine import Traveller

from tests.flows.shopify_shop import ADDRESS, COMPANIES, OFFICE, PERSONS, PRODUCTS, SHOP, Pair, paired

FIRM = {
    "IsPerson": False,
    "Name": "Fjord AS",
    "OrganizationNumber": "974760673",
    "EmailAddress": "post@fjord.example",
    "MailAddress": ADDRESS,
}
KARI = {"IsPerson": True, "FirstName": "Kari", "LastName": "Nordmann", "EmailAddress": "kari.nordmann@example.org", "MailAddress": ADDRESS}
LAMP = {"Name": "Lampe", "Code": "LAMPE-1", "UnitPrice": 100, "ProductType": "Product", "StandardSalesAccountId": 510001}
NUMBERED = {"lastName": "Fjord", "metafields.lenke.org_number": "NO 974 760 673 MVA"}
# What the shop holds, and what comes to the accounts: entity and fields of each, and the flow between them.
HELD: dict[str, tuple[str, dict[str, Any], str, dict[str, Any], str]] = {
    "organisation number": (
        "Customer",
        NUMBERED,
        "Customers",
        FIRM,
        COMPANIES,
    ),
    "e-mail": ("Customer", {"defaultEmailAddress.emailAddress": "Kari.Nordmann@example.org"}, "Customers", KARI, PERSONS),
    "SKU": ("Sesamproduct", {"sku": " LAMPE-1", "name": "Lampe"}, "Products", LAMP, PRODUCTS),
}


@pytest.fixture
def pair(tmp_path: Path, clock: Traveller) -> Iterator[Pair]:
    with paired(tmp_path) as pair:
        yield pair


@pytest.mark.parametrize("kind", HELD)
def test_what_is_there_is_not_made_again(pair: Pair, clock: Traveller, kind: str) -> None:
    entity, held, source, comes, flow = HELD[kind]
    right = pair.systems.create(SHOP, entity, held)
    for _ in range(2):  # until no delta reaches back to it
        clock.shift(7200)
        pair.engine.run()
    clock.shift(7200)
    left = pair.systems.create(OFFICE, source, comes)
    pair.engine.run()
    assert pair.engine.right_of(flow)[left] == right
