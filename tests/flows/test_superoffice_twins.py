"""Several quote lines of one product: what is done to one of them is never done to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows import superoffice_small
from tests.flows.superoffice_small import OFFICE, SALES, SHOP, Pair, installed

SALE, ALTERNATIVE = "501", 5001


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pair]]:
    """A linked pair whose sale has these lines (name, price, quantity), all of one product."""
    real, made = superoffice_small.records, list[Any]()

    def make(*lines: tuple[str, float, float]) -> Pair:
        def records() -> Any:
            found = {system: dict(entities) for system, entities in real().items()}
            found[OFFICE]["QuoteLine"] = [
                superoffice_small._line(6001 + at, ALTERNATIVE, 2001, "A-1", name, price, quantity, at + 1)
                for at, (name, price, quantity) in enumerate(lines)
            ]
            return found

        monkeypatch.setattr(superoffice_small, "records", records)
        context = installed(tmp_path)
        pair = context.__enter__()
        made.append(context)
        pair.engine.run()
        return pair

    yield make
    for context in made:
        context.__exit__(None, None, None)


def both(pair: Pair) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Name and quantity of every line on both sides."""
    shop = sorted((line["description"], float(line["quantity"])) for line in pair.shop(SALES, SALE)["lines"])
    return sorted((line["Name"], float(line["Quantity"])) for line in pair.lines(ALTERNATIVE)), shop


def take_away(pair: Pair, name: str) -> None:
    order = pair.engine.right_of(SALES)[SALE]
    line = next(line["id"] for line in pair.shop(SALES, SALE)["lines"] if line["description"] == name)
    pair.systems.edit_line(SHOP, "Order", order, str(line), None)


def settle(pair: Pair) -> None:
    for _ in range(3):
        pair.engine.run(strict=False)
    assert pair.engine.parked(SALES).keys().isdisjoint({SALE})


@pytest.mark.parametrize("gone", ["Tau en", "Tau to", "Tau tre"])
def test_a_line_that_the_shop_takes_away_goes_alone(opened: Callable[..., Pair], gone: str) -> None:
    lines = [("Tau en", 100.0, 1.0), ("Tau to", 50.0, 2.0), ("Tau tre", 60.0, 3.0)]
    pair = opened(*lines)
    take_away(pair, gone)
    settle(pair)
    left = sorted((name, quantity) for name, _, quantity in lines if name != gone)
    assert both(pair) == (left, left)


def test_a_lost_answer_to_a_removal_takes_no_other_line_away(opened: Callable[..., Pair]) -> None:
    pair = opened(("Tau", 100.0, 1.0), ("Tau", 100.0, 1.0))
    pair.systems.fault(OFFICE, "drop_reply", count=1, match={"path": "*DeleteQuoteLine"})
    take_away(pair, "Tau")
    settle(pair)
    assert both(pair) == ([("Tau", 1.0)], [("Tau", 1.0)])


def test_a_removal_and_an_edit_of_two_lines_both_cross(opened: Callable[..., Pair]) -> None:
    pair = opened(("Tau en", 100.0, 1.0), ("Tau to", 50.0, 2.0), ("Tau tre", 60.0, 3.0))
    order = pair.engine.right_of(SALES)[SALE]
    second = next(line["id"] for line in pair.shop(SALES, SALE)["lines"] if line["description"] == "Tau to")
    pair.systems.edit_line(OFFICE, "Sale", SALE, "6001", None)
    pair.systems.edit_line(SHOP, "Order", order, str(second), {"quantity": "9"})
    settle(pair)
    assert both(pair) == ([("Tau to", 9.0), ("Tau tre", 3.0)], [("Tau to", 9.0), ("Tau tre", 3.0)])
