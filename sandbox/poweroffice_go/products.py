"""Products and their stock: StockAvailable follows from StockOnHand and the confirmed orders; stock has a date of its own."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.poweroffice_go import lists
from sandbox.poweroffice_go.problems import in_use, invalid, taken
from sandbox.poweroffice_go.shapes import PRODUCT
from sandbox.poweroffice_go.tenant import Tenant, served
from sandbox.store import Store
from sandbox.wire import Json

WHAT = "Product"
ENTITY = "Products"
FILTERS: lists.Filters = {
    "codes": (lists.one_of, "Code"),
    "names": (lists.one_of, "Name"),
    "productGroupCodes": (lists.one_of, "ProductGroupCode"),
    "type": (lists.one_of, "ProductType"),
    "isArchived": (lists.flag, "IsArchived"),
    "createdDateTimeOffsetGreaterThan": (lists.later, "CreatedDateTimeOffset"),
    "lastChangedDateTimeOffsetGreaterThan": (lists.later, "LastChangedDateTimeOffset"),
    "stockOnHandLastChangedDatetimeOffsetGreaterThan": (lists.later, "StockOnHandLastChangedDatetimeOffset"),
}
_ACCOUNTS = ("StandardSalesAccount", "OptionalSalesAccount")
_STOCK_AT = "StockOnHandLastChangedDatetimeOffset"


class Products:
    """The client's products. Methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store, tenant: Tenant) -> None:
        self._store = store
        self._tenant = tenant

    def add(self, values: Json) -> Json:
        """A new product from members that fit; returns it as stored."""
        now = served(datetime.now(UTC))
        body = PRODUCT.blank() | {"ProductType": "Product", "IsStockItem": False, "IsArchived": False, "UnitOfMeasureCode": "EA"}
        body |= {name: value for name, value in values.items() if value is not None}
        body["ProductGroupId"] = body["ProductGroupId"] or self._group_of(body["ProductGroupCode"])
        self._check(body, frozenset(body), own=None)
        body["Id"] = self._store.next_number("Products", 2_000_001)
        body["CreatedDateTimeOffset"] = body["LastChangedDateTimeOffset"] = now
        body[_STOCK_AT] = now if body["IsStockItem"] else None
        return self._keep(body)

    def change(self, before: Json, after: Json, touched: Set[str]) -> Json:
        """``after`` stored in place of ``before``; stock alone does not move the product's date, only its own."""
        if "IsStockItem" in touched and not after["IsStockItem"]:
            after["StockOnHand"] = None
        self._check(after, touched, own=before["Id"])
        now = served(datetime.now(UTC))
        if touched - {"StockOnHand"}:
            after["LastChangedDateTimeOffset"] = now
        if after["StockOnHand"] != before["StockOnHand"] or "StockOnHand" in touched:
            after[_STOCK_AT] = now
        return self._keep(after)

    def remove(self, body: Json) -> None:
        """Delete a product that no order line names."""
        if any(line["ProductId"] == body["Id"] for order in self._store.all("SalesOrders") for line in order["SalesOrderLines"]):
            raise in_use(WHAT, body["Id"])
        self._store.remove(ENTITY, str(body["Id"]))

    def seed(self, values: Json) -> None:
        """Store a product as it comes, dates included; only missing members are filled."""
        body = PRODUCT.blank() | {"ProductType": "Product", "IsStockItem": False, "IsArchived": False, "UnitOfMeasureCode": "EA"} | values
        body["Id"] = body["Id"] or self._store.next_number("Products", 2_000_001)
        body["ProductGroupId"] = body["ProductGroupId"] or self._group_of(body["ProductGroupCode"])
        self._store.reserve("Products", body["Id"])
        changed = body["LastChangedDateTimeOffset"] or served(datetime.now(UTC))
        body["LastChangedDateTimeOffset"] = changed
        body["CreatedDateTimeOffset"] = body["CreatedDateTimeOffset"] or changed
        if body["IsStockItem"]:
            body[_STOCK_AT] = body[_STOCK_AT] or changed
        moment = datetime.fromisoformat(changed)
        self._store.put(ENTITY, str(body["Id"]), self._mirrored(body), modified=moment, at=moment)

    def restock(self, keys: Iterable[int], taken_out: Iterable[Json] = ()) -> None:
        """Count StockAvailable of these products anew; ``taken_out`` are order lines that left the store room."""
        gone: dict[int, Decimal] = {}
        for line in taken_out:
            if line["ProductId"] is not None:
                gone[line["ProductId"]] = gone.get(line["ProductId"], Decimal(0)) + Decimal(str(line["Quantity"] or 0))
        for key in sorted({*keys, *gone}):
            body = self._store.get(ENTITY, str(key))
            if body and body["IsStockItem"]:
                self._keep(body | (_left(body, gone[key]) if key in gone else {}))

    def _keep(self, body: Json) -> Json:
        full = self._mirrored(body)
        self._store.put(ENTITY, str(full["Id"]), full, modified=datetime.fromisoformat(full["LastChangedDateTimeOffset"]))
        return full

    def _mirrored(self, body: Json) -> Json:
        """The body with the read-only members that follow from others."""
        body = dict(body)
        for name in _ACCOUNTS:
            account = self._tenant.first("GeneralLedgerAccounts", "Id", body[f"{name}Id"])
            body[name] = account and account["AccountNo"]
        body["ProductGroupCode"] = self._tenant.group(body).get("Code")
        body["StockAvailable"] = None
        if body["IsStockItem"]:
            body["StockOnHand"] = body["StockOnHand"] or 0
            body["StockAvailable"] = _plain(Decimal(str(body["StockOnHand"])) - self._reserved(body["Id"]))
        return body

    def _reserved(self, key: int) -> Decimal:
        confirmed = (order for order in self._store.all("SalesOrders") if order["SalesOrderStatus"] == "Confirmed")
        lines = (line for order in confirmed for line in order["SalesOrderLines"] if line["ProductId"] == key)
        return sum((Decimal(str(line["Quantity"] or 0)) for line in lines), Decimal(0))

    def _group_of(self, code: str | None) -> int | None:
        group = self._tenant.first("ProductGroups", "Code", code) if code else self._tenant.group({})
        if code and not group:
            raise invalid(WHAT, {"ProductGroupCode": "is not a product group"})
        return group.get("Id") if group else None

    def _check(self, body: Json, touched: Set[str], *, own: int | None) -> None:
        errors: dict[str, str] = {}
        if "Name" in touched and not body["Name"]:
            errors["Name"] = "is required"
        if "StockOnHand" in touched and body["StockOnHand"] is not None and not body["IsStockItem"]:
            errors["StockOnHand"] = "can be set only on a stock item"
        if "ProductGroupId" in touched and not self._tenant.first("ProductGroups", "Id", body["ProductGroupId"]):
            errors["ProductGroupId"] = "is not a product group"
        errors |= self._account_errors(body, touched, own)
        if errors:
            raise invalid(WHAT, errors)
        if "Code" in touched and body["Code"] is not None:
            for row in self._store.all(ENTITY):
                if row["Code"] == body["Code"] and row["Id"] != own:
                    raise taken(WHAT, "Code", body["Code"], row["Id"])

    def _account_errors(self, body: Json, touched: Set[str], own: int | None) -> dict[str, str]:
        errors: dict[str, str] = {}
        for name in _ACCOUNTS:
            if own is None and body[name] is not None and body[f"{name}Id"] is None:
                account = self._tenant.first("GeneralLedgerAccounts", "AccountNo", body[name])
                body[f"{name}Id"] = account["Id"] if account else -1
            key = body[f"{name}Id"]
            if f"{name}Id" in touched and key is not None and not self._tenant.first("GeneralLedgerAccounts", "Id", key):
                errors[f"{name}Id"] = "is not an account"
        return errors


def _left(body: Json, gone: Decimal) -> Json:
    on_hand = Decimal(str(body["StockOnHand"] or 0)) - gone
    return {"StockOnHand": _plain(on_hand), _STOCK_AT: served(datetime.now(UTC))}


def _plain(value: Decimal) -> float:
    return int(value) if value == value.to_integral_value() else float(value)
