"""The WooCommerce shop: 80 customers and some guests, 60 products with their variations, 100 orders.

Part of it is in PowerOffice Go already, known by e-mail and SKU; what only one side knows is filled in on the other, and where both
differ, nobody else knows the record. Prices hold VAT.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.seed import words
from sandbox.seed.model import Body, Built, Entry, World
from sandbox.seed.numbers import YEAR_END, gtin13, instant, phone, rounded

CUSTOMERS, PRODUCTS, ORDERS = 80, 60, 100
MATCHED_CUSTOMERS, MATCHED_PRODUCTS, VARIABLE, GUEST_ORDERS = 20, 20, 4, 8
DIFFERENT = 4
FIRST_CUSTOMER, FIRST_PRODUCT, FIRST_ORDER = 2, 101, 500_001
RATE = {"": "25", "reduced-rate": "15", "zero-rate": "0"}
_CLASS = {rate: name for name, rate in RATE.items()}
_UNIT = {"EA": "pcs", "KGM": "kg", "HUR": "hour", "MTR": "m", "LTR": "l", "BX": "box", "SET": "set", "PR": "pair"}
_HOSTS = ("kunde.example.com", "handel.example.net", "post.example.org")


@dataclass
class _Shop:
    """The seed under way."""

    rng: Random
    world: World
    customers: list[Body] = field(default_factory=list)
    products: list[Body] = field(default_factory=list)
    orders: list[Body] = field(default_factory=list)
    manifest: list[Entry] = field(default_factory=list)

    def park(self, flow: str, body: Body, reason: str, property: str | None, text: str) -> Body:
        """Note that a record must end parked."""
        entry: Entry = {"flow": flow, "side": "left", "id": str(body["id"]), "reason": reason, "property": property, "text": text}
        self.manifest.append(entry)
        return body

    def parked(self, flow: str) -> set[str]:
        """Ids of what must park."""
        return {str(entry["id"]) for entry in self.manifest if entry["flow"] == flow}


def build(rng: Random, world: World) -> Built:
    """The same shop for the same generator state and world."""
    shop = _Shop(rng, world)
    _customers(shop)
    _products(shop)
    _orders(shop)
    records = {"Customer": shop.customers, "Product": shop.products, "Order": shop.orders}
    return Built(records, shop.manifest, {"name": "Bekkasin Butikk"})


def _dates(rng: Random) -> Body:
    made = instant(rng, before=YEAR_END - timedelta(days=40))
    return {"date_created_gmt": _gmt(made), "date_modified_gmt": _gmt(made + timedelta(days=rng.randrange(1, 30)))}


def _gmt(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat()


def _customers(shop: _Shop) -> None:
    rng = shop.rng
    boss = {"id": 1, "email": "butikksjef@bekkasin.example.com", "username": "sjef", "role": "administrator", **_dates(rng)}
    shop.customers.append(boss | {"date_modified_gmt": None})
    known = _with_common(_known_persons(shop.world), shop.world)
    for n in range(CUSTOMERS):
        key = FIRST_CUSTOMER + n
        body = _from_office(rng, key, n, known[n]) if n < MATCHED_CUSTOMERS else _person(rng, key)
        shop.customers.append(body)
    flow = "customer_to_customers_person"
    nameless, worded = shop.customers[-1], shop.customers[-2]
    nameless["last_name"] = ""
    shop.park(flow, nameless, "missing_required", "last_name", "a customer without a last name")
    worded["billing"]["phone"] = "ring helst ikke"
    shop.park(flow, worded, "invalid_value", "phone", "words where a phone number belongs")
    # What real shops hold, and what must make no difference.
    shop.customers[30]["first_name"] = "Åse-Bjørg &amp; Ola"
    shop.customers[31]["billing"]["email"] = ""
    shop.customers[32]["role"], shop.customers[32]["is_paying_customer"] = "shop_manager", True
    # Nothing is written to the shop's staff, so there is nothing to be filled in.
    shop.customers[32]["meta_data"] = _meta(shop, {"currency": "NOK"})
    shop.customers[33]["email"] = shop.customers[33]["email"].title()
    shop.customers[34]["meta_data"] = _meta(shop, {"website": "https://hjemme.example.org", "lojalitet": "gull"})


def _known_persons(world: World) -> list[Body]:
    """Persons of PowerOffice Go with an e-mail of their own; first those that the webshop has not."""
    persons = [body for body in world.office["Customers"] if body["IsPerson"] and body["EmailAddress"] and not body["IsArchived"]]
    count = Counter(body["EmailAddress"].strip().lower() for body in persons)
    shop_emails = Counter((draft.body.get("email") or "").strip().lower() for draft in world.shop["Customer"])
    parked = {(draft.body.get("email") or "").strip().lower() for draft in world.shop["Customer"] if draft.parking}
    alone = [body for body in persons if count[_email(body)] == 1 and _email(body) not in parked and shop_emails[_email(body)] < 2]
    alone = [body for body in alone if body["FirstName"] and body["LastName"] and body["MailAddress"] and "<" not in body["LastName"]]
    return sorted(alone, key=lambda body: (_email(body) in shop_emails, body["Id"]))


def _with_common(persons: list[Body], world: World) -> list[Body]:
    """Those that every system holds stand behind the few that differ."""
    emails = {str(body.get("email")).strip().lower() for body in world.common("Customer")}
    common = [body for body in persons if _email(body) in emails]
    others = [body for body in persons if body not in common]
    return others[:DIFFERENT] + common + others[DIFFERENT:]


def _email(body: Body) -> str:
    return str(body["EmailAddress"]).strip().lower()


def _from_office(rng: Random, key: int, n: int, office: Body) -> Body:
    """What the shop knows of a person of PowerOffice Go: all of it, part of it, or something else (the first few)."""
    address = office["MailAddress"]
    billing = {
        "first_name": office["FirstName"], "last_name": office["LastName"], "email": office["InvoiceEmailAddress"] or "",
        "phone": office["PhoneNumber"] or "", "address_1": address["AddressLine1"] or "", "address_2": address["AddressLine2"] or "",
        "postcode": address["ZipCode"] or "", "city": address["City"] or "", "country": address["CountryCode"] or "",
    }  # fmt: skip
    body: Body = {
        "id": key, "email": office["EmailAddress"], "first_name": office["FirstName"], "last_name": office["LastName"],
        "username": f"kunde{key}", "billing": billing, **_dates(rng),
    }  # fmt: skip
    if n < DIFFERENT:
        billing["address_1"] = f"Ny gate {n + 1}"
    elif n % 3 == 0:
        billing |= {"phone": "", "address_2": ""}
    return body


def _person(rng: Random, key: int) -> Body:
    country = rng.choices(("NOR", "SWE", "DNK"), (80, 12, 8))[0]
    first, last = rng.choice(words.FIRST[country]), rng.choice(words.LAST[country])
    postcode, city = rng.choice(words.PLACE[country])
    email = f"kunde.{key}@{rng.choice(_HOSTS)}"
    billing = {
        "first_name": first, "last_name": last, "email": email if rng.random() < 0.7 else f"faktura.{key}@{_HOSTS[0]}",
        "phone": phone(rng, country, national=True) if rng.random() < 0.8 else "", "country": words.ISO2[country], "postcode": postcode,
        "address_1": f"{rng.choice(words.STREET[country])} {rng.randrange(1, 90)}", "city": city,
        "address_2": rng.choice(("", "", "2. etasje")),
    }  # fmt: skip
    return {"id": key, "email": email, "first_name": first, "last_name": last, "username": f"kunde{key}", "billing": billing, **_dates(rng)}


def _products(shop: _Shop) -> None:
    rng = shop.rng
    for n, office in enumerate(_known_products(shop.world)[:MATCHED_PRODUCTS]):
        shop.products.append(_goods_from_office(shop, FIRST_PRODUCT + n, n, office))
    key = FIRST_PRODUCT + MATCHED_PRODUCTS
    for n in range(PRODUCTS - MATCHED_PRODUCTS):
        parent = _goods(rng, key, n)
        shop.products.append(parent)
        key += 1
        if n < VARIABLE:
            children = [_variation(parent, key + place, option) for place, option in enumerate(("S", "M", "L")[: 2 + n % 2])]
            parent |= {"type": "variable", "variations": [child["id"] for child in children]}
            parent["attributes"] = [_attribute(options=[child["attributes"][0]["option"] for child in children])]
            parent |= {"regular_price": "", "manage_stock": False, "stock_quantity": None}
            shop.products += children
            key += len(children)
    bare = shop.products[-1]
    bare["sku"] = bare["global_unique_id"] = ""
    shop.park("product_to_product", bare, "missing_required", "sku", "a product without a SKU")
    shop.products[-2] |= {"name": "Kopp &amp; skål – «sett»", "description": "Tåler <b>oppvask</b> &amp; mikro"}
    shop.products[-3] |= {"status": "draft"}
    shop.products[-4] |= {"regular_price": "9.99", "tax_class": "", "manage_stock": True, "stock_quantity": -2}
    shop.products[-5] |= {"regular_price": "12.345", "tax_class": "zero-rate"}


def _known_products(world: World) -> list[Body]:
    """Goods of PowerOffice Go that a shop can hold as they are: whole pieces, a gross price of two decimals, a rate that it has.

    First those that all systems are to hold.
    """
    goods = [body for body in world.office["Products"] if body["Code"] and body["UnitPrice"] and not body["IsArchived"]]
    parked = {str(draft.body.get("sku") or "").strip() for draft in world.shop["Product"] if draft.parking}
    common = {body["sku"] for body in world.common("Product")}
    return sorted((body for body in goods if body["Code"] not in parked and _fits(body)), key=lambda body: body["Code"] not in common)


def _fits(body: Body) -> bool:
    rate, stock = _rate(body), body["StockAvailable"]
    net = Decimal(str(body["UnitPrice"]))
    exact = rate is not None and rounded(_gross(net, rate) / (1 + Decimal(rate) / 100), 4) == net
    plain = not any(sign in f"{body['Name']}{body['Description']}" for sign in "<&,")
    return exact and plain and (stock is None or float(stock).is_integer())


def _rate(body: Body) -> str | None:
    found = {3000: "25", 3010: "15", 3100: "0"}
    return found.get(int(body["StandardSalesAccount"] or 0))


def _gross(net: Decimal, rate: str) -> Decimal:
    return rounded(net * (1 + Decimal(rate) / 100), 2)


def _goods_from_office(shop: _Shop, key: int, n: int, office: Body) -> Body:
    rate = _rate(office) or "25"
    stock = office["StockAvailable"]
    meta = {"unit": _UNIT[office["UnitOfMeasureCode"]]} if n % 3 else {}
    return {
        "id": key, "name": office["Name"], "sku": office["Code"], "slug": f"vare-{key}", "description": office["Description"] or "",
        "global_unique_id": (office["Gtin"] or "") if n % 4 else "", "regular_price": str(_gross(Decimal(str(office["UnitPrice"])), rate)),
        "tax_class": _CLASS[rate], "virtual": office["ProductType"] == "Service", "manage_stock": bool(office["IsStockItem"]),
        "stock_quantity": int(stock) if office["IsStockItem"] and stock is not None else None, "meta_data": _meta(shop, meta),
        **_dates(shop.rng),
    }  # fmt: skip


def _goods(rng: Random, key: int, n: int) -> Body:
    goods = rng.choice(words.GOODS)
    managed = rng.random() < 0.6
    return {
        "id": key, "name": f"{goods} {rng.choice(words.SERIES)} {key}", "sku": f"WOO-{1001 + n}", "slug": f"vare-{key}",
        "description": rng.choice(("", f"{goods} for turen.", "Laget på Røros.")), "type": "simple",
        "global_unique_id": gtin13(4_500_000_000 + n) if n % 2 else "",
        "regular_price": f"{rng.randrange(19, 3000)}.{rng.choice(('00', '50', '90'))}",
        "tax_class": rng.choices(tuple(RATE), (80, 12, 8))[0], "manage_stock": managed,
        "stock_quantity": rng.randrange(60) if managed else None,
        **_dates(rng),
    }  # fmt: skip


def _attribute(**members: object) -> Body:
    return {"id": 0, "name": "Størrelse", "slug": "storrelse", "position": 0, "visible": True, "variation": True, **members}


def _variation(parent: Body, key: int, option: str) -> Body:
    own = {"id": key, "type": "variation", "parent_id": parent["id"], "sku": f"{parent['sku']}-{option}", "name": option}
    kept = {name: parent[name] for name in ("regular_price", "date_created_gmt", "date_modified_gmt")}
    attribute = {"id": 0, "name": "Størrelse", "slug": "storrelse", "option": option}
    return own | kept | {"tax_class": "parent", "attributes": [attribute], "global_unique_id": "", "manage_stock": False}


def _orders(shop: _Shop) -> None:
    rng = shop.rng
    flawed = shop.parked("customer_to_customers_person")
    buyers = [body for body in shop.customers[1:] if str(body["id"]) not in flawed]
    sold = [body for body in shop.products if body.get("type") != "variable" and body["sku"]]
    for n in range(ORDERS):
        buyer = rng.choice(buyers)
        shop.orders.append(_order(shop, FIRST_ORDER + n, buyer, [_item(shop, rng.choice(sold)) for _ in range(rng.randrange(1, 5))]))
    for n, order in enumerate(shop.orders[:GUEST_ORDERS]):
        order |= {"customer_id": 0, "billing": _guest_billing(n)}
    _bend(shop, flawed)


def _bend(shop: _Shop, flawed: set[str]) -> None:
    orders, flow = shop.orders, "order_to_salesorders"
    gone = {"product_id": 0, "name": "Utgått tursekk", "quantity": 2, "subtotal": "480.00", "total": "480.00", "sku": None}
    orders[20]["line_items"].append(gone)
    orders[21] |= {"currency": "SEK", "billing": orders[21]["billing"] | {"country": "SE", "postcode": "111 22", "city": "Stockholm"}}
    orders[22] |= {"currency": "EUR"}
    orders[23]["line_items"] = [
        _item(shop, next(body for body in shop.products if body["regular_price"] == "9.99"), count) for count in (7, 1, 1)
    ]
    orders[24] |= {"customer_id": 0, "billing": orders[24]["billing"] | {"email": shop.customers[35]["email"].upper()}}
    orders[25] |= {"status": "checkout-draft"}
    bare = next(body for body in shop.products if not body["sku"])
    orders[97]["line_items"] = [_item(shop, bare)]
    shop.park(flow, orders[97], "missing_reference", "product", "a line of a product that is parked")
    orders[98]["customer_id"] = int(sorted(flawed)[0])
    shop.park(flow, orders[98], "missing_reference", "customer", "an order of a customer who is parked")
    orders[99] |= {"customer_id": 0, "billing": orders[99]["billing"] | {"email": ""}}
    shop.park(flow, orders[99], "missing_required", "customer", "an order without an account and without an e-mail")


def _guest_billing(n: int) -> Body:
    """Six guests, of whom two ordered twice."""
    place = n % 6
    first, last = words.FIRST["NOR"][place], words.LAST["NOR"][place]
    postcode, city = words.PLACE["NOR"][place]
    email = f"gjest.{place}@{_HOSTS[0]}"
    return {
        "first_name": first, "last_name": last, "email": email.upper() if n > 5 else email, "phone": f"+47 404 00 1{n:02d}",
        "address_1": f"Gjesteveien {n + 1}", "address_2": "", "postcode": postcode, "city": city, "country": "NO",
    }  # fmt: skip


def _order(shop: _Shop, key: int, buyer: Body, items: Sequence[Body]) -> Body:
    rng = shop.rng
    order: Body = {
        "id": key, "number": str(key), "customer_id": buyer["id"], "billing": dict(buyer["billing"]), "currency": "NOK",
        "status": rng.choice(("processing", "processing", "completed", "completed", "on-hold", "pending")), "line_items": list(items),
        "prices_include_tax": True, "created_via": "checkout", "transaction_id": f"T{key}" if rng.random() < 0.6 else "", **_dates(rng),
    }  # fmt: skip
    if rng.random() < 0.7:
        order["shipping_lines"] = [
            {"method_id": "flat_rate", "method_title": "Bring &amp; hent", "total": rng.choice(("79.20", "39.20", "0.00"))}
        ]
    if rng.random() < 0.2:
        order["fee_lines"] = [{"name": "Fakturagebyr", "total": "39.00"}]
    if rng.random() < 0.3:
        order["meta_data"] = _meta(shop, {"customer_reference": f"Ref {key}", "purchase_order": f"BO-{key}", "delivery_date": "2026-10-28"})
    return order


def _item(shop: _Shop, product: Body, quantity: int | None = None) -> Body:
    """A line of goods at the product's price without VAT; now and then with a discount."""
    count = quantity or shop.rng.choice((1, 1, 1, 2, 3, 5))
    parent = next((body for body in shop.products if body["id"] == product.get("parent_id")), product)
    rate = Decimal(RATE[parent["tax_class"]])
    subtotal = rounded(Decimal(product["regular_price"]) * count / (1 + rate / 100), 6)
    share = 1 if quantity or shop.rng.random() < 0.85 else Decimal("0.9")
    key = {"product_id": parent["id"], "variation_id": product["id"]} if parent is not product else {"product_id": product["id"]}
    name = f"{parent['name']} - {product['name']}" if parent is not product else product["name"]
    amounts = {"subtotal": str(subtotal), "total": str(rounded(subtotal * share, 6))}
    return {**key, "name": name, "sku": product["sku"], "quantity": count, "tax_class": parent["tax_class"], **amounts}


def _meta(shop: _Shop, values: Body) -> list[Body]:
    first = 1 + 10 * (len(shop.customers) + len(shop.products) + len(shop.orders))
    return [{"id": first + n, "key": key, "value": html.unescape(str(value))} for n, (key, value) in enumerate(values.items())]
