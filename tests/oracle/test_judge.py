"""The judge agrees with a finished sync, and objects to each thing that can be wrong with one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.seed import Seed, build
from tests.oracle.judge import judge
from tests.oracle.perfect import add, change, delete, write_home

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
RightIds = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def seed() -> Seed:
    return build(1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, seed: Seed) -> Path:
    home = tmp_path_factory.mktemp("finished")
    write_home(home, seed)
    return home


@pytest.fixture(scope="module")
def right_ids(finished: Path, seed: Seed) -> RightIds:
    return judge(finished, seed.parked()).right_ids


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "home")
    return tmp_path / "home"


def stored(home: Path, system: str, entity: str, key: str) -> dict[str, Any]:
    connection = sqlite3.connect(home / f"{system}.sqlite")
    (text,) = connection.execute("SELECT body FROM records WHERE entity = ? AND id = ?", (entity, key)).fetchone()
    connection.close()
    return dict(json.loads(text))


def some(right_ids: RightIds, entity: str) -> tuple[str, str]:
    """A pair of ids, the same each time."""
    return min(right_ids[entity].items())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_agrees_with_a_finished_sync(number: int, tmp_path: Path) -> None:
    seed = build(number)
    write_home(tmp_path, seed)
    verdict = judge(tmp_path, seed.parked(), seed=number)
    assert verdict.agreed, verdict.report()
    assert not verdict.checks
    assert {entity: len(ids) for entity, ids in verdict.right_ids.items()} == {"Customer": 487, "Product": 294, "Order": 984}


def test_an_untouched_seed_is_not_a_finished_sync(seed: Seed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_home(tmp_path, seed, synced=False)
    verdict = judge(tmp_path, seed.parked())
    assert len(verdict.disagreements) > 1600
    assert len(capsys.readouterr().out.splitlines()) == 1 + 20 + 1


def _nudge(entity: str, right_entity: str, property: str, **fields: Any) -> Any:
    return pytest.param(entity, right_entity, property, fields, id=f"{entity}-{property}")


@pytest.mark.parametrize(
    ("entity", "right_entity", "property", "fields"),
    [
        _nudge("Customer", "Customers", "email", EmailAddress="annen@post.example.com"),
        _nudge("Customer", "Customers", "phone", PhoneNumber="+4722000001"),
        _nudge("Customer", "Customers", "website", WebsiteUrl="https://feil.example.com"),
        _nudge("Customer", "Customers", "currency", CurrencyCode="USD"),
        _nudge("Customer", "Customers", "archived", IsArchived=True),
        _nudge("Customer", "Customers", "city", MailAddress={"City": "Feilby"}),
        _nudge("Product", "Products", "name", Name="Feil navn"),
        _nudge("Product", "Products", "price", UnitPrice=0.02),
        _nudge("Product", "Products", "stock_item", IsStockItem="?"),
        _nudge("Product", "Products", "archived", IsArchived=True),
        _nudge("Order", "SalesOrders", "customer", CustomerId=1),
        _nudge("Order", "SalesOrders", "order_date", SalesOrderDate="2025-01-01"),
        _nudge("Order", "SalesOrders", "delivery_date", DeliveryDate="2025-01-02"),
        _nudge("Order", "SalesOrders", "currency", CurrencyCode="USD"),
        _nudge("Order", "SalesOrders", "exchange_rate", CurrencyExchangeRate=7.77),
        _nudge("Order", "SalesOrders", "purchase_order", PurchaseOrderReference="FEIL"),
        _nudge("Order", "SalesOrders", "accounting_number", SalesOrderNo=1),
        _nudge("Order", "SalesOrders", "lines", SalesOrderLines=[]),
    ],
)
def test_objects_to_a_property_that_differs(
    home: Path, seed: Seed, right_ids: RightIds, entity: str, right_entity: str, property: str, fields: dict[str, Any]
) -> None:
    left_id, right_id = some(right_ids, entity)
    if fields == {"IsStockItem": "?"}:
        fields = {"IsStockItem": not stored(home, OFFICE, right_entity, right_id)["IsStockItem"]}
    change(home, OFFICE, right_entity, right_id, **fields)
    verdict = judge(home, seed.parked())
    assert (entity, left_id, property) in {(found.entity, found.id, found.property) for found in verdict.disagreements}
    assert {found.id for found in verdict.disagreements} <= {left_id, right_id}


@pytest.mark.parametrize(
    "name", ["Quantity", "ProductUnitPrice", "Allowance", "ProductUnitCost", "Description", "UnitOfMeasureCode", "ProductId"]
)
def test_objects_to_a_line_that_differs(home: Path, seed: Seed, right_ids: RightIds, name: str) -> None:
    left_id, right_id = some(right_ids, "Order")
    lines = stored(home, OFFICE, "SalesOrders", right_id)["SalesOrderLines"]
    lines[0][name] = f"{lines[0][name]}x" if isinstance(lines[0][name], str) else (lines[0][name] or 0) + 1
    change(home, OFFICE, "SalesOrders", right_id, SalesOrderLines=lines)
    verdict = judge(home, seed.parked())
    assert [found.id for found in verdict.disagreements] == [left_id]
    assert str(verdict.disagreements[0].property).startswith("lines[0].")


def test_a_vat_rate_that_differs_is_a_check(home: Path, seed: Seed, right_ids: RightIds) -> None:
    left_id, right_id = some(right_ids, "Order")
    lines = stored(home, OFFICE, "SalesOrders", right_id)["SalesOrderLines"]
    lines[0]["VatRate"] = 0.99
    change(home, OFFICE, "SalesOrders", right_id, SalesOrderLines=lines, NetAmount=-1.0)
    verdict = judge(home, seed.parked())
    assert verdict.agreed
    assert [(found.id, found.property) for found in verdict.checks] == [(left_id, "lines[0].vat_rate"), (left_id, "net_total")]


@pytest.mark.parametrize(("entity", "right_entity"), [("Customer", "Customers"), ("Product", "Products"), ("Order", "SalesOrders")])
def test_objects_to_a_duplicate(home: Path, seed: Seed, right_ids: RightIds, entity: str, right_entity: str) -> None:
    _, right_id = some(right_ids, entity)
    twin = stored(home, OFFICE, right_entity, right_id) | {"Id": "twin", "ExternalImportReference": "lk-twin"}
    add(home, OFFICE, right_entity, "twin", twin)
    found = judge(home, seed.parked()).disagreements
    assert any("2 records" in one.words for one in found) or any("has another record already" in one.words for one in found)


@pytest.mark.parametrize(("entity", "right_entity"), [("Customer", "Customers"), ("Product", "Products"), ("Order", "SalesOrders")])
def test_objects_to_a_missing_record(home: Path, seed: Seed, right_ids: RightIds, entity: str, right_entity: str) -> None:
    seeded = {str(body["Id"]) for body in seed.records[OFFICE][right_entity]}
    pairs = right_ids[entity]
    used = {line["product_id"] for order in seed.records[SHOP]["Order"] for line in order["lines"]}
    buyers = {order["customer_id"] for order in seed.records[SHOP]["Order"]}
    left_id, right_id = next(pair for pair in sorted(pairs.items()) if pair[1] not in seeded and int(pair[0]) not in used | buyers)
    delete(home, OFFICE, right_entity, right_id)
    assert [(one.id, one.words) for one in judge(home, seed.parked()).disagreements] == [(left_id, "has no record in PowerOffice GO")]


def _parked(seed: Seed, reason: str, entity: str) -> dict[str, Any]:
    keys = {entry["id"] for entry in seed.parking() if entry["reason"] == reason}
    return next(body for body in seed.records[SHOP][entity] if str(body["id"]) in keys)


def test_objects_to_a_record_made_for_a_parked_one(home: Path, seed: Seed) -> None:
    order = _parked(seed, "rejected", "Order")
    add(home, OFFICE, "SalesOrders", "made", {"Id": "made", "ImportedOrderNo": order["number"], "ExternalImportReference": "lk-made"})
    (found,) = judge(home, seed.parked()).disagreements
    assert found.words == f"was created for Order {order['id']}, which is parked"


def test_objects_to_a_record_for_nobody_and_without_a_marker(home: Path, seed: Seed) -> None:
    add(home, OFFICE, "SalesOrders", "stray", {"Id": "stray", "ImportedOrderNo": None, "ExternalImportReference": None})
    words = [found.words for found in judge(home, seed.parked()).disagreements]
    assert words == ["was created and belongs to no record of the shop", "was created without a marker"]
    assert judge(home, seed.parked(), touched={(OFFICE, "SalesOrders", "stray")}).agreed


def _customer(seed: Seed, right_ids: RightIds, *, linked: bool) -> str:
    ids = set(right_ids["Customer"].values())
    return next(str(body["Id"]) for body in seed.records[OFFICE]["Customers"] if (str(body["Id"]) in ids) == linked)


@pytest.mark.parametrize(
    ("system", "entity", "chosen", "name"),
    [
        (OFFICE, "Customers", lambda seed, ids: _customer(seed, ids, linked=False), "PhoneNumber"),
        (OFFICE, "Customers", lambda seed, ids: _customer(seed, ids, linked=True), "ContactGroupIds"),
        (OFFICE, "Customers", lambda seed, ids: _customer(seed, ids, linked=True), "ExternalImportReference"),
        (SHOP, "Customer", lambda seed, ids: some(ids, "Customer")[0], "note"),
        (SHOP, "Product", lambda seed, ids: some(ids, "Product")[0], "category"),
        (SHOP, "Order", lambda seed, ids: some(ids, "Order")[0], "ordered_at"),
        (SHOP, "Customer", lambda seed, ids: str(_parked(seed, "missing_required", "Customer")["id"]), "website"),
    ],
)
def test_objects_to_what_no_sync_may_change(
    home: Path, seed: Seed, right_ids: RightIds, system: str, entity: str, chosen: Callable[[Seed, RightIds], str], name: str
) -> None:
    key = chosen(seed, right_ids)
    change(home, system, entity, key, **{name: "2026-05-05T10:00:00.000Z"})
    found = judge(home, seed.parked()).disagreements
    assert (entity, key, name) in {(one.entity, one.id, one.property) for one in found}


def test_objects_to_a_record_that_is_gone(home: Path, seed: Seed) -> None:
    key = str(_parked(seed, "missing_required", "Product")["id"])
    delete(home, SHOP, "Product", key)
    (found,) = judge(home, seed.parked()).disagreements
    assert found.words == "was seeded in custom_webshop and is gone"


def test_a_price_that_rounds_to_the_same_gross_is_the_same(home: Path, seed: Seed, right_ids: RightIds) -> None:
    body = next(body for body in seed.records[SHOP]["Product"] if body["price"] == "129.90" and body["vat_rate"] == "12")
    right_id = right_ids["Product"][str(body["id"])]
    change(home, OFFICE, "Products", right_id, UnitPrice=115.98)
    assert judge(home, seed.parked()).agreed
    change(home, OFFICE, "Products", right_id, UnitPrice=115.99)
    assert [found.property for found in judge(home, seed.parked()).disagreements] == ["price"]
