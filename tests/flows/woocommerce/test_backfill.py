"""A backfill brings each variation in the interval of its own date, and in that of its product where the product changed later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lenke.runtime.windows import Window
from tests.flows.woocommerce.shop import PRODUCTS, SHOP, office, paired, shop

JANUARY, MARCH = "2026-01-10T00:00:00", "2026-03-10T00:00:00"


def month(number: int) -> Window:
    begin, end = (datetime(2026, at, 1, tzinfo=UTC) for at in (number, number + 1))
    return Window("interval", begin, end, moves_cursor=False, backfill=True)


@pytest.mark.parametrize(
    ("own", "parents", "listed", "comes"),
    [
        (JANUARY, MARCH, True, {1, 3}),
        (MARCH, JANUARY, True, {3}),
        (JANUARY, MARCH, False, {3}),
        (MARCH, MARCH, True, {3}),
    ],
)
def test_no_variation_falls_between_two_intervals(tmp_path: Path, own: str, parents: str, listed: bool, comes: set[int]) -> None:
    for number in (1, 2, 3):
        records = shop()
        for row in records["Product"]:
            row["date_modified_gmt"] = {20: parents, 21: own}.get(row["id"], "2025-05-01T10:00:00")
        with paired(tmp_path / str(number), {SHOP: records, "poweroffice_go": office()}) as pair:
            pair.systems.switch(SHOP, "lists_variations", on=listed)
            pair.engine.run(month(number), flows=(PRODUCTS,))
            assert set(pair.engine.right_of(PRODUCTS)) == ({"21"} if number in comes else set())
