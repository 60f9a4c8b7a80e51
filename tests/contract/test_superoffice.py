"""SuperOffice keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox import Running
from tests.contract.suite import Case, SystemContract


class TestContact(SystemContract):
    case: ClassVar = Case(
        system="superoffice",
        entity="Contact",
        new=lambda n: {
            "Name": f"Prøve {n} AS",
            "OrgNr": f"{n:09}",
            "Emails.0.Value": f"post@prove{n}.example",
            "Address.Postal.City": "Bodø",
        },
        edited=("Department", "Salg"),
        other=("Description", "Ny tekst"),
        key="OrgNr",
        id="ContactId",
        address="/Contact",
        shaped=frozenset({"Private"}),
        moving=frozenset({"UpdatedDate"}),
    )


class TestProduct(SystemContract):
    case: ClassVar = Case(
        system="superoffice",
        entity="Product",
        new=lambda n: {"Code": f"PRV-{n}", "Name": f"Prøve {n}", "UnitListPrice": 129.9},
        edited=("Name", "Prøve endret"),
        other=("Description", "Ny tekst"),
        key="Code",
        id="ProductId",
        address="/Product",
        archived="InAssortment",
        archive_value=False,
        compares=False,
        shaped=frozenset({"Currency"}),
    )


class TestSale(SystemContract):
    case: ClassVar = Case(
        system="superoffice",
        entity="Sale",
        new=None,
        born=lambda n: {"Heading": f"Prøve {n}", "Number": str(n), "Saledate": "2026-09-01T10:00:00Z"},
        edited=("Heading", "Prøve endret"),
        other=("SaleText", "Ny tekst"),
        key="Number",
        id="SaleId",
        address="/Sale",
        reads={"path": "/Archive*"},
        compares=False,
        moving=frozenset({"UpdatedDate"}),
    )

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        held: Mapping[str, Any] = json.loads(json.dumps(super().stored(sandbox, id)))
        return {
            name: None if value == "0001-01-01T00:00:00" and name in ("NextDueDate", "ReopenDate") else value
            for name, value in held.items()
        }
