"""Records become canonical tables: presence, problems, locks, filters, lines; and canonical text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from lenke.core.mapping.apply import CanonicalBatch, Constants, Problem, fingerprint, texts, to_canonical
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.model import Side
from lenke.core.mapping.problem import load
from lenke.core.mapping.settings import Settings

MAPPING = """\
dataflow: shop_to_books
left: custom_webshop
right: books
flows:
  - flow: customers
    left: Customer
    right: {entity: Customers, where: {IsActive: true}}
    locks:
      - {side: right, path: Status, values: [Closed], name: closed}
      - {side: right, path: Held, values: [true], name: held}
    properties:
      - {property: phone, type: phone, left: phone, right: Phone, options: {region: country}}
      - {property: name, type: string, when: not is_person, left: name, right: Name}
      - {property: is_person, type: boolean, left: {path: type, values: {person: true, company: false}}, right: IsPerson}
      - {property: city, type: string, left: billing.city, right: Mail.City}
      - {property: country, type: country, left: {path: billing.country, form: iso3}, right: Mail.Country}
      - {property: number, type: integer, left: number, right: Number}
  - flow: orders
    left: Order
    right: Orders
    properties:
      - {property: customer, type: reference, to: customers, left: customer_id, right: CustomerId}
      - {property: day, type: date, left: {path: at, form: instant}, right: Day, direction: to_right}
    lines:
      left: {path: lines, id: id}
      right: {path: Lines, id: Id}
      properties:
        - {property: product, type: reference, to: customers, left: {path: product_id, kind: kind}, right: ProductId}
        - {property: price, type: money, left: {path: price, vat: shop, rate: vat}, right: Price, options: {scale: 4}}
"""
MAPPING += """\
  - flow: goods
    left: Product
    right: Products
    properties:
      - property: vat_rate
        type: decimal
        left: {path: vat_rate, form: percent}
        right: {path: Account, lookup: {table: sales_accounts, entity: Accounts, key: No}}
        direction: to_right
"""
DATAFLOW = loads_dataflow(MAPPING, "shop_to_books.yaml")
CUSTOMERS, ORDERS, GOODS = DATAFLOW.flows


def frame(*records: Any) -> pd.DataFrame:
    raws = [record if isinstance(record, str) else json.dumps(record) for record in records]
    ids = [str(9007199254741001 + n) for n in range(len(raws))]
    modified = [datetime(2026, 1, 2, tzinfo=UTC)] * len(raws)
    return pd.DataFrame({"id": ids, "version": [None] * len(raws), "modified": modified, "raw": raws})


def apply(*records: Any, flow: Any = CUSTOMERS, side: Side = "left", constants: Constants | None = None) -> CanonicalBatch:
    return to_canonical(flow, side, frame(*records), Settings(), constants or {})


def row(*records: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = apply(*records, **more).header.to_pylist()[0]
    return found


def test_header_columns_have_declared_types_even_without_rows() -> None:
    schema = apply().header.schema
    assert schema == apply({"type": "person", "number": 2**70}).header.schema
    wanted = {"id": pa.string(), "version": pa.string(), "modified": pa.timestamp("us", "UTC"), "problem": pa.string()}
    wanted |= {"lock": pa.string(), "lines": pa.int8(), "v.number": pa.decimal128(38, 0), "s.number": pa.int8(), "v.is_person": pa.bool_()}
    assert {name: schema.field(name).type for name in wanted} == wanted


@pytest.mark.parametrize(
    ("record", "presence"),
    [
        ({"billing": {"city": "Bodø"}}, 2),
        ({"billing": {"city": "  "}}, 1),
        ({"billing": {"city": None}}, 1),
        ({"billing": None}, 1),
        ({"billing": {}}, 0),
        ({"billing": []}, 0),
        ({}, 0),
    ],
)
def test_value_null_and_absent_are_told_apart(record: dict[str, Any], presence: int) -> None:
    found = row(record)
    assert found["s.city"] == presence
    assert found["v.city"] == ("Bodø" if presence == 2 else None)
    assert found["problem"] is None


@pytest.mark.parametrize(
    ("kind", "presence"),
    [({"type": "company"}, 2), ({"type": "person"}, 0), ({"type": None}, 0), ({}, 0)],
)
def test_a_property_whose_condition_does_not_hold_is_absent(kind: dict[str, Any], presence: int) -> None:
    assert row({"name": "Fjord AS", **kind})["s.name"] == presence


def test_a_bad_value_behind_a_condition_that_does_not_hold_is_no_problem() -> None:
    assert row({"name": "a\x00", "type": "person"})["problem"] is None
    assert load(row({"name": "a\x00", "type": "company"})["problem"]) == [Problem("name", "invalid_value", "holds a NUL character")]


def test_a_bad_value_is_a_problem_of_its_record_alone_and_never_quoted() -> None:
    batch = apply({"number": 7, "phone": "hemmelig"}, {"number": "sju", "phone": None}, {"number": "8"})
    assert batch.header["s.number"].to_pylist() == [2, 0, 2]
    assert batch.header["v.number"].to_pylist() == [Decimal(7), None, Decimal(8)]
    named = [[problem.property for problem in load(cell)] for cell in batch.header["problem"].to_pylist()]
    assert named == [["phone"], ["number"], []]
    assert "hemmelig" not in str(batch.header["problem"].to_pylist())


@pytest.mark.parametrize("raw", ["", "[]", "null", "{", "[" * 100_000])
def test_a_record_that_is_no_object_is_a_problem(raw: str) -> None:
    batch = apply(raw, {"number": 1})
    assert [len(load(cell)) for cell in batch.header["problem"].to_pylist()] == [1, 0]
    assert batch.header["s.number"].to_pylist() == [0, 2]


def test_true_is_not_one_and_text_is_not_a_number_among_equal_values() -> None:
    batch = apply({"number": 1}, {"number": True}, {"number": "1"}, {"number": 1.0}, {"number": [1]}, {"number": {}})
    assert batch.header["s.number"].to_pylist() == [2, 0, 2, 2, 0, 0]


def test_a_national_phone_number_is_read_as_of_its_records_country() -> None:
    batch = apply(
        {"phone": "08 123 456 78", "billing": {"country": "SWE"}},
        {"phone": "22 00 00 00", "billing": None},
        {"phone": "22 00 00 00", "billing": {"country": "Norge"}},
    )
    assert batch.header["v.phone"].to_pylist() == ["+46812345678", "+4722000000", "+4722000000"]


def test_where_drops_records_and_keeps_broken_ones() -> None:
    batch = apply({"IsActive": True, "Number": 1}, {"IsActive": False}, {"IsActive": 1}, {}, "{", side="right")
    assert batch.header["id"].to_pylist() == ["9007199254741001", "9007199254741005"]


def test_every_lock_that_holds_is_told_by_its_place() -> None:
    records = [{"IsActive": True, **state} for state in ({"Status": "Closed", "Held": True}, {"Held": True}, {"Status": "Open"}, {})]
    assert apply(*records, side="right").header["lock"].to_pylist() == ["[0, 1]", "[1]", None, None]
    assert apply({"Status": "Closed"}).header["lock"].to_pylist() == [None]


LINES = [
    {"id": 1, "kind": "product", "product_id": 7, "price": "129.90", "vat": "25"},
    {"id": 2, "kind": "shipping", "product_id": None, "price": "115.00", "vat": "15"},
    {"id": None, "price": "dyr"},
]


def test_lines_have_their_own_table() -> None:
    batch = apply({"lines": LINES}, {"lines": []}, {"lines": LINES[:1]}, flow=ORDERS)
    assert batch.lines is not None
    found = batch.lines.to_pylist()
    assert [(line["parent"][-1], line["id"], line["index"]) for line in found] == [
        ("1", "1", 0),
        ("1", "2", 1),
        ("1", None, 2),
        ("3", "1", 0),
    ]
    assert [line["v.product"] for line in found] == ["7", "@shipping", None, "7"]
    assert [line["v.price"] for line in found[:2]] == [Decimal("103.92"), Decimal(100)]
    assert [problem.property for problem in load(found[2]["problem"])] == ["id", "price"]


def test_an_id_that_stands_twice_in_one_record_is_a_problem() -> None:
    batch = apply({"lines": [*LINES[:2], LINES[0]]}, {"lines": LINES[:2]}, flow=ORDERS)
    assert batch.lines is not None
    told = [load(text) for text in batch.lines["problem"].to_pylist()]
    assert told == [[], [], [Problem("id", "invalid_value", "another line of the record has the same id")], [], []]


def test_lines_that_are_missing_are_told_from_no_lines() -> None:
    batch = apply({"lines": LINES}, {"lines": []}, {"lines": None}, {}, {"lines": 3}, flow=ORDERS)
    assert batch.header["lines"].to_pylist() == [2, 2, 1, 0, 0]
    assert load(batch.header["problem"].to_pylist()[4]) == [Problem("lines", "invalid_value", "is not a list of lines")]


def test_a_configured_products_line_is_a_constant_on_the_side_without_kinds() -> None:
    constants = {"line_products": {"shipping": "42"}, "sales_accounts": {"25": "42"}}
    batch = apply({"Lines": [{"Id": "a", "ProductId": 42}]}, flow=ORDERS, side="right", constants=constants)
    assert batch.lines is not None
    assert batch.lines["v.product"].to_pylist() == ["@shipping"]


def test_an_id_that_is_looked_up_reads_as_its_key_in_the_table_and_any_other_as_absent() -> None:
    accounts = [{"Account": 501}, {"Account": "502"}, {"Account": 509}, {"Account": None}, {"Account": [501]}, {}]
    constants = {"sales_accounts": {"25": "501", "11.11": "502"}, "line_products": {"shipping": "509"}}
    header = apply(*accounts, flow=GOODS, side="right", constants=constants).header
    assert header["s.vat_rate"].to_pylist() == [2, 2, 0, 1, 0, 0]
    assert texts(GOODS.properties, header)["vat_rate"].tolist() == ["25", "11.11", None, None, None, None]
    assert header["problem"].to_pylist() == [None] * 6


def test_the_side_that_is_not_looked_up_reads_its_own_value() -> None:
    header = apply({"vat_rate": "25.00"}, {"vat_rate": "6"}, flow=GOODS, constants={"sales_accounts": {"25": "501"}}).header
    assert texts(GOODS.properties, header)["vat_rate"].tolist() == ["25", "6"]
    assert header["problem"].to_pylist() == [None] * 2


def test_a_flow_without_lines_has_no_line_table() -> None:
    assert apply({}).lines is None


def test_texts_are_canonical_and_none_where_there_is_no_value() -> None:
    batch = apply({"type": "company", "name": "Å", "number": "007"}, {"number": None}, {})
    found = texts(CUSTOMERS.properties, batch.header)
    assert list(found.columns) == [p.name for p in CUSTOMERS.properties]
    assert found["name"].tolist() == ["Å", None, None]
    assert found["number"].tolist() == ["7", None, None]
    assert found["is_person"].tolist() == ["false", None, None]
    assert {str(dtype) for dtype in found.dtypes} == {"object"}


def test_texts_of_no_rows() -> None:
    assert texts(CUSTOMERS.properties, apply().header).shape == (0, 6)


def test_a_fingerprint_changes_with_what_changes_the_canonical_form_only() -> None:
    price = ORDERS.lines.properties[1] if ORDERS.lines else ORDERS.properties[0]
    same = [replace(price, name="other"), replace(price, conflict="right"), replace(price, required="both")]
    assert {fingerprint(p) for p in same} == {fingerprint(price)}
    assert fingerprint(replace(price, type="decimal")) != fingerprint(price)
    assert fingerprint(replace(price, options=replace(price.options, scale=2))) != fingerprint(price)
    systems = (DATAFLOW.left, DATAFLOW.right)
    net = replace(Settings(), price_basis={"custom_webshop": "net"})
    assert fingerprint(price, Settings(), systems=systems) != fingerprint(price, net, systems=systems)
    assert fingerprint(price, Settings(language="sv"), systems=systems) == fingerprint(price, Settings(), systems=systems)
