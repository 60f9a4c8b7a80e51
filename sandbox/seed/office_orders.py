"""PowerOffice GO's sales orders: some that the shop has, too, and some that it has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from sandbox.seed import office_blank as blank
from sandbox.seed.model import Body, Draft
from sandbox.seed.numbers import YEAR_END, YEAR_START, guid, instant, net, office_time, rounded
from sandbox.seed.office_products import UNIT
from sandbox.seed.office_settings import ACCOUNTS, fraction

FOREIGN = 25
KIND = {"shipping": "FRAKT", "fee": "GEBYR", "rounding": "AVRUND"}
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Market:
    """PowerOffice GO's customers and products as orders need them.

    :param customers: shop id -> the customer that matches it; ``products`` likewise.
    :param by_code: product code -> product.
    :param others: customers that no shop customer matches.
    """

    customers: Mapping[int, Body]
    products: Mapping[int, Body]
    by_code: Mapping[str, Body]
    others: list[Body]


def _line(rng: Random, place: int, product: Body, quantity: float, price: float) -> Body:
    """A SalesOrderLineDto without amounts; its VAT is that of the product's sales account."""
    rate, account = next(pair for pair in ACCOUNTS.items() if pair[1][1] == product["StandardSalesAccount"])
    return blank.LINE | {
        "Id": guid(rng),
        "LineType": "Normal",
        "SortOrder": place,
        "ProductId": product["Id"],
        "ProductCode": product["Code"],
        "Description": product["Name"],
        "Quantity": quantity,
        "ProductUnitPrice": price,
        "Allowance": 0.0,
        "UnitOfMeasureCode": product["UnitOfMeasureCode"],
        "VatRate": fraction(rate),
        "VatCode": account[3],
        "VatId": account[2],
    }


def _header(rng: Random, customer: Body, day: str) -> Body:
    """A draft's header of that day."""
    created = instant(rng, datetime.fromisoformat(f"{day}T18:00:00+00:00"), YEAR_END)
    return blank.ORDER | {
        "Id": guid(rng),
        "SalesOrderStatus": "Draft",
        "SalesOrderDate": day,
        "CurrencyCode": "NOK",
        "CurrencyExchangeRate": 1.0,
        "CustomerId": customer["Id"],
        "CustomerNo": customer["Number"],
        "IsCreatedByCurrentIntegration": False,
        "CreatedDateTimeOffset": office_time(created),
        "LastChangedDateTimeOffset": office_time(instant(rng, created, created + timedelta(days=1))),
    }


def _finish(body: Body, lines: list[Body]) -> Body:
    """Amounts as PowerOffice GO computes them: each line rounded to two decimals, then added."""
    for line in lines:
        share = 1 - Decimal(str(line["Allowance"] or 0)) / 100
        net_amount = rounded(Decimal(str(line["Quantity"])) * Decimal(str(line["ProductUnitPrice"])) * share, 2)
        vat = rounded(net_amount * Decimal(str(line["VatRate"])), 2)
        line |= {
            "SalesOrderId": body["Id"],
            "NetAmount": float(net_amount),
            "VatAmount": float(vat),
            "TotalAmount": float(net_amount + vat),
        }
    total = {name: float(sum((Decimal(str(line[name])) for line in lines), Decimal(0))) for name in ("NetAmount", "TotalAmount")}
    return body | total | {"LineCount": len(lines), "SalesOrderLines": lines}


def as_office(rng: Random, shop: Body, market: Market) -> Body:
    """The whole SalesOrderCompleteDto of a shop order, without number and amounts."""
    day = datetime.fromisoformat(shop["ordered_at"]).astimezone(OSLO).date().isoformat()
    return _header(rng, market.customers[shop["customer_id"]], day) | {
        "DeliveryDate": shop["delivery_date"],
        "CurrencyCode": shop["currency"],
        "CurrencyExchangeRate": float(shop["exchange_rate"]),
        "CustomerReference": shop["customer_reference"] or None,
        "PurchaseOrderReference": shop["purchase_order"],
        "ContractNo": shop["contract_number"],
        "ImportedOrderNo": shop["number"],
        "CustomMatchingReference": shop["payment_reference"] or None,
        "SalesOrderLines": [_line_of(rng, line, market) for line in shop["lines"]],
    }


def _line_of(rng: Random, line: Body, market: Market) -> Body:
    product = market.products[line["product_id"]] if line["product_id"] else market.by_code[KIND[line["kind"]]]
    price = float(net(line["unit_price"], line["vat_rate"]))
    return _line(rng, line["position"], product, float(line["quantity"]), price) | {
        "Description": line["description"],
        "ProductUnitCost": None if line["unit_cost"] is None else float(line["unit_cost"]),
        "Allowance": float(line["discount_percent"]),
        "UnitOfMeasureCode": UNIT[line["unit"]],
    }


def _changed(n: int, role: str, shop: Body, body: Body) -> Body:
    """What a partial, different or confirmed counterpart has that the shop's order has not; may empty fields of ``shop``."""
    lines = body["SalesOrderLines"]
    if role == "confirmed":
        return body | {"SalesOrderStatus": "Confirmed"}
    if role == "partial" and n % 3 == 0:
        shop["customer_reference"] = None
        return body | {"CustomerReference": "Ført i regnskapet", "PurchaseOrderReference": None}
    if role == "partial" and n % 3 == 1:
        return body | {"DeliveryDate": None, "ContractNo": None, "CustomMatchingReference": None}
    if role == "partial" and len(lines) > 1:
        return body | {"SalesOrderLines": lines[:-1]}
    if role == "different" and n % 3 == 0:
        lines[0] |= {"Quantity": lines[0]["Quantity"] + 1}
    elif role == "different" and n % 3 == 1:
        lines[0] |= {"Allowance": 2.5, "Description": "Rettet tekst"}
    elif role == "different":
        return body | {"SalesOrderDate": "2026-01-15", "PurchaseOrderReference": f"GAMMEL-{n}"}
    return body


def orders(rng: Random, drafts: list[Draft], market: Market) -> list[Body]:
    """All sales orders with numbers; takes from shop drafts what only PowerOffice GO is to know."""
    made: list[Body] = []
    seen: Counter[str] = Counter()
    for draft in drafts:
        if draft.role in ("equal", "partial", "different", "confirmed"):
            body = _changed(seen[draft.role], draft.role, draft.body, as_office(rng, draft.body, market))
            made.append(_finish(body, body["SalesOrderLines"]))
        elif draft.role == "ambiguous":
            customer, number = market.customers[draft.body["customer_id"]], draft.body["number"]
            made += [_foreign(rng, customer, market) | {"ImportedOrderNo": number} for _ in range(2)]
        seen[draft.role] += 1
    for n in range(FOREIGN):
        own = {"ImportedOrderNo": 900001 + n if n % 2 else None, "ExternalImportReference": None if n % 5 else f"ANNEN-{n}"}
        made.append(_foreign(rng, rng.choice(market.others), market) | own)
    rng.shuffle(made)
    return [body | {"SalesOrderNo": 20001 + n} for n, body in enumerate(made)]


def _foreign(rng: Random, customer: Body, market: Market) -> Body:
    """An order of products that only PowerOffice GO has."""
    day = f"{instant(rng, YEAR_START, YEAR_END - timedelta(days=10)):%Y-%m-%d}"
    own = [product for code, product in market.by_code.items() if code.startswith("REGN-") and product["UnitPrice"] is not None]
    lines = [
        _line(rng, place, product, float(rng.randrange(1, 9)), product["UnitPrice"]) | {"ProductUnitCost": product["UnitCost"]}
        for place, product in enumerate(rng.sample(own, rng.randrange(1, 4)))
    ]
    return _finish(_header(rng, customer, day), lines)
