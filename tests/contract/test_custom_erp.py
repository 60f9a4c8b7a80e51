"""The custom ERP keeps the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox import Running
from tests.contract.suite import Case, SystemContract


class TestCustomer(SystemContract):
    case: ClassVar = Case(
        system="custom_erp",
        entity="Customer",
        new=lambda n: {"category": "business", "name": f"Prøve {n} AS", "eMail": f"post@prove{n}.example", "address.place": "Bodø"},
        edited=("address.zip", "8006"),
        other=("homepage", "https://prove.example"),
        key="eMail",
        id="partnerId",
        address="/partners",
        archived="active",
        archive_value=False,
        moving=frozenset({"rowVersion", "changedAt"}),
    )


class TestProduct(SystemContract):
    case: ClassVar = Case(
        system="custom_erp",
        entity="Product",
        new=lambda n: {"itemNo": f"PRV-{n}", "title": f"Prøve {n}", "salesPrice": 129.95},
        edited=("title", "Prøve endret"),
        other=("text", "Ny tekst"),
        key="itemNo",
        id="articleId",
        address="/articles",
        unique="itemNo",
        archived="active",
        archive_value=False,
        moving=frozenset({"rowVersion", "changedAt"}),
    )


class TestOrder(SystemContract):
    case: ClassVar = Case(
        system="custom_erp",
        entity="Order",
        new=lambda n: {"orderNo": n, "placedAt": "2026-10-01T10:00:00Z"},
        edited=("purchaseOrderNo", "PO-7"),
        other=("yourReference", "Ny ref"),
        key="orderNo",
        id="salesOrderId",
        address="/sales-orders",
        unique="orderNo",
        moving=frozenset({"rowVersion", "changedAt"}),
    )

    def fields(self, sandbox: Running, number: int) -> Mapping[str, Any]:
        """An order names a partner."""
        return {**super().fields(sandbox, number), "partnerId": sandbox.records("custom_erp", "Customer")[0]["partnerId"]}
