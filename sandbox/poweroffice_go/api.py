"""The paths of PowerOffice GO's API v2 that the sandbox serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.poweroffice_go import customers, invoices, lists, orders, products, shapes
from sandbox.poweroffice_go.json_patch import patch
from sandbox.poweroffice_go.order_lines import WHAT as LINE
from sandbox.poweroffice_go.problems import invalid, missing, problem
from sandbox.poweroffice_go.resources import Resources
from sandbox.poweroffice_go.shapes import Shape
from sandbox.poweroffice_go.tenant import REFERENCE
from sandbox.wire import BadJsonError, Json, RefusedError, Reply, Request

_LISTS: dict[str, tuple[str, Shape, lists.Filters]] = {
    "customers": (customers.ENTITY, shapes.CUSTOMER, customers.FILTERS),
    "products": (products.ENTITY, shapes.PRODUCT, products.FILTERS),
    "salesorders": (orders.ENTITY, shapes.SALES_ORDER, orders.FILTERS),
    "outgoinginvoices": (invoices.ENTITY, shapes.OUTGOING_INVOICE, invoices.FILTERS),
    "generalledgeraccounts": ("GeneralLedgerAccounts", shapes.ACCOUNT, {"accountNos": (lists.numbers, "AccountNo")}),
    "vatcodes": ("VatCodes", shapes.VAT_CODE, {"isActive": (lists.flag, "IsActive")}),
    "currencies": ("Currencies", shapes.CURRENCY, {"currencyCode": (lists.one_of, "Code"), "isActive": (lists.flag, "IsActive")}),
    "productgroups": ("ProductGroups", shapes.PRODUCT_GROUP, {}),
}
_ORDER = {"SalesOrders": "SalesOrderNo", "OutgoingInvoices": "InvoiceNo", "Currencies": "Code"}
_WHAT = {"Customers": customers.WHAT, "Products": products.WHAT, "SalesOrders": orders.WHAT, "OutgoingInvoices": "Outgoing invoice"}


class Api:
    """Routes a request that was let in; raises RefusedError.

    :param ignored: whether a list filter of this name is passed over in silence.
    :param reads_at: the moment that reads show, None for the present.
    """

    def __init__(self, resources: Resources, *, ignored: Callable[[str], bool], reads_at: Callable[[], datetime | None]) -> None:
        self._resources = resources
        self._ignored = ignored
        self._reads_at = reads_at

    def route(self, request: Request, parts: list[str]) -> Reply:
        """The answer to the request for ``parts`` (the path under the base, split; the first one in lower case)."""
        match (request.method, *parts):
            case ("GET", name) if name in _LISTS:
                return self._list(request, *_LISTS[name])
            case ("GET", name, key) if name in _LISTS:
                return Reply(200, self._headed(self._get(_LISTS[name][0], key, read=True)))
            case (_, "customers" | "products" as name, *rest):
                return self._simple(request, _LISTS[name][0], rest)
            case (_, "salesorders", *rest):
                return self._order(request, rest)
        raise _nowhere()

    def _list(self, request: Request, entity: str, shape: Shape, filters: lists.Filters) -> Reply:
        order = _ORDER.get(entity, "Id")
        rows = sorted(map(self._headed, self._resources.store.all(entity, at=self._reads_at())), key=lambda row: row[order])
        return lists.page(request, lists.filtered(request, rows, filters, self._ignored), shape)

    def _headed(self, body: Json) -> Json:
        return {name: value for name, value in body.items() if name != "SalesOrderLines"} if "SalesOrderLines" in body else body

    def _get(self, entity: str, key: str, *, read: bool = False) -> Json:
        at = self._reads_at() if read and entity not in REFERENCE else None
        body = self._resources.store.get(entity, key.lower(), at=at)
        if body is None:
            raise missing(_WHAT.get(entity, entity), key)
        return body

    def _simple(self, request: Request, entity: str, rest: list[str]) -> Reply:
        resource, shape = self._resources.of(entity)
        match (request.method, *rest):
            case ("POST",):
                made = resource.add(posted(_WHAT[entity], shape, body_of(request)))
                # The vendor's document gives 200 for products, 201 for all others.
                return Reply(200 if entity == products.ENTITY else 201, made)
            case ("PATCH", key):
                body = self._get(entity, key)
                change = patch(_WHAT[entity], shape, body, body_of(request))
                return Reply(200, resource.change(body, change.body, change.touched))
            case ("DELETE", key):
                resource.remove(self._get(entity, key))
                return Reply(200)
        raise _nowhere()

    def _order(self, request: Request, rest: list[str]) -> Reply:
        match (request.method, *(part.lower() for part in rest)):
            case ("POST", "complete"):
                return Reply(201, self._resources.orders.add(posted(orders.WHAT, shapes.SALES_ORDER, body_of(request))))
            case ("GET", key, "complete"):
                order = self._get(orders.ENTITY, key, read=True)
                shows = request.query.get("showinherited", "").lower() == "true"
                return Reply(200, self._resources.orders.inheriting(order) if shows else order)
            case ("PATCH", key):
                order = self._get(orders.ENTITY, key)
                change = patch(orders.WHAT, shapes.SALES_ORDER, order, body_of(request))
                return Reply(200, self._headed(self._resources.orders.change(order, change.body, change.touched)))
            case ("DELETE", key):
                self._resources.orders.remove(self._get(orders.ENTITY, key))
                return Reply(200)
            case (_, key, "lines", *line):
                return self._lines(request, key, line)
            case ("POST", key, "createandsendinvoice"):
                self._get(orders.ENTITY, key)
                raise problem(400, "Missing privilege", "The integration may not send invoices.")
        raise _nowhere()

    def _lines(self, request: Request, key: str, rest: list[str]) -> Reply:
        order = self._get(orders.ENTITY, key, read=request.method == "GET")
        if not rest and request.method == "GET":
            return lists.page(request, order["SalesOrderLines"], shapes.SALES_ORDER_LINE)
        if not rest and request.method == "POST":
            return Reply(201, self._resources.add_line(order, posted(LINE, shapes.SALES_ORDER_LINE, body_of(request))))
        line = next((row for row in order["SalesOrderLines"] if rest and row["Id"] == rest[0]), None)
        if line is None:
            raise missing(LINE, rest[0]) if rest else _nowhere()
        match request.method:
            case "GET":
                return Reply(200, line)
            case "PATCH":
                change = patch(LINE, shapes.SALES_ORDER_LINE, line, body_of(request))
                return Reply(200, self._resources.change_line(order, change.body, change.touched))
            case "DELETE":
                self._resources.remove_line(order, line)
                return Reply(200)
        raise _nowhere()


def body_of(request: Request) -> Any:
    """The request's JSON; raises RefusedError: 415 for another media type, 400 for a body that is not JSON."""
    if "json" not in request.content_type:
        raise problem(415, "Unsupported Media Type", "The body must be JSON.")
    try:
        return request.json()
    except BadJsonError:
        raise problem(400, "Bad request", "The body is not JSON.") from None


def posted(what: str, shape: Shape, body: Any) -> Json:
    """A POST body's members as stored; raises RefusedError with every member that is wrong."""
    values, errors = shape.posted(body)
    if errors:
        raise invalid(what, errors)
    return values


def _nowhere() -> RefusedError:
    return RefusedError(Reply(404, {"statusCode": 404, "message": "Resource not found"}))
