"""The client's objects together, and the changes that touch more than one of them."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Protocol

from sandbox.poweroffice_go import customers, products, shapes
from sandbox.poweroffice_go.customers import Customers
from sandbox.poweroffice_go.invoices import Invoices
from sandbox.poweroffice_go.order_lines import OrderLines
from sandbox.poweroffice_go.orders import Orders
from sandbox.poweroffice_go.products import Products
from sandbox.poweroffice_go.shapes import Shape
from sandbox.poweroffice_go.tenant import Tenant
from sandbox.store import Store
from sandbox.wire import Json


class Resource(Protocol):
    """What customers, products and orders have in common."""

    def add(self, values: Json) -> Json:
        """Store a new one."""

    def change(self, before: Json, after: Json, touched: Set[str]) -> Json:
        """Store ``after`` in place of ``before``."""

    def remove(self, body: Json) -> None:
        """Delete it."""

    def seed(self, values: Json) -> None:
        """Store it as it comes."""


class Resources:
    """Everything that a client keeps.

    :param line_edits_bump: whether a line's change moves the order's LastChangedDateTimeOffset.
    """

    def __init__(self, store: Store, *, line_edits_bump: Callable[[], bool]) -> None:
        self.store = store
        self.tenant = Tenant(store)
        self.customers = Customers(store, self.tenant)
        self.products = Products(store, self.tenant)
        self.order_lines = OrderLines(store, self.tenant)
        self.orders = Orders(store, self.tenant, self.products, self.order_lines)
        self.invoices = Invoices(store, self.products)
        self._line_edits_bump = line_edits_bump

    def of(self, entity: str) -> tuple[Resource, Shape]:
        """The entity's keeper and shape; raises KeyError."""
        found: dict[str, tuple[Resource, Shape]] = {
            customers.ENTITY: (self.customers, shapes.CUSTOMER),
            products.ENTITY: (self.products, shapes.PRODUCT),
            "SalesOrders": (self.orders, shapes.SALES_ORDER),
        }
        return found[entity]

    def add_line(self, order: Json, values: Json) -> Json:
        """Put a line into the order; returns the line as stored."""
        line = self.order_lines.add(values, order["SalesOrderLines"])
        return self._line(self._set(order, [*order["SalesOrderLines"], line]), line["Id"])

    def change_line(self, order: Json, line: Json, touched: Set[str]) -> Json:
        """Store the line in place of the one with its id; returns it as stored."""
        others = [row for row in order["SalesOrderLines"] if row["Id"] != line["Id"]]
        self.order_lines.check(line, others, touched)
        rows = [line if row["Id"] == line["Id"] else row for row in order["SalesOrderLines"]]
        return self._line(self._set(order, rows), line["Id"])

    def remove_line(self, order: Json, line: Json) -> None:
        """Take the line out of the order."""
        self._set(order, [row for row in order["SalesOrderLines"] if row["Id"] != line["Id"]])

    def _set(self, order: Json, lines: list[Json]) -> Json:
        return self.orders.set_lines(order, lines, bump=self._line_edits_bump())

    def _line(self, order: Json, key: str) -> Json:
        return next(row for row in order["SalesOrderLines"] if row["Id"] == key)
