"""Prices that hold VAT: read with their own rate, refused where nobody knows what they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lenke.core.converters.base import InvalidValueError
from lenke.core.errors import ConfigurationError
from lenke.core.mapping.model import Options
from tests.unit.core.converters.placing import GROSS, D, get, place, put


@pytest.mark.parametrize(
    ("rate", "form", "expected"),
    [("15", "percent", "112.9565"), (0, "percent", "129.9000"), (None, "percent", "103.9200"), (D("0.25"), "fraction", "103.9200")],
)
def test_a_gross_price_is_read_with_its_own_rate(rate: Any, form: Any, expected: str) -> None:
    at = place("money", vat="included", rate="vat_rate", rate_form=form, options=Options(scale=4))
    net = get(at, "129.90", rate)
    assert net == D(expected)
    assert put(at, net, rate, "129.90") == "129.90"


@pytest.mark.parametrize(("net", "price"), [("0.1234", "0.1234"), ("0.5", "0.50"), ("12", "12.00")])
def test_a_price_with_no_vat_in_it_is_the_net_one_with_all_its_decimals(net: str, price: str) -> None:
    assert put(GROSS, D(net), 0, "9.90") == price


@pytest.mark.parametrize("rate", ["høy", "-25", True, "1000"])
def test_a_gross_price_with_a_bad_rate_is_invalid(rate: Any) -> None:
    with pytest.raises(InvalidValueError, match="VAT rate"):
        get(GROSS, "129.90", rate)


def test_a_price_of_a_shop_whose_basis_is_unknown_is_refused_not_guessed() -> None:
    with pytest.raises(ConfigurationError, match="price_basis"):
        get(replace(GROSS, system="custom_erp"), "1")
