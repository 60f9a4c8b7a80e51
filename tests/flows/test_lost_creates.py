"""PowerOffice GO keeps no marker of a product: a create without an answer is found by its SKU, which people correct."""

from __future__ import annotations

import pytest

from tests.flows.installation import OFFICE, PRODUCTS, SHOP, Installation

NAME = "Lykt av messing"


@pytest.fixture
def product(few: Installation) -> str:
    """The left id of a new product with a wrong SKU."""
    body = {"sku": "FEIL-1", "name": NAME, "price": "125.00", "vat_rate": "25", "unit": "pcs", "kind": "physical"}
    return few.systems.create(SHOP, "Product", body)


def lose(few: Installation, *, effect: bool = True) -> None:
    """A run whose creates of products have no answer, though they may have taken effect."""
    few.systems.fault(OFFICE, "drop_reply", effect=effect, count=50, match={"method": "POST", "path": "/Products"})
    retries, few.engine.retries = few.engine.retries, 0
    few.engine.run(strict=False)
    few.engine.retries = retries
    few.systems.clear_faults()


def made(few: Installation) -> dict[str, str]:
    """Id to SKU of the products of that name."""
    return {str(one["Id"]): one["Code"] for one in few.systems.records(OFFICE, "Products") if one["Name"] == NAME}


@pytest.mark.parametrize("effect", [True, False], ids=["took effect", "had none"])
def test_a_product_that_nobody_has_touched_since_is_made_once(few: Installation, product: str, effect: bool) -> None:
    lose(few, effect=effect)
    few.engine.run()
    assert {few.engine.right_of(PRODUCTS)[product]: "FEIL-1"} == made(few)
    assert few.engine.parked(PRODUCTS) == {}


def test_one_whose_sku_was_corrected_since_is_looked_for_by_a_person(few: Installation, product: str) -> None:
    lose(few)
    (there,) = made(few)
    few.edit(SHOP, "Product", product, {"sku": "RETT-1"})
    for _ in range(2):
        few.engine.run()
        assert made(few) == {there: "FEIL-1"}
    assert f"look for it in {OFFICE}" in few.engine.waiting(PRODUCTS)[product].words
    few.engine.desk(PRODUCTS).relink(product, there)
    few.engine.run()
    assert few.engine.right_of(PRODUCTS)[product] == there
    assert few.engine.parked(PRODUCTS) == {}


def test_one_that_was_never_made_is_made_once_a_person_has_released_it(few: Installation, product: str) -> None:
    lose(few, effect=False)
    few.edit(SHOP, "Product", product, {"sku": "RETT-1"})
    few.engine.run()
    assert made(few) == {}
    few.engine.desk(PRODUCTS).release([product])
    few.engine.run()
    assert {few.engine.right_of(PRODUCTS)[product]: "RETT-1"} == made(few)
    assert few.engine.parked(PRODUCTS) == {}
