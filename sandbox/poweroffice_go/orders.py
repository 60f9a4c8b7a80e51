"""Sales orders: one body with its lines, drafts open and confirmed ones locked, gone from here once invoiced."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

from sandbox.poweroffice_go import lists
from sandbox.poweroffice_go.order_lines import OrderLines, allowance
from sandbox.poweroffice_go.problems import invalid, locked, missing, problem, taken
from sandbox.poweroffice_go.products import Products
from sandbox.poweroffice_go.shapes import SALES_ORDER, SALES_ORDER_LINE
from sandbox.poweroffice_go.tenant import Tenant, served
from sandbox.store import Store
from sandbox.wire import Json

WHAT = "Sales order"
ENTITY = "SalesOrders"
FILTERS: lists.Filters = {
    "customerNos": (lists.numbers, "CustomerNo"),
    "departmentCodes": (lists.one_of, "DepartmentCode"),
    "projectCodes": (lists.one_of, "ProjectCode"),
    "orderStatus": (lists.one_of, "SalesOrderStatus"),
    "lastChangedDateTimeOffsetGreaterThan": (lists.later, "LastChangedDateTimeOffset"),
    "externalImportReferences": (lists.one_of, "ExternalImportReference"),
    "importedOrderNos": (lists.numbers, "ImportedOrderNo"),
    "salesOrderNos": (lists.numbers, "SalesOrderNo"),
}
_FIRST_NUMBER = 10_001


class Orders:
    """The client's sales orders. Methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store, tenant: Tenant, products: Products, lines: OrderLines) -> None:
        self._store = store
        self._tenant = tenant
        self._products = products
        self._lines = lines

    def add(self, values: Json) -> Json:
        """A new order with its lines from members that fit; returns it as stored."""
        now = datetime.now(UTC)
        customer = self._customer(values)
        body = SALES_ORDER.blank() | {"SalesOrderStatus": "Draft", "CurrencyExchangeRate": 1, "IsCreatedByCurrentIntegration": True}
        body |= {"CurrencyCode": customer["CurrencyCode"], "SalesOrderDate": now.astimezone(ZoneInfo("Europe/Oslo")).date().isoformat()}
        body |= {name: value for name, value in values.items() if value is not None}
        body |= {"CustomerId": customer["Id"], "SalesOrderLines": []}
        for line in values.get("SalesOrderLines") or []:
            body["SalesOrderLines"].append(self._lines.add(line, body["SalesOrderLines"]))
        self._check(body, frozenset(body))
        body["Id"] = str(uuid4())
        body["SalesOrderNo"] = self._store.next_number("SalesOrders", _FIRST_NUMBER)
        body["CreatedDateTimeOffset"] = body["LastChangedDateTimeOffset"] = served(now)
        return self._keep(body)

    def change(self, before: Json, after: Json, touched: Set[str]) -> Json:
        """The header ``after`` stored in place of ``before``; a confirmed order takes nothing but SalesOrderStatus."""
        if before["SalesOrderStatus"] == "Confirmed" and touched - {"SalesOrderStatus"}:
            raise locked(before["Id"])
        if "CustomerId" in touched:
            self._customer(after)
        self._check(after, touched)
        if touched:
            after["LastChangedDateTimeOffset"] = served(datetime.now(UTC))
        return self._keep(after, _reserves(before))

    def set_lines(self, order: Json, lines: Sequence[Json], *, bump: bool) -> Json:
        """The order with these lines in place of its own; raises RefusedError where it is confirmed."""
        if order["SalesOrderStatus"] == "Confirmed":
            raise locked(order["Id"])
        after = order | {"SalesOrderLines": list(lines)}
        if bump:
            after["LastChangedDateTimeOffset"] = served(datetime.now(UTC))
        return self._keep(after)

    def inheriting(self, order: Json) -> Json:
        """The order as its page shows it: what it holds no value for is its customer's."""
        customer = self._store.get("Customers", str(order["CustomerId"])) or {}
        lines = [line | {"Allowance": allowance(line, customer)} for line in order["SalesOrderLines"]]
        return order | {"CurrencyCode": order["CurrencyCode"] or customer.get("CurrencyCode") or "NOK", "SalesOrderLines": lines}

    def remove(self, order: Json) -> None:
        """Delete an order with its lines."""
        self._store.remove(ENTITY, order["Id"])
        self._products.restock(_reserves(order))

    def seed(self, values: Json) -> None:
        """Store an order as it comes, dates included; missing members are filled and amounts counted."""
        body = SALES_ORDER.blank() | {"SalesOrderStatus": "Draft", "CurrencyCode": "NOK", "CurrencyExchangeRate": 1} | values
        body["Id"] = body["Id"] or str(uuid4())
        body["SalesOrderNo"] = body["SalesOrderNo"] or self._store.next_number("SalesOrders", _FIRST_NUMBER)
        self._store.reserve("SalesOrders", body["SalesOrderNo"])
        changed = body["LastChangedDateTimeOffset"] or served(datetime.now(UTC))
        body["LastChangedDateTimeOffset"] = changed
        body["CreatedDateTimeOffset"] = body["CreatedDateTimeOffset"] or changed
        given = body["SalesOrderLines"] or []
        blank = SALES_ORDER_LINE.blank() | {"LineType": "Normal", "Allowance": 0}
        body["SalesOrderLines"] = [blank | {"Id": str(uuid4()), "SortOrder": place} | line for place, line in enumerate(given)]
        moment = datetime.fromisoformat(changed)
        self._store.put(ENTITY, body["Id"], self._counted(body), modified=moment, at=moment)
        self._products.restock(_reserves(body))

    def _keep(self, body: Json, reserved: Set[int] = frozenset()) -> Json:
        full = self._counted(body)
        self._store.put(ENTITY, full["Id"], full, modified=datetime.fromisoformat(full["LastChangedDateTimeOffset"]))
        self._products.restock(reserved | _reserves(full))
        return full

    def _counted(self, body: Json) -> Json:
        lines = [self._lines.priced(line, body) for line in sorted(body["SalesOrderLines"], key=lambda line: line["SortOrder"] or 0)]
        customer = self._store.get("Customers", str(body["CustomerId"])) or {}
        sums = {name: float(sum((Decimal(str(line[name])) for line in lines), Decimal(0))) for name in ("NetAmount", "TotalAmount")}
        return body | sums | {"SalesOrderLines": lines, "LineCount": len(lines), "CustomerNo": customer.get("Number")}

    def _customer(self, values: Json) -> Json:
        key, number = values.get("CustomerId"), values.get("CustomerNo")
        if key is None and number is None:
            raise invalid(WHAT, {"CustomerId": "is required"})
        if key is not None:
            customer = self._store.get("Customers", str(key))
        else:
            customer = next((row for row in self._store.all("Customers") if row["Number"] == number), None)
        if customer is None:
            raise missing("Customer", key) if key is not None else problem(404, "Object(s) not found", "The customer was not found.")
        return customer

    def _check(self, body: Json, touched: Set[str]) -> None:
        errors = {}
        if "CurrencyCode" in touched and body["CurrencyCode"] is not None and not self._tenant.currency(body["CurrencyCode"]):
            errors["CurrencyCode"] = "is not an active currency of the client"
        if "SalesOrderStatus" in touched and body["SalesOrderStatus"] is None:
            errors["SalesOrderStatus"] = "is required"
        if "CurrencyExchangeRate" in touched and (body["CurrencyExchangeRate"] or 0) <= 0:
            errors["CurrencyExchangeRate"] = "must be above zero"
        if errors:
            raise invalid(WHAT, errors)
        reference = body["ExternalImportReference"]
        if "ExternalImportReference" in touched and reference is not None:
            for row in [*self._store.all(ENTITY), *self._store.all("OutgoingInvoices")]:
                if row["ExternalImportReference"] == reference and row["Id"] != body["Id"]:
                    raise taken(WHAT, "ExternalImportReference", reference, row["Id"])


def _reserves(order: Json) -> frozenset[int]:
    """The products whose stock the order holds back: those of a confirmed one."""
    confirmed = order["SalesOrderStatus"] == "Confirmed"
    return frozenset(line["ProductId"] for line in order["SalesOrderLines"] if confirmed and line["ProductId"] is not None)
