"""The sandbox's WooCommerce answers as a real shop did: same status, members, JSON types and error codes.

The recorded replies are material beside the repository and not part of it: without them these tests are skipped. They were
recorded one after the other, so they are replayed in that order; what happened between them unrecorded is done by hand.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY, Client

from sandbox.store import Store
from sandbox.wire import Reply, request
from sandbox.woocommerce import WooCommerce
from sandbox.woocommerce.shapes import blank

FOLDER = Path(__file__).parents[3] / "shared" / "vendors" / "data" / "woocommerce" / "replies"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded replies are not beside the repository (../shared/vendors)")

HOME = "http://127.0.0.1:8089"
# Parts of the shop that Lenke never calls, and that the sandbox does not have.
BEYOND = {"00-index", "85-analytics-customers", "85-analytics-reports-customers", "a0-webhook-create", "a1-order-note"}
# Members that say nothing of the record, or hold settings' own tables.
LOOSE = {"_links", "options", "taxonomies", "product_visibility_terms", "enabled_features"}
NAMES = sorted(path.stem for path in FOLDER.glob("*.http")) if FOLDER.is_dir() else []
SCHEMAS = {"s-customers": "Customer", "s-orders": "Order", "s-products": "Product", "s-variations": "Variation"}


@dataclass(frozen=True)
class Recorded:
    """A recorded request and its reply."""

    method: str
    target: str
    body: bytes
    status: int
    headers: Mapping[str, str]
    reply: Any


def recorded(name: str) -> Recorded:
    head, _, answer = (FOLDER / f"{name}.http").read_text("utf-8").partition("\nHTTP ")
    first, _, body = head.partition("\n")
    method, _, url = first.partition(" ")
    status, *lines = answer.splitlines()
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines if ":" in line}
    parts = urlsplit(url.strip())
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # Recorded on one day; replayed on any other.
    target = re.sub(r"2026-11-20T[0-9%A-F]*?(?=&|$)", "2020-01-01T00%3A00%3A00", target)
    return Recorded(method, target, body.strip().encode(), int(status), headers, json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


class Shop:
    """The sandbox's shop without its sockets."""

    def __init__(self, folder: Path) -> None:
        self.system = WooCommerce(Store(folder / "shop.sqlite"))
        self.system.connection(HOME, 0)
        boss = {
            "id": 1,
            "email": "admin@example.com",
            "role": "administrator",
            "username": "admin",
            "date_created_gmt": "2026-01-01T00:00:00",
        }
        self.system.seed({"Customer": [boss | {"date_modified_gmt": None, "date_modified": None}]})
        self.system.store.keep("prices_include_tax", "0")
        self.system.switch("over_tls", on=True)

    def key(self, name: str) -> str:
        return str(self.system.store.meta(f"consumer_{name}"))

    def send(self, method: str, target: str, body: bytes = b"", keys: tuple[str, str] | None = None) -> Reply:
        given = keys or (self.key("key"), self.key("secret"))
        headers = {"Authorization": "Basic " + base64.b64encode(":".join(given).encode()).decode()}
        return self.system.handle(request(method, target, headers if given != ("", "") else {}, body))

    def make(self, path: str, number: int | None = None, **body: Any) -> Reply:
        if number is not None:
            self.system.store.reserve("post", number - 1)
        reply = self.send("POST", f"/wp-json/wc/v3/{path}", json.dumps(body).encode())
        assert reply.status == 201, reply.body
        assert number is None or reply.body["id"] == number
        return reply


def signed(
    shop: Shop, found: Recorded, *, secret: str | None = None, timestamp: str | None = None, method: str = SIGNATURE_HMAC_SHA256
) -> str:
    """The recorded target with a signature of our own keys."""
    parts = urlsplit(found.target)
    query = [(name, value) for name, value in parse_qsl(parts.query) if not name.startswith("oauth_")]
    client = Client(
        shop.key("key"), client_secret=secret or shop.key("secret"), signature_method=method, signature_type=SIGNATURE_TYPE_QUERY,
        timestamp=timestamp or str(int(time.time())),
    )  # fmt: skip
    url, _, _ = client.sign(
        f"{HOME}{parts.path}?{urlencode(query)}" if query else HOME + parts.path, "POST" if found.method == "POST" else "GET"
    )
    return str(url).removeprefix(HOME)


def prepare(shop: Shop, name: str) -> None:
    """What happened before a recorded request without being recorded."""
    todo: dict[str, Callable[[], Any]] = {
        "11": lambda: [shop.make("products", 11 + n, name=f"Vare {n}", sku=f"V-{n}", regular_price="55.50") for n in (2, 3, 4)],
        "50": lambda: shop.make("customers", email="ola@example.no", first_name="Ola"),
        "57": lambda: shop.system.store.reserve("post", 21),
        "63": lambda: shop.make("products", 24, name="Trash me", sku="T-1"),
        "70": lambda: shop.make("orders", 26),
        "72": lambda: shop.make("orders", 28, line_items=[{"product_id": 10, "quantity": 1}]),
        "80": lambda: shop.send("PUT", "/wp-json/wc/v3/orders/26", b'{"status": "completed"}'),
        "82": lambda: (shop.make("orders", 29), shop.send("DELETE", "/wp-json/wc/v3/orders/29")),
        "92": lambda: shop.system.switch("over_tls", on=False),
        "94": lambda: shop.system.switch("over_tls", on=True),
        "b3": lambda: shop.make("products", 901, name="R", sku="R-1", regular_price="9.99"),
    }
    todo.get(name.partition("-")[0], lambda: None)()


def answer(shop: Shop, name: str, found: Recorded) -> Reply:
    """The sandbox's answer to a recorded request."""
    number, good = name.partition("-")[0], (shop.key("key"), shop.key("secret"))
    if number in ("95", "97b", "99"):
        return shop.send(
            found.method, signed(shop, found, method=SIGNATURE_HMAC_SHA1 if number == "97b" else SIGNATURE_HMAC_SHA256), found.body
        )
    if number == "96":
        return shop.send(found.method, signed(shop, found, secret="cs_other"))
    if number == "97":
        return shop.send(found.method, signed(shop, found, timestamp="1000"))
    if number == "98":
        target = signed(shop, found)
        assert shop.send(found.method, target).status == 200
        return shop.send(found.method, target)
    if number == "38":
        shop.system.store.keep("permissions", "read")
        refused = shop.send(found.method, found.target, found.body)
        shop.system.store.keep("permissions", "read_write")
        return refused
    keys = {"35": ("ck_unknown", good[1]), "36": (good[0], "cs_wrong"), "37": ("", "")}.get(number, good)
    target = found.target.replace("ck_example1", good[0]).replace("cs_example1", good[1])
    return shop.send(
        found.method, target, found.body.replace(b'"product_id": 23', b'"product_id": 901') if number == "b3" else found.body, keys
    )


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Recorded, Reply]]]:
    """Every recorded request's reply, the real shop's and the sandbox's."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    done = {}
    for name in NAMES:
        if name not in BEYOND and not name.startswith("s-"):
            prepare(shop, name)
            found = recorded(name)
            reply = answer(shop, name, found)
            done[name] = found, Reply(reply.status, json.loads(reply.payload()), reply.headers)
    yield done
    shop.system.store.close()


def differences(real: Any, ours: Any, path: str = "") -> list[str]:
    """Where two JSON values have other members or types."""
    if isinstance(real, dict) and isinstance(ours, dict):
        missing = [f"{path}.{name} is missing" for name in real.keys() - ours.keys()] + [
            f"{path}.{name} is ours alone" for name in ours.keys() - real.keys()
        ]
        common = sorted(real.keys() & ours.keys() - LOOSE)
        return missing + [line for name in common for line in differences(real[name], ours[name], f"{path}.{name}")]
    if isinstance(real, list) and isinstance(ours, list):
        return [line for one, two in zip(real, ours, strict=False) for line in differences(one, two, f"{path}[]")]
    return [] if kind(real) == kind(ours) else [f"{path} is {kind(real)}, ours {kind(ours)}"]


def kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, (int, float)) else type(value).__name__


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BEYOND and not name.startswith("s-")])
def test_the_answer_is_the_real_shops(answers: Mapping[str, tuple[Recorded, Reply]], name: str) -> None:
    real, ours = answers[name]
    assert ours.status == real.status
    assert differences(real.reply, ours.body) == []
    if isinstance(real.reply, dict) and "code" in real.reply:
        assert ours.body["code"] == real.reply["code"]
        assert ours.body["data"]["status"] == real.reply["data"]["status"]
    counted = {"x-wp-total", "x-wp-totalpages"}
    assert counted & real.headers.keys() == counted & {header.lower() for header in ours.headers}


@pytest.mark.parametrize("name", ["12-products-batch-partial-errors", "80-orders-batch", "81-customers-batch"])
def test_each_item_of_a_batch_fails_as_in_the_real_shop(answers: Mapping[str, tuple[Recorded, Reply]], name: str) -> None:
    real, ours = answers[name]
    for group, rows in real.reply.items():
        assert [row.get("error", {}).get("code") for row in rows] == [row.get("error", {}).get("code") for row in ours.body[group]]
        assert [row["id"] if "error" in row else None for row in rows] == [
            row["id"] if "error" in row else None for row in ours.body[group]
        ]


@pytest.mark.parametrize(("name", "members"), [
    ("20-order-create", ("total", "total_tax", "cart_tax", "shipping_total", "shipping_tax")),
    ("88-order-create-incl-tax", ("total", "total_tax")),
    ("89-order-create-incl-tax-explicit", ("total", "total_tax")),
    ("b3-rounding-incl", ("total", "total_tax")),
])  # fmt: skip
def test_sums_are_the_real_shops(answers: Mapping[str, tuple[Recorded, Reply]], name: str, members: tuple[str, ...]) -> None:
    real, ours = answers[name]
    assert {one: ours.body[one] for one in members} == {one: real.reply[one] for one in members}
    amounts = [[(line["subtotal"], line["total"], line["total_tax"]) for line in reply["line_items"]] for reply in (real.reply, ours.body)]
    assert amounts[0] == amounts[1]


@pytest.mark.parametrize("name", SCHEMAS)
def test_members_are_the_schemas(name: str) -> None:
    # Served, though no schema names them.
    unnamed = {"currency_symbol", "name"}
    assert blank(SCHEMAS[name]).keys() - unnamed <= recorded(name).reply["schema"]["properties"].keys()
