"""SuperOffice's sales: with and without quotes, drafts and sent ones, one of two versions, one whose alternative nobody chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sandbox.seed import superoffice as office
from sandbox.seed.model import Body, Entry
from sandbox.superoffice import figures

COUNT, QUOTED = 40, 34
SENT, SOLD, TWICE, UNCHOSEN, BY_HAND, ABROAD = range(4), range(4, 6), 6, 7, 8, (9, 10)
_CURRENCY: Mapping[str, Body] = {"NOK": {"Id": 1, "Value": "NOK", "Tooltip": ""}, "EUR": {"Id": 2, "Value": "EUR", "Tooltip": ""}}


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales with all that hangs on them."""

    records: dict[str, list[Body]]
    manifest: list[Entry]


def sales(rng: Random, contacts: Sequence[Body], products: Sequence[Body], abroad: Mapping[str, Body]) -> Sales:
    """Forty sales.

    :param abroad: products of the second price list by Code.
    """
    records: dict[str, list[Body]] = {name: [] for name in ("Sale", "Quote", "QuoteVersion", "QuoteAlternative", "QuoteLine")}
    for place in range(COUNT):
        currency = "EUR" if place in ABROAD else "NOK"
        sale = _sale(rng, place, rng.choice(contacts), currency)
        records["Sale"].append(sale)
        if place < QUOTED:
            offered = list(abroad.values()) if currency == "EUR" else products
            lines = _chosen(rng, offered)
            if place == BY_HAND:
                lines.append(_by_hand())
            _quote(rng, records, sale, place, lines)
    broken = records["Sale"][BY_HAND]["SaleId"]
    text = "a quote line that was written by hand, without a product"
    by_hand = office.entry("sale_to_order", broken, "missing_required", "product", text)
    bare = [sale for place, sale in enumerate(records["Sale"]) if place >= QUOTED or place == UNCHOSEN]
    return Sales(records, [by_hand, *(_bare(sale) for sale in bare)])


def _bare(sale: Body) -> Entry:
    """Without an offer that counts a sale has no lines: an order of the shop, and in the accounts, but none in Shopify."""
    place: Entry = {"dataflow": "poweroffice_go_to_shopify", "flow": "salesorders_to_order", "system": "superoffice", "entity": "Sale"}
    return place | {"id": str(sale["SaleId"]), "reason": "rejected", "property": None, "text": "an order without lines"}


def _sale(rng: Random, place: int, contact: Body, currency: str) -> Body:
    sold_at = office.moment(rng)
    status = "Sold" if place in SOLD else rng.choices(("Open", "Lost", "Stalled"), (80, 10, 10))[0] if place >= QUOTED else "Open"
    return {
        "SaleId": 501 + place,
        "Number": str(70_001 + place),
        "Heading": f"{rng.choice(('Tilbud', 'Rammeavtale', 'Etterbestilling', 'Høstkampanje'))} {contact['Name']}"[:219],
        "SaleText": rng.choice(("", "Kunden ønsker levering før jul", "Betinget av styrevedtak")),
        "Status": status,
        "Probability": 100 if status == "Sold" else rng.choice((20, 50, 70)),
        "Amount": float(rng.randrange(500, 50_000)),
        "Currency": _CURRENCY[currency],
        "Saledate": sold_at,
        "Contact": {"ContactId": contact["ContactId"], "Name": contact["Name"], "OrgNr": contact["OrgNr"]},
        "Person": contact["Persons"][0] | {"ContactId": contact["ContactId"]} if contact["Persons"] else None,
        "CreatedDate": sold_at,
        "UpdatedDate": sold_at,
    }


def _chosen(rng: Random, products: Sequence[Body]) -> list[Body]:
    """One to four lines, copies of their products; now and then one product twice."""
    picked = rng.sample(list(products), rng.randrange(1, 5))
    if rng.random() < 0.2 and len(picked) < 4:
        picked.append(picked[0])
    return [_line(rng, product) for product in picked]


def _line(rng: Random, product: Body) -> Body:
    names = ("ERPProductKey", "Code", "Name", "Description", "QuantityUnit", "VAT", "UnitCost", "UnitListPrice", "ItemNumber")
    quantity = float(rng.randrange(1, 20)) if product["QuantityUnit"] != "kg" else rng.randrange(1, 40) / 4
    discount = float(rng.choice((0, 0, 0, 5, 10, 12.5)))
    override = "DiscountPercent" if discount else "None"
    return {name: product[name] for name in names} | {"Quantity": quantity, "DiscountPercent": discount, "UserValueOverride": override}


def _by_hand() -> Body:
    figures: Body = {
        "Quantity": 1.0,
        "UnitListPrice": 990.0,
        "UnitCost": 0.0,
        "VAT": 25.0,
        "DiscountPercent": 0.0,
        "UserValueOverride": "None",
    }
    return {"ERPProductKey": "", "Code": "", "Name": "Spesialtilpasning etter avtale", "QuantityUnit": "stk", **figures}


def _quote(rng: Random, records: dict[str, list[Body]], sale: Body, place: int, lines: list[Body]) -> None:
    quote = {"QuoteId": 3001 + place, "SaleId": sale["SaleId"], "QuoteConnectionId": 1, "UseValuesFromQuote": 1}
    quote |= {"PoNumber": f"PO-{rng.randrange(1000, 9999)}" if rng.random() < 0.4 else "", "AcceptedQuoteAlternativeId": 0}
    states = ["Archived", "Draft"] if place == TWICE else ["Sent"] if place in SENT else ["Sold"] if place in SOLD else ["Draft"]
    for rank, state in enumerate(states, 1):
        version = _version(records, quote, sale, state, rank)
        alternative = _alternative(rng, records, version, lines)
        version["LikelyQuoteAlternativeId"] = 0 if place == UNCHOSEN else alternative["QuoteAlternativeId"]
        quote["ActiveQuoteVersionId"] = version["QuoteVersionId"]
        if state == "Sold":
            quote["AcceptedQuoteAlternativeId"] = alternative["QuoteAlternativeId"]
        if place != UNCHOSEN:
            sale["Amount"] = alternative["TotalPrice"]
    records["Quote"].append(quote)


def _version(records: dict[str, list[Body]], quote: Body, sale: Body, state: str, rank: int) -> Body:
    expires = datetime.fromisoformat(sale["Saledate"]).replace(hour=22, minute=0, second=0) + timedelta(days=30)
    id = 4001 + len(records["QuoteVersion"])
    version = {"QuoteVersionId": id, "QuoteId": quote["QuoteId"], "State": state, "Number": str(rank), "Rank": rank}
    version |= {"ExpirationDate": office.told(expires), "Registered": sale["Saledate"], "Updated": sale["Saledate"]}
    records["QuoteVersion"].append(version)
    return version


def _alternative(rng: Random, records: dict[str, list[Body]], version: Body, lines: list[Body]) -> Body:
    id = 5001 + len(records["QuoteAlternative"])
    for rank, line in enumerate(lines, 1):
        own = {"QuoteLineId": 6001 + len(records["QuoteLine"]), "QuoteAlternativeId": id, "Rank": rank, "UpdatedDate": version["Updated"]}
        records["QuoteLine"].append(figures.line({"ERPDiscountPercent": 0.0} | line | own))
    discount = float(rng.choice((0, 0, 0, 5)))
    own = {"QuoteAlternativeId": id, "QuoteVersionId": version["QuoteVersionId"], "Name": rng.choice(("Alternativ 1", "Hovedtilbud"))}
    own |= {
        "Description": "",
        "DiscountPercent": discount,
        "ERPDiscountPercent": 0.0,
        "UserValueOverride": "DiscountPercent" if discount else "None",
    }
    mine = [line for line in records["QuoteLine"] if line["QuoteAlternativeId"] == id]
    body = figures.alternative(own, mine) | {"UpdatedDate": version["Updated"]}
    records["QuoteAlternative"].append(body)
    return body
