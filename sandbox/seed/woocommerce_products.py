"""The products of the WooCommerce shop, some with variations; part of them PowerOffice Go has, too."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from sandbox.seed import words
from sandbox.seed.model import Body, World
from sandbox.seed.numbers import gtin13, rounded
from sandbox.seed.woocommerce_shop import RATE, TAX_CLASS, Shop, dates, meta

PRODUCTS, MATCHED_PRODUCTS, VARIABLE = 60, 20, 4
FIRST_PRODUCT = 101
_UNIT = {"EA": "pcs", "KGM": "kg", "HUR": "hour", "MTR": "m", "LTR": "l", "BX": "box", "SET": "set", "PR": "pair"}


def products(shop: Shop) -> None:
    """Fill in the products, the last ones odd."""
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


def _goods_from_office(shop: Shop, key: int, n: int, office: Body) -> Body:
    rate = _rate(office) or "25"
    stock = office["StockAvailable"]
    held = {"unit": _UNIT[office["UnitOfMeasureCode"]]} if n % 3 else {}
    return {
        "id": key, "name": office["Name"], "sku": office["Code"], "slug": f"vare-{key}", "description": office["Description"] or "",
        "global_unique_id": (office["Gtin"] or "") if n % 4 else "", "regular_price": str(_gross(Decimal(str(office["UnitPrice"])), rate)),
        "tax_class": TAX_CLASS[rate], "virtual": office["ProductType"] == "Service", "manage_stock": bool(office["IsStockItem"]),
        "stock_quantity": int(stock) if office["IsStockItem"] and stock is not None else None, "meta_data": meta(shop, held),
        **dates(shop.rng),
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
        **dates(rng),
    }  # fmt: skip


def _attribute(**members: object) -> Body:
    return {"id": 0, "name": "Størrelse", "slug": "storrelse", "position": 0, "visible": True, "variation": True, **members}


def _variation(parent: Body, key: int, option: str) -> Body:
    own = {"id": key, "type": "variation", "parent_id": parent["id"], "sku": f"{parent['sku']}-{option}", "name": option}
    kept = {name: parent[name] for name in ("regular_price", "date_created_gmt", "date_modified_gmt")}
    attribute = {"id": 0, "name": "Størrelse", "slug": "storrelse", "option": option}
    return own | kept | {"tax_class": "parent", "attributes": [attribute], "global_unique_id": "", "manage_stock": False}
