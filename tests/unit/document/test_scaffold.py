"""Documents of many hands become skeletons of mappings."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenke.core.errors import ConfigurationError, MappingError
from lenke.core.mapping.load import load_dataflow, loads_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.document.parse import parse
from lenke.document.rst import text
from lenke.document.scaffold import Skeleton, skeleton
from lenke.document.written import document
from lenke.local.places import Places

MAPPINGS = sorted(Places().mappings.glob("*.yaml"))


def scaffold(rst: str) -> Skeleton:
    return skeleton(parse(rst, "given.rst"))


def loaded(rst: str) -> Dataflow:
    return loads_dataflow(scaffold(rst).text, "made.yaml")


def pairs(flow: Flow) -> list[tuple[str, str]]:
    properties = (*flow.properties, *(flow.lines.properties if flow.lines else ()))
    return [(p.left.path if p.left else "", p.right.path if p.right else "") for p in properties]


def titled(title: str, section: str, rows: str = "   * - name\n     - Name\n     - string\n", mark: str = "=") -> str:
    head = f"   * - {title.split(' to ')[0]} property\n     - {title.split(' to ')[1]} property\n     - Data type\n"
    below = "-" * len(section)
    return f"{title}\n{mark * len(title)}\n\nWords.\n\n{section}\n{below}\n\n.. list-table::\n   :header-rows: 1\n\n{head}{rows}"


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_round_trip(path: Path) -> None:
    given = load_dataflow(path)
    found = loaded(text(document(given)))
    assert (found.name, found.left, found.right) == (given.name, given.left, given.right)
    assert [flow.name for flow in found.sections] == [flow.name for flow in given.sections]
    assert [pairs(flow) for flow in found.sections] == [pairs(flow) for flow in given.sections]
    assert [(flow.left.entity, flow.right.entity) for flow in found.sections] == [
        (flow.left.entity, flow.right.entity) for flow in given.sections
    ]
    assert [flow.owner for flow in found.sections] == [flow.owner for flow in given.sections]
    assert [bool(flow.group) for flow in found.sections] == [bool(flow.group) for flow in given.sections]


@pytest.mark.parametrize("left", ["Custom Webshop", "Customwebshop", "CustomWebshop", "custom webshop"])
@pytest.mark.parametrize("right", ["PowerOffice GO", "Powerofficego", "PowerOffice Go", "PowerofficeGO"])
def test_one_system_in_any_spelling_is_one_id(left: str, right: str) -> None:
    found = loaded(titled(f"{left} to {right}", f"{left} Customer to {right} Customers"))
    assert (found.name, found.left, found.right) == ("custom_webshop_to_poweroffice_go", "custom_webshop", "poweroffice_go")
    (flow,) = found.flows
    assert (flow.name, flow.left.entity, flow.right.entity) == ("customer_to_customers", "Customer", "Customers")
    assert pairs(flow) == [("name", "Name")]


def test_spellings_may_change_within_a_document() -> None:
    (flow,) = loaded(titled("Custom Webshop to PowerOffice GO", "CustomWebshop Order to Powerofficego Salesorders")).flows
    assert (flow.name, flow.right.entity) == ("order_to_salesorders", "SalesOrders")


@pytest.mark.parametrize(
    "title",
    [
        "WooCommerce to PowerOffice GO data synchronization",
        "WooCommerce and PowerOffice GO: Data synchronisation",
        "WooCommerce → PowerOffice GO",
    ],
)
def test_titles_in_several_forms(title: str) -> None:
    rst = f"{'=' * 60}\n{title}\n{'=' * 60}\n\nWords.\n\nWooCommerce Product to PowerOffice GO Product\n{'^' * 50}\n"
    assert scaffold(rst).name == "woocommerce_to_poweroffice_go"


def test_people_are_filtered_and_told_from_companies() -> None:
    rst = titled("PowerOffice GO to Shopify", "PowerOffice GO Customers (human data) to Shopify Customer")
    rst += "\n" + titled("x to y", "PowerOffice GO Customers to Shopify Customer").partition("Words.\n\n")[2].replace(
        "x prop", "PowerOffice GO prop"
    )
    people, companies = loaded(rst).flows
    assert (people.name, companies.name) == ("customers_person_to_customer", "customers_to_customer")
    assert [(one.path, one.values) for one in people.left.where] == [("IsPerson", (True,))]
    assert [(one.path, one.values) for one in companies.left.where] == [("IsPerson", (False,))]
    assert people.group == companies.group is not None


def test_an_empty_table_is_told_and_refused() -> None:
    made = scaffold(titled("Custom Webshop to Custom ERP", "Custom Webshop Product to Custom ERP Product", rows=""))
    assert made.missing[0] == "product_to_product: properties (the document does not say; the table is empty)"
    assert made.text.startswith("# Missing: product_to_product: properties")
    with pytest.raises(MappingError, match="properties"):
        loads_dataflow(made.text, "made.yaml")


def test_a_section_without_a_table_is_told() -> None:
    section = "Shopify Customer to WooCommerce Customer"
    made = scaffold(f"Shopify to WooCommerce\n{'=' * 22}\n\n{section}\n{'-' * len(section)}\n")
    assert any("the table is empty" in text for text in made.missing)


def test_empty_rows_are_no_properties() -> None:
    rows = "   * -\n     -\n     -\n   * - sku\n     - Code\n     - string\n"
    (flow,) = loaded(titled("Custom Webshop to PowerOffice GO", "Custom Webshop Product to PowerOffice GO Product", rows=rows)).flows
    assert pairs(flow) == [("sku", "Code")]


def test_a_table_with_only_one_side_loads_and_says_what_is_missing() -> None:
    rst = (
        "Custom Webshop to Custom ERP\n============================\n\nCustom Webshop Product to Custom ERP Product\n"
        "--------------------------------------------\n\n.. list-table::\n   :header-rows: 1\n   :widths: 50 50\n\n"
        "   * - Custom ERP Product property\n     - Custom ERP data type\n   * - item.no\n     - string\n"
    )
    made = scaffold(rst)
    (flow,) = loads_dataflow(made.text, "made.yaml").flows
    assert pairs(flow) == [("", "item.no")]
    assert flow.properties[0].direction == "check"
    assert "product_to_product: item_no: left (the document does not say; compared only until it is filled in)" in made.missing


def test_a_type_that_is_missing_or_unknown_is_a_guess_that_is_told() -> None:
    rows = "   * - a\n     - A\n     - guid\n   * - b\n     - B\n"
    made = scaffold(titled("Custom Webshop to Custom ERP", "Custom Webshop Product to Custom ERP Product", rows=rows))
    assert "product_to_product: a: type (unknown type 'guid'; string is a guess)" in made.missing
    assert "product_to_product: b: type (the document does not say; string is a guess)" in made.missing
    assert [p.type for p in loads_dataflow(made.text, "made.yaml").flows[0].properties] == ["string", "string"]


def test_the_table_of_all_properties_counts_not_the_one_of_match_keys() -> None:
    table = ".. list-table::\n   :header-rows: 1\n\n   * - Shopify Customer Property\n     - WooCommerce Customer Property\n"
    keys = f"{table}   * - email\n     - email\n\n"
    rows = f"{table}     - Data Type\n   * - firstName\n     - first_name\n     - string\n   * - email\n     - email\n     - string\n"
    section = "Shopify Customer to WooCommerce Customer"
    head = f"Shopify to WooCommerce\n{'=' * 22}\n\n{section}\n{'-' * len(section)}\n\n"
    (flow,) = loaded(f"{head}By these keys:\n\n{keys}All of them:\n\n{rows}").flows
    assert pairs(flow) == [("firstName", "first_name"), ("email", "email")]


def test_a_field_that_stands_twice_is_told() -> None:
    rows = "   * - name\n     - party.name\n     - string\n   * - name\n     - party.person.name\n     - string\n"
    made = scaffold(titled("Custom Webshop to Custom ERP", "Custom Webshop Customer to Custom ERP Customer", rows=rows))
    assert [p.direction for p in loads_dataflow(made.text, "made.yaml").flows[0].properties] == ["two_way", "check"]
    assert any("customer_to_customer: name_2: when" in text for text in made.missing)


def test_marks_around_cells_and_other_sections_do_not_matter() -> None:
    rows = "   * - ``billing.city``\n     - **MailAddress.City**\n     - String\n"
    rst = titled("Custom Webshop to PowerOffice GO", "Custom Webshop Customer to PowerOffice GO Customers", rows=rows)
    rst += "\nHow it works\n------------\n\nWords about it.\n"
    (flow,) = loaded(rst).flows
    assert pairs(flow) == [("billing.city", "MailAddress.City")]


def test_a_reference_names_the_flow_of_its_entity() -> None:
    rst = titled("Custom Webshop to Custom ERP", "Custom Webshop Customer to Custom ERP Customer")
    orders = "   * - customer_id\n     - buyer\n     - reference\n   * - agent\n     - agent\n     - reference\n"
    rst += "\n" + titled("Custom Webshop to Custom ERP", "Custom Webshop Order to Custom ERP Order", rows=orders).partition("Words.\n\n")[2]
    made = scaffold(rst)
    order = loads_dataflow(made.text, "made.yaml").flow("order_to_order")
    assert [(p.type, p.to) for p in order.properties] == [("reference", "customer_to_customer"), ("string", None)]
    assert any("order_to_order: agent: type reference and to" in text for text in made.missing)


def test_a_system_that_is_not_known_is_told() -> None:
    made = scaffold(titled("Fancy Shop to PowerOffice GO", "Fancy Shop Customer to PowerOffice GO Customers"))
    assert made.name == "fancy_shop_to_poweroffice_go"
    assert made.missing[0] == "the system fancy_shop is not one that Lenke knows"


@pytest.mark.parametrize("rst", ["", "Just words.\n", "One system\n==========\n"])
def test_a_text_that_is_no_such_document_is_refused(rst: str) -> None:
    with pytest.raises(ConfigurationError, match=r"given\.rst: "):
        scaffold(rst)


def test_words_of_the_document_never_break_the_yaml() -> None:
    rows = "   * - \"a: {b}\"\n     - null\n     - string\n   * - 1st\n     - '#x'\n     - string\n"
    found = loaded(titled("Custom Webshop to Custom ERP", "Custom Webshop Product to Custom ERP Product", rows=rows))
    assert pairs(found.flows[0]) == [('"a: {b}"', "null"), ("1st", "'#x'")]
