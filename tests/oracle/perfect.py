"""A finished sync made by hand: the seed's two systems as they are to look when all is done, to try the judge on.

Written apart from the judge and from Lenke: at first link the shop's value wins where both sides have one, and an empty side is filled.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from sandbox.seed import Seed, record_id
from tests.oracle import words
from tests.oracle.databases import Body
from tests.oracle.pairing import pair
from tests.oracle.tree.facts import marker

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
_UNITS = {"pcs": "EA", "kg": "KGM", "hour": "HUR", "m": "MTR", "l": "LTR", "box": "BX", "set": "SET", "pair": "PR"}
_CUSTOMER = {"email": "EmailAddress", "invoice_email": "InvoiceEmailAddress", "website": "WebsiteUrl", "customer_number": "ExternalNumber"}
_ADDRESS = {"line1": "AddressLine1", "line2": "AddressLine2", "postal_code": "ZipCode", "city": "City"}
_ORDER = {
    "delivery_date": "DeliveryDate",
    "customer_reference": "CustomerReference",
    "purchase_order": "PurchaseOrderReference",
    "contract_number": "ContractNo",
    "payment_reference": "CustomMatchingReference",
}
_BLANK_CUSTOMER: Body = dict.fromkeys(("FirstName", "LastName", "Name", "OrganizationNumber", "MailAddress", "PhoneNumber"))


def _share(left: Body, right: Body, names: dict[str, str]) -> None:
    """The shop's value goes to the right; where it has none, the right's comes back."""
    for ours, theirs in names.items():
        value = left.get(ours)
        value = value.strip() or None if isinstance(value, str) else value
        if value is None and right.get(theirs) is not None:
            left[ours] = right[theirs]
        else:
            right[theirs] = value


def _net(gross: str, percent: str) -> float:
    return float((Decimal(gross) / (1 + Decimal(percent) / 100)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def _customer(left: Body, right: Body) -> None:
    right["IsPerson"] = left["type"] == "person"
    if right["IsPerson"]:
        right |= {"FirstName": left["first_name"].strip(), "LastName": left["last_name"].strip()}
        right["Name"] = f"{right['FirstName']} {right['LastName']}"
    else:
        right |= {"Name": left["company_name"].strip()}
        if words.digits(left.get("org_number")):
            right["OrganizationNumber"] = words.digits(left["org_number"])
    _share(left, right, _CUSTOMER)
    right |= {"CurrencyCode": left["currency"], "IsArchived": left["archived"]}
    if left.get("billing") and left["billing"]["city"]:
        address = right.get("MailAddress") or {}
        _share(left["billing"], address, _ADDRESS)
        right["MailAddress"] = address | {"CountryCode": words.country2(left["billing"]["country"])}
    _share(left, right, {"phone": "PhoneNumber"})
    right["PhoneNumber"] = words.phone(right["PhoneNumber"], words.country2((left.get("billing") or {}).get("country")))


def _product(left: Body, right: Body) -> None:
    _share(left, right, {"sku": "Code", "name": "Name", "description": "Description", "gtin": "Gtin"})
    right |= {"UnitOfMeasureCode": _UNITS[left["unit"]], "UnitPrice": _net(left["price"], left["vat_rate"])}
    if left.get("cost") is None and right.get("UnitCost") is not None:
        left["cost"] = str(right["UnitCost"])
    right |= {"UnitCost": None if left.get("cost") is None else float(left["cost"]), "IsArchived": left["archived"]}
    right |= {"ProductType": "Service" if left["kind"] == "service" else "Product", "IsStockItem": left["manage_stock"]}
    reserved = (right.get("StockOnHand") or 0) - (right.get("StockAvailable") or 0)
    right["StockAvailable"] = left["stock"] if left["manage_stock"] else None
    right["StockOnHand"] = left["stock"] + reserved if left["manage_stock"] else None


def _order(left: Body, right: Body, ids: dict[str, dict[str, str]], codes: dict[str, int]) -> None:
    _share(left, right, _ORDER)
    right |= {
        "CustomerId": int(ids["Customer"][str(left["customer_id"])]),
        "ImportedOrderNo": left["number"],
        "CurrencyCode": left["currency"],
    }
    right |= {"SalesOrderDate": words.day(left["ordered_at"]), "CurrencyExchangeRate": float(left["exchange_rate"])}
    left |= {"accounting_status": right["SalesOrderStatus"].lower(), "accounting_number": right["SalesOrderNo"]}
    lines = []
    for place, line in enumerate(left["lines"]):
        product = int(ids["Product"][str(line["product_id"])]) if line["product_id"] else codes[words.LINE_PRODUCT[line["kind"]]]
        old = right["SalesOrderLines"][place] if place < len(right["SalesOrderLines"]) else {"Id": f"{left['id']}-{place}"}
        lines.append(old | _line(line, product))
    right |= {"SalesOrderLines": lines, "NetAmount": float(left["net_total"])}


def _line(line: Body, product: int) -> Body:
    return {
        "ProductId": product,
        "SortOrder": line["position"],
        "Description": line["description"],
        "Quantity": float(line["quantity"]),
        "ProductUnitPrice": _net(line["unit_price"], line["vat_rate"]),
        "ProductUnitCost": None if line["unit_cost"] is None else float(line["unit_cost"]),
        "Allowance": float(line["discount_percent"]),
        "UnitOfMeasureCode": _UNITS[line["unit"]],
        "VatRate": float(Decimal(line["vat_rate"]) / 100),
    }


def write_home(home: Path, seed: Seed, *, synced: bool = True) -> None:
    """Both databases of the seed, as when all is done or as when nothing has been done."""
    shop = {entity: _by_id(SHOP, entity, bodies) for entity, bodies in seed.records[SHOP].items()}
    office = {entity: _by_id(OFFICE, entity, bodies) for entity, bodies in seed.records[OFFICE].items()}
    if synced:
        _sync(shop, office, seed.parked())
    for system, records in ((SHOP, shop), (OFFICE, office)):
        _write(home / f"{system}.sqlite", records)


def _by_id(system: str, entity: str, bodies: list[Body]) -> dict[str, Body]:
    return {record_id(system, entity, body): json.loads(json.dumps(body)) for body in bodies}


def _sync(shop: dict[str, dict[str, Body]], office: dict[str, dict[str, Body]], parked: set[tuple[str, str]]) -> None:
    codes = {body["Code"]: body["Id"] for body in office["Products"].values()}
    by_gtin = {body["Gtin"]: key for key, body in office["Products"].items() if body["Gtin"]}
    ids: dict[str, dict[str, str]] = {}
    for entity, right_entity in (("Customer", "Customers"), ("Product", "Products"), ("Order", "SalesOrders")):
        left = {key: body for key, body in shop[entity].items() if (entity, key) not in parked}
        right = office[right_entity]
        ids[entity] = dict(pair(entity, left, right).right_of)
        for n, (key, body) in enumerate(left.items()):
            theirs = ids[entity].get(key) or (by_gtin.get(body.get("gtin")) if entity == "Product" else None) or str(95_000_000 + n)
            ids[entity][key] = theirs
            other = right.setdefault(theirs, _new(right_entity, theirs, n, marker(SHOP, entity, key)))
            if entity == "Customer":
                _customer(body, other)
            elif entity == "Product":
                _product(body, other)
            else:
                _order(body, other, ids, codes)


def _new(entity: str, key: str, n: int, mark: str) -> Body:
    if entity == "Customers":
        return _BLANK_CUSTOMER | {"Id": int(key), "ExternalImportReference": mark}
    if entity == "Products":
        return {"Id": int(key)}
    return {"Id": key, "SalesOrderStatus": "Draft", "SalesOrderNo": 40000 + n, "SalesOrderLines": [], "ExternalImportReference": mark}


def _write(path: Path, records: dict[str, dict[str, Body]]) -> None:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE records (entity TEXT, id TEXT, body TEXT, modified TEXT, deleted INTEGER DEFAULT 0, PRIMARY KEY (entity, id))"
    )
    rows = [(entity, key, json.dumps(body, ensure_ascii=False)) for entity, bodies in records.items() for key, body in bodies.items()]
    connection.executemany("INSERT INTO records (entity, id, body) VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()


def change(home: Path, system: str, entity: str, key: str, **fields: Any) -> None:
    """Tamper with a stored record: set members of its body."""
    connection = sqlite3.connect(home / f"{system}.sqlite")
    (text,) = connection.execute("SELECT body FROM records WHERE entity = ? AND id = ?", (entity, key)).fetchone()
    connection.execute(
        "UPDATE records SET body = ? WHERE entity = ? AND id = ?", (json.dumps(json.loads(text) | fields, ensure_ascii=False), entity, key)
    )
    connection.commit()
    connection.close()


def add(home: Path, system: str, entity: str, key: str, body: Body) -> None:
    """Tamper: one more record."""
    connection = sqlite3.connect(home / f"{system}.sqlite")
    connection.execute("INSERT INTO records (entity, id, body) VALUES (?, ?, ?)", (entity, key, json.dumps(body)))
    connection.commit()
    connection.close()


def delete(home: Path, system: str, entity: str, key: str) -> None:
    """Tamper: mark a record deleted."""
    connection = sqlite3.connect(home / f"{system}.sqlite")
    connection.execute("UPDATE records SET deleted = 1 WHERE entity = ? AND id = ?", (entity, key))
    connection.commit()
    connection.close()
