"""What a PowerOffice GO client has from its first day: VAT codes, currencies, sales accounts, a product group, its keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.poweroffice_go import shapes
from sandbox.poweroffice_go.lists import members
from sandbox.poweroffice_go.shapes import Shape
from sandbox.store import Store
from sandbox.wire import Json

_BEGAN = "2026-01-01T00:00:00+00:00"
_VAT = (("3", "High rate", 0.25), ("31", "Middle rate", 0.15), ("33", "Low rate", 0.12), ("5", "Zero rate", 0.0))
_ACCOUNTS = ((3000, "Sales, high rate", 1), (3010, "Sales, middle rate", 2), (3020, "Sales, low rate", 3), (3100, "Sales, no VAT", 4))
_CURRENCIES = (("NOK", True), ("SEK", True), ("DKK", True), ("EUR", True), ("USD", True), ("GBP", True), ("ISK", False), ("CHF", False))

REFERENCE: dict[str, tuple[Shape, str]] = {
    "VatCodes": (shapes.VAT_CODE, "Id"),
    "Currencies": (shapes.CURRENCY, "Code"),
    "GeneralLedgerAccounts": (shapes.ACCOUNT, "Id"),
    "ProductGroups": (shapes.PRODUCT_GROUP, "Id"),
}


def found(store: Store) -> None:
    """Keep the tenant's keys, and the reference records of each entity that has none."""
    for key in ("client_id", "application_key", "client_key", "subscription_key"):
        store.keep(key, str(uuid4()))
    for entity, rows in _reference().items():
        if not store.all(entity):
            keep_reference(store, entity, rows)


def keep_reference(store: Store, entity: str, rows: list[Json]) -> None:
    """Store reference records, every member of their shape present."""
    shape, key = REFERENCE[entity]
    for row in rows:
        modified = datetime.fromisoformat(row.get("LastChangedDateTimeOffset") or _BEGAN).astimezone(UTC)
        store.put(entity, str(row[key]), members(row, shape), modified=modified, at=modified)


def _reference() -> dict[str, list[Json]]:
    vat: list[Json] = [
        {"Id": key, "Code": code, "Name": name, "Rate": rate, "IsActive": True, "IsCustom": False, "ValidFrom": "2000-01-01"}
        for key, (code, name, rate) in enumerate(_VAT, 1)
    ]
    accounts: list[Json] = [_account(key, number, name, vat[code - 1]) for key, (number, name, code) in enumerate(_ACCOUNTS, 1)]
    group: Json = {"Id": 1, "Code": "1", "Name": "Products", "ProductType": "Product", "IsArchived": False, "UnitOfMeasureCode": "EA"}
    group |= {"StandardSalesAccountId": 1, "StandardSalesAccount": 3000, "OptionalSalesAccountId": 4, "OptionalSalesAccount": 3100}
    group |= {"LastChangedDateTimeOffset": _BEGAN, "CreatedDateTimeOffset": _BEGAN}
    return {
        "VatCodes": vat,
        "GeneralLedgerAccounts": accounts,
        "Currencies": [{"Code": code, "Notation": code, "IsActive": active} for code, active in _CURRENCIES],
        "ProductGroups": [group],
    }


def _account(key: int, number: int, name: str, vat: Json) -> Json:
    return {
        "Id": key,
        "AccountNo": number,
        "Name": name,
        "VatCodeId": vat["Id"],
        "VatCode": vat["Code"],
        "GeneralLedgerAccountType": "Income",
        "IsActive": True,
        "LastChangedDateTimeOffset": _BEGAN,
    }


class Tenant:
    """The client's reference records, looked up as the other objects need them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def first(self, entity: str, member: str, value: Any) -> Json | None:
        """The reference record whose ``member`` has this value, or None."""
        return next((row for row in self._store.all(entity) if row.get(member) == value), None)

    def currency(self, code: str) -> bool:
        """Whether the client uses this currency."""
        row = self.first("Currencies", "Code", code)
        return bool(row and row["IsActive"])

    def group(self, product: Json) -> Json:
        """The product's group, else the first one, else an empty one."""
        chosen = self.first("ProductGroups", "Id", product.get("ProductGroupId"))
        return chosen or next(iter(self._store.all("ProductGroups")), {})

    def vat(self, product: Json | None, *, standard: bool) -> Json:
        """The VAT code of a sale of this product: its own sales account, else its group's, else the client's first."""
        member = "StandardSalesAccountId" if standard else "OptionalSalesAccountId"
        key = product and (product.get(member) or self.group(product).get(member))
        account = self.first("GeneralLedgerAccounts", "Id", key) or next(iter(self._store.all("GeneralLedgerAccounts")), {})
        return self.first("VatCodes", "Code", account.get("VatCode")) or {}


def served(moment: datetime) -> str:
    """A time as PowerOffice GO serves it: UTC with offset, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
