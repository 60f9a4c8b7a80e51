"""Sales order lines: what a line takes from its product, its VAT and its amounts."""

from __future__ import annotations

from collections.abc import Sequence, Set
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

from sandbox.poweroffice_go.problems import invalid, missing, problem
from sandbox.poweroffice_go.shapes import SALES_ORDER_LINE
from sandbox.poweroffice_go.tenant import Tenant
from sandbox.store import Store
from sandbox.wire import Json

WHAT = "Sales order line"
_INHERITED = {"ProductUnitPrice": "UnitPrice", "ProductUnitCost": "UnitCost", "UnitOfMeasureCode": "UnitOfMeasureCode"}
_CENT = Decimal("0.01")


class OrderLines:
    """Makes lines whole. Stores nothing: a line lives in its order's body."""

    def __init__(self, store: Store, tenant: Tenant) -> None:
        self._store = store
        self._tenant = tenant

    def add(self, values: Json, others: Sequence[Json]) -> Json:
        """A new line from members that fit, with what it inherits from its product at this moment; raises RefusedError."""
        product = self._product(values)
        line = SALES_ORDER_LINE.blank() | {"LineType": "Normal", "Allowance": 0, "VatReturnSpecification": "None"}
        line |= {name: value for name, value in values.items() if value is not None}
        line["Id"] = str(uuid4())
        if line["SortOrder"] is None:
            line["SortOrder"] = max((other["SortOrder"] for other in others), default=-1) + 1
        if product:
            self._inherit(line, product)
        self.check(line, others, frozenset(line))
        return line

    def _inherit(self, line: Json, product: Json) -> None:
        group = self._tenant.group(product)
        line["ProductId"], line["ProductCode"] = product["Id"], product["Code"]
        for name, member in _INHERITED.items():
            if line[name] is None:
                line[name] = product[member] if product[member] is not None else group.get(member)
        line["Description"] = line["Description"] or product["Name"]

    def check(self, line: Json, others: Sequence[Json], touched: Set[str]) -> None:
        """Refuse a line that cannot stand in its order; looks only at ``touched`` members."""
        errors = {}
        if touched & {"ProductId", "LineType"} and line["ProductId"] is None and line["LineType"] == "Normal":
            errors["ProductId"] = "is required on a normal line"
        if touched & {"ProductId", "Quantity"} and line["ProductId"] is not None and line["Quantity"] is None:
            errors["Quantity"] = "is required with a product"
        if "Allowance" in touched and not -1000 <= (line["Allowance"] or 0) <= 100:
            errors["Allowance"] = "must lie between -1000 and 100"
        reference = line["ExternalImportReference"]
        if "ExternalImportReference" in touched and reference and any(reference == row["ExternalImportReference"] for row in others):
            errors["ExternalImportReference"] = "is already in use in this order"
        if errors:
            raise invalid(WHAT, errors)
        if "ProductId" in touched and line["ProductId"] is not None:
            self._product(line)

    def _product(self, values: Json) -> Json | None:
        key, code = values.get("ProductId"), values.get("ProductCode")
        if key is not None:
            product = self._store.get("Products", str(key))
            if product is None:
                raise missing("Product", key)
            return product
        if code is None:
            return None
        for product in self._store.all("Products"):
            if product["Code"] == code:
                return product
        raise problem(404, "Object(s) not found", f"Product with code = {code} not found.")

    def priced(self, line: Json, order: Json) -> Json:
        """The line with its VAT and amounts, by the order's customer and the line's product."""
        product = self._store.get("Products", str(line["ProductId"])) if line["ProductId"] is not None else None
        customer = self._store.get("Customers", str(order["CustomerId"])) or {}
        chosen = line["UseStandardSalesAccount"]
        vat = self._tenant.vat(product, standard=not customer.get("IsVatFree") if chosen is None else chosen) if product else {}
        net = _net(line, _decimal(allowance(line, customer)))
        tax = (net * _decimal(vat.get("Rate"))).quantize(_CENT, ROUND_HALF_UP)
        amounts = {"NetAmount": float(net), "VatAmount": float(tax), "TotalAmount": float(net + tax)}
        code = {"VatCode": vat.get("Code"), "VatId": vat.get("Id"), "VatRate": vat.get("Rate")}
        return line | amounts | code | {"SalesOrderId": order["Id"], "ProductCode": product and product["Code"]}


def allowance(line: Json, customer: Json) -> float:
    """The line's discount in per cent; where it has none of its own, its customer's."""
    found: float = line["Allowance"] if line["Allowance"] is not None else customer.get("Allowance") or 0
    return found


def _net(line: Json, discount: Decimal) -> Decimal:
    price = _decimal(line["Quantity"]) * _decimal(line["ProductUnitPrice"])
    return (price * (1 - discount / 100)).quantize(_CENT, ROUND_HALF_UP)


def _decimal(value: float | None) -> Decimal:
    return Decimal(str(value or 0))
