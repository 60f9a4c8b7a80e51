"""PowerOffice GO keeps the contract."""

from __future__ import annotations

from typing import ClassVar

from tests.contract.suite import Case, SystemContract

ADDRESS = {"MailAddress.City": "Bodø", "MailAddress.ZipCode": "8006"}


class TestCustomers(SystemContract):
    case: ClassVar = Case(
        system="poweroffice_go",
        entity="Customers",
        new=lambda n: {"Name": f"Prøve {n} AS", "EmailAddress": f"post@prove{n}.example", **ADDRESS},
        edited=("MailAddress.AddressLine1", "Kaia 1"),
        other=("WebsiteUrl", "https://prove.example"),
        key="EmailAddress",
        id="Id",
        address="/Customers",
        archived="IsArchived",
    )


class TestProducts(SystemContract):
    case: ClassVar = Case(
        system="poweroffice_go",
        entity="Products",
        new=lambda n: {"Code": f"PRV-{n}", "Name": f"Prøve {n}"},
        edited=("Name", "Prøve endret"),
        other=("Description", "Ny tekst"),
        key="Code",
        id="Id",
        address="/Products",
        unique="Code",
        archived="IsArchived",
        shaped=frozenset({"StandardSalesAccountId", "LenkeInherited"}),  # of its group
    )


class TestSalesOrders(SystemContract):
    case: ClassVar = Case(
        system="poweroffice_go",
        entity="SalesOrders",
        new=lambda n: {"CustomerId": "61000101", "ImportedOrderNo": n},
        edited=("PurchaseOrderReference", "PO-7"),
        other=("CustomerReference", "Ny ref"),
        key="ImportedOrderNo",
        id="Id",
        address="/SalesOrders",
    )
