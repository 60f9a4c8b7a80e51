"""What the shop tells, and its guests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lenke.core.ports import System
from lenke.systems.registry import client_for
from sandbox import Running
from sandbox.woocommerce.products import Products
from tests.contract.scripted import Answer, Scripted
from tests.contract.suite import HASTE, last_seq
from tests.contract.woocommerce.desk import STATUS, SYSTEM, change, got, made, one, opened


class TestReading:
    @pytest.mark.parametrize("junk", ["\ufeff", "\n\n", "<br />\n<b>Warning</b>: Undefined array key in <b>x.php</b> on line 7<br />\n"])
    def test_json_behind_rubbish_is_read(self, junk: str) -> None:
        with Scripted(lambda asked: Answer(junk + json.dumps(STATUS), headers={"Content-Type": "text/html"})) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            assert client.tenant() == "shop.example"

    def test_php_warnings_do_not_hide_a_write(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "php_warnings", on=True)
        assert made(client, "Product", name="Ny").id

    def test_a_variation_of_an_older_shop_is_there_though_its_answer_names_no_parent(
        self, client: System, sandbox: Running, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parent = sandbox.create(SYSTEM, "Product", {"name": "Kopp", "type": "variable"})
        key = sandbox.create(SYSTEM, "Product", {"regular_price": "125.00", "parent_id": int(parent)})
        whole = Products.as_variation
        older = frozenset({"parent_id", "type", "name"})
        monkeypatch.setattr(Products, "as_variation", lambda self, row: {n: v for n, v in whole(self, row).items() if n not in older})
        assert got(client, "Product", key)["regular_price"] == "125.00"
        assert client.gone("Product", [key]) == {}

    def test_entities_are_resolved_and_meta_data_is_an_object(self, client: System, sandbox: Running) -> None:
        key = sandbox.create(SYSTEM, "Product", {"name": "A & B", "description": "1 < 2", "meta_data.unit": "pcs"})
        body = got(client, "Product", key)
        assert (body["name"], body["meta_data"]["unit"], body["meta_data"]["cost"]) == ("A & B", "pcs", None)
        assert sandbox.record(SYSTEM, "Product", key)["name"] == "A &amp; B"  # type: ignore[index]

    def test_carts_and_trash_are_no_records(self, client: System, sandbox: Running) -> None:
        cart = sandbox.create(SYSTEM, "Order", {"status": "checkout-draft"})
        thrown = sandbox.create(SYSTEM, "Order", {})
        sandbox.delete(SYSTEM, "Order", thrown)
        assert {cart, thrown} & {record.id for record in client.list("Order")} == set()
        assert client.gone("Order", [thrown]) == {thrown: "deleted"}

    def test_dates_are_compared_in_utc(self, client: System, sandbox: Running) -> None:
        """A shop in Oslo: a bound with a zone would skip the last hour."""
        record = made(client, "Product", name="Ny")
        assert record.modified is not None
        assert record.id in {found.id for found in client.list("Product", since=record.modified)}

    def test_a_shop_that_ignores_filters_is_filtered_here(self, client: System, sandbox: Running) -> None:
        record = made(client, "Product", name="Ny")
        assert record.modified is not None
        sandbox.switch(SYSTEM, "filters_dates", on=False)
        found = {row.id for row in client.list("Product", since=record.modified)}
        assert record.id in found
        assert len(found) < len(sandbox.records(SYSTEM, "Product"))

    @pytest.mark.parametrize("listed", [True, False])
    def test_variations_are_products_and_their_parent_is_none(self, client: System, sandbox: Running, listed: bool) -> None:
        sandbox.switch(SYSTEM, "lists_variations", on=listed)
        found = {record.id: json.loads(record.raw) for record in client.list("Product")}
        parents = [body for body in sandbox.records(SYSTEM, "Product") if body["type"] == "variable"]
        for parent in parents:
            assert str(parent["id"]) not in found
            for child in parent["variations"]:
                assert found[str(child)]["name"].startswith(parent["name"])
        assert len(parents) >= 4

    @pytest.mark.parametrize("listed", [True, False])
    def test_a_changed_parent_brings_its_variations(self, client: System, sandbox: Running, listed: bool) -> None:
        sandbox.switch(SYSTEM, "lists_variations", on=listed)
        parent = next(body for body in sandbox.records(SYSTEM, "Product") if body["type"] == "variable")
        sandbox.edit(SYSTEM, "Product", str(parent["id"]), {"name": "Nytt navn"})
        changed = sandbox.record(SYSTEM, "Product", str(parent["id"]))
        assert changed is not None
        from datetime import UTC, datetime

        since = datetime.fromisoformat(changed["date_modified_gmt"]).replace(tzinfo=UTC)
        found = {record.id: json.loads(record.raw)["name"] for record in client.list("Product", since=since)}
        assert found[str(parent["variations"][0])].startswith("Nytt navn - ")

    def test_staff_are_customers_once_they_have_paid(self, client: System) -> None:
        roles = {json.loads(record.raw)["role"] for record in client.list("Customer")}
        assert roles == {"customer", "shop_manager", "guest"}

    def test_the_old_storage_of_orders_does_not_tell(self, client: System, sandbox: Running) -> None:
        assert client.traits("Order").changes == "filter"
        sandbox.switch(SYSTEM, "hpos", on=False)
        assert opened(sandbox).traits("Order").changes == "walk"


class TestGuests:
    def guest(self, sandbox: Running, email: str, **more: Any) -> str:
        billing = {"billing.email": email, "billing.first_name": "Gro", "billing.last_name": "Gjest"}
        return sandbox.create(SYSTEM, "Order", {**billing, **more})

    def test_an_order_names_its_guest_and_the_guest_is_a_customer(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "Ny.Gjest@example.com")
        customer = got(client, "Order", key)["customer"]
        assert customer in {record.id for record in client.list("Customer")}
        body = got(client, "Customer", customer)
        assert (body["email"], body["is_guest"], body["first_name"]) == ("ny.gjest@example.com", True, "Gro")
        assert "meta_data" not in body

    def test_a_changed_order_brings_its_guest(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "endret.gjest@example.com")
        (record,) = client.get("Order", [key])
        assert record.modified is not None
        assert got(client, "Order", key)["customer"] in {row.id for row in client.list("Customer", since=record.modified)}

    def test_the_guest_who_opens_an_account_is_the_account(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "snart.kunde@example.com")
        guest = got(client, "Order", key)["customer"]
        account = sandbox.create(SYSTEM, "Customer", {"email": "Snart.Kunde@example.com"})
        fresh = opened(sandbox)
        assert got(fresh, "Order", key)["customer"] == account
        assert fresh.gone("Customer", [guest]) == {guest: "deleted"}

    def test_nothing_is_written_to_a_guest(self, client: System, sandbox: Running) -> None:
        customer = got(client, "Order", self.guest(sandbox, "urort.gjest@example.com"))["customer"]
        (record,) = client.get("Customer", [customer])
        since = last_seq(sandbox, SYSTEM)
        assert one(client, "Customer", change(record, {"first_name": "Ny"})).status == "locked"
        assert sandbox.audit(SYSTEM, since) == []
