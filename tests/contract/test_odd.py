"""The net below the reading of one record: what nobody foresaw parks it, and an error that says what to do goes through."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from lenke.core.errors import RetriableError
from lenke.core.mapping.columns import parse_object
from lenke.core.ports import Record
from lenke.systems.odd import readable
from lenke.systems.shopify import shapes
from lenke.systems.shopify.entities import SESAMPRODUCT

SECRET = "kari.lyng@example.com"


def test_a_record_that_cannot_be_read_is_one_that_is_no_json_object(caplog: pytest.LogCaptureFixture) -> None:
    def make() -> Record:
        raise ValueError(SECRET)

    with caplog.at_level(logging.WARNING):
        found = readable("Shop Customer", 7, make)
    assert (found.id, parse_object(found.raw)) == ("7", None)
    assert "Shop Customer 7" in caplog.text
    assert "test_odd.py" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_of_lenkes_own_goes_through() -> None:
    def make() -> Record:
        raise RetriableError("later")

    with pytest.raises(RetriableError):
        readable("Shop Customer", 7, make)


@pytest.mark.parametrize("product", [None, "Genser", {}])
def test_a_shopify_variant_without_its_product_stops_no_other(product: Any) -> None:
    node = {"legacyResourceId": "5", "product": product, "inventoryItem": None}
    assert parse_object(shapes.record(SESAMPRODUCT, node, taxes_included=False).raw) is None
