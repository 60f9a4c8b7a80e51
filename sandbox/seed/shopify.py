"""The Shopify shop: some customers, variants and orders that PowerOffice GO has, too, and some that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.seed import words
from sandbox.seed.model import Body, Built, World
from sandbox.seed.numbers import YEAR_END, gtin13, instant, rounded
from sandbox.seed.office_settings import ACCOUNTS
from sandbox.seed.shopify_parked import manifest
from sandbox.shopify.customers import blank as blank_customer
from sandbox.shopify.orders import bag
from sandbox.shopify.orders import blank as blank_order
from sandbox.shopify.products import blank_product, blank_variant
from sandbox.shopify.shop import FIRST, LOCATION

STRANGERS, ORDERS_SHARED, GOODS_SHARED = 10, 2, 6
_MILLIS = timedelta(milliseconds=1)


class _Numbers:
    """The next id of each kind."""

    def __init__(self) -> None:
        self._next = dict(FIRST)

    def take(self, kind: str) -> str:
        number = self._next[kind]
        self._next[kind] = number + 1
        return str(number)


def build(rng: Random, world: World) -> Built:
    """The same shop for the same generator state and world."""
    ids = _Numbers()
    shared = _shared_orders(world)
    customers = _customers(rng, ids, world, shared)
    products, variants = _goods(rng, ids, world, shared)
    orders = _orders(rng, ids, shared, customers, variants)
    records = {"Customer": list(customers.values()), "Product": products, "ProductVariant": variants, "Order": orders}
    return Built(records, manifest(world), {"name": "Fjellbua Shopify"})


def _shared_orders(world: World) -> list[Body]:
    """Draft orders of PowerOffice GO's own that are in the shop already: of people with an e-mail address."""
    people = {
        body["Id"]: body for body in world.office["Customers"] if body["IsPerson"] and body["EmailAddress"] and not body["IsArchived"]
    }
    priced = {body["Id"] for body in world.office["Products"] if body["UnitPrice"]}
    found = [
        order
        for order in world.office["SalesOrders"]
        if order["SalesOrderStatus"] == "Draft"
        and order["CustomerId"] in people
        and order["CurrencyCode"] == "NOK"
        and int(order["ImportedOrderNo"] or 900_000) >= 900_000  # the others are the webshop's, which changes them before
        and all(line["ProductId"] in priced and _is_whole(line) for line in order["SalesOrderLines"])
    ]
    return found[:ORDERS_SHARED]


def _is_whole(line: Body) -> bool:
    return bool(float(line["Quantity"]).is_integer() and line["Quantity"] > 0 and not line["Allowance"])


def _stamped(rng: Random, body: Body) -> Body:
    created = instant(rng)
    updated = instant(rng, created, max(created + _MILLIS, YEAR_END))
    return body | {"createdAt": _time(created), "updatedAt": _time(updated)}


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _customers(rng: Random, ids: _Numbers, world: World, shared: Sequence[Body]) -> dict[Any, Body]:
    """By PowerOffice id, strangers by number: matched by e-mail and organisation number, some with gaps and differences."""
    office = world.office["Customers"]
    emails = [str(body["EmailAddress"] or "").casefold() for body in office]
    orgs = [body["OrganizationNumber"] for body in office]
    people = [body for body in office if body["IsPerson"] and body["EmailAddress"] and emails.count(body["EmailAddress"].casefold()) == 1]
    lost = {entry["id"] for entry in manifest(world)}
    firms = [
        body
        for body in office
        if not body["IsPerson"]
        and body["OrganizationNumber"]
        and orgs.count(body["OrganizationNumber"]) == 1
        and str(body["Id"]) not in lost
    ]
    needed = {order["CustomerId"] for order in shared}
    chosen = [body for body in people if body["Id"] in needed] + [body for body in people if body["Id"] not in needed][:4] + firms[:4]
    made = {body["Id"]: _twin(rng, ids, n, body) for n, body in enumerate(chosen)}
    return made | {f"stranger {n}": _stranger(rng, ids, n) for n in range(STRANGERS)}


def _twin(rng: Random, ids: _Numbers, n: int, office: Body) -> Body:
    """What the shop holds of a customer of PowerOffice GO: all of it, a part, or something else."""
    body = _stamped(rng, blank_customer(ids.take("Customer")))
    mail = office["MailAddress"] or {}
    body |= {"firstName": office["FirstName"], "lastName": office["LastName"]}
    if office["IsPerson"]:
        body["defaultEmailAddress"] = {"emailAddress": office["EmailAddress"].upper() if n % 2 else office["EmailAddress"]}
    else:
        body["metafields"] = {"lenke": {"org_number": office["OrganizationNumber"]}}
        body["lastName"] = "Innkjøp"
    city = mail.get("City") if n % 3 else "Gammelby"
    return _placed(
        ids, body, {"company": office["Name"] if not office["IsPerson"] else None, "address1": mail.get("AddressLine1"), "city": city}
    )


def _placed(ids: _Numbers, body: Body, given: Body) -> Body:
    names = ("firstName", "lastName", "company", "address1", "address2", "city", "zip", "countryCodeV2", "country", "provinceCode", "phone")
    address = {"id": f"gid://shopify/MailingAddress/{ids.take('MailingAddress')}?model_name=CustomerAddress"} | dict.fromkeys(names)
    address |= {"countryCodeV2": "NO", **given}
    return body | {"addresses": [address], "defaultAddress": address}


def _stranger(rng: Random, ids: _Numbers, n: int) -> Body:
    body = _stamped(rng, blank_customer(ids.take("Customer")))
    code, city = rng.choice(words.PLACE["NOR"])
    names = {"firstName": rng.choice(words.FIRST["NOR"]), "lastName": rng.choice(words.LAST["NOR"])}
    body |= names | {
        "defaultEmailAddress": {"emailAddress": f"nettkunde.{n}@bare-her.example"},
        "tags": ["nyhetsbrev"] if n % 3 == 0 else [],
    }
    return _placed(ids, body, {**names, "address1": f"Nettveien {n + 1}", "city": city, "zip": code})


def _goods(rng: Random, ids: _Numbers, world: World, shared: Sequence[Body]) -> tuple[list[Body], list[Body]]:
    office = [body for body in world.office["Products"] if body["Code"] and body["UnitPrice"] and not body["IsArchived"]]
    needed = {line["ProductId"] for order in shared for line in order["SalesOrderLines"]}
    others = [body for body in office if body["Id"] not in needed]
    single = [body for body in office if body["Id"] in needed] + others[:GOODS_SHARED]
    products: list[Body] = []
    variants: list[Body] = []
    for n, body in enumerate(single):
        product = _product(rng, ids, body["Name"] if n % 2 else f"{body['Name']} (butikk)")
        products.append(product)
        variants.append(_variant(rng, ids, product, _of_office(body, different=n % 3 == 2)))
    shirt = _product(rng, ids, "Ullskjorte")
    products.append(shirt)
    for at, (colour, twin) in enumerate(zip(("grå", "blå", "rød"), [*others[GOODS_SHARED : GOODS_SHARED + 2], None], strict=True)):
        own = _of_office(twin, different=False) if twin else {"sku": "ULL-ROD", "price": "899.00"}
        option = {"title": colour, "position": at + 1, "selectedOptions": [{"name": "Farge", "value": colour}]}
        variants.append(_variant(rng, ids, shirt, own | option))
    for n in range(STRANGERS):
        product = _product(rng, ids, f"{rng.choice(words.GOODS)} {rng.choice(words.SERIES)}")
        products.append(product)
        own = {"sku": f"BARE-HER-{n + 1}" if n % 4 else "", "price": f"{rng.randrange(50, 2000)}.00", "barcode": gtin13(4_900_000_000 + n)}
        variants.append(_variant(rng, ids, product, own))
    return products, variants


def _of_office(body: Body, *, different: bool) -> Body:
    rate = next(Decimal(key) for key, account in ACCOUNTS.items() if account[0] == body["StandardSalesAccountId"])
    price = rounded(Decimal(str(body["UnitPrice"])) * (1 + rate / 100), 2) + (10 if different else 0)
    stock = max(0, int(body["StockAvailable"] or 0))
    item = {"tracked": bool(body["IsStockItem"])}
    return {"sku": body["Code"], "price": f"{price:f}", "barcode": None if different else body["Gtin"], "item": item, "stock": stock}


def _product(rng: Random, ids: _Numbers, title: str) -> Body:
    return _stamped(rng, blank_product(ids.take("Product"))) | {"title": title[:255]}


def _variant(rng: Random, ids: _Numbers, product: Body, given: Body) -> Body:
    body = _stamped(rng, blank_variant(ids.take("ProductVariant"), ids.take("InventoryItem"), product["id"]))
    times = {name: body[name] for name in ("createdAt", "updatedAt")}
    body["inventoryItem"] |= times | dict(given.pop("item", {}))
    body["levels"] = {LOCATION: given.pop("stock", 0)}
    return body | given


def _orders(rng: Random, ids: _Numbers, shared: Sequence[Body], customers: dict[Any, Body], variants: Sequence[Body]) -> list[Body]:
    by_sku = {body["sku"]: body for body in variants if body["sku"]}
    made = [_order(rng, ids, [_line_of(ids, line, by_sku) for line in order["SalesOrderLines"]]) for order in shared]
    for order, office in zip(made, shared, strict=True):
        order |= {
            "sourceIdentifier": str(office["SalesOrderNo"]),
            "customerId": customers[office["CustomerId"]]["id"],
            "taxesIncluded": True,
        }
    loose = [body for body in variants if body["sku"].startswith("BARE-HER")]
    for n in range(8):
        lines = [_line(ids, body, rng.randrange(1, 4)) for body in rng.sample(loose, 2)]
        order = _order(rng, ids, lines) | {"taxesIncluded": True, "email": f"gjest.{n}@bare-her.example"}
        if n >= 4:  # the others are guests': no customer
            order["customerId"] = customers[f"stranger {n}"]["id"]
        made.append(order)
    made[-1] |= {"cancelledAt": made[-1]["updatedAt"]}
    made[-2] |= {"closedAt": made[-2]["updatedAt"], "displayFulfillmentStatus": "FULFILLED"}
    for line in made[-2]["lineItems"]:
        line["unfulfilledQuantity"] = 0
    made[-3] |= {"presentmentCurrencyCode": "EUR"}
    for line in made[-3]["lineItems"]:
        shop = line["originalUnitPriceSet"]["shopMoney"]["amount"]
        euro = f"{rounded(Decimal(shop) / Decimal('11.5'), 2):f}"
        line["originalUnitPriceSet"]["presentmentMoney"] = {"amount": euro, "currencyCode": "EUR"}
    return made


def _order(rng: Random, ids: _Numbers, lines: list[Body]) -> Body:
    body = _stamped(rng, blank_order(ids.take("Order"), int(ids.take("OrderName")), "NOK"))
    return body | {"lineItems": lines, "processedAt": body["createdAt"]}


def _line_of(ids: _Numbers, office: Body, by_sku: dict[str, Body]) -> Body:
    line = _line(ids, by_sku[office["ProductCode"]], int(office["Quantity"]))
    gross = rounded(Decimal(str(office["ProductUnitPrice"])) * (1 + Decimal(str(office["VatRate"]))), 2)
    money = {"shopMoney": {"amount": f"{gross:f}", "currencyCode": "NOK"}}
    taxes = [{"title": "MVA", "rate": str(office["VatRate"])}] if office["VatRate"] else []
    return line | {"originalUnitPriceSet": bag(money), "taxLines": taxes, "title": office["Description"]}


def _line(ids: _Numbers, variant: Body, quantity: int) -> Body:
    return {
        "id": f"gid://shopify/LineItem/{ids.take('LineItem')}",
        "title": variant["sku"],
        "sku": variant["sku"],
        "variantId": variant["id"],
        **dict.fromkeys(("quantity", "currentQuantity", "unfulfilledQuantity"), quantity),
        "originalUnitPriceSet": bag({"shopMoney": {"amount": variant["price"], "currencyCode": "NOK"}}),
        "customAttributes": [],
        "taxLines": [{"title": "MVA", "rate": "0.25"}],
        "discounts": [],
    }
