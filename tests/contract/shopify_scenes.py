"""Everything that the Shopify client ever sends, played once against the sandbox, with what went over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from lenke.core.ports import LineWrite, System, Write
from lenke.systems.registry import client_for
from lenke.systems.shopify.client import ShopifyClient
from lenke.systems.shopify.setup import setup
from sandbox import Running
from tests.contract.suite import HASTE


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    query: str
    variables: dict[str, Any]
    answer: dict[str, Any]


class Recorder(requests.adapters.HTTPAdapter):
    """The usual transport, which keeps every GraphQL request with its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(request, *args, **kwargs)
        if str(request.url).endswith("/graphql.json"):
            body = json.loads(request.body or b"{}")
            self.kept.append(Exchange(body["query"], body["variables"], response.json()))
        return response


def play(sandbox: Running) -> list[Exchange]:
    """Every kind of read and write; what went over the wire."""
    recorder = Recorder()
    client = client_for("shopify", sandbox.connections["shopify"], patience=HASTE, adapter=recorder)
    assert isinstance(client, ShopifyClient)
    setup(client)
    customer = _customers(client)
    variants = _variants(client)
    _orders(client, customer, variants)
    _reads(client)
    client.close()
    return recorder.kept


def done(client: System, entity: str, *writes: Write) -> list[Any]:
    """The records as stored; every write must have succeeded."""
    outcomes = client.write(entity, writes)
    assert [outcome.status for outcome in outcomes] == ["done"] * len(writes), outcomes
    return [json.loads(outcome.record.raw) if outcome.record else None for outcome in outcomes]


def _customers(client: System) -> str:
    address = {"defaultAddress.company": "Scene AS", "defaultAddress.city": "Bodø", "defaultAddress.countryCodeV2": "NO"}
    own = {"metafields.lenke.org_number": "999888777", "metafields.lenke.customer_number": 7, "taxExempt": True}
    new = {"lastName": "Scene", "defaultEmailAddress.emailAddress": "scene@example.org", **address, **own}
    (body,) = done(client, "Customer", Write("a", "create", fields=new, marker="lk-scene-1"))
    key = body["legacyResourceId"]
    changed = {"note": "N", "defaultAddress.city": "Moss", "archived": True, "metafields.lenke.org_number": None}
    done(client, "Customer", Write("b", "update", key, changed))
    done(client, "Customer", Write("c", "update", key, {"archived": False}))
    (bare,) = done(client, "Customer", Write("d", "create", fields={"firstName": "Bar"}))
    done(client, "Customer", Write("e", "update", bare["legacyResourceId"], {"defaultAddress.zip": "8006"}))
    done(client, "Customer", Write("f", "archive", bare["legacyResourceId"]))
    return str(key)


def _variants(client: System) -> list[str]:
    new = {"name": "Scene", "description": "A & B\nC", "sku": "SCENE-1", "price": "100.00", "inventoryItem.unitCost.amount": "50"}
    stock = {"inventoryItem.tracked": True, "inventoryItem.requiresShipping": True, "stock": 5, "metafields.lenke.vat_rate": "25"}
    (body,) = done(client, "Sesamproduct", Write("a", "create", fields=new | stock, marker="lk-scene-2"))
    key = body["legacyResourceId"]
    changed = {"name": "Other", "sku": "SCENE-2", "price": "80.00", "stock": 7, "archived": True, "metafields.lenke.vat_rate": None}
    done(client, "Sesamproduct", Write("b", "update", key, changed, {"stock": 5}))
    done(client, "Sesamproduct", Write("c", "update", key, {"archived": False, "barcode": None, "metafields.lenke.unit": "EA"}))
    return [str(key)]


def _orders(client: System, customer: str, variants: list[str]) -> None:
    def line(verb: Any, line: str | None = None, /, **fields: Any) -> LineWrite:
        return LineWrite(verb, line, {name.replace("__", "."): value for name, value in fields.items()}, marker=None if line else "lk-l")

    sold: Any = {"variant__legacyResourceId": variants[0], "unitPrice": "80.00"}
    lines = (line("create", **sold, exactQuantity="2", title="A", taxLines__0__rate=0.25), line("create", **sold, exactQuantity="1.5"))
    header = {"customer.legacyResourceId": customer, "sourceIdentifier": 91, "presentmentCurrencyCode": "SEK", "poNumber": "P"}
    more = {"metafields.lenke.exchange_rate": "1.02", "metafields.lenke.order_date": "2026-05-01"}
    (body,) = done(client, "Order", Write("a", "create", fields=header | more, marker="lk-scene-3", lines=lines))
    key, (first, second) = body["legacyResourceId"], [one["id"] for one in body["lines"]]
    fields = {"poNumber": "Q", "metafields.lenke.order_date": None, "customer.legacyResourceId": None}
    edits = (line("update", first, exactQuantity="3", discountPercent="10"), line("remove", second))
    added = line("create", variant__legacyResourceId=variants[0], exactQuantity="1", unitPrice="60.00")
    done(client, "Order", Write("b", "update", key, fields, lines=(*edits, added)))
    done(
        client,
        "Order",
        Write("c", "update", key, {"customer.legacyResourceId": customer}, lines=(line("update", first, discountPercent="20"),)),
    )
    done(client, "Order", Write("d", "update", key, {}, lines=(line("update", first, discountPercent="0"),)))
    dearer = (line("update", first, unitPrice="500.00", title="B"), line("create", **sold, exactQuantity="0.5", title="C"))
    done(client, "Order", Write("e", "update", key, {"metafields.lenke.project_id": 7}, lines=dearer))


def _reads(client: System) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    for entity, markers in {"Customer": ["lk-scene-1"], "Sesamproduct": ["lk-scene-2"], "Order": ["lk-scene-3", "lk-none"]}.items():
        assert list(client.find(entity, "metafields.lenke.marker", markers))
        for path in client.traits(entity).keys:
            list(client.find(entity, path, ["nobody's"]))
        assert list(client.list(entity))
        assert list(client.list(entity, since=since, until=datetime.now(UTC)))
    client.gone("Customer", ["1"])
