"""Every mistake in a mapping is named with its file, its place, its line and the remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lenke.core.errors import MappingError
from lenke.core.mapping.check import check_traits
from lenke.core.mapping.load import load_dataflow, loads_dataflow
from lenke.core.mapping.model import Condition, Field, Lookup, MatchRule, Where
from lenke.core.ports import Traits

MAPPINGS = sorted((Path(__file__).parents[4] / "include" / "mappings").glob("*.yaml"))

GOOD = """\
dataflow: shop_to_books
title: Shop and books
left: shop
right: books
schedule: "@hourly"
flows:
  - flow: customers
    left: {entity: Customer, where: {active: true, kind: [a, b]}}
    right: Customers
    match:
      - {properties: [email], when: is_person}
    properties:
      - {property: is_person, type: boolean, left: {path: type, values: {person: true, company: false}}, right: IsPerson, required: right}
      - {property: email, type: email, left: email, right: Mail.Address}
      - {property: name, type: string, when: not is_person, left: name, right: Name}
      - {property: country, type: country, left: {path: country, form: iso3}, right: Country}
      - {property: phone, type: phone, left: phone, right: Phone, options: {region: country}}
  - flow: orders
    left: Order
    right: Orders
    properties:
      - {property: customer, type: reference, to: customers, left: customer_id, right: CustomerId}
      - {property: day, type: date, left: {path: at, form: instant}, right: Day, direction: to_right}
      - {property: total, type: money, left: total, right: Total, direction: check}
    lines:
      left: {path: lines, id: id, order: position}
      right: {path: Lines, id: Id}
      match: [sku]
      properties:
        - {property: sku, type: string, left: sku, right: Code}
        - {property: price, type: money, left: {path: price, vat: shop, rate: vat}, right: Price, options: {scale: 4}}
"""


def load(text: str = GOOD) -> object:
    return loads_dataflow(text, "shop_to_books.yaml")


def test_a_mapping_is_read() -> None:
    dataflow = loads_dataflow(GOOD, "shop_to_books.yaml")
    customers, orders = dataflow.flows
    assert dataflow.file == "shop_to_books.yaml"
    assert customers.left.where == (Where("active", (True,)), Where("kind", ("a", "b")))
    assert (customers.left.system, customers.right.system) == ("shop", "books")
    assert customers.match == (MatchRule(("email",), Condition("is_person")),)
    assert customers.property("name").when == Condition("is_person", negated=True)
    assert orders.references == ("customers",)
    assert orders.lines
    assert orders.lines.side("left").order == "position"


def test_a_field_that_is_looked_up_in_a_table_is_read() -> None:
    old = "type: money, left: total, right: Total, direction: check"
    dataflow = loads_dataflow(GOOD.replace(old, f"type: decimal, left: total, right: {ACCOUNT}, direction: to_right"), "f")
    assert dataflow.flow("orders").property("total").right == Field("Acc", lookup=Lookup("sales_accounts", "Accounts", "No"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_the_mappings_that_are_shipped_are_good(path: Path) -> None:
    assert load_dataflow(path).name == path.stem


ACCOUNT = "{path: Acc, lookup: {table: sales_accounts, entity: Accounts, key: No}}"
MISTAKES = [
    # what is replaced, by what, the place, words of the remedy
    ("title: Shop", "titel: Shop", "titel:line 2", "did you mean 'title'?"),
    ("left: shop\n", "", "line 1", "misses the key 'left'"),
    ("schedule: ", "schedule: [1, 2] # ", "schedule:line 5", "must be a single value, not a list"),
    ("left: shop\n", "left: shop\nleft: shop\n", "left:line 4", "written twice"),
    ("type: email", "type: mail", "flows[0].properties[1].type:line 14", "did you mean 'email'?"),
    ("property: email, type", "property: 7, type", "flows[0].properties[1].property:line 14", "must be text"),
    ("type: email, left: email", "type: email, lft: email", "flows[0].properties[1].lft:line 14", "did you mean 'left'?"),
    ("left: email, right", "left: email..x, right", "flows[0].properties[1].left:line 14", "names joined by dots"),
    ("left: email, right", "left: {path: ''}, right", "flows[0].properties[1].left.path:line 14", "must not be empty"),
    ("left: email, right: Mail.Address", "left: email", "flows[0].properties[1]:line 14", "misses the key 'right'"),
    ("direction: check", "direction: both", "flows[1].properties[2].direction:line 24", "known: check, to_left, to_right, two_way"),
    (
        "{person: true, company: false}",
        "{person: true, robot: true, company: false}",
        "flows[0].properties[0].left.values:line 13",
        "two values stand for true",
    ),
    ("{person: true, company: false}", "{person: true}", "flows[0].properties[0].left.values:line 13", "one for false"),
    ("{person: true, company: false}", "{person: P, company: C}", "flows[0].properties[0].left.values:line 13", "true or false"),
    ("form: iso3", "form: iso4", "flows[0].properties[3].left.form:line 16", "iso2, iso3, name"),
    ("left: name,", "left: {path: name, vat: shop},", "flows[0].properties[2].left.vat:line 15", "has no 'vat'"),
    ("left: name,", "left: {path: name, form: x},", "flows[0].properties[2].left.form:line 15", "remove it"),
    ("right: Name}", "right: Name, options: {scale: 2}}", "flows[0].properties[2].options.scale:line 15", "has no option 'scale'"),
    ("right: Name}", "right: Name, options: {max_length: 0}}", "flows[0].properties[2].options.max_length:line 15", "at least 1"),
    ("options: {scale: 4}", "options: {scale: 40}", "flows[1].lines.properties[1].options.scale:line 31", "from 0 to 12"),
    ("options: {scale: 4}", "options: {scale: four}", "flows[1].lines.properties[1].options.scale:line 31", "must be a whole number"),
    ("vat: shop, ", "", "flows[1].lines.properties[1].left.rate:line 31", "needs vat"),
    ("property: name", "property: email", "flows[0].properties[2].property:line 15", "there twice"),
    (
        "right: Name}",
        "right: Mail.Address}",
        "flows[0].properties[2].right:line 15",
        "the property 'email' of this flow writes the same field",
    ),
    ("right: Name}", "right: Mail}", "flows[0].properties[2].right:line 15", "one owner"),
    ("to: customers", "to: custommers", "flows[1].properties[0].to:line 22", "did you mean 'customers'?"),
    ("to: customers, ", "", "flows[1].properties[0]:line 22", "needs to: <flow>"),
    ("type: reference", "type: string", "flows[1].properties[0].to:line 22", "only a property of type reference"),
    ("to: customers", "to: orders", "flows", "circle: orders"),
    ("when: not is_person", "when: not person", "flows[0].properties[2].when:line 15", "unknown property 'person'"),
    ("when: not is_person", "when: not email", "flows[0].properties[2].when:line 15", "is of type email"),
    ("when: not is_person", "when: no way here", "flows[0].properties[2].when:line 15", "'not' and such a name"),
    ("when: is_person}", "when: ssn}", "flows[0].match[0].when:line 11", "unknown property 'ssn'"),
    ("properties: [email]", "properties: [mail]", "flows[0].match[0].properties[0]:line 11", "unknown property 'mail'"),
    ("match: [sku]", "match: [gtin]", "flows[1].lines.match[0]:line 28", "unknown property 'gtin'"),
    ("region: country", "region: land", "flows[0].properties[4].options.region:line 17", "unknown property 'land'"),
    ("region: country", "region: email", "flows[0].properties[4].options.region:line 17", "is no country"),
    ("flow: orders", "flow: customers", "flows[1].flow:line 18", "there twice"),
    ("    right: Orders\n", "    right: Orders\n    group: customers\n", "flows[0].flow:line 7", "share this name"),
    ("right: Total", f"right: {ACCOUNT.replace('_acc', '_ac')}", "flows[1].properties[2].right.lookup.table:line 24", "'sales_accounts'"),
    ("right: Total", f"right: {ACCOUNT.replace(', key: No', '')}", "flows[1].properties[2].right.lookup:line 24", "misses the key 'key'"),
    ("right: Total", f"right: {ACCOUNT}", "flows[1].properties[2].right.lookup:line 24", "the type money has no 'lookup'"),
    (
        "type: money, left: total, right: Total, direction: check",
        f"type: decimal, left: total, right: {ACCOUNT}",
        "flows[1].properties[2].direction:line 24",
        "write direction: to_right",
    ),
    (
        "type: money, left: total, right: Total",
        f"type: decimal, left: total, right: {ACCOUNT.replace('Acc,', 'Acc, form: fraction,')}",
        "flows[1].properties[2].right.form:line 24",
        "an id that is looked up has no 'form'",
    ),
    (
        "type: money, left: total, right: Total",
        f"type: decimal, left: {ACCOUNT}, right: {ACCOUNT}",
        "flows[1].properties[2].right.lookup:line 24",
        "only one side",
    ),
    ("    right: Orders\n", "    right: Orders\n    on_delete: archive\n", "flows[1].on_delete:line 21", "map it, or write keep"),
    ("dataflow: shop_to_books", "dataflow: [", "line", "not valid YAML"),
    (GOOD, "# nothing\n", "", "is empty"),
    (GOOD, "- a\n", "line 1", "must be a mapping"),
]


@pytest.mark.parametrize(("old", "new", "place", "remedy"), MISTAKES)
def test_a_mistake_is_named_with_place_and_remedy(old: str, new: str, place: str, remedy: str) -> None:
    assert old in GOOD
    with pytest.raises(MappingError) as refused:
        load(GOOD.replace(old, new, 1))
    assert refused.value.file == "shop_to_books.yaml"
    assert refused.value.path.startswith(place)
    assert remedy in refused.value.problem


def test_one_field_of_an_entity_belongs_to_one_flow_unless_the_flows_are_exclusive() -> None:
    second = "  - flow: more\n    left: {entity: Customer}\n    right: Customers\n    properties:\n"
    second += "      - {property: mail, type: email, left: mail2, right: Mail.Address}\n"
    with pytest.raises(MappingError, match=r"flows\[2\].properties\[0\].right:line 36: .*'email' of flow 'customers'"):
        load(GOOD + second)
    grouped = GOOD.replace("    right: Customers\n", "    right: Customers\n    group: parties\n", 1)
    load(grouped + second.replace("    right: Customers\n", "    right: Customers\n    group: parties\n"))


def test_complementary_conditions_may_share_a_field() -> None:
    person = "      - {property: full_name, type: string, when: is_person, left: full_name, right: Name}\n"
    load(GOOD.replace("  - flow: orders\n", person + "  - flow: orders\n"))


def test_a_word_that_yaml_1_1_would_read_as_false_stays_text() -> None:
    text = GOOD.replace("kind: [a, b]", "country: [NO, on, 2026-01-01]")
    assert loads_dataflow(text, "f").flows[0].left.where[1].values == ("NO", "on", "2026-01-01")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"gone\.yaml: cannot be read"):
        load_dataflow(tmp_path / "gone.yaml")


def test_flows_are_ordered_by_their_references() -> None:
    dataflow = loads_dataflow(GOOD, "f")
    turned = replace(dataflow, flows=dataflow.flows[::-1])
    assert [flow.name for flow in turned.ordered()] == ["customers", "orders"]


def test_a_reference_to_a_group_waits_for_all_its_flows() -> None:
    dataflow = loads_dataflow(GOOD, "f")
    orders = replace(dataflow.flow("orders"), properties=(replace(dataflow.flow("orders").property("customer"), to="parties"),))
    people, firms = (replace(dataflow.flow("customers"), name=name, group="parties") for name in ("people", "firms"))
    turned = replace(dataflow, flows=(orders, people, firms))
    assert [flow.name for flow in turned.ordered()] == ["people", "firms", "orders"]


def test_a_property_on_the_markers_field_is_refused() -> None:
    dataflow = loads_dataflow(GOOD, "f.yaml")
    traits = {"Customers": Traits("filter", marker="Name"), "Orders": Traits("filter")}
    with pytest.raises(MappingError, match=r"f\.yaml: flows\[0\]\.properties\[2\]\.right: .*marker"):
        check_traits(dataflow, "right", traits)


def test_newest_is_refused_where_modified_times_cannot_be_trusted() -> None:
    dataflow = loads_dataflow(GOOD.replace("right: Name}", "right: Name, conflict: newest}"), "f.yaml")
    good = {"Customers": Traits("filter", trustworthy_modified=True), "Orders": Traits("filter")}
    check_traits(dataflow, "right", good)
    with pytest.raises(MappingError, match=r"flows\[0\]\.properties\[2\]\.conflict: books has no modified time"):
        check_traits(dataflow, "right", {**good, "Customers": Traits("filter")})


def test_an_entity_that_the_system_does_not_have_is_refused() -> None:
    with pytest.raises(MappingError, match="did you mean 'Order'"):
        check_traits(loads_dataflow(GOOD, "f"), "right", {"Customers": Traits("walk"), "Order": Traits("walk")})
