"""PowerOffice GO's products: some that the shop sells, the line products, and some that the shop has not."""

from __future__ import annotations

from collections import Counter
from random import Random

from sandbox.seed import office_blank as blank
from sandbox.seed.model import Body, Draft
from sandbox.seed.numbers import gtin13, instant, net, office_time
from sandbox.seed.office_settings import ACCOUNTS, GROUP_ID, LINE_PRODUCTS, SETUP, percent

FOREIGN = 25
FIRST_ID = 7200011
# Stands behind all others: it came later, and nothing else was to change its place.
OTHER = "DIVERSE"
UNIT = {"pcs": "EA", "kg": "KGM", "hour": "HUR", "m": "MTR", "l": "LTR", "box": "BX", "set": "SET", "pair": "PR"}


def _dto(code: str | None, name: str, vat_rate: str, changed: str) -> Body:
    """A ProductDto on the sales account of its VAT rate, not a stock item."""
    account_id, account, *_ = ACCOUNTS[percent(vat_rate)]
    return blank.PRODUCT | {
        "Code": code,
        "Name": name,
        "ProductType": "Product",
        "ProductGroupId": GROUP_ID,
        "ProductGroupCode": "1",
        "UnitOfMeasureCode": "EA",
        "IsStockItem": False,
        "IsArchived": False,
        "StandardSalesAccount": account,
        "StandardSalesAccountId": account_id,
        "CreatedDateTimeOffset": SETUP,
        "LastChangedDateTimeOffset": changed,
    }


def as_office(rng: Random, shop: Body) -> Body:
    """The whole ProductDto of a shop product, without ``Id``; nothing is reserved yet."""
    changed = office_time(instant(rng))
    stock = float(shop["stock"]) if shop["manage_stock"] else None
    return _dto(shop["sku"].strip(), shop["name"].strip(), shop["vat_rate"], changed) | {
        "Description": (shop["description"] or "").strip() or None,
        "Gtin": shop["gtin"] or None,
        "ProductType": "Service" if shop["kind"] == "service" else "Product",
        "UnitPrice": float(net(shop["price"], shop["vat_rate"])),
        "UnitCost": None if shop["cost"] is None else float(shop["cost"]),
        "UnitOfMeasureCode": UNIT[shop["unit"]],
        "IsStockItem": shop["manage_stock"],
        "StockOnHand": stock,
        "StockAvailable": stock,
        "StockOnHandLastChangedDatetimeOffset": None if stock is None else changed,
        "IsArchived": shop["archived"],
    }


def _partial(n: int, shop: Body, office: Body) -> Body:
    if n % 4 == 0:
        shop["description"] = "Lang beskrivelse fra butikken – æøå."
        return office | {"Description": None}
    if n % 4 == 1:
        shop["gtin"] = None
        return office | {"Gtin": gtin13(4_300_000_000 + n)}
    if n % 4 == 2:
        return office | {"UnitCost": None}
    shop["description"] = ""
    return office | {"Description": "Beskrevet i regnskapet."}


def _different(n: int, office: Body) -> Body:
    if n % 4 == 0:
        return office | {"Name": f"{office['Name']} (gammelt navn)"}
    if n % 4 == 1:
        # A price typed with two decimals: the same gross price, another net one.
        return office | {"UnitPrice": round(office["UnitPrice"], 2) + (0.0 if n % 8 == 1 else 10.5)}
    if n % 4 == 2 and office["IsStockItem"]:
        return office | {"StockOnHand": office["StockOnHand"] + 4, "StockAvailable": office["StockAvailable"] + 4}
    return office | {"UnitOfMeasureCode": "SET" if office["UnitOfMeasureCode"] != "SET" else "EA", "UnitCost": office["UnitCost"] and 3.5}


def _counterpart(rng: Random, n: int, draft: Draft) -> list[Body]:
    """What PowerOffice GO holds for the ``n``-th shop product of its role."""
    if draft.role in ("plain", "parked"):
        return []
    office = as_office(rng, draft.body)
    if draft.role == "equal":
        return [office]
    if draft.role == "partial":
        return [_partial(n, draft.body, office)]
    if draft.role == "different":
        return [_different(n, office)]
    if draft.role == "by_gtin":
        return [office | {"Code": None if n % 2 else f"GML-{n}"}]
    return [office | {"Code": f"{draft.body['sku']}-{k}", "Name": f"{draft.body['name']} variant {k}"} for k in ("A", "B")]


def _foreign(rng: Random) -> list[Body]:
    """The line products, and products that the shop does not sell; one inherits its price."""
    service = {"ProductType": "Service", "UnitPrice": 0.0}
    made = [_dto(code, name, rate, SETUP) | service for code, (name, rate) in LINE_PRODUCTS.items() if code != OTHER]
    for n in range(FOREIGN):
        own = _dto(f"REGN-{n + 1}", f"Regnskapsvare {n + 1}", rng.choice(("25", "15", "0")), office_time(instant(rng)))
        price = rng.randrange(100, 90_000)
        made.append(own if n == 3 else own | {"UnitPrice": price / 100, "UnitCost": price // 2 / 100})
    return made


def products(rng: Random, drafts: list[Draft]) -> list[Body]:
    """All of PowerOffice GO's products with ids; takes from shop drafts what only PowerOffice GO is to know."""
    seen: Counter[str] = Counter()
    made: list[Body] = []
    for draft in drafts:
        made += _counterpart(rng, seen[draft.role], draft)
        seen[draft.role] += 1
    made += _foreign(rng)
    rng.shuffle(made)
    name, rate = LINE_PRODUCTS[OTHER]
    made.append(_dto(OTHER, name, rate, SETUP) | {"ProductType": "Service", "UnitPrice": 0.0})
    return [body | {"Id": FIRST_ID + 3 * n} for n, body in enumerate(made)]


def reserve(products: list[Body], product_id: int, quantity: float) -> None:
    """A confirmed order reserves: what is available stays as it was, so more is on hand."""
    for body in products:
        if body["Id"] == product_id and body["IsStockItem"]:
            body["StockOnHand"] += quantity
