"""What is killed: for each system creates, updates and line edits, each in a run of one flow that writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.flows import installation, shopify_shop, stir, superoffice_small
from tests.flows.custom_erp import pair as erp
from tests.flows.woocommerce import shop as woocommerce_shop
from tests.kills.bases import COMPANY, ERP, OFFICE, PERSON, SHOP, SHOPIFY, SUPER, WOO
from tests.kills.stage import Stage

Kind = Literal["create", "update", "line edit"]


@dataclass(frozen=True)
class Scenario:
    """Edits that one flow's next run carries into one system.

    :param system: the one that is written to; :param base: what it begins with, of :data:`tests.kills.bases.BASES`.
    :param stir: makes the edits, and syncs the flows before this one where it needs them.
    :param answers: the system reckons something for what was written, which so many more runs carry back.
    """

    system: str
    kind: Kind
    base: str
    flow: str
    stir: Callable[[Stage], None]
    answers: int = 0

    @property
    def name(self) -> str:
        """For folders and findings."""
        return f"{self.system} {self.kind} {self.flow}".replace(" ", "-")


def _nothing(stage: Stage) -> None:
    """The base is not synced: its first run creates."""


def _first(*flows: str) -> Callable[[Stage], None]:
    def synced(stage: Stage) -> None:
        stage.engine.run(flows=flows)

    return synced


# PowerOffice GO, from the webshop.
def _new_customers(stage: Stage) -> None:
    for n in range(2):
        stage.systems.create(SHOP, "Customer", stir._customer(n))


def _new_like(customer: dict[str, Any]) -> Callable[[Stage], None]:
    def new(stage: Stage) -> None:
        for n in range(2):
            stage.systems.create(SHOP, "Customer", customer | {"email": f"post.{n}@ny.example.org"})

    return new


def _new_products(stage: Stage) -> None:
    for n in range(2):
        stage.systems.create(SHOP, "Product", stir._product() | {"sku": f"NY-{n}"})


def _new_orders(customer: str, product: str) -> Callable[[Stage], None]:
    def ordered(stage: Stage) -> None:
        customers, goods = sorted(stage.engine.right_of(customer)), sorted(stage.engine.right_of(product))
        for n in range(2):
            stage.systems.create(SHOP, "Order", stir._order(customers[n], [goods[n], goods[n + 1]]))

    return ordered


def _edited(system: str, entity: str, ids: Callable[[Stage], list[str]], *fields: Mapping[str, Any]) -> Callable[[Stage], None]:
    def edited(stage: Stage) -> None:
        for key, told in zip(ids(stage), fields, strict=False):
            stage.systems.edit(system, entity, key, told)

    return edited


def _left(flow: str) -> Callable[[Stage], list[str]]:
    return lambda stage: sorted(stage.engine.right_of(flow))


def _right(flow: str) -> Callable[[Stage], list[str]]:
    return lambda stage: [stage.engine.right_of(flow)[left] for left in sorted(stage.engine.right_of(flow))]


def _shop_lines(flow: str) -> Callable[[Stage], None]:
    """In the shop: a quantity changed, a line removed, a line added."""

    def edited(stage: Stage) -> None:
        order, products = min(stage.engine.right_of(flow)), sorted(stage.engine.right_of("product_to_product"))
        body = stage.systems.record(SHOP, "Order", order) or {}
        first, second = [str(line["id"]) for line in body["lines"] if line["kind"] == "product"][:2]
        stage.systems.edit_line(SHOP, "Order", order, first, {"quantity": "17"})
        stage.systems.edit_line(SHOP, "Order", order, second, None)
        stage.systems.edit_line(SHOP, "Order", order, None, stir._line(products[-1], 9))

    return edited


# Shopify, from PowerOffice GO.
def _sold_lines(stage: Stage) -> None:
    order = stage.ids["order"]
    lines = {line["Description"]: line["Id"] for line in (stage.systems.record(OFFICE, "SalesOrders", order) or {})["SalesOrderLines"]}
    stage.systems.edit_line(OFFICE, "SalesOrders", order, lines["Kopp"], {"Quantity": 5})
    stage.systems.edit_line(OFFICE, "SalesOrders", order, lines["Frakt tilbake"], None)
    new = {"ProductId": int(stage.ids["shirt"]), "Quantity": 1, "ProductUnitPrice": 400, "Description": "Skjorte, blå"}
    stage.systems.edit_line(OFFICE, "SalesOrders", order, None, new)


def _named(*words: str) -> Callable[[Stage], list[str]]:
    return lambda stage: [stage.ids[word] for word in words]


# WooCommerce, from PowerOffice GO.
def _booked_lines(stage: Stage) -> None:
    order = stage.right(woocommerce_shop.ORDERS, "500001")
    lines = {line["ProductCode"]: str(line["Id"]) for line in (stage.systems.record(OFFICE, "SalesOrders", order) or {})["SalesOrderLines"]}
    stage.systems.edit_line(OFFICE, "SalesOrders", order, lines["ULL-1"], {"Quantity": 3})
    stage.systems.edit_line(OFFICE, "SalesOrders", order, lines["GENSER-B"], None)
    product = int(stage.right(woocommerce_shop.PRODUCTS, "11"))
    new = {"ProductId": product, "Quantity": 2, "ProductUnitPrice": 300, "Description": "Kopp, ekstra"}
    stage.systems.edit_line(OFFICE, "SalesOrders", order, None, new)


# SuperOffice and the webshop, both ways.
def _offered_lines(stage: Stage) -> None:
    stage.systems.edit_line(SUPER, "Sale", "501", "SUO_2001#1", {"Quantity": 3, "Name": "Tau 8 mm"})
    stage.systems.edit_line(SUPER, "Sale", "501", "SUO_2002#1", None)
    stage.systems.edit_line(SUPER, "Sale", "501", None, {"ProductId": 2001, "Quantity": 1})


def _asked_lines(stage: Stage) -> None:
    order = stage.right(superoffice_small.SALES, "501")
    first, second = [str(line["id"]) for line in (stage.systems.record(SHOP, "Order", order) or {})["lines"]]
    stage.systems.edit_line(SHOP, "Order", order, first, {"quantity": "5", "description": "Tau 6 mm"})
    stage.systems.edit_line(SHOP, "Order", order, second, None)
    product = stage.right(superoffice_small.PRODUCTS, "2001")
    stage.systems.edit_line(SHOP, "Order", order, None, {"product_id": int(product), "quantity": "4"})


_PHONES = ({"phone": "+47 22700001"}, {"phone": "+47 22700002"})
SCENARIOS = (
    Scenario(SHOP, "create", "SuperOffice and webshop, new", superoffice_small.CONTACTS, _nothing),
    Scenario(
        SHOP,
        "create",
        "SuperOffice and webshop, new",
        superoffice_small.SALES,
        _first(superoffice_small.CONTACTS, superoffice_small.PRODUCTS),
    ),
    Scenario(
        SHOP,
        "update",
        "SuperOffice and webshop",
        superoffice_small.CONTACTS,
        _edited(SUPER, "Contact", _left(superoffice_small.CONTACTS), {"Description": "Et notat"}, {"Number1": "815"}),
    ),
    Scenario(SHOP, "line edit", "SuperOffice and webshop", superoffice_small.SALES, _offered_lines),
    Scenario(ERP, "create", "webshop and ERP", erp.CUSTOMERS, _new_customers),
    Scenario(ERP, "create", "webshop and ERP", erp.ORDERS, _new_orders(erp.CUSTOMERS, erp.PRODUCTS)),
    Scenario(ERP, "update", "webshop and ERP", erp.CUSTOMERS, _edited(SHOP, "Customer", _left(erp.CUSTOMERS), *_PHONES)),
    Scenario(ERP, "line edit", "webshop and ERP", erp.ORDERS, _shop_lines(erp.ORDERS)),
    Scenario(OFFICE, "create", "webshop and accounts", installation.CUSTOMERS, _new_customers),
    Scenario(OFFICE, "create", "webshop and accounts", installation.PRODUCTS, _new_products),
    Scenario(OFFICE, "create", "webshop and accounts", installation.ORDERS, _new_orders(installation.CUSTOMERS, installation.PRODUCTS)),
    Scenario(
        OFFICE, "update", "webshop and accounts", installation.CUSTOMERS, _edited(SHOP, "Customer", _left(installation.CUSTOMERS), *_PHONES)
    ),
    Scenario(OFFICE, "line edit", "webshop and accounts", installation.ORDERS, _shop_lines(installation.ORDERS)),
    Scenario(SHOPIFY, "create", "accounts and Shopify, new", shopify_shop.PERSONS, _nothing),
    Scenario(SHOPIFY, "create", "accounts and Shopify, new", shopify_shop.PRODUCTS, _nothing),
    Scenario(
        SHOPIFY,
        "create",
        "accounts and Shopify, new",
        shopify_shop.ORDERS,
        _first(shopify_shop.PERSONS, shopify_shop.COMPANIES, shopify_shop.PRODUCTS),
    ),
    Scenario(
        SHOPIFY,
        "update",
        "accounts and Shopify",
        shopify_shop.PERSONS,
        _edited(OFFICE, "Customers", _named("kari", "ola"), {"FirstName": "Karianne", "MailAddress.City": "Moss"}, {"LastName": "Dal"}),
    ),
    Scenario(SHOPIFY, "line edit", "accounts and Shopify", shopify_shop.ORDERS, _sold_lines),
    Scenario(WOO, "create", "webshop and WooCommerce", erp.CUSTOMERS, _new_like(PERSON)),
    Scenario(WOO, "create", "webshop and WooCommerce", erp.PRODUCTS, _new_products),
    Scenario(WOO, "create", "webshop and WooCommerce", erp.ORDERS, _new_orders(erp.CUSTOMERS, erp.PRODUCTS)),
    Scenario(
        WOO,
        "update",
        "WooCommerce and accounts",
        woocommerce_shop.PRODUCTS,
        _edited(OFFICE, "Products", _right(woocommerce_shop.PRODUCTS), {"UnitPrice": 8, "Name": "Sokk"}, {"UnitPrice": 80}),
    ),
    Scenario(WOO, "line edit", "WooCommerce and accounts", woocommerce_shop.ORDERS, _booked_lines, answers=2),
    Scenario(SUPER, "create", "webshop and SuperOffice", "customer_to_contact", _new_like(COMPANY)),
    Scenario(SUPER, "create", "webshop and SuperOffice", "product_to_product", _new_products),
    Scenario(
        SUPER,
        "update",
        "SuperOffice and webshop",
        superoffice_small.CONTACTS,
        _edited(SHOP, "Customer", _right(superoffice_small.CONTACTS), {"note": "Et notat"}, {"customer_number": 815}),
    ),
    Scenario(SUPER, "line edit", "SuperOffice and webshop", superoffice_small.SALES, _asked_lines, answers=1),
)
# Creates of companies that nothing but Lenke's marker tells from others.
CONTROL = next(one for one in SCENARIOS if (one.system, one.kind, one.flow) == (OFFICE, "create", installation.CUSTOMERS))
