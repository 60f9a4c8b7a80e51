"""Whether thirty records per flow of seed 1 came out as a person worked them out beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.seed import build
from tests.oracle import words
from tests.oracle.databases import Body, Database, read
from tests.oracle.expected_customers import CUSTOMERS
from tests.oracle.expected_orders import ORDERS
from tests.oracle.expected_products import PRODUCTS
from tests.oracle.pairing import pair

_LINE = ("ProductCode", "Description", "Quantity", "ProductUnitPrice", "Allowance", "ProductUnitCost", "UnitOfMeasureCode")


def check_expected(home: Path) -> list[str]:
    """What is not as expected in a home that was seeded with 1 and synced; empty when all is well."""
    shop, office = read(home / "custom_webshop.sqlite"), read(home / "poweroffice_go.sqlite")
    parked = build(1).parked()
    found: list[str] = []
    for entity, right_entity, table in (
        ("Customer", "Customers", CUSTOMERS),
        ("Product", "Products", PRODUCTS),
        ("Order", "SalesOrders", ORDERS),
    ):
        left = {key: body for key, body in shop.of(entity).items() if (entity, key) not in parked}
        right = office.of(right_entity)
        right_of = pair(entity, left, right).right_of
        for key, expected in table.items():
            if key not in right_of:
                found.append(f"{entity} {key}: has no record in PowerOffice GO, or more than one")
                continue
            body = right[right_of[key]]
            rows = _order_rows(expected, body, office) if entity == "Order" else _rows(expected, body)
            found += [
                f"{entity} {key}: {name} should be {want!r} and is {have!r}" for name, want, have in rows if not _same(name, want, have)
            ]
    return found


def _rows(expected: Body, body: Body) -> Iterator[tuple[str, Any, Any]]:
    for path, want in expected.items():
        have: Any = body
        for name in path.split("."):
            have = (have or {}).get(name)
        yield path, want, have


def _order_rows(expected: Body, body: Body, office: Database) -> Iterator[tuple[str, Any, Any]]:
    plain = {name: want for name, want in expected.items() if name not in ("customer", "lines")}
    yield from _rows(plain, body)
    yield "customer", expected["customer"], office.of("Customers").get(str(body["CustomerId"]), {}).get("Name")
    lines = sorted(body["SalesOrderLines"], key=lambda line: line["SortOrder"])
    yield "number of lines", len(expected["lines"]), len(lines)
    for place, (want, line) in enumerate(zip(expected["lines"], lines, strict=False)):
        code = office.of("Products").get(str(line["ProductId"]), {}).get("Code")
        for name, value in zip(_LINE, want, strict=True):
            yield f"lines[{place}].{name}", value, code if name == "ProductCode" else line.get(name)


def _same(name: str, want: Any, have: Any) -> bool:
    """Numbers by value; phones as dialled; e-mail whatever its case; an organisation number by its digits."""
    if isinstance(have, float | int) and isinstance(want, str):
        return Decimal(want) == Decimal(str(have))
    if name == "Allowance" or name.endswith(".Allowance"):
        return Decimal(want) == Decimal(str(have or 0))
    if name.endswith("EmailAddress"):
        return words.email(want) == words.email(have)
    if name == "PhoneNumber":
        return words.phone(want, None) == words.phone(have, None)
    if name == "OrganizationNumber":
        return words.digits(want) == words.digits(have)
    return bool(want == have)
