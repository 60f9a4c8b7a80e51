"""The Shopify sandbox answers as the vendor's facts say, surprises included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import Running, start

SHOP = "shopify"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CREATE = (
    "mutation($i: CustomerInput!) { it: customerCreate(input: $i) {"
    " customer { id email: defaultEmailAddress { emailAddress } tags lastName } userErrors { field message } } }"
)
PAGE = "query($q: String) { customers(first: 50, query: $q) { nodes { id lastName } pageInfo { hasNextPage } } }"


class Caller:
    """Speaks GraphQL with the static token."""

    def __init__(self, running: Running) -> None:
        self.running = running
        system: Any = running._sites[SHOP].system
        self.url = f"{running.urls[SHOP]}{system.base}/graphql.json"
        self.headers = {"X-Shopify-Access-Token": system.store.meta("static_token")}

    def raw(self, query: str, **variables: Any) -> requests.Response:
        return requests.post(self.url, json={"query": query, "variables": variables}, headers=self.headers, timeout=30)

    def ask(self, query: str, **variables: Any) -> Any:
        return self.raw(query, **variables).json()

    def customer(self, **given: Any) -> Any:
        return self.ask(CREATE, i=given)["data"]["it"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Caller]:
    with start(tmp_path / "home", seed=None, systems=(SHOP,), port_base=0, rate=0) as served:
        yield Caller(served)


def errors(answer: Any) -> list[tuple[Any, str]]:
    return [(error["field"], error["message"]) for error in answer["userErrors"]]


def test_a_wrong_token_is_401_and_a_wrong_version_404(shop: Caller) -> None:
    assert requests.post(shop.url, json={}, headers={"X-Shopify-Access-Token": "x"}, timeout=30).status_code == 401
    assert requests.post(shop.url.replace("2026-10", "2020-01"), json={}, headers=shop.headers, timeout=30).status_code == 404
    assert shop.raw("{ shop { name } }").headers["X-Shopify-API-Version"] == "2026-10"


def test_aliases_and_selections_are_obeyed(shop: Caller) -> None:
    assert shop.ask("query { a: shop { n: name } b: shop { currencyCode } }")["data"] == {
        "a": {"n": "Fjellbua"},
        "b": {"currencyCode": "NOK"},
    }
    assert shop.ask("{ shop { nonsense } }")["errors"][0]["extensions"]["code"] == "undefinedField"
    assert "errors" in shop.ask("{ shop {")


def test_values_are_normalised(shop: Caller) -> None:
    made = shop.customer(lastName=" Lyng ", email=" Ka ri@Example.org ", tags=["b", " a ", "b"], phone="+47 404 12 345", firstName=" ")[
        "customer"
    ]
    assert made["email"] == {"emailAddress": "Kari@Example.org"}
    assert (made["lastName"], made["tags"]) == ("Lyng", ["a", "b"])


def test_refusals_come_with_200(shop: Caller) -> None:
    assert not errors(shop.customer(email="a@b.no"))
    assert errors(shop.customer(email="A @b.no")) == [(["email"], "Email has already been taken")]
    assert errors(shop.customer()) == [(None, "A name, phone number, or email address must be present")]
    assert errors(shop.customer(lastName="A", phone="12")) == [(["phone"], "Phone is invalid")]


def test_a_no_op_bumps_the_date(shop: Caller) -> None:
    key = shop.customer(lastName="A")["customer"]["id"].rpartition("/")[2]
    system: Any = shop.running._sites[SHOP].system
    system.store.put("Customer", key, {**system.store.get("Customer", key), "updatedAt": "2026-01-01T00:00:00Z"}, modified=LONG_AGO)
    shop.ask(
        "mutation($i: CustomerInput!) { customerUpdate(input: $i) { userErrors { message } } }", i={"id": f"gid://shopify/Customer/{key}"}
    )
    assert shop.running.record(SHOP, "Customer", key)["updatedAt"] > "2026-01-01T00:00:00Z"  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("updated_at:>='2999-01-01T00:00:00Z'", 0),
        ("updated_at:>=1999-01-01T00:00:00Z", 2),
        ("updated_at:>='soon'", 0),
        ("nonsense:1", 2),
        ('email:"a@b.no"', 1),
        ("email:b.no", 2),
        ("id:>0", 2),
    ],
)
def test_filters_surprise_in_silence(shop: Caller, query: str, found: int) -> None:
    shop.customer(lastName="A", email="a@b.no")
    shop.customer(lastName="B", email="c@b.no")
    answer = shop.ask(PAGE, q=query)
    assert len(answer["data"]["customers"]["nodes"]) == found
    assert ("search" in answer["extensions"]) is query.startswith("nonsense")


def test_the_search_index_lags_and_reads_by_id_do_not(shop: Caller) -> None:
    made = shop.customer(lastName="A")["customer"]["id"]
    shop.running.lag(60, system=SHOP)
    assert shop.ask(PAGE, q="id:>0")["data"]["customers"]["nodes"] == []
    assert shop.ask("query($i: [ID!]!) { nodes(ids: $i) { ... on Customer { id } } }", i=[made])["data"]["nodes"] == [{"id": made}]


def test_a_query_may_cost_too_much(shop: Caller) -> None:
    product = "product { variants(first: 50) { nodes { id } } }"
    deep = f"{{ orders(first: 250) {{ nodes {{ lineItems(first: 250) {{ nodes {{ variant {{ {product} }} }} }} }} }} }}"
    answer = shop.ask(deep)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in answer
    assert shop.ask(PAGE)["extensions"]["cost"]["requestedQueryCost"] <= 16


def test_an_empty_bucket_answers_200_and_throttled(tmp_path: Path) -> None:
    with start(tmp_path / "home", seed=None, systems=(SHOP,), port_base=0, rate=5) as served:
        caller = Caller(served)
        served._sites[SHOP]._bucket._left = 1e9
        served._sites[SHOP]._bucket._room = 1e9
        page = "{ customers(first: 250) { nodes { defaultAddress { city } defaultEmailAddress { emailAddress } } } }"
        answers = [caller.raw(page) for _ in range(80)]
        throttled = [answer.json() for answer in answers if "errors" in answer.json()]
        assert {answer.status_code for answer in answers} == {200}
        assert throttled
        assert throttled[0]["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert throttled[0]["extensions"]["cost"]["actualQueryCost"] is None


def test_stock_needs_idempotent_and_the_quantity_it_is_changed_from(shop: Caller) -> None:
    key = shop.running.create(SHOP, "Sesamproduct", {"name": "Kopp", "sku": "K", "stock": 3})
    item = shop.running.record(SHOP, "ProductVariant", key)["inventoryItem"]["id"]  # type: ignore[index]
    line = {"inventoryItemId": item, "locationId": "gid://shopify/Location/70001", "quantity": 5}
    given = {"name": "available", "reason": "correction", "quantities": [line]}
    call = "mutation($i: InventorySetQuantitiesInput!) { it: inventorySetQuantities(input: $i)%s { userErrors { code } } }"
    assert "@idempotent directive is required" in shop.ask(call % "", i=given)["errors"][0]["message"]
    keyed = call % ' @idempotent(key: "k%s")'
    assert shop.ask(keyed % 1, i=given)["errors"][0]["extensions"]["code"] == "INVALID_FIELD_ARGUMENTS"
    stale = {**given, "quantities": [{**line, "changeFromQuantity": 4}]}
    assert shop.ask(keyed % 2, i=stale)["data"]["it"]["userErrors"] == [{"code": "CHANGE_FROM_QUANTITY_STALE"}]
    right = {**given, "quantities": [{**line, "changeFromQuantity": 3}]}
    for _ in range(2):  # the second is the first one's answer
        assert shop.ask(keyed % 3, i=right)["data"]["it"]["userErrors"] == []


def test_a_custom_id_needs_its_definition(shop: Caller) -> None:
    query = "query($i: CustomerIdentifierInput!) { customerByIdentifier(identifier: $i) { id } }"
    known = {"customId": {"namespace": "lenke", "key": "marker", "value": "x"}}
    assert shop.ask(query, i=known)["data"] == {"customerByIdentifier": None}
    unknown = {"customId": {"namespace": "other", "key": "marker", "value": "x"}}
    assert shop.ask(query, i=unknown)["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_orders_of_long_ago_need_a_scope(shop: Caller) -> None:
    line = {"title": "A", "quantity": 1, "priceSet": {"shopMoney": {"amount": "1", "currencyCode": "NOK"}}}
    key = shop.running.create(SHOP, "Order", {"lineItems": [line], "processedAt": "2026-01-02T12:00:00Z"})
    gid = f"gid://shopify/Order/{key}"
    query = "query($i: ID!) { order(id: $i) { id } }"
    assert shop.ask(query, i=gid)["data"]["order"]
    shop.running.switch(SHOP, "read_all_orders", on=False)
    assert shop.ask(query, i=gid)["data"]["order"] is None
