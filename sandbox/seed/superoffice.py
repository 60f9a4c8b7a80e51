"""SuperOffice's companies, products and sales with their quotes: half of them the shop's own, half of them new.

Contacts match the shop's companies by organisation number, products by SKU, and their values are equal, partly empty or different.
Sales match nothing: their numbers begin at 70001. Prices are net, and such that the shop's gross price comes back as it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import phonenumbers

from sandbox.seed import superoffice_sales, words
from sandbox.seed.model import Body, Built, Entry, World
from sandbox.seed.numbers import YEAR_END, YEAR_START, gtin13, instant, net, org_number, phone

COUNTRY_ID = {"NOR": 578, "SWE": 752, "DNK": 208, "FIN": 246}
UNITS = {"pcs": "stk", "kg": "kg", "hour": "time", "m": "m", "l": "l", "box": "eske", "set": "sett", "pair": "par"}
MATCHED, NEW_COMPANIES, PRIVATE = 30, 26, 4
MATCHED_PRODUCTS, NEW_PRODUCTS = 30, 20
NOK, EUR = "1", "2"
_DATAFLOW = "superoffice_to_custom_webshop"


def build(rng: Random, world: World) -> Built:
    """The tenant's records; the same for the same state of ``rng``."""
    contacts = _contacts(rng, world)
    products = _products(rng, world)
    linked = [body for body in contacts if body["OrgNr"] != "under stiftelse"]
    sold = [body for body in products if body["QuantityUnit"] != "bunt" and body["ERPPriceListKey"] == NOK and body["InAssortment"]]
    abroad = {body["Code"]: body for body in products if body["ERPPriceListKey"] == EUR}
    sales = superoffice_sales.sales(rng, linked, sold, abroad)
    records = {"PriceList": _price_lists(), "Contact": contacts, "Product": products, **sales.records}
    return Built(records, manifest=[*_parked(contacts, products), *sales.manifest], tenant={"ContextIdentifier": "Cust26759"})


def moment(rng: Random) -> str:
    """A time of the year as SuperOffice tells it: UTC, whole seconds."""
    return told(instant(rng, YEAR_START, YEAR_END - timedelta(days=20)))


def told(time: datetime) -> str:
    """``2026-03-04T10:15:30Z``."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _price_lists() -> list[Body]:
    fixed: Body = {"QuoteConnectionId": 1, "IsActive": True, "ValidFrom": "2026-01-01T23:00:00Z"}
    nok = {"PriceListId": 1, "ERPPriceListKey": NOK, "Name": "Standard NOK", "Currency": "NOK", "CurrencyName": "Norske kroner"}
    eur = {"PriceListId": 2, "ERPPriceListKey": EUR, "Name": "Eksport EUR", "Currency": "EUR", "CurrencyName": "Euro"}
    return [nok | fixed, eur | fixed]


def _contacts(rng: Random, world: World) -> list[Body]:
    taken = {_digits(body["org_number"]) for body in world.good("Customer")} | {
        _digits(body.get("OrganizationNumber")) for body in world.office["Customers"]
    }  # fmt: skip
    firms = [_known(rng, place, body) for place, body in enumerate(_shop_companies(world)[:MATCHED])]
    firms += [_company(rng, n, taken) for n in range(NEW_COMPANIES)]
    firms[-1]["OrgNr"] = "under stiftelse"
    people = [_private(rng, n) for n in range(PRIVATE)]
    for place, body in enumerate(firms + people):
        body |= {
            "ContactId": 101 + place,
            "Number2": str(10_001 + place),
            "UpdatedDate": moment(rng),
            "CreatedDate": "2026-01-02T07:00:00Z",
        }
    return firms + people


def _shop_companies(world: World) -> list[Body]:
    """Companies of the shop that nobody else matches, each with a number of its own."""
    plain = [
        draft.body for draft in world.shop["Customer"] if draft.role == "plain" and draft.parking is None and not draft.body["archived"]
    ]
    numbers = [_digits(draft.body.get("org_number")) for draft in world.shop["Customer"]]
    firms = [body for body in plain if body["type"] == "company" and numbers.count(_digits(body["org_number"])) == 1 and body["org_number"]]
    return [
        body for body in firms if body["billing"]["country"] in COUNTRY_ID and body["billing"]["city"] and body["billing"]["postal_code"]
    ]


def _known(rng: Random, place: int, shop: Body) -> Body:
    """A company that the shop has: as it is there, with less (every third), or with another address and telephone (every third)."""
    role = ("equal", "partial", "different")[place % 3]
    body = _frame(shop["company_name"].strip(), shop["org_number"], shop["billing"])
    body |= {"Number1": str(shop["customer_number"] or ""), "Description": shop["note"] or ""}
    body |= {"Emails": _list(shop["email"]), "Phones": _list(_e164(shop)), "Urls": _list(shop["website"])}
    if role == "partial":
        body |= {"Emails": [], "Urls": [], "Number1": "", "Description": ""}
    if role == "different":
        country = shop["billing"]["country"]
        zip_code, city = rng.choice(words.PLACE[country])
        body["Address"]["Postal"] |= {
            "Address1": f"{rng.choice(words.STREET[country])} {rng.randrange(200, 300)}",
            "City": city,
            "Zipcode": zip_code,
        }
        body["Phones"] = _list(phone(rng, country, national=False))
    return body


def _company(rng: Random, n: int, taken: set[str]) -> Body:
    country = rng.choices(tuple(COUNTRY_ID), (80, 8, 7, 5))[0]
    number = org_number(rng, country)
    while _digits(number) in taken:
        number = org_number(rng, country)
    taken.add(_digits(number))
    zip_code, city = rng.choice(words.PLACE[country])
    street = f"{rng.choice(words.STREET[country])} {rng.randrange(1, 190)}"
    name = f"{rng.choice(words.FIRM)} {rng.choice(words.TRADE)} {n + 1} {words.FORM[country]}"
    body = _frame(name, number, {"line1": street, "line2": "", "postal_code": zip_code, "city": city, "country": country})
    body |= {"Emails": _list(f"kontakt@salg-{n}.example.com"), "Phones": _list(phone(rng, country, national=False))}
    body |= {"Urls": _list(f"https://www.salg-{n}.example.com/" if n % 2 else None), "Number1": str(40_001 + n) if n % 3 else ""}
    first, last = rng.choice(words.FIRST[country]), rng.choice(words.LAST[country])
    return body | {
        "Persons": [_person(9001 + n, first, last)],
        "Description": rng.choice(("", "Møtt på messe i Bergen", "Ønsker tilbud kvartalsvis")),
    }


def _private(rng: Random, n: int) -> Body:
    """A private customer: a contact of one person, who bears its name."""
    first, last = words.FIRST["NOR"][n], words.LAST["NOR"][n + 3]
    zip_code, city = rng.choice(words.PLACE["NOR"])
    body = _frame(
        f"{first} {last}", "", {"line1": f"Storgata {40 + n}", "line2": "", "postal_code": zip_code, "city": city, "country": "NOR"}
    )
    body |= {"Emails": _list(f"privat.{n}@salg.example.net"), "Phones": _list(phone(rng, "NOR", national=False))}
    return body | {"Persons": [_person(9101 + n, first, last)]}


def _frame(name: str, org: str, billing: Body) -> Body:
    postal = {
        "Address1": billing["line1"] or "",
        "Address2": billing["line2"] or "",
        "City": billing["city"],
        "Zipcode": billing["postal_code"],
    }
    country = {"CountryId": COUNTRY_ID[billing["country"]], "TwoLetterISOCountry": words.ISO2[billing["country"]]}
    return {"Name": name, "OrgNr": org, "Country": country, "Address": {"Postal": postal, "Street": {}}, "Persons": []}


def _person(id: int, first: str, last: str) -> Body:
    return {"PersonId": id, "Firstname": first, "Lastname": last, "FullName": f"{first} {last}", "Retired": 0, "Rank": 1}


def _list(value: str | None) -> list[Body]:
    return [{"Value": value.strip(), "StrippedValue": "", "Description": ""}] if value and value.strip() else []


def _e164(shop: Body) -> str | None:
    """The shop's telephone number, which may be a national one."""
    if not shop["phone"]:
        return None
    number = phonenumbers.parse(shop["phone"], words.ISO2[shop["billing"]["country"]])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _products(rng: Random, world: World) -> list[Body]:
    # Some that all systems hold, as they are there (place 0), then others of the shop.
    common = world.common("Product")
    goods = [_own(0, shop) for shop in common]
    goods += [_own(place, shop) for place, shop in enumerate(_shop_products(world)[: MATCHED_PRODUCTS - len(common)])]
    goods += [_new(rng, n) for n in range(NEW_PRODUCTS)]
    goods[-1]["QuantityUnit"] = "bunt"
    # Sold abroad, too: a product of its own in the price list of that currency.
    sold = goods[len(common) : len(common) + 4]
    goods += [{**body, "ERPPriceListKey": EUR, "UnitListPrice": 10.0 + place, "UnitCost": 4.0} for place, body in enumerate(sold)]
    for place, body in enumerate(goods):
        body |= {"ProductId": 2001 + place, "ERPProductKey": f"SUO_{2001 + place}", "UpdatedDate": moment(rng)}
    return goods


def _shop_products(world: World) -> list[Body]:
    plain = [
        draft.body for draft in world.shop["Product"] if draft.role == "plain" and draft.parking is None and not draft.body["archived"]
    ]
    named = [body for body in plain if body.get("sku") and body["sku"] == body["sku"].strip() and len(body["name"]) < 100]
    return [body for body in named if body["unit"] and body["name"] == body["name"].strip() and float(body["price"]) > 1]


def _own(place: int, shop: Body) -> Body:
    """A product of the shop: as it is there, with less, or at another price and under another name."""
    role = ("equal", "partial", "different")[place % 3]
    rate = f"{float(shop['vat_rate']):g}"
    body = _goods(shop["sku"], shop["name"], shop["price"], rate)
    body |= {"Description": shop.get("description") or "", "ItemNumber": shop.get("gtin") or "", "QuantityUnit": UNITS[shop["unit"]]}
    body |= {"UnitCost": float(shop.get("cost") or 0), "ProductTypeKey": "2" if shop["kind"] == "service" else "1"}
    if role == "partial":
        body |= {"Description": "", "ItemNumber": ""}
    if role == "different":
        body |= {"Name": f"{shop['name']} (ny)", "UnitListPrice": float(net(f"{float(shop['price']) + 10:.2f}", rate))}
    return body


def _new(rng: Random, n: int) -> Body:
    goods = rng.choice(words.GOODS)
    rate = rng.choices(("25", "15", "12", "0"), (80, 10, 6, 4))[0]
    body = _goods(
        f"SO-{1001 + n}", f"{goods} {rng.choice(words.SERIES)} {5001 + n}", f"{rng.randrange(20, 3000)}.{rng.choice((0, 50, 90)):02d}", rate
    )
    body |= {
        "Description": rng.choice(("", "Selges av butikk og selger", "Leveres på bestilling")),
        "ItemNumber": gtin13(4_750_000_000 + n),
    }
    unit = rng.choice(("stk", "stk", "stk", "kg", "par", "eske"))
    return body | {"UnitCost": round(body["UnitListPrice"] * 0.4, 2), "QuantityUnit": unit, "ProductTypeKey": "1"}


def _goods(code: str, name: str, gross: str, rate: str) -> Body:
    return {
        "ERPPriceListKey": NOK,
        "Code": code,
        "Name": name,
        "UnitListPrice": float(net(gross, rate)),
        "VAT": float(rate),
        "InAssortment": True,
    }


def _parked(contacts: list[Body], products: list[Body]) -> list[Entry]:
    contact = next(body for body in contacts if body["OrgNr"] == "under stiftelse")
    product = next(body for body in products if body["QuantityUnit"] == "bunt")
    return [
        entry("contact_to_customer", contact["ContactId"], "invalid_value", "org_number", "an organisation number without a digit"),
        entry("product_to_product", product["ProductId"], "invalid_value", "unit", "a unit that the mapping does not know"),
    ]


def entry(flow: str, id: int, reason: str, property: str, text: str) -> Entry:
    """One entry of the manifest."""
    place: Entry = {"dataflow": _DATAFLOW, "flow": flow, "side": "left", "id": str(id)}
    return place | {"reason": reason, "property": property, "text": text}


def _digits(text: str | None) -> str:
    return "".join(filter(str.isdigit, text or ""))
