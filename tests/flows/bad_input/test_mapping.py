"""A mapping that changes between runs: what it no longer says is kept, what it says anew is compared, and nothing is changed wholesale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lenke.core.errors import BrakeError, MappingError
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.settings import Brakes
from lenke.runtime.windows import Window
from tests.flows.bad_input.spelled import PHONE, change_phone, falls_silent, phone
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints

TEXT = MAPPING.read_text(encoding="utf-8")
WEBSITE = "- {property: website, type: string, left: website, right: WebsiteUrl}"
TIGHT = Brakes(max_changes_percent=0, max_changes_least=2, max_creates_percent=0, max_creates_least=1)


def use(few: Installation, old: str = "", new: str = "") -> None:
    """Run under a mapping in which one text stands for another."""
    assert old in TEXT
    few.engine.dataflow = loads_dataflow(TEXT.replace(old, new, 1) if old else TEXT, str(MAPPING))


def orders_apart() -> str:
    """The section of the last flow."""
    return TEXT[TEXT.index(f"  - flow: {ORDERS}") :]


def test_a_property_that_means_another_field_all_at_once_is_stopped_by_the_brake(few: Installation) -> None:
    """Every customer's website would be overwritten; a person looks at it first."""
    few.engine.run()
    few.engine.settings = replace(few.engine.settings, brakes=TIGHT)
    before = few.systems.records(OFFICE, "Customers")
    use(few, WEBSITE, WEBSITE.replace("left: website", "left: language"))
    few.asked()
    with pytest.raises(BrakeError, match=r"max_changes.*override_brake=") as stopped:
        few.engine.run(Window("full"))
    assert few.asked() == []
    assert few.systems.records(OFFICE, "Customers") == before

    plan = str(stopped.value).partition("override_brake=")[2].split()[0].strip(".,;)")
    few.engine.run(Window("full"), options={"override_brake": plan})
    assert {row["record_id"] for row in few.written()} == set(few.engine.right_of(CUSTOMERS).values())


def test_a_property_that_is_new_is_filled_and_the_base_of_the_others_stays(few: Installation) -> None:
    use(few, "      " + WEBSITE + "\n", "")
    few.engine.run()
    few.engine.run()
    few.asked()
    left, other, *_ = sorted(few.engine.right_of(CUSTOMERS))
    few.edit(SHOP, "Customer", left, {"website": "https://ny.example.org"})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[other], {"PhoneNumber": PHONE})
    use(few)
    few.engine.run(Window("full"))
    assert few.right(CUSTOMERS, left)["WebsiteUrl"] == "https://ny.example.org"
    assert few.left(CUSTOMERS, other)["phone"].replace(" ", "") == PHONE
    assert len(few.written()) == 2
    assert complaints(few) == []


def test_a_flow_that_is_taken_out_keeps_its_links_for_when_it_comes_back(few: Installation) -> None:
    few.engine.run()
    links = few.engine.right_of(ORDERS)
    use(few, orders_apart(), "")
    left = min(few.engine.right_of(CUSTOMERS))
    order = min(links)
    change_phone(few, left)
    few.edit(SHOP, "Order", order, {"customer_reference": "Mens flyten var borte"})
    few.asked()
    few.engine.run()
    assert phone(few, left) == PHONE
    assert len(few.written()) == 1

    use(few)
    few.engine.run()
    assert few.engine.right_of(ORDERS) == links
    assert few.right(ORDERS, order)["CustomerReference"] == "Mens flyten var borte"
    assert len(few.written()) == 1
    assert falls_silent(few)
    assert complaints(few) == []


def test_a_flow_that_others_refer_to_cannot_be_taken_out(few: Installation) -> None:
    products = TEXT[TEXT.index("  - flow: product_to_product") : TEXT.index(f"  - flow: {ORDERS}")]
    with pytest.raises(MappingError, match=r"order_to_salesorders|flows\[1\].*product_to_product"):
        use(few, products, "")


def test_references_that_go_round_are_refused_with_the_circle(few: Installation) -> None:
    customer = "- {property: is_person, type: boolean"
    back = f"- {{property: last_order, type: reference, to: {ORDERS}, left: last_order, right: LastOrder}}\n      {customer}"
    with pytest.raises(MappingError, match="circle"):
        use(few, customer, back)


def test_two_systems_that_change_places_are_told_by_their_tenants(few: Installation) -> None:
    """The ids of one shop mean nothing in another: a connection that leads elsewhere stops before any call that writes."""
    few.engine.run()
    few.systems._sites[SHOP].system.store.keep("shop_id", "another-shop")
    change_phone(few, min(few.engine.right_of(CUSTOMERS)))
    few.asked()
    few.engine.run(strict=False)
    assert all("another tenant of custom_webshop" in str(error) for error in few.engine.errors.values())
    assert len(few.engine.errors) == 3
    assert few.asked() == []
