"""The custom ERP: 25 partners, 20 articles and 10 orders, about half of which the webshop holds, too."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sandbox.seed import words
from sandbox.seed.erp_parked import manifest
from sandbox.seed.model import Body, Built, World
from sandbox.seed.numbers import YEAR_START, gtin13, guid, instant, net, org_number, shop_time

PARTNERS, ARTICLES, ORDERS = 25, 20, 10
LINE_ARTICLES = {"FRAKT": "Frakt", "GEBYR": "Gebyr", "AVRUND": "Øreavrunding"}
UNIT = {"pcs": "stk", "kg": "kg", "hour": "time", "m": "m", "l": "l", "box": "eske", "set": "sett", "pair": "par"}
LANGUAGE = {"nb": "nob", "sv": "swe", "da": "dan", "fi": "fin"}
Pairs = dict[int, Body]


def build(rng: Random, world: World) -> Built:
    """Partners, articles and orders: equal to the shop's, with gaps, different, and some of the ERP's own."""
    chosen = _chosen(rng, world)
    shop_customers = _some(
        rng, 12, [draft.body for draft in world.shop["Customer"]], {body["customer_id"] for body in chosen}, _Sound(world)
    )
    twin = _lone_company(rng, world, shop_customers)
    partners = [_bent(rng, place, partner(body)) for place, body in enumerate(shop_customers)]
    partners += [partner(twin), partner(twin) | {"name": f"{twin['company_name']} avd. Nord", "eMail": None, "customerNo": None}]
    partners += [_own_partner(rng, n) for n in range(PARTNERS - len(partners))]
    named = {line["product_id"] for body in chosen for line in body["lines"]}
    shop_products = _some(rng, 10, world.good("Product"), named, _sound_product)
    articles = [_bent(rng, place, article(body)) for place, body in enumerate(shop_products)]
    articles += [line_article(code, title) for code, title in LINE_ARTICLES.items()]
    articles += [_own_article(rng, n) for n in range(ARTICLES - len(articles))]
    _stamped(rng, partners, "partnerId", "P", 1001)
    _stamped(rng, articles, "articleId", "A", 2001)
    people = {body["id"]: row for body, row in zip(shop_customers, partners, strict=False)}
    goods = {body["id"]: row for body, row in zip(shop_products, articles, strict=False)}
    orders = _orders(rng, [order(body, people, goods) for body in chosen], partners, articles)
    records = {"Customer": partners, "Product": articles, "Order": orders}
    return Built(records, manifest(world, {twin["id"]}), {"companyId": guid(rng), "name": "Fjellbua Industri AS (sandbox)"})


def partner(body: Body) -> Body:
    """The shop's customer as the ERP holds it."""
    person, billing = body["type"] == "person", body.get("billing") or {}
    digits = "".join(filter(str.isdigit, body["org_number"] or ""))
    return {
        "category": "private" if person else "business",
        "name": None if person else body["company_name"].strip(),
        "givenName": (body["first_name"] or "").strip() or None,
        "familyName": (body["last_name"] or "").strip() or None,
        "eMail": (body["email"] or "").strip().lower() or None,
        "invoiceEMail": body["invoice_email"] or None,
        "telephone": None,
        "registrationNo": None if person else digits or None,
        "homepage": body["website"] or None,
        "address": {
            "street": billing.get("line1") or None,
            "extra": billing.get("line2") or None,
            "zip": billing.get("postal_code") or None,
            "place": billing.get("city") or None,
            "countryCode": words.ISO2[billing["country"]] if billing.get("country") else None,
        },
        "currencyCode": body["currency"],
        "languageCode": LANGUAGE[body["language"]],
        "customerNo": body["customer_number"],
        "active": not body["archived"],
        "remark": body["note"] or None,
    }


def article(body: Body) -> Body:
    """The shop's product as the ERP holds it."""
    return {
        "itemNo": body["sku"].strip(),
        "title": body["name"].strip(),
        "text": body.get("description") or None,
        "ean": body.get("gtin") or None,
        "unitCode": UNIT[body["unit"]],
        "salesPrice": float(net(body["price"], body["vat_rate"])),
        "costPrice": float(body["cost"]) if body.get("cost") else None,
        "vatRate": float(body["vat_rate"]) / 100,
        "type": "service" if body["kind"] == "service" else "goods",
        "stock": {"managed": body["manage_stock"], "onHand": body["stock"]},
        "itemGroup": body["category"],
        "active": True,
    }


def order(body: Body, people: Pairs, goods: Pairs) -> Body:
    """The shop's order as the ERP holds it; its lines have no ids yet."""
    return {
        "orderNo": body["number"],
        "partnerId": people[body["customer_id"]]["partnerId"],
        "placedAt": body["ordered_at"],
        "deliveryDate": body.get("delivery_date"),
        "currencyCode": body["currency"],
        "exchangeRate": float(body["exchange_rate"]),
        "yourReference": (body.get("customer_reference") or "").strip() or None,
        "purchaseOrderNo": body.get("purchase_order"),
        "contractNo": body.get("contract_number"),
        "paymentReference": body.get("payment_reference") or None,
        "progress": body["status"],
        "accounting": {"status": None, "number": None},
        "state": "open",
        "orderLines": [_line(line, goods) for line in body["lines"]],
    }


def _line(line: Body, goods: Pairs) -> Body:
    return {
        "articleId": goods[line["product_id"]]["articleId"],
        "text": line["description"].strip(),
        "qty": float(line["quantity"]),
        "price": float(net(line["unit_price"], line["vat_rate"])),
        "discountRate": round(float(line["discount_percent"]) / 100, 6),
        "cost": float(line["unit_cost"]) if line["unit_cost"] else None,
        "vatRate": float(line["vat_rate"]) / 100,
        "unitCode": UNIT[line["unit"]],
        "seq": line["position"],
    }


def _chosen(rng: Random, world: World) -> list[Body]:
    """Four of the shop's orders of one or two products, which the ERP is to hold with all that they name."""
    sound, products = _Sound(world), {body["id"] for body in world.good("Product") if _sound_product(body)}
    customers = {body["id"] for body in world.good("Customer") if sound(body)}
    fitting = [
        body
        for body in world.good("Order")
        if body["customer_id"] in customers and len(body["lines"]) < 3 and all(line["product_id"] in products for line in body["lines"])
    ]
    return rng.sample(fitting, 4)


def _some(rng: Random, count: int, bodies: list[Body], named: set[int], sound: Callable[[Body], bool]) -> list[Body]:
    """The named ones, and sound others up to ``count``."""
    needed = [body for body in bodies if body["id"] in named]
    return needed + rng.sample([body for body in bodies if body["id"] not in named and sound(body)], count - len(needed))


class _Sound:
    """Whether a customer's match key is there, and its own alone."""

    def __init__(self, world: World) -> None:
        good = {body["id"] for body in world.good("Customer")}
        keys = [(self._key(draft.body), draft.body["id"]) for draft in world.shop["Customer"]]
        self._owners: dict[str, set[int]] = {}
        for key, id in keys:
            self._owners.setdefault(key, set()).add(id)
        self._good = good

    def __call__(self, body: Body) -> bool:
        key = self._key(body)
        whole = bool(body.get("billing")) and "website" in body and "invoice_email" in body
        return body["id"] in self._good and len(key) > 1 and len(self._owners[key]) == 1 and whole

    @staticmethod
    def _key(body: Body) -> str:
        path = "email" if body["type"] == "person" else "org_number"
        return str(body["type"])[0] + "".join(filter(str.isalnum, body.get(path) or "")).lower()


def _sound_product(body: Body) -> bool:
    return bool((body["sku"] or "").strip()) and "description" in body


def _lone_company(rng: Random, world: World, taken: list[Body]) -> Body:
    """A company without an order, which the ERP holds twice."""
    sound = _Sound(world)
    buyers = {draft.body["customer_id"] for draft in world.shop["Order"]}
    free = [
        body
        for body in world.good("Customer")
        if body["type"] == "company" and body["id"] not in buyers and body not in taken and sound(body)
    ]
    return rng.choice(free)


def _bent(rng: Random, place: int, body: Body) -> Body:
    """Equal, with gaps, or different: a third of each. What is told by a key stays as it is."""
    plain = {
        "homepage": "https://www.annen.example.org",
        "remark": "Fra det gamle systemet",
        "text": "Gammel tekst",
        "itemGroup": "Diverse",
    }
    if place % 3 == 1:
        return body | {name: None for name in ("homepage", "remark", "text", "itemGroup", "costPrice") if name in body}
    if place % 3 == 2:
        return (
            body
            | {name: value for name, value in plain.items() if name in body}
            | ({"title": f"{body['title']} (gml.)"} if "title" in body else {})
        )
    return body


def _own_partner(rng: Random, n: int) -> Body:
    firm, trade = rng.choice(words.FIRM), rng.choice(words.TRADE)
    zip, place = rng.choice(words.PLACE["NOR"])
    address = {"street": f"Industriveien {n + 1}", "extra": None, "zip": zip, "place": place, "countryCode": "NO"}
    return {"category": "business", "name": f"{firm} {trade} Industri AS", "eMail": f"innkjop{n}@industri.example.net", "address": address,
            "registrationNo": org_number(rng, "NOR"), "currencyCode": "NOK", "languageCode": "nob", "customerNo": 60_001 + n,
            "active": n % 5 > 0}  # fmt: skip


def _own_article(rng: Random, n: int) -> Body:
    return {"itemNo": f"IND-{n + 1:03d}", "title": f"Industrivare {rng.choice(words.SERIES)} {n + 1}", "ean": gtin13(4_300_000_000 + n),
            "unitCode": rng.choice(("stk", "eske", "kg")), "salesPrice": float(rng.randrange(100, 9000)), "costPrice": 80.5,
            "vatRate": 0.25, "type": "goods", "stock": {"managed": True, "onHand": rng.randrange(500)}, "itemGroup": "Industri",
            "active": True}  # fmt: skip


def line_article(code: str, title: str) -> Body:
    """An article that stands for order lines which are no goods."""
    return {"itemNo": code, "title": title, "unitCode": "stk", "salesPrice": 0, "vatRate": 0.25, "type": "service", "active": True,
            "stock": {"managed": False, "onHand": None}}  # fmt: skip


def _orders(rng: Random, orders: list[Body], partners: list[Body], articles: list[Body]) -> list[Body]:
    for place, body in enumerate(orders):
        if place % 2:
            body |= {"yourReference": None, "progress": "registrert"}
    while len(orders) < ORDERS:
        number, line = 610_001 + len(orders), rng.choice(articles[-7:])
        orders.append(
            {"orderNo": number, "partnerId": rng.choice(partners[-10:])["partnerId"], "placedAt": shop_time(instant(rng)),
             "currencyCode": "NOK", "exchangeRate": 1, "progress": "levert", "state": rng.choice(("open", "invoiced")),
             "orderLines": [{"articleId": line["articleId"], "text": line["title"], "qty": 3, "price": line["salesPrice"], "vatRate": 0.25,
                             "unitCode": line["unitCode"], "seq": 0}]}
        )  # fmt: skip
    _stamped(rng, orders, "salesOrderId", "O", 3001)
    for n, row in enumerate(line for body in orders for line in body["orderLines"]):
        row["lineId"] = f"L{n + 1:06d}"
    return orders


def _stamped(rng: Random, bodies: list[Body], id: str, letter: str, first: int) -> None:
    for place, body in enumerate(bodies):
        body[id] = f"{letter}{first + place:06d}"
        body["rowVersion"] = rng.randrange(1, 9)
        body["changedAt"] = round(instant(rng, YEAR_START).timestamp() * 1000)
