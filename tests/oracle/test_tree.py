"""The tree's judge agrees with a finished sync, objects to each thing that can be wrong, and knows all nineteen flows."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.seed import Seed, build
from tests.oracle.perfect import add, change, delete, write_home
from tests.oracle.tree.case import Findings
from tests.oracle.tree.facts import Price, Total, marker, price, same
from tests.oracle.tree.judging import judge
from tests.oracle.tree.tables import flows
from tests.oracle.words import number

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
DATAFLOW = "custom_webshop_to_poweroffice_go"
FLOW = {"customers": "customer_to_customers", "products": "product_to_product", "orders": "order_to_salesorders"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("finished")
    write_home(home, build(1))
    return home


@pytest.fixture(scope="module")
def first(finished: Path) -> Findings:
    return judged(finished)


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "home")
    return tmp_path / "home"


def judged(home: Path, number: int = 1) -> Findings:
    return judge(home, seed=number, dataflows=(DATAFLOW,))


def some(first: Findings, kind: str) -> tuple[str, str]:
    """A pair of ids, the same each time."""
    return min(first.pairs[DATAFLOW][FLOW[kind]].items())


def facts(found: Findings) -> set[tuple[str, str]]:
    return {(one.id, one.fact) for one in found.objections}


@pytest.mark.parametrize("number", [1, 2])
def test_agrees_with_a_finished_sync(number: int, tmp_path: Path) -> None:
    write_home(tmp_path, build(number))
    found = judged(tmp_path, number)
    assert found.agreed, found.report()
    assert {flow: len(ids) for flow, ids in found.pairs[DATAFLOW].items()} == dict(zip(FLOW.values(), (487, 294, 984), strict=True))


def test_an_untouched_seed_is_not_a_finished_sync(tmp_path: Path) -> None:
    write_home(tmp_path, build(1), synced=False)
    assert len(judged(tmp_path).objections) > 1600


@pytest.mark.parametrize(
    ("kind", "entity", "fact", "fields"),
    [
        ("customers", "Customers", "phone", {"PhoneNumber": "+4722000001"}),
        ("customers", "Customers", "archived", {"IsArchived": True}),
        ("customers", "Customers", "city", {"MailAddress": {"City": "Feilby"}}),
        ("products", "Products", "price", {"UnitPrice": 0.02}),
        ("products", "Products", "gtin", {"Gtin": "7000000000000"}),
        ("orders", "SalesOrders", "customer", {"CustomerId": 1}),
        ("orders", "SalesOrders", "delivery_date", {"DeliveryDate": "2025-01-02"}),
        ("orders", "SalesOrders", "lines", {"SalesOrderLines": []}),
    ],
)
def test_objects_to_a_fact_that_differs(home: Path, first: Findings, kind: str, entity: str, fact: str, fields: dict[str, Any]) -> None:
    left, right = some(first, kind)
    change(home, OFFICE, entity, right, **fields)
    assert (left, fact) in facts(judged(home))


def test_objects_to_a_missing_a_second_and_a_strange_record(home: Path, first: Findings) -> None:
    lost, _ = some(first, "orders")
    delete(home, OFFICE, "SalesOrders", first.pairs[DATAFLOW][FLOW["orders"]][lost])
    add(home, OFFICE, "Products", "1", {"Id": 1, "Code": "FREMMED", "Name": "Fremmed"})
    left, _ = some(first, "products")
    seed: Seed = build(1)
    sku = next(body["sku"].strip() for body in seed.records[SHOP]["Product"] if str(body["id"]) == left)
    add(home, OFFICE, "Products", "2", {"Id": 2, "Code": sku, "Name": "Dobbel"})
    assert {(lost, "right record"), ("1", "created"), (left, "right record")} <= facts(judged(home))


def test_objects_to_a_record_made_for_one_that_parks(home: Path) -> None:
    entry = next(one for one in build(1).parking() if one["flow"] == FLOW["customers"] and one["reason"] == "invalid_value")
    blank = dict.fromkeys(("Name", "FirstName", "LastName", "OrganizationNumber", "MailAddress", "IsPerson", "EmailAddress"))
    mark = marker(SHOP, "Customer", str(entry["id"]))
    add(home, OFFICE, "Customers", "1", blank | {"Id": 1, "IsPerson": False, "ExternalImportReference": mark})
    (one,) = judged(home).objections
    assert (one.id, one.fact) == ("1", "created")
    assert one.words.endswith("which is to park")


def test_objects_to_markers_that_are_missing_or_anothers(home: Path, first: Findings) -> None:
    made = [pair for pair in sorted(first.pairs[DATAFLOW][FLOW["customers"]].items()) if int(pair[1]) >= 95_000_000]
    change(home, OFFICE, "Customers", made[0][1], ExternalImportReference=None)
    change(home, OFFICE, "Customers", made[1][1], ExternalImportReference=marker(SHOP, "Customer", "1"))
    assert {(made[0][0], "marker"), (made[1][0], "marker")} == facts(judged(home))


def test_objects_to_what_nobody_may_change(home: Path, first: Findings) -> None:
    paired = set(first.pairs[DATAFLOW][FLOW["customers"]].values())
    stranger = next(str(body["Id"]) for body in build(1).records[OFFICE]["Customers"] if str(body["Id"]) not in paired)
    linked = next(str(body["Id"]) for body in build(1).records[OFFICE]["Customers"] if str(body["Id"]) in paired)
    change(home, OFFICE, "Customers", stranger, WebsiteUrl="https://noen.example.org")
    change(home, OFFICE, "Customers", linked, ContactGroupIds=[1])
    assert facts(judged(home)) == {(stranger, "WebsiteUrl"), (linked, "ContactGroupIds")}


def test_prices_are_the_same_to_the_ore_where_one_holds_vat() -> None:
    gross = price("129.90", "12", gross=True)
    assert same(gross, price("115.98"))
    assert not same(gross, price("115.99"))
    assert same(price("115.9821"), price(115.9821))
    assert not same(price("115.98"), price("115.9821"))
    assert not same(gross, price("129.90"))
    assert same(Total(Decimal("10.00")), Total(Decimal("10.01")))
    assert not same(Total(Decimal("10.00")), Total(Decimal("10.02")))
    assert isinstance(price("ring for pris"), str)
    assert price("") is None
    assert Price(Decimal(1)) == price(1)
    assert number("1.005", 2) == Decimal("1.01")


def test_there_are_nineteen_flows_and_parts_follow_their_owners() -> None:
    found = list(flows())
    assert len(found) == 19
    seen: set[tuple[str, str]] = set()
    for flow in found:
        assert not flow.owner or (flow.dataflow, flow.owner) in seen
        assert flow.agree or flow.lines
        seen.add((flow.dataflow, flow.name))
