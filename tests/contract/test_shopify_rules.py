"""What is Shopify's own: scopes, withheld data, versions, costs, throttling, filters, variants that share a product, order edits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import LineWrite, Outcome, System, Write
from lenke.systems.registry import client_for
from lenke.systems.shopify import reading
from lenke.systems.shopify.client import ShopifyClient
from lenke.systems.shopify.problems import TooCostlyError
from lenke.systems.shopify.setup import setup
from lenke.systems.shopify.shapes import html_of, text_of
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE

SYSTEM = "shopify"
NUMBERS = count(880_001)


def opened(sandbox: Running, **extra: Any) -> ShopifyClient:
    connection = sandbox.connections[SYSTEM]
    client = client_for(SYSTEM, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)
    assert isinstance(client, ShopifyClient)
    return client


@pytest.fixture
def client(sandbox: Running) -> Iterator[ShopifyClient]:
    found = opened(sandbox)
    yield found
    found.close()
    for name, usual in {"read_all_orders": True, "write_order_edits": True, "protected_data": True}.items():
        sandbox.switch(SYSTEM, name, on=usual)
    for name in ("dev_store", "plain_429", "version_fell_forward"):
        sandbox.switch(SYSTEM, name, on=False)


def write(client: System, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def body(outcome: Outcome) -> Any:
    assert outcome.status == "done", outcome
    assert outcome.record
    return json.loads(outcome.record.raw)


def product(client: System, **fields: Any) -> Any:
    number = next(NUMBERS)
    return body(write(client, "Sesamproduct", fields={"name": f"Vare {number}", "sku": f"R-{number}", "price": "100.00", **fields}))


class TestAccess:
    def test_a_missing_scope_is_named(self, client: ShopifyClient, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "read_all_orders", on=False)
        with pytest.raises(ConfigurationError, match=r"read_all_orders.*60 days"):
            list(client.list("Order"))
        assert list(client.list("Customer"))

    def test_an_order_edit_needs_its_scope(self, client: ShopifyClient, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "write_order_edits", on=False)
        with pytest.raises(ConfigurationError, match="write_order_edits"):
            write(client, "Order", fields={})

    def test_withheld_data_is_absent_and_never_null(self, client: ShopifyClient, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "protected_data", on=False)
        for record in client.list("Customer"):
            assert not {"firstName", "lastName", "defaultEmailAddress", "defaultPhoneNumber", "defaultAddress"} & set(
                json.loads(record.raw)
            )

    def test_another_version_than_the_pinned_one_stops(self, client: ShopifyClient, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "version_fell_forward", on=True)
        with pytest.raises(ConfigurationError, match=r"2027-01.*2026-10"):
            client.tenant()

    def test_a_static_token_opens_the_shop_as_well(self, sandbox: Running) -> None:
        token = sandbox._sites[SYSTEM].system.store.meta("static_token")
        connection = {**sandbox.connections[SYSTEM], "login": "", "password": token}
        assert client_for(SYSTEM, connection, patience=HASTE).tenant() == "fjellbua.myshopify.com"

    def test_an_expired_token_is_asked_for_again(self, client: ShopifyClient, sandbox: Running) -> None:
        client.tenant()
        sandbox._sites[SYSTEM].system.expire_tokens()
        assert list(client.list("Customer"))

    def test_setup_defines_once(self, client: ShopifyClient) -> None:
        assert {line.partition(": ")[2] for line in setup(client)} == {"was there already"}

    def test_without_the_marker_s_definition_setup_is_named(self, tmp_path: Any) -> None:
        def answer(asked: Asked) -> Answer:
            if "Shop {" in asked.body:
                shop = {"id": "gid://shopify/Shop/1", "name": "A", "myshopifyDomain": "a", "currencyCode": "NOK", "taxesIncluded": True}
                scopes = [{"handle": name} for name in ("write_customers",)]
                return Answer({"data": {"shop": shop, "currentAppInstallation": {"accessScopes": scopes}}})
            text = "Metafield definition of type 'id' is required when using custom ids."
            return Answer({"errors": [{"message": text, "extensions": {"code": "NOT_FOUND"}}]} if "Markers" in asked.body else {"data": {}})

        with Scripted(answer) as server:
            found = client_for(SYSTEM, {"host": server.url, "password": "t", "extra": {}}, patience=HASTE)
            with pytest.raises(ConfigurationError, match="lenke setup shopify"):
                list(found.find("Customer", "metafields.lenke.marker", ["lk-1"]))


class TestCosts:
    def test_pages_are_halved_until_they_are_cheap_enough(self, sandbox: Running) -> None:
        found = opened(sandbox, page_size=250)
        sizes: list[int] = []
        ask = found._wire.ask

        def counted(document: str, variables: Any = None) -> Any:
            sizes.append((variables or {}).get("first", 0))
            if (variables or {}).get("first", 0) > 70:
                raise TooCostlyError("too much")
            return ask(document, variables)

        found._wire.ask = counted  # type: ignore[method-assign]
        assert list(found.list("Customer"))
        assert sizes[-1] == 62

    def test_a_deep_walk_begins_anew(self, sandbox: Running) -> None:
        found = opened(sandbox, page_size=3)
        found._reading._depth = 5
        everything = {row["legacyResourceId"] for row in sandbox.records(SYSTEM, "ProductVariant")}
        assert {record.id for record in found.list("Sesamproduct")} == everything
        since = datetime(2026, 1, 1, tzinfo=UTC)
        people = {row["legacyResourceId"] for row in sandbox.records(SYSTEM, "Customer")}
        assert {record.id for record in found.list("Customer", since=since)} == people

    @pytest.mark.parametrize("plain", [False, True])
    def test_a_throttled_write_is_sent_again(self, client: ShopifyClient, sandbox: Running, plain: bool) -> None:
        sandbox.switch(SYSTEM, "plain_429", on=plain)
        sandbox.fault(SYSTEM, "429", count=2, seconds=0, match={"body": "mutation CreateCustomer"})
        assert write(client, "Customer", fields={"lastName": "En gang"}).status == "done"

    def test_a_development_store_s_sixth_order_is_retriable(self, client: ShopifyClient, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "dev_store", on=True)
        line = LineWrite("create", None, {"variant.legacyResourceId": product(client)["legacyResourceId"], "exactQuantity": "1"})
        outcomes = client.write("Order", [Write(str(n), "create", lines=(line,)) for n in range(6)])
        assert [outcome.status for outcome in outcomes] == ["done"] * 5 + ["retriable"]


class TestReads:
    def test_times_are_quoted_utc(self) -> None:
        moment = datetime(2026, 11, 20, 11, 0, 5, tzinfo=UTC)
        assert reading.window(moment, moment) == "updated_at:>='2026-11-20T11:00:05Z' AND updated_at:<='2026-11-20T11:00:05Z'"

    def test_what_an_ignored_filter_brings_is_filtered_again(self, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        found = opened(sandbox, overlap_seconds=0)
        monkeypatch.setattr(reading, "window", lambda *_: "id:>=0")
        since = datetime.now(UTC) + timedelta(hours=1)
        assert list(found.list("Customer", since=since)) == []

    def test_an_index_that_lags_is_looked_back_upon(self, client: ShopifyClient, sandbox: Running) -> None:
        made = write(client, "Customer", fields={"lastName": "Ny"})
        sandbox.lag(30, system=SYSTEM)
        assert made.id not in {record.id for record in client.list("Customer", since=datetime.now(UTC))}
        assert [record.id for record in client.get("Customer", [str(made.id)])] == [made.id]
        sandbox.lag(0, system=SYSTEM)
        assert made.id in {record.id for record in client.list("Customer", since=datetime.now(UTC))}

    @pytest.mark.parametrize("path", ["stock", "product.vendor"])
    def test_a_variant_changes_with_its_product_and_its_stock(self, client: ShopifyClient, sandbox: Running, path: str) -> None:
        found = opened(sandbox, overlap_seconds=0)
        made = product(client, **{"inventoryItem.tracked": True, "stock": 1})
        sandbox.edit(SYSTEM, "Sesamproduct", made["legacyResourceId"], {path: 9 if path == "stock" else "Ny"})
        since = datetime.now(UTC) - timedelta(seconds=2)
        assert made["legacyResourceId"] in {record.id for record in found.list("Sesamproduct", since=since)}

    def test_long_orders_are_read_to_their_last_line(self, client: ShopifyClient) -> None:
        variant = product(client)["legacyResourceId"]
        lines = tuple(LineWrite("create", None, {"variant.legacyResourceId": variant, "exactQuantity": "1"}) for _ in range(60))
        assert len(body(write(client, "Order", lines=lines))["lines"]) == 60


class TestVariants:
    def test_what_variants_share_is_written_by_none_of_them(self, client: ShopifyClient, sandbox: Running) -> None:
        first = product(client)
        sandbox.create(SYSTEM, "Sesamproduct", {"productId": first["product"]["id"], "title": "Blå", "sku": f"R-{next(NUMBERS)}"})
        told = {"name": "Egen", "description": "Tekst", "archived": True}
        changed = body(write(client, "Sesamproduct", "update", id=first["legacyResourceId"], fields=told))
        assert {name: changed[name] for name in told} == told
        assert (changed["product"]["title"], changed["product"]["status"]) == (first["product"]["title"], "ACTIVE")
        outcome = write(client, "Sesamproduct", "update", id=first["legacyResourceId"], fields={"product.vendor": "V"})
        assert outcome.status == "rejected"

    def test_a_stock_that_moved_is_told_by_shopify_itself(self, client: ShopifyClient, sandbox: Running) -> None:
        made = product(client, **{"inventoryItem.tracked": True, "stock": 4})
        key = made["legacyResourceId"]
        get = client._reading.get

        def then_sold(entity: Any, ids: Any) -> Any:
            yield from list(get(entity, ids))
            sandbox.edit(SYSTEM, "Sesamproduct", key, {"stock": 3})

        client._reading.get = then_sold  # type: ignore[method-assign]
        outcome = write(client, "Sesamproduct", "update", id=key, fields={"stock": 10}, before={"stock": 4})
        assert outcome.status == "moved"

    def test_plain_text_survives_as_html(self) -> None:
        text = "Ullsokk & vott <3\nTo linjer"
        assert text_of(html_of(text)) == text
        assert text_of("<p>A</p><p>B&nbsp;C</p>") == "A\nB C"
        assert text_of("") is None


class TestCustomers:
    def test_one_refusal_leaves_the_others_alone(self, client: ShopifyClient) -> None:
        mail = f"to{next(NUMBERS)}@example.org"
        fields = {"lastName": "A", "defaultEmailAddress.emailAddress": mail}
        same = {"lastName": "B", "defaultEmailAddress.emailAddress": mail.upper()}
        outcomes = client.write(
            "Customer",
            [Write("a", "create", fields=fields), Write("b", "create", fields=same), Write("c", "create", fields={"lastName": "C"})],
        )
        assert [outcome.status for outcome in outcomes] == ["done", "not_unique", "done"]
        assert mail.casefold() not in outcomes[1].reason.casefold()

    def test_an_emptied_metafield_is_deleted(self, client: ShopifyClient) -> None:
        made = body(write(client, "Customer", fields={"lastName": "A", "metafields.lenke.website": "https://a.example"}))
        changed = body(write(client, "Customer", "update", id=made["legacyResourceId"], fields={"metafields.lenke.website": None}))
        assert changed["metafields"]["lenke"]["website"] is None

    def test_a_company_without_name_and_e_mail_is_named_after_itself(self, client: ShopifyClient) -> None:
        made = body(write(client, "Customer", fields={"defaultAddress.company": "Bare AS"}))
        assert (made["lastName"], made["defaultAddress"]["company"]) == ("Bare AS", "Bare AS")

    def test_an_unknown_path_is_a_configuration_error(self, client: ShopifyClient) -> None:
        with pytest.raises(ConfigurationError, match="nonsense"):
            write(client, "Customer", fields={"nonsense": 1})
