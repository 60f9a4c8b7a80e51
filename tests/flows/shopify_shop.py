"""A small PowerOffice GO tenant with its Shopify shop, and the engine between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from lenke.core.mapping.load import load_dataflow
from lenke.systems.shopify import order_lines, order_notes
from sandbox.running import Running
from sandbox.seed import office_settings
from tests.flows.harness import ROOT, Harness

OFFICE, SHOP = "poweroffice_go", "shopify"
PERSONS, COMPANIES = "customers_person_to_customer", "customers_to_customer"
PRODUCTS, ORDERS = "product_to_sesamproduct", "salesorders_to_order"
FLOWS = (PERSONS, COMPANIES, PRODUCTS, ORDERS)
ADDRESS = {"AddressLine1": "Kaia 1", "City": "Bodø", "ZipCode": "8006", "CountryCode": "NO"}
SETTINGS = {
    "VatCodes": office_settings.vat_codes(),
    "GeneralLedgerAccounts": office_settings.accounts(),
    "Currencies": office_settings.currencies(),
    "ProductGroups": office_settings.product_groups(),
}

Body = dict[str, Any]


@dataclass
class Pair:
    """Both systems and the engine.

    :param ids: PowerOffice ids of what :func:`paired` made, by a word for each.
    """

    systems: Running
    engine: Harness
    ids: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    def office(self, entity: str, word: str) -> Body:
        """A record of PowerOffice GO."""
        return self.systems.record(OFFICE, entity, self.ids[word]) or {}

    def customer(self, word: str) -> Body:
        """The Shopify customer of a customer, in whichever flow."""
        linked = self.engine.right_of(PERSONS) | self.engine.right_of(COMPANIES)
        return self.systems.record(SHOP, "Customer", linked[self.ids[word]]) or {}

    def variant(self, word: str) -> Body:
        """The Shopify variant of a product."""
        return self.systems.record(SHOP, "ProductVariant", self.engine.right_of(PRODUCTS)[self.ids[word]]) or {}

    def product(self, word: str) -> Body:
        """The product of that variant."""
        return self.systems.record(SHOP, "Product", self.variant(word)["productId"].rpartition("/")[2]) or {}

    def order(self, word: str) -> Body:
        """The Shopify order of a sales order."""
        return self.systems.record(SHOP, "Order", self.engine.right_of(ORDERS)[self.ids[word]]) or {}

    def lines(self, word: str) -> dict[str, Body]:
        """The lines of that order that are left, by title, each with what it stands for."""
        order = self.order(word)
        variants = {line["id"]: {"legacyResourceId": (line["variantId"] or "").rpartition("/")[2] or None} for line in order["lineItems"]}
        items = [line | {"variant": variants[line["id"]] if line["variantId"] else None} for line in order["lineItems"]]
        notes = order_notes.assigned(order["metafields"]["lenke"].get("lines"), items)
        told = [
            order_lines.told(line, taxes=(True, True), note=notes.get(line["id"].rpartition("/")[2], {}))
            for line in items
            if line["currentQuantity"]
        ]
        return {line["title"]: line for line in told}

    def sales_lines(self, word: str) -> dict[str, Body]:
        """The lines of a sales order by description."""
        return {line["Description"]: line for line in self.office("SalesOrders", word)["SalesOrderLines"]}

    def edit(self, word: str, entity: str, **fields: Any) -> None:
        """A person's edit in PowerOffice GO."""
        self.systems.edit(OFFICE, entity, self.ids[word], {path.replace("__", "."): value for path, value in fields.items()})

    def shop_edit(self, entity: str, id: str, fields: Mapping[str, Any]) -> None:
        """A person's edit in the shop."""
        self.systems.edit(SHOP, entity, id, fields)

    def settle(self) -> None:
        """Two runs: the edits cross, and the cursors pass what was written."""
        self.engine.run()
        self.engine.run()

    def written(self) -> list[Body]:
        """Writes that either system carried out since this was last asked."""
        rows: list[Body] = []
        for name in (OFFICE, SHOP):
            new = self.systems.audit(name, self._seen.get(name, 0))
            self._seen[name] = new[-1]["seq"] if new else self._seen.get(name, 0)
            rows += [row for row in new if row["applied"]]
        return rows


@contextmanager
def paired(folder: Path) -> Iterator[Pair]:
    """Both systems served, PowerOffice GO with a handful of records, nothing synced yet."""
    records = {OFFICE: SETTINGS, SHOP: {}}
    with sandbox.start(folder / "sandbox", records=records, systems=(OFFICE, SHOP), port_base=0, rate=0) as systems:
        for connection in systems.connections.values():
            connection["extra"]["requests_per_second"] = 5_000
        dataflow = load_dataflow(ROOT / "include/mappings/poweroffice_go_to_shopify.yaml")
        pair = Pair(systems, Harness(folder / "lenke", systems.connections, dataflow=dataflow))
        _people(pair)
        _goods(pair)
        _sales(pair)
        yield pair


def _make(pair: Pair, word: str, entity: str, **fields: Any) -> None:
    pair.ids[word] = pair.systems.create(OFFICE, entity, fields)


def _people(pair: Pair) -> None:
    person = {"IsPerson": True, "MailAddress": ADDRESS, "CurrencyCode": "NOK"}
    _make(pair, "kari", "Customers", FirstName="Kari", LastName="Lyng", EmailAddress="Kari@example.org", PhoneNumber="404 12 345", **person)
    _make(pair, "ola", "Customers", FirstName="Ola", LastName="Berg", EmailAddress="ola@example.org", ExternalNumber=17, **person)
    company = {"IsPerson": False, "MailAddress": ADDRESS}
    _make(pair, "firm", "Customers", Name="Havørn AS", OrganizationNumber="999888777", EmailAddress="post@havorn.example", **company)
    # A sole trader, who has the same e-mail address at work and at home.
    _make(pair, "sole", "Customers", Name="Berg Snekring", OrganizationNumber="988777666", EmailAddress="ola@example.org", **company)


def _goods(pair: Pair) -> None:
    high = {"StandardSalesAccountId": 510001, "UnitOfMeasureCode": "EA", "ProductType": "Product"}
    _make(
        pair,
        "cup",
        "Products",
        Code="KOPP",
        Name="Kopp & skål",
        UnitPrice=80,
        IsStockItem=True,
        StockOnHand=5,
        Gtin="7031234567890",
        **high,
    )
    _make(pair, "shirt", "Products", Code="SKJORTE-B", Name="Skjorte, blå", UnitPrice=400, **high)
    _make(pair, "bread", "Products", Code="BROD", Name="Brød", UnitPrice=40, StandardSalesAccountId=510002, ProductType="Product")
    _make(pair, "freight", "Products", Code="FRAKT", Name="Frakt", UnitPrice=0, StandardSalesAccountId=510001, ProductType="Service")


def _sales(pair: Pair) -> None:
    def line(word: str, quantity: float, price: float, text: str, **more: Any) -> Body:
        return {"ProductId": int(pair.ids[word]), "Quantity": quantity, "ProductUnitPrice": price, "Description": text, **more}

    lines = [line("cup", 2, 80, "Kopp"), line("bread", 1.5, 40, "Brød", Allowance=10), line("freight", -1, 20, "Frakt tilbake")]
    head = {"CustomerId": int(pair.ids["kari"]), "SalesOrderDate": "2026-05-04", "PurchaseOrderReference": "PO-1"}
    _make(pair, "order", "SalesOrders", **head, SalesOrderLines=lines)
    abroad = {"CustomerId": int(pair.ids["firm"]), "CurrencyCode": "EUR", "CurrencyExchangeRate": 11.5, "SalesOrderDate": "2026-05-05"}
    _make(pair, "abroad", "SalesOrders", **abroad, SalesOrderLines=[line("cup", 1, 8, "Cup")])
