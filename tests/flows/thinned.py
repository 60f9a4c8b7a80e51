"""The seed with fewer of the webshop's records: those that only make the numbers bigger are left out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.seed import Seed, build

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
# Of the orders and customers that nothing else names, one in so many stays.
EVERY = 8
Records = Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]


def records(seed: Seed | None = None) -> Records:
    """Every other system whole; of the shop all products, what the manifest names, what others hold, too, and an eighth of the rest."""
    seed = seed or build(1)
    shop = seed.records[SHOP]
    named = {str(entry["id"]) for entry in seed.manifest if entry["system"] == SHOP}
    others = json.dumps({system: entities for system, entities in seed.records.items() if system != SHOP}, ensure_ascii=False).lower()
    numbers = {str(body["ImportedOrderNo"]) for body in seed.records[OFFICE]["SalesOrders"]}
    numbers |= {str(body["orderNo"]) for body in seed.records["custom_erp"]["Order"]}
    orders = [body for place, body in enumerate(shop["Order"]) if _kept(place, body, named) or str(body["number"]) in numbers]
    buyers = {body["customer_id"] for body in orders}
    emails = Counter(_email(body) for body in shop["Customer"])
    people = [
        body
        for place, body in enumerate(shop["Customer"])
        if _kept(place, body, named) or body["id"] in buyers or emails[_email(body)] > 1 or _is_known(body, others)
    ]
    return {**seed.records, SHOP: {**shop, "Customer": people, "Order": orders}}


def _kept(place: int, body: Mapping[str, Any], named: set[str]) -> bool:
    return place % EVERY == 0 or str(body["id"]) in named


def _email(body: Mapping[str, Any]) -> str:
    return (body.get("email") or "").strip().lower()


def _is_known(body: Mapping[str, Any], others: str) -> bool:
    """Whether another system holds a key of this customer."""
    email = _email(body)
    digits = "".join(filter(str.isdigit, body.get("org_number") or ""))
    return bool(email and f'"{email}"' in others) or bool(digits and (digits in others or str(body["org_number"]).lower() in others))
