"""A small WooCommerce shop with its accounts, and the engine between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from lenke.core.mapping.load import load_dataflow
from sandbox.running import Running
from sandbox.seed import office_blank, office_settings
from tests.flows.harness import ROOT, Harness

SHOP, OFFICE = "woocommerce", "poweroffice_go"
CUSTOMERS, PRODUCTS, ORDERS = "customer_to_customers_person", "product_to_product", "order_to_salesorders"
MADE, CHANGED = "2026-03-01T10:00:00", "2026-04-01T10:00:00"
ADDRESS = {"address_1": "Storgata 1", "city": "Bodø", "postcode": "8006", "country": "NO"}

Body = dict[str, Any]


def dated(body: Body) -> Body:
    return {"date_created_gmt": MADE, "date_modified_gmt": CHANGED, **body}


def person(key: int, first: str, last: str, **more: Any) -> Body:
    email = f"{first}.{last}@example.com".lower()
    billing = {"first_name": first, "last_name": last, "email": email, "phone": "+47 404 12 345", **ADDRESS}
    return dated({"id": key, "first_name": first, "last_name": last, "email": email, "username": first, "billing": billing, **more})


def goods(key: int, sku: str, price: str, **more: Any) -> Body:
    return dated({"id": key, "name": f"Vare {sku}", "sku": sku, "regular_price": price, **more})


def order(key: int, customer: int, lines: list[Body], **more: Any) -> Body:
    billing = {"first_name": "Kari", "last_name": "Lyng", "email": "kari.lyng@example.com", **ADDRESS}
    return dated({"id": key, "customer_id": customer, "status": "processing", "billing": billing, "line_items": lines, **more})


def shop() -> dict[str, list[Body]]:
    guest = {"first_name": "Gro", "last_name": "Gjest", "email": "Gro.Gjest@example.com", **ADDRESS}
    variation = {"type": "variation", "parent_id": 20, "attributes": [{"id": 0, "name": "Farge", "option": "Blå"}], "name": "Blå"}
    return {
        "Customer": [
            dated({"id": 1, "email": "sjef@example.com", "role": "administrator", "date_modified_gmt": None}),
            person(2, "Kari", "Lyng"),
            person(3, "Ola", "Berg"),
        ],
        "Product": [
            goods(10, "ULL-1", "9.99", name="Sokk &amp; vott", description="Varm", manage_stock=True, stock_quantity=12),
            goods(11, "KOPP-2", "1299.00"),
            goods(20, "GENSER", "", type="variable", variations=[21]),
            goods(21, "GENSER-B", "499.00", **variation),
        ],
        "Order": [
            order(
                500001, 2, [{"product_id": 10, "quantity": 7}, {"variation_id": 21, "quantity": 1}],
                shipping_lines=[{"method_id": "flat_rate", "method_title": "Bring", "total": "79.20"}],
                fee_lines=[{"name": "Gebyr &amp; kort", "total": "49.00"}],
            ),
            order(500002, 0, [{"product_id": 11, "quantity": 2}], billing=guest, status="completed"),
            order(500003, 0, [{"product_id": 11, "quantity": 1}], billing=guest | {"email": "gro.gjest@example.com", "city": "Narvik"}),
            order(
                500004, 3, [{"product_id": 11, "quantity": 1, "subtotal": "1000.00", "total": "900.00"}], currency="SEK",
                billing=ADDRESS | {"country": "SE"},
            ),
            order(500005, 2, [{"product_id": 999, "name": "Utgått", "quantity": 2, "subtotal": "80.00", "total": "80.00"}]),
            order(500006, 2, [], status="checkout-draft"),
            order(500007, 0, [{"product_id": 11, "quantity": 1}], billing={**ADDRESS, "email": "KARI.lyng@example.com"}),
        ],
    }  # fmt: skip


def office() -> dict[str, list[Body]]:
    line_products = [
        office_blank.PRODUCT
        | {
            "Id": 7200001 + at, "Code": code, "Name": name, "ProductType": "Service", "ProductGroupId": office_settings.GROUP_ID,
            "UnitPrice": 0.0, "UnitOfMeasureCode": "EA", "IsStockItem": False, "IsArchived": False,
            "StandardSalesAccountId": office_settings.ACCOUNTS[rate][0],
        }
        for at, (code, (name, rate)) in enumerate(office_settings.LINE_PRODUCTS.items())
    ]  # fmt: skip
    return {
        "VatCodes": office_settings.vat_codes(),
        "GeneralLedgerAccounts": office_settings.accounts(),
        "Currencies": office_settings.currencies(),
        "ProductGroups": office_settings.product_groups(),
        "Products": line_products,
        "Customers": [
            {
                "Id": 61000101, "Number": 10001, "IsPerson": True, "FirstName": "Ola", "LastName": "Berg", "Name": "Ola Berg",
                "EmailAddress": "ola.berg@example.com", "WebsiteUrl": "https://ola.example.com",
            }
        ],
    }  # fmt: skip


@dataclass
class Pair:
    """A served shop and accounts, and the engine beside them."""

    systems: Running
    engine: Harness
    _seen: dict[str, int] = field(default_factory=dict)

    def written(self) -> list[Body]:
        """The writes that both systems carried out since this was last asked."""
        rows: list[Body] = []
        for name in (SHOP, OFFICE):
            new = self.systems.audit(name, self._seen.get(name, 0))
            self._seen[name] = new[-1]["seq"] if new else self._seen.get(name, 0)
            rows += [{**row, "system": name} for row in new if row["applied"]]
        return rows

    def settle(self) -> None:
        """Run until a run writes nothing."""
        for _ in range(3):
            self.written()
            self.engine.run()
            if not self.written():
                return
        raise AssertionError("three runs, and each of them wrote")

    def left(self, entity: str, key: str) -> Body:
        found = self.systems.record(SHOP, entity, key)
        assert found is not None
        return found

    def right(self, flow: str, left: str) -> Body:
        entity = {CUSTOMERS: "Customers", PRODUCTS: "Products", ORDERS: "SalesOrders"}[flow]
        found = self.systems.record(OFFICE, entity, self.engine.right_of(flow)[left])
        assert found is not None
        return found


@contextmanager
def paired(folder: Path, records: dict[str, Any] | None = None) -> Iterator[Pair]:
    """Serve both and open the engine."""
    given = records or {SHOP: shop(), OFFICE: office()}
    with sandbox.start(folder / "sandbox", seed=None, port_base=0, rate=5_000, records=given, systems=(OFFICE, SHOP)) as systems:
        mapping = load_dataflow(ROOT / "include/mappings/woocommerce_to_poweroffice_go.yaml")
        yield Pair(systems, Harness(folder / "lenke", systems.connections, dataflow=mapping))


def lines(pair: Pair, order: str) -> dict[str, Body]:
    """The accounts' lines of an order by product code."""
    return {line["ProductCode"]: line for line in pair.right(ORDERS, order)["SalesOrderLines"]}


def items(pair: Pair, order: str, name: str = "line_items") -> dict[str, Body]:
    """The shop's lines of an order by their names."""
    return {line.get("name") or line.get("method_title"): line for line in pair.left("Order", order)[name]}


def sent(pair: Pair, system: str, entity: str) -> list[Any]:
    """The bodies of what was written to a system since this was last asked."""
    rows = [row for row in pair.written() if (row["system"], row["entity"]) == (system, entity)]
    return [json.loads(row["body"]) for row in rows]


def line_id(pair: Pair, order: str, code: str) -> str:
    return str(lines(pair, order)[code]["Id"])
