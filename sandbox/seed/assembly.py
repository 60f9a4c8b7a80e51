"""Puts the seed together: ids, times and references, then PowerOffice GO's side, then the other systems, then the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from random import Random

from sandbox.seed import office_customers, office_orders, office_products, office_settings, shop_customers, shop_orders, shop_products
from sandbox.seed.model import LEFT_SYSTEM, OFFICE, SHOP, SHOP_TO_OFFICE, Body, Built, Draft, Entry, Seed, World
from sandbox.seed.numbers import YEAR_END, YEAR_START, guid, instant, shop_time

CUSTOMER_ID, PRODUCT_ID, ORDER_ID, LINE_ID = 9007199254741001, 9007199254751001, 9007199254761001, 9007199254781001
Sides = tuple[list[Draft], list[Body]]
FLOWS = {"Customer": "customer_to_customers", "Product": "product_to_product", "Order": "order_to_salesorders"}


@dataclass(frozen=True, slots=True)
class _Guest:
    """A system whose seed is made beside the first two: its module, and the dataflow that it takes part in."""

    module: str
    dataflow: str


GUESTS: Mapping[str, _Guest] = {
    "shopify": _Guest("shopify", "poweroffice_go_to_shopify"),
    "woocommerce": _Guest("woocommerce", "woocommerce_to_poweroffice_go"),
    "superoffice": _Guest("superoffice", "superoffice_to_custom_webshop"),
    "custom_erp": _Guest("erp", "custom_webshop_to_custom_erp"),
}
LEFT: Mapping[str, Mapping[str, str]] = {
    SHOP_TO_OFFICE: {flow: entity for entity, flow in FLOWS.items()},
    "poweroffice_go_to_shopify": {
        "customers_person_to_customer": "Customers",
        "customers_to_customer": "Customers",
        "product_to_sesamproduct": "Products",
        "salesorders_to_order": "SalesOrders",
    },
    "woocommerce_to_poweroffice_go": {
        "customer_to_customers_person": "Customer",
        "product_to_product": "Product",
        "order_to_salesorders": "Order",
        "order_to_salesorderlines": "Order",
    },
    "superoffice_to_custom_webshop": {
        "contact_to_customer": "Contact",
        "product_to_product": "Product",
        "sale_to_order": "Sale",
        "quotealternative_to_order": "Sale",
        "quoteline_to_order": "Sale",
    },
    "custom_webshop_to_custom_erp": {"customer_to_customer": "Customer", "product_to_product": "Product", "order_to_order": "Order"},
}


def build(seed: int) -> Seed:
    """The same records and the same manifest for the same number."""
    rng = Random(seed)
    customers = _stamped(rng, shop_customers.customers(rng), CUSTOMER_ID)
    products = _stamped(rng, shop_products.products(rng), PRODUCT_ID)
    office_people = office_customers.customers(rng, customers)
    office_goods = office_products.products(rng, products)
    orders = _stamped(rng, shop_orders.orders(rng, shop_orders.Stock(customers, products)), ORDER_ID)
    _number_lines(orders)
    office_sales = _office_orders(rng, orders, (customers, office_people), (products, office_goods))
    shop = {"Customer": customers, "Product": products, "Order": orders}
    office = {"Customers": office_people, "Products": office_goods, "SalesOrders": office_sales}
    tenants: dict[str, Body] = {
        SHOP: {"id": guid(rng), "name": "Fjellbua Nettbutikk", "currency": "NOK", "prices_include_vat": True},
        OFFICE: {"ClientId": guid(rng), "ClientName": "Fjellbua Handel AS (sandbox)"},
    }
    guests = _guests(seed, World(shop, office | _settings()))
    hosts = {SHOP: {entity: [draft.body for draft in drafts] for entity, drafts in shop.items()}, OFFICE: office | _settings()}
    return Seed(
        number=seed,
        records=hosts | {system: built.records for system, built in guests.items()},
        manifest=[entry for entity, drafts in shop.items() for entry in _manifest(FLOWS[entity], drafts)]
        + [_entry(GUESTS[system], entry) for system, built in guests.items() for entry in built.manifest],
        tenants=tenants | {system: built.tenant for system, built in guests.items()},
    )


def _guests(seed: int, world: World) -> dict[str, Built]:
    """The other systems' seeds, each from a random source of its own, so that none of them moves another's records."""
    names = {system: f"sandbox.seed.{guest.module}" for system, guest in GUESTS.items()}
    return {
        system: import_module(name).build(Random(f"{seed} {system}"), world) for system, name in names.items() if find_spec(name)
    }  # fmt: skip


def _entry(guest: _Guest, entry: Entry) -> Entry:
    dataflow = entry.get("dataflow") or guest.dataflow
    place = {"dataflow": dataflow, "system": LEFT_SYSTEM[dataflow], "entity": LEFT[dataflow][str(entry["flow"])], "side": "left"}
    return {**place, **entry}


def _settings() -> dict[str, list[Body]]:
    return {
        "VatCodes": office_settings.vat_codes(),
        "GeneralLedgerAccounts": office_settings.accounts(),
        "Currencies": office_settings.currencies(),
        "ProductGroups": office_settings.product_groups(),
    }


def _stamped(rng: Random, drafts: list[Draft], first_id: int) -> list[Draft]:
    for place, draft in enumerate(drafts):
        ordered = draft.body.get("ordered_at")
        created = datetime.fromisoformat(ordered) if ordered else instant(rng, YEAR_START, YEAR_START + timedelta(days=59))
        updated = instant(rng, created, min(created + timedelta(days=90), YEAR_END))
        draft.body.update({"id": first_id + place, "created_at": shop_time(created), "updated_at": shop_time(updated)})
    return drafts


def _number_lines(orders: list[Draft]) -> None:
    line_id = LINE_ID
    for draft in orders:
        for place, line in enumerate(draft.body["lines"]):
            line |= {"id": line_id, "position": place}
            line_id += 1
        draft.body["net_total"], draft.body["gross_total"] = shop_orders.totals(draft.body["lines"])


def _office_orders(rng: Random, orders: list[Draft], people: Sides, goods: Sides) -> list[Body]:
    customers = _paired_customers(*people)
    taken = {body["Id"] for body in customers.values()}
    market = office_orders.Market(
        customers=customers,
        products=_paired_products(*goods),
        by_code={str(body["Code"]): body for body in goods[1]},
        others=[body for body in people[1] if body["Id"] not in taken],
    )
    sales = office_orders.orders(rng, orders, market)
    for line in (line for sale in sales if sale["SalesOrderStatus"] == "Confirmed" for line in sale["SalesOrderLines"]):
        office_products.reserve(goods[1], line["ProductId"], line["Quantity"])
    return sales


def _digits(text: str | None) -> str:
    return "".join(filter(str.isdigit, text or ""))


def _paired_customers(drafts: list[Draft], bodies: list[Body]) -> dict[int, Body]:
    by_org = {_digits(body["OrganizationNumber"]): body for body in bodies if not body["IsPerson"]}
    by_email = {str(body["EmailAddress"]).lower(): body for body in bodies if body["IsPerson"]}
    shop = [draft.body for draft in drafts if draft.role in shop_customers.MATCHED]
    return {
        body["id"]: by_email[body["email"].lower()] if body["type"] == "person" else by_org[_digits(body["org_number"])] for body in shop
    }


def _paired_products(drafts: list[Draft], bodies: list[Body]) -> dict[int, Body]:
    by_code = {body["Code"]: body for body in bodies if body["Code"]}
    by_gtin = {body["Gtin"]: body for body in bodies if body["Gtin"]}
    shop = [draft for draft in drafts if draft.role in shop_products.MATCHED]
    return {draft.body["id"]: by_gtin[draft.body["gtin"]] if draft.role == "by_gtin" else by_code[draft.body["sku"]] for draft in shop}


def _manifest(flow: str, drafts: list[Draft]) -> list[Entry]:
    place: Entry = {"dataflow": SHOP_TO_OFFICE, "flow": flow, "side": "left", "system": SHOP, "entity": LEFT[SHOP_TO_OFFICE][flow]}
    return [
        place | {"id": str(draft.body["id"]), "reason": why.reason, "property": why.property, "text": why.text}
        for draft in drafts
        if (why := draft.parking) is not None
    ]
