"""The WooCommerce shop: 80 customers and some guests, 60 products with their variations, 100 orders.

Part of it is in PowerOffice Go already, known by e-mail and SKU; what only one side knows is filled in on the other, and where both
differ, nobody else knows the record. Prices hold VAT.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from sandbox.seed import words
from sandbox.seed.model import Body, Built, World
from sandbox.seed.numbers import phone
from sandbox.seed.woocommerce_orders import orders
from sandbox.seed.woocommerce_products import products
from sandbox.seed.woocommerce_shop import HOSTS, Shop, dates, meta

CUSTOMERS, MATCHED_CUSTOMERS = 80, 20
DIFFERENT = 4
FIRST_CUSTOMER = 2


def build(rng: Random, world: World) -> Built:
    """The same shop for the same generator state and world."""
    shop = Shop(rng, world)
    _customers(shop)
    products(shop)
    orders(shop)
    records = {"Customer": shop.customers, "Product": shop.products, "Order": shop.orders}
    return Built(records, shop.manifest, {"name": "Bekkasin Butikk"})


def _customers(shop: Shop) -> None:
    rng = shop.rng
    boss = {"id": 1, "email": "butikksjef@bekkasin.example.com", "username": "sjef", "role": "administrator", **dates(rng)}
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
    shop.customers[32]["meta_data"] = meta(shop, {"currency": "NOK"})
    shop.customers[33]["email"] = shop.customers[33]["email"].title()
    shop.customers[34]["meta_data"] = meta(shop, {"website": "https://hjemme.example.org", "lojalitet": "gull"})


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
        "username": f"kunde{key}", "billing": billing, **dates(rng),
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
    email = f"kunde.{key}@{rng.choice(HOSTS)}"
    billing = {
        "first_name": first, "last_name": last, "email": email if rng.random() < 0.7 else f"faktura.{key}@{HOSTS[0]}",
        "phone": phone(rng, country, national=True) if rng.random() < 0.8 else "", "country": words.ISO2[country], "postcode": postcode,
        "address_1": f"{rng.choice(words.STREET[country])} {rng.randrange(1, 90)}", "city": city,
        "address_2": rng.choice(("", "", "2. etasje")),
    }  # fmt: skip
    return {"id": key, "email": email, "first_name": first, "last_name": last, "username": f"kunde{key}", "billing": billing, **dates(rng)}
