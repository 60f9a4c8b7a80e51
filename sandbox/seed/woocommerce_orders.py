"""The orders of the WooCommerce shop: of its customers, of guests, and some that must wait."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.seed import words
from sandbox.seed.model import Body
from sandbox.seed.numbers import rounded
from sandbox.seed.woocommerce_shop import HOSTS, RATE, Shop, dates, meta

ORDERS, GUEST_ORDERS = 100, 8
FIRST_ORDER = 500_001


def orders(shop: Shop) -> None:
    """Fill in the orders, the last ones such as must wait."""
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


def _bend(shop: Shop, flawed: set[str]) -> None:
    made, flow = shop.orders, "order_to_salesorders"
    gone = {"product_id": 0, "name": "Utgått tursekk", "quantity": 2, "subtotal": "480.00", "total": "480.00", "sku": None}
    made[20]["line_items"].append(gone)
    made[21] |= {"currency": "SEK", "billing": made[21]["billing"] | {"country": "SE", "postcode": "111 22", "city": "Stockholm"}}
    made[22] |= {"currency": "EUR"}
    made[23]["line_items"] = [
        _item(shop, next(body for body in shop.products if body["regular_price"] == "9.99"), count) for count in (7, 1, 1)
    ]
    made[24] |= {"customer_id": 0, "billing": made[24]["billing"] | {"email": shop.customers[35]["email"].upper()}}
    made[25] |= {"status": "checkout-draft"}
    bare = next(body for body in shop.products if not body["sku"])
    made[97]["line_items"] = [_item(shop, bare)]
    shop.park(flow, made[97], "missing_reference", "product", "a line of a product that is parked")
    made[98]["customer_id"] = int(sorted(flawed)[0])
    shop.park(flow, made[98], "missing_reference", "customer", "an order of a customer who is parked")
    made[99] |= {"customer_id": 0, "billing": made[99]["billing"] | {"email": ""}}
    shop.park(flow, made[99], "missing_required", "customer", "an order without an account and without an e-mail")


def _guest_billing(n: int) -> Body:
    """Six guests, of whom two ordered twice."""
    place = n % 6
    first, last = words.FIRST["NOR"][place], words.LAST["NOR"][place]
    postcode, city = words.PLACE["NOR"][place]
    email = f"gjest.{place}@{HOSTS[0]}"
    return {
        "first_name": first, "last_name": last, "email": email.upper() if n > 5 else email, "phone": f"+47 404 00 1{n:02d}",
        "address_1": f"Gjesteveien {n + 1}", "address_2": "", "postcode": postcode, "city": city, "country": "NO",
    }  # fmt: skip


def _order(shop: Shop, key: int, buyer: Body, items: Sequence[Body]) -> Body:
    rng = shop.rng
    order: Body = {
        "id": key, "number": str(key), "customer_id": buyer["id"], "billing": dict(buyer["billing"]), "currency": "NOK",
        "status": rng.choice(("processing", "processing", "completed", "completed", "on-hold", "pending")), "line_items": list(items),
        "prices_include_tax": True, "created_via": "checkout", "transaction_id": f"T{key}" if rng.random() < 0.6 else "", **dates(rng),
    }  # fmt: skip
    if rng.random() < 0.7:
        order["shipping_lines"] = [
            {"method_id": "flat_rate", "method_title": "Bring &amp; hent", "total": rng.choice(("79.20", "39.20", "0.00"))}
        ]
    if rng.random() < 0.2:
        order["fee_lines"] = [{"name": "Fakturagebyr", "total": "39.00"}]
    if rng.random() < 0.3:
        order["meta_data"] = meta(shop, {"customer_reference": f"Ref {key}", "purchase_order": f"BO-{key}", "delivery_date": "2026-10-28"})
    return order


def _item(shop: Shop, product: Body, quantity: int | None = None) -> Body:
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
