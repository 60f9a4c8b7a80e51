"""What all parts of the seed of the WooCommerce shop go by."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sandbox.seed.model import Body, Entry, World
from sandbox.seed.numbers import YEAR_END, instant

RATE = {"": "25", "reduced-rate": "15", "zero-rate": "0"}
TAX_CLASS = {rate: name for name, rate in RATE.items()}
HOSTS = ("kunde.example.com", "handel.example.net", "post.example.org")


@dataclass
class Shop:
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


def dates(rng: Random) -> Body:
    """When a record was made and last changed, as the shop tells it."""
    made = instant(rng, before=YEAR_END - timedelta(days=40))
    return {"date_created_gmt": _gmt(made), "date_modified_gmt": _gmt(made + timedelta(days=rng.randrange(1, 30)))}


def _gmt(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat()


def meta(shop: Shop, values: Body) -> list[Body]:
    """Meta data of a record, with ids of its own."""
    first = 1 + 10 * (len(shop.customers) + len(shop.products) + len(shop.orders))
    return [{"id": first + n, "key": key, "value": html.unescape(str(value))} for n, (key, value) in enumerate(values.items())]
