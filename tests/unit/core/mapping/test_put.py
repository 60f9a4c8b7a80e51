"""Canonical text becomes the raw JSON of a side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lenke.core.mapping.apply import Problem, PutProblem, missing_required, put, unlisted
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Property, Side
from lenke.core.mapping.settings import Settings

INCLUDE = Path(__file__).parents[4] / "include"
DATAFLOW = load_dataflow(INCLUDE / "mappings" / "custom_webshop_to_poweroffice_go.yaml")
CUSTOMER, PRODUCT, ORDER = (flow.properties for flow in DATAFLOW.flows)
LINE = DATAFLOW.flows[2].lines.properties if DATAFLOW.flows[2].lines else ()


def write(properties: tuple[Property, ...], side: Side, values: Mapping[str, str | None], **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"whole": {}, "current": None, "source": None, "constants": {}} | more
    return put(properties, side, values, settings=Settings(), system=DATAFLOW.system(side), **known)


def test_values_go_to_their_paths_in_the_sides_form() -> None:
    values = {"country": "NO", "city": "Bodø", "currency": "NOK", "customer_number": "7", "archived": "false"}
    left = {"billing.country": "NOR", "billing.city": "Bodø", "currency": "NOK", "customer_number": 7, "archived": False}
    right = {"MailAddress.CountryCode": "NO", "MailAddress.City": "Bodø", "CurrencyCode": "NOK", "ExternalNumber": 7, "IsArchived": False}
    assert write(CUSTOMER, "left", values) == left
    assert write(CUSTOMER, "right", values) == right


def test_none_clears() -> None:
    assert write(CUSTOMER, "right", {"phone": None, "city": None}) == {"PhoneNumber": None, "MailAddress.City": None}


def test_a_required_value_is_never_cleared() -> None:
    with pytest.raises(PutProblem) as refused:
        write(PRODUCT, "right", {"sku": None})
    assert (refused.value.property, refused.value.code) == ("sku", "missing_required")
    assert write(PRODUCT, "left", {"sku": None}) == {"sku": None}


def test_a_property_whose_condition_does_not_hold_is_left_out() -> None:
    names: dict[str, str | None] = {"company_name": "Fjord AS", "first_name": "Åse"}
    assert write(CUSTOMER, "right", names, whole={"is_person": "true"}) == {"FirstName": "Åse"}
    assert write(CUSTOMER, "right", {**names, "is_person": "false"}, whole={"is_person": "true"}) == {"Name": "Fjord AS", "IsPerson": False}
    assert write(CUSTOMER, "right", names) == {}


def test_a_property_that_does_not_travel_there_is_left_out() -> None:
    values: dict[str, str | None] = {"order_date": "2026-11-20", "accounting_number": "7", "net_total": "1"}
    assert write(ORDER, "left", values) == {"ordered_at": "2026-11-20T11:00:00Z", "accounting_number": 7}
    assert write(ORDER, "right", values) == {"SalesOrderDate": "2026-11-20"}


@pytest.mark.parametrize(
    ("more", "price"),
    [
        ({"current": {"price": "1.00", "vat_rate": "15"}, "source": {"VatRate": 0.12}}, "115.00"),
        ({"current": {"price": 1, "vat_rate": 15}}, 115),
        ({"current": {"price": "1.00", "vat_rate": None}}, "125.00"),
        ({"current": None}, "125.00"),
    ],
)
def test_a_gross_price_uses_the_rate_of_its_target(more: dict[str, Any], price: Any) -> None:
    assert write(PRODUCT, "left", {"price": "100"}, **more) == {"price": price}


@pytest.mark.parametrize(
    ("more", "price"),
    [
        ({"whole": {"vat_rate": "12"}}, "112.00"),
        ({"whole": {"vat_rate": "12"}, "current": {"vat_rate": "15"}}, "115.00"),
        ({"current": {}}, "125.00"),
    ],
)
def test_a_new_lines_gross_price_uses_the_merged_rate(more: dict[str, Any], price: str) -> None:
    assert write(LINE, "left", {"unit_price": "100"}, **more) == {"unit_price": price}


def test_numbers_keep_the_kind_that_the_target_holds() -> None:
    assert write(LINE, "left", {"quantity": "2"}) == {"quantity": "2"}
    assert write(LINE, "left", {"quantity": "2"}, current={"quantity": 1}) == {"quantity": 2}
    assert write(LINE, "right", {"quantity": "2.5"}) == {"Quantity": 2.5}


def test_a_kind_of_line_becomes_its_configured_product() -> None:
    constants = {"line_products": {"fee": "43"}, "sales_accounts": {"gift": "44"}}
    assert write(LINE, "right", {"product": "@fee"}, constants=constants) == {"ProductId": 43}
    assert write(LINE, "left", {"product": "@fee"}, constants=constants) == {"product_id": None, "kind": "fee"}
    with pytest.raises(PutProblem, match="line_products") as refused:
        write(LINE, "right", {"product": "@gift"}, constants=constants)
    assert (refused.value.property, refused.value.code) == ("product", "invalid_value")


def test_a_vat_rate_becomes_the_id_of_its_sales_account() -> None:
    constants = {"sales_accounts": {"25": "501", "15": "502"}, "line_products": {"12": "503"}}
    assert write(PRODUCT, "right", {"vat_rate": "15"}, constants=constants) == {"StandardSalesAccountId": 502}
    assert write(PRODUCT, "right", {"vat_rate": None}, constants=constants) == {"StandardSalesAccountId": None}
    assert write(PRODUCT, "left", {"vat_rate": "15"}, constants=constants) == {}
    with pytest.raises(PutProblem, match=r"settings\.yaml: sales_accounts") as refused:
        write(PRODUCT, "right", {"vat_rate": "12"}, constants=constants)
    assert (refused.value.property, refused.value.code) == ("vat_rate", "invalid_value")


def test_values_that_the_table_does_not_list_are_named_before_anything_is_sent() -> None:
    constants = {"sales_accounts": {"25": "501"}}
    (problem,) = unlisted(PRODUCT, "right", {"vat_rate": "12", "sku": "a"}, constants)
    assert (problem.property, problem.code) == ("vat_rate", "invalid_value")
    assert "settings.yaml: sales_accounts" in problem.text
    assert "12" not in problem.text
    for values in ({"vat_rate": "25"}, {"vat_rate": None}, {"sku": "a"}):
        assert unlisted(PRODUCT, "right", values, constants) == []
    assert unlisted(PRODUCT, "left", {"vat_rate": "12"}, constants) == []


@pytest.mark.parametrize(
    ("current", "told"), [(None, {"unit_price": "115.00", "vat_rate": "15"}), ({"vat_rate": "12"}, {"unit_price": "112.00"})]
)
def test_a_price_that_holds_vat_brings_its_rate_into_a_new_line_only(current: Any, told: dict[str, Any]) -> None:
    assert write(LINE, "left", {"unit_price": "100", "vat_rate": "15"}, current=current) == told
    assert write(LINE, "right", {"unit_price": "100", "vat_rate": "15"}) == {"ProductUnitPrice": 100}


def test_a_value_that_the_side_cannot_hold_is_named_without_the_value() -> None:
    with pytest.raises(PutProblem) as refused:
        write(PRODUCT, "right", {"name": "Å" * 401})
    assert (refused.value.property, refused.value.code) == ("name", "invalid_value")
    assert "longer than 400" in refused.value.text
    assert "Å" not in str(refused.value)
    with pytest.raises(PutProblem, match="unit: invalid_value"):
        write(PRODUCT, "left", {"unit": "TNE"})


def test_what_a_create_lacks_is_listed_by_condition() -> None:
    def lacking(side: Side, values: dict[str, str | None]) -> list[str]:
        return [problem.property for problem in missing_required(CUSTOMER, side, values)]

    assert lacking("right", {"is_person": "true", "first_name": "Åse"}) == ["last_name"]
    assert lacking("right", {"is_person": "false"}) == ["company_name"]
    assert lacking("right", {}) == ["is_person"]
    assert lacking("left", {}) == []
    assert missing_required(PRODUCT, "right", {"sku": None, "name": "x"}) == [
        Problem("sku", "missing_required", "a record cannot be created without it")
    ]
