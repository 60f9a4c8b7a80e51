"""The custom webshop keeps the contract."""

from __future__ import annotations

from typing import ClassVar

from tests.contract.suite import Case, SystemContract


class TestCustomer(SystemContract):
    case: ClassVar = Case(
        system="custom_webshop",
        entity="Customer",
        new=lambda n: {"type": "company", "company_name": f"Prøve {n} AS", "email": f"post@prove{n}.example", "billing.city": "Bodø"},
        edited=("billing.postal_code", "8006"),
        other=("website", "https://prove.example"),
        key="email",
        id="id",
        address="/customers",
        archived="archived",
    )


class TestProduct(SystemContract):
    case: ClassVar = Case(
        system="custom_webshop",
        entity="Product",
        new=lambda n: {"sku": f"PRV-{n}", "name": f"Prøve {n}", "price": "129.90"},
        edited=("name", "Prøve endret"),
        other=("description", "Ny tekst"),
        key="sku",
        id="id",
        address="/products",
        unique="sku",
        archived="archived",
    )


class TestOrder(SystemContract):
    case: ClassVar = Case(
        system="custom_webshop",
        entity="Order",
        new=lambda n: {"number": n, "customer_reference": "Ref"},
        edited=("purchase_order", "PO-7"),
        other=("customer_reference", "Ny ref"),
        key="number",
        id="id",
        address="/orders",
        unique="number",
    )
