"""Which reader tells which records of which system."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.oracle.databases import Body, Database
from tests.oracle.tree import erp, office, shop, shopify, superoffice, woocommerce
from tests.oracle.tree.facts import Kind, Record

Read = Callable[[Database], dict[str, Record]]

READERS: Mapping[tuple[str, Kind], Read] = {
    ("custom_webshop", "customers"): shop.customers,
    ("custom_webshop", "products"): shop.products,
    ("custom_webshop", "orders"): shop.orders,
    ("custom_erp", "customers"): erp.customers,
    ("custom_erp", "products"): erp.products,
    ("custom_erp", "orders"): erp.orders,
    ("woocommerce", "customers"): woocommerce.customers,
    ("woocommerce", "products"): woocommerce.products,
    ("woocommerce", "orders"): woocommerce.orders,
    ("superoffice", "customers"): superoffice.customers,
    ("superoffice", "products"): superoffice.products,
    ("superoffice", "orders"): superoffice.orders,
    ("shopify", "customers"): shopify.customers,
    ("shopify", "products"): shopify.products,
    ("shopify", "orders"): shopify.orders,
    ("poweroffice_go", "customers"): office.customers,
    ("poweroffice_go", "products"): office.products,
    ("poweroffice_go", "orders"): office.orders,
}
# Where a created record carries a marker. PowerOffice GO's products have no member for one.
MARKED = frozenset(place for place in READERS if place != ("poweroffice_go", "products"))


def within(body: Body | None, record: Record) -> bool:
    """Whether a stored body held this part of it from the start; a guest is all in the order."""
    return body is not None and (record.entity == "Customer" or record.id in str(body))
