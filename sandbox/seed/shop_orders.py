"""The shop's 1000 orders of one to eight lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.seed import words
from sandbox.seed.model import Body, Draft, Parking, Reason
from sandbox.seed.numbers import YEAR_END, YEAR_START, instant, rounded, shop_time

COUNT = 1000
MATCHED = {"equal": 11, "partial": 8, "different": 8, "confirmed": 3}
RATE = {"NOK": "1.000000", "SEK": "1.024500", "DKK": "1.563125", "EUR": "11.662505"}
GONE_CUSTOMER = 9007199254740001
GONE_PRODUCT = 9007199254740002
_COUNTED = ("1", "1", "1", "2", "3", "10", "2.0000")
_MEASURED = ("0.5", "1.25", "0.3333", "12")


@dataclass(frozen=True, slots=True)
class Stock:
    """What orders are made of: shop records with ids, by role."""

    customers: list[Draft]
    products: list[Draft]

    def good(self, drafts: list[Draft]) -> list[Body]:
        """Records that an ordinary order may name: neither parked nor archived."""
        return [draft.body for draft in drafts if draft.parking is None and not draft.body["archived"]]

    def matched(self, drafts: list[Draft]) -> list[Body]:
        """Records that PowerOffice GO holds already."""
        return [draft.body for draft in drafts if draft.role in ("equal", "partial", "different", "by_gtin")]

    def parked(self, drafts: list[Draft]) -> list[Draft]:
        """Records that end parked."""
        return [draft for draft in drafts if draft.parking is not None]


def _line(kind: str, product_id: int | None, description: str, quantity: str, unit_price: str, vat_rate: str, unit: str = "pcs") -> Body:
    return {
        "id": None,
        "kind": kind,
        "product_id": product_id,
        "description": description,
        "quantity": quantity,
        "unit_price": unit_price,
        "discount_percent": "0",
        "unit_cost": None,
        "unit": unit,
        "position": 0,
        "vat_rate": vat_rate,
        "external_ref": None,
    }


def product_line(rng: Random, product: Body, currency: str) -> Body:
    """One line of ``product``, its gross price in the order's currency."""
    rate = Decimal(RATE.get(currency, "1"))
    price = str(rounded(Decimal(product["price"]) / rate, 2))
    quantity = rng.choice(_MEASURED if product["unit"] in ("kg", "m", "l", "hour") else _COUNTED)
    line = _line("product", product["id"], str(product["name"]).strip(), quantity, price, product["vat_rate"], product["unit"])
    if rng.random() < 0.15:
        line["description"] += " – gravert «Til mor»"
    if rng.random() < 0.2:
        line["discount_percent"] = rng.choice(("5", "10", "12.5", "33.3333", "7.25", "100"))
    cost = product.get("cost")
    line["unit_cost"] = None if cost is None else str(rounded(Decimal(cost) / rate, 4))
    return line


def _extras(rng: Random, currency: str, room: int) -> list[Body]:
    extras = []
    if rng.random() < 0.55:
        extras.append(_line("shipping", None, "Frakt – Posten", "1", rng.choice(("49.00", "79.00", "99.00", "149.50", "0.00")), "25"))
    if rng.random() < 0.15:
        extras.append(_line("fee", None, "Fakturagebyr", "1", rng.choice(("29.00", "39.90")), "25"))
    if currency == "NOK" and rng.random() < 0.1:
        extras.append(_line("rounding", None, "Øreavrunding", "1", rng.choice(("-0.40", "0.10", "-0.05", "0.45")), "0"))
    return extras[:room]


def _header(rng: Random, number: int, customer_id: int, currency: str, ordered: datetime) -> Body:
    delivery = min(ordered.date() + timedelta(days=rng.randrange(1, 21)), date(2026, 10, 31))
    return {
        "id": None,
        "number": number,
        "customer_id": customer_id,
        "ordered_at": shop_time(ordered),
        "delivery_date": delivery.isoformat() if rng.random() < 0.6 else None,
        "currency": currency,
        "exchange_rate": RATE[currency],
        "customer_reference": rng.choice((None, "", f"Ref. {rng.choice(words.FIRST['NOR'])}")),
        "purchase_order": f"PO-{number}" if rng.random() < 0.3 else None,
        "contract_number": f"K-{number % 97:03d}" if rng.random() < 0.1 else None,
        "payment_reference": f"{rng.choice(('VIPPS', 'KLARNA', 'KORT'))}-{number}" if rng.random() < 0.5 else None,
        "accounting_status": None,
        "accounting_number": None,
        "net_total": None,
        "gross_total": None,
        "status": rng.choice(("paid", "packed", "sent", "open")),
        "external_ref": None,
    }


def order(rng: Random, number: int, customer: Body, products: list[Body]) -> Body:
    """One order with a product line at least; now and then the same product twice, in the customer's currency or NOK."""
    currency = customer["currency"] if customer["currency"] in RATE and rng.random() < 0.8 else "NOK"
    body = _header(rng, number, customer["id"], currency, instant(rng, YEAR_START + timedelta(days=60), YEAR_END - timedelta(days=10)))
    lines = [product_line(rng, rng.choice(products), currency) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 5, 8)))]
    if len(lines) > 2 and rng.random() < 0.2:
        twin = next(product for product in products if product["id"] == lines[0]["product_id"])
        lines[1] = product_line(rng, twin, currency)
    return body | {"lines": lines + _extras(rng, currency, 8 - len(lines))}


def _bend(bodies: list[Body]) -> None:
    b = bodies
    # Midnight in Oslo is an hour or two before midnight UTC, and the clocks change on 29 March and 25 October.
    for place, moment in enumerate(("03-14T23:30:00.000Z", "06-30T22:00:00.000Z", "03-29T00:59:59.999Z", "10-24T22:30:00.000Z")):
        b[place] |= {"ordered_at": f"2026-{moment}", "delivery_date": None}
    b[4] |= {"customer_reference": "  Bestilt av Åse 🎣 "}
    b[5]["lines"][0] |= {"quantity": "1.5", "unit_price": "12.35"}
    b[6]["lines"][0] |= {"quantity": "0.005", "unit_price": "100.00", "discount_percent": "50"}
    b[7]["lines"][0] |= {"quantity": "-1", "unit_price": "10.00"}
    b[7]["lines"] = [b[7]["lines"][0], _line("fee", None, "Gebyr for bytte", "1", "99.00", "25")]
    for name in ("delivery_date", "customer_reference", "purchase_order", "contract_number", "payment_reference"):
        b[8].pop(name)
    b[9]["lines"][0] |= {"unit_price": "0.00", "discount_percent": "100"}
    b[10]["customer_reference"] = 'Avd. 7; "Ærlig & Øye" <hk@kunde.example.com>'
    b[11]["payment_reference"] = ""


def _parked(rng: Random, stock: Stock, number: int) -> list[Draft]:
    """Orders that must end parked: those that hang on parked or deleted records, and some with faults of their own."""
    customers, products = stock.good(stock.customers), stock.good(stock.products)
    drafts: list[Draft] = []

    def park(body: Body, reason: Reason, property: str | None, text: str, role: str = "parked") -> None:
        drafts.append(Draft(body, role, Parking(reason, property, text)))

    def fresh(customer: Body | None = None, goods: list[Body] | None = None) -> Body:
        return order(rng, number + len(drafts), customer or rng.choice(customers), goods or products)

    for lost in rng.sample(stock.parked(stock.customers), 6):
        park(fresh(lost.body), "missing_reference", "customer", f"its customer is parked: {_why(lost)}")
    orderable = [draft for draft in stock.parked(stock.products) if draft.parking and draft.parking.reason != "invalid_value"]
    for lost in rng.sample(orderable, 3):
        park(fresh(None, [lost.body]), "missing_reference", "product", f"a line's product is parked: {_why(lost)}")
    park(fresh() | {"customer_id": GONE_CUSTOMER}, "missing_reference", "customer", "its customer was deleted in the shop")
    body = fresh()
    body["lines"][-1 if body["lines"][-1]["kind"] == "product" else 0]["product_id"] = GONE_PRODUCT
    park(body, "missing_reference", "product", "a line's product was deleted in the shop")
    body = fresh()
    body["lines"][0]["quantity"] = None
    park(body, "missing_required", "quantity", "a line without a quantity")
    body = fresh()
    body["lines"][0]["unit_price"] = "n/a"
    park(body, "invalid_value", "unit_price", "words where a line's price belongs")
    park(fresh() | {"delivery_date": "snarest mulig"}, "invalid_value", "delivery_date", "words where a date belongs")
    park(fresh() | {"currency": "ISK", "exchange_rate": "0.083000"}, "rejected", None, "a currency that is not active in PowerOffice GO")
    one = rng.choice(stock.matched(stock.customers))
    park(fresh(one), "ambiguous_match", None, "two PowerOffice GO orders with its order number", "ambiguous")
    return drafts


def _why(draft: Draft) -> str:
    return draft.parking.text if draft.parking else ""


def orders(rng: Random, stock: Stock) -> list[Draft]:
    """All orders, shuffled, without ids; numbers from 100001."""
    first = 100001
    parked = _parked(rng, stock, first + 900)
    matched_customers = stock.matched(stock.customers)
    matched_products = stock.matched(stock.products)
    roles = [role for role, count in MATCHED.items() for _ in range(count)]
    numbers = [number for number in range(first, first + COUNT) if not first + 900 <= number < first + 900 + len(parked)]
    drafts = [
        Draft(order(rng, number, rng.choice(matched_customers), matched_products), role)
        for number, role in zip(numbers, roles, strict=False)
    ]  # fmt: skip
    customers, products = stock.good(stock.customers), stock.good(stock.products)
    plain = [order(rng, number, rng.choice(customers), products) for number in numbers[len(drafts) :]]
    _bend(plain)
    drafts += [Draft(body) for body in plain] + parked
    rng.shuffle(drafts)
    return drafts


def totals(lines: list[dict[str, Any]]) -> tuple[str, str]:
    """Net and gross total of an order as the shop computes them: each line rounded half up to two decimals, then added.

    A line without a number where one belongs counts as zero.
    """
    net_total, gross_total = Decimal(0), Decimal(0)
    for line in lines:
        try:
            share = 1 - Decimal(line["discount_percent"] or 0) / 100
            gross = Decimal(line["quantity"] or 0) * Decimal(line["unit_price"] or 0) * share
            rate = Decimal(line["vat_rate"] or 0) / 100
        except ArithmeticError:
            continue
        gross_total += rounded(gross, 2)
        net_total += rounded(gross / (1 + rate), 2)
    return f"{net_total:.2f}", f"{gross_total:.2f}"
