"""The hand-made expectations hold for a finished sync made by hand, and for no other."""

from __future__ import annotations

from pathlib import Path

from sandbox.seed import build
from tests.oracle.expected import check_expected
from tests.oracle.expected_customers import CUSTOMERS
from tests.oracle.expected_orders import ORDERS
from tests.oracle.expected_products import PRODUCTS
from tests.oracle.perfect import write_home


def test_thirty_of_each() -> None:
    assert len(CUSTOMERS) == len(PRODUCTS) == len(ORDERS) == 30


def test_hold_for_a_finished_sync(tmp_path: Path) -> None:
    write_home(tmp_path, build(1))
    assert check_expected(tmp_path) == []


def test_do_not_hold_before_any_sync(tmp_path: Path) -> None:
    write_home(tmp_path, build(1), synced=False)
    assert len(check_expected(tmp_path)) > 50
